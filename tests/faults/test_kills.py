"""A training that is killed again and again ends as one that nothing disturbed, bit for bit."""

import multiprocessing
import os
import random
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.tiny import tiny_images, tiny_model
from tests.training.running import assert_same_runs, end_of
from wgan_utils.plots.images import make_gif
from wgan_utils.training.callbacks import TrainingInterrupted
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

pytestmark = pytest.mark.slow
# The processes are forked off one that has imported all this.
multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])

STEPS = 1500
KILLS = 36
EVERY = {"sample_every": 35, "checkpoint_every": 10, "health_every": 50, "samples_per_grid": 9}
OPERATIONS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate")


def live(folder: Path, when: str = "") -> None:
    """Train to the end, or what is left of it, and make the film.

    `when` is "" for never; "before 7": kill -9 just before its seventh file operation in the run's folder; or
    "15 after 0.03": signal 15 so many seconds after its first step.
    """
    how, seen = when.split(), 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event in OPERATIONS and str(arguments[0]).startswith(str(folder)):
            seen += 1
            if seen == int(how[1]):
                os.kill(os.getpid(), signal.SIGKILL)

    class Later(keras.callbacks.Callback):
        """Sends the signal some time after the first step, from another thread."""

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            timer = threading.Timer(float(how[2]), os.kill, (os.getpid(), int(how[0])))
            timer.start()
            self.on_train_batch_end = lambda batch, logs=None: None

    if when.startswith("before"):
        sys.addaudithook(watch)
    later = [Later()] if "after" in how else []
    run, model = Run(folder, {"SEED": 5}), tiny_model("wgangp", dense=True, critic_steps=1)
    try:
        train(model, tiny_images(), run, STEPS, 4, show_progress=False, extra_callbacks=later, **EVERY)
    except TrainingInterrupted:
        sys.exit(130)
    make_gif(run, scale=1)


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


def test_a_training_killed_36_times_ends_as_one_that_was_not(tmp_path):
    """By kill -9 at random moments and before random file operations; once by SIGTERM, and once by an interrupt."""
    assert end_of(live, tmp_path / "whole") == 0
    rng, folder, ends = random.Random(0), tmp_path / "killed", Counter()
    for kill in range(KILLS):
        number = {4: signal.SIGTERM, 10: signal.SIGINT}.get(kill, signal.SIGKILL)
        when = f"before {rng.randint(1, 60)}" if kill % 2 else f"{int(number)} after {rng.uniform(0, 0.1)}"
        ends[end_of(live, folder, when)] += 1
        if kill % 6 == 0:
            assert_nothing_is_half(folder)
    assert ends == {-signal.SIGKILL: KILLS - 2, -signal.SIGTERM: 1, 130: 1}
    assert 0 < len(Run(folder).history()["step"]) < STEPS
    assert end_of(live, folder) == 0
    assert_same_runs(folder, tmp_path / "whole")
    films = [(one / "training.gif").read_bytes() for one in (folder, tmp_path / "whole")]
    assert films[0] == films[1]
