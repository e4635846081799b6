"""A training that is killed again and again ends as one that nothing disturbed, bit for bit."""

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.training.running import ROOT, assert_same_runs
from wgan_utils.training.run import Run

pytestmark = pytest.mark.slow

STEPS = 1500
KILLS = 36


@pytest.fixture(scope="module")
def raise_one() -> Iterator[Callable[..., int]]:
    """Start a victim and wait for its end: its exit status, or minus the signal that ended it."""
    command = [sys.executable, "-m", "tests.faults.victim"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:

        def raise_one(folder: Path, when: str = "") -> int:
            nursery.stdin.write(f"{folder}\t{when}\t{STEPS}\n")
            nursery.stdin.flush()
            return int(nursery.stdout.readline())

        yield raise_one


def assert_nothing_is_half(folder: Path) -> None:
    """Whatever was killed: each file is whole or is not there."""
    run = Run(folder)
    run.load_checkpoint()  # a damaged one would be an error, as every warning is
    steps = run.history().get("step", np.empty(0))
    np.testing.assert_array_equal(steps, np.arange(1, len(steps) + 1))
    for path in [*(path for _, path in run.samples()), *folder.glob("training.gif")]:
        with Image.open(path) as picture:
            picture.seek(getattr(picture, "n_frames", 1) - 1)
            picture.load()
    if (folder / "generator.keras").exists():
        keras.models.load_model(folder / "generator.keras")


def test_a_training_killed_36_times_ends_as_one_that_was_not(raise_one, tmp_path):
    """By kill -9 at random moments and before random file operations; once by SIGTERM, and once by an interrupt."""
    assert raise_one(tmp_path / "whole") == 0
    rng, folder, ends = random.Random(0), tmp_path / "killed", Counter()
    for kill in range(KILLS):
        number = {4: signal.SIGTERM, 10: signal.SIGINT}.get(kill, signal.SIGKILL)
        when = f"before {rng.randint(1, 60)}" if kill % 2 else f"{int(number)} after {rng.uniform(0, 0.1)}"
        ends[raise_one(folder, when)] += 1
        if kill % 6 == 0:
            assert_nothing_is_half(folder)
    assert ends == {-signal.SIGKILL: KILLS - 2, -signal.SIGTERM: 1, 130: 1}
    assert 0 < len(Run(folder).history()["step"]) < STEPS
    assert raise_one(folder) == 0
    assert_same_runs(folder, tmp_path / "whole")
    films = [(one / "training.gif").read_bytes() for one in (folder, tmp_path / "whole")]
    assert films[0] == films[1]
