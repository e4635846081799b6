"""The engine's own tests, written in JavaScript: derivatives against finite differences, same seed, same run, links."""

import re

import pytest

from tests.playground.node import HERE, needs_node, run_node


@needs_node
def test_the_engine_passes_its_own_tests():
    files = sorted(path.name for path in HERE.glob("*.test.mjs"))
    printed = run_node("--test", "--test-reporter=tap", *files)
    # A file without tests, or with skipped ones, passes too.
    passed, skipped = (int(re.search(rf"^# {word} (\d+)$", printed, re.M).group(1)) for word in ("pass", "skipped"))
    assert (passed, skipped) == (40, 0), printed[-2000:]


@needs_node
@pytest.mark.slow
@pytest.mark.parametrize("name", ["vanishing", "collapse", "cure", "clipping", "oscillation"])
def test_an_experiment_shows_what_its_text_says(name):
    printed = run_node("presets.mjs", "1", name)
    assert re.search(rf"^{name} seed 0: step \d+", printed), printed
