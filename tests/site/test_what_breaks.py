"""Each bug is caught by its check, and only the bug is."""

import matplotlib.figure
import pytest

from examples.what_breaks.catalogue import BUGS
from examples.what_breaks.penalty import check_epsilon, measure_epsilon

# Fewer updates than the figures have: what the checks look at is there at once.
SHORT = {
    "same_batch": {"updates": 3, "seeds": 1},
    "clip_everything": {"updates": 5},
    "predict": {"rounds": 3},
    "sign": {"rounds": 2, "each": 10},
    "merged": {"updates": 3},
    "logged": {"updates": 3},
    "forgotten": {"half": 8},
    "activation": {"updates": 3},
    "unused": {"updates": 2},
    "ascent": {"updates": 2},
    "real_only": {"updates": 2},
}


@pytest.mark.parametrize("name", BUGS)
def test_the_check_passes_without_the_bug_and_fails_with_it(name):
    bug, short = BUGS[name], SHORT.get(name, {})
    right, wrong = bug.measure(False, **short), bug.measure(True, **short)
    bug.check(right)
    with pytest.raises(AssertionError):
        bug.check(wrong)
    if name != "forgotten":  # its figure wants the whole length
        assert isinstance(bug.draw(right, wrong), matplotlib.figure.Figure)


@pytest.mark.parametrize("way", ["one a coordinate", "one a batch", "from N(0, 1)"])
def test_each_wrong_epsilon_is_found(way):
    measured = measure_epsilon(True)
    with pytest.raises(AssertionError):
        check_epsilon({**measured, "between": {way: measured["between"][way]}})
