"""Trainings of tiny networks, a step at a time without compiling; and what two of them must have in common."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from tests.tiny import tiny_images, tiny_model
from wgan_utils.models import GAN
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

STEPS = 7
EVERY = {"sample_every": 2, "checkpoint_every": 3, "health_every": 2}
ROOT = Path(__file__).parents[2]


class AtStep(keras.callbacks.Callback):
    """Do something at the end of a step, after everything else was written."""

    def __init__(self, step: int, action) -> None:
        super().__init__()
        self.at, self.action = step, action

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if int(self.model.steps_done) == self.at:
            self.action(self.model)


class Crash(Exception):
    """The process dies, as far as the run's folder can tell."""


def crash(model) -> None:
    raise Crash


def eager_model(kind: str = "wgangp", **changes) -> GAN:
    return tiny_model(kind, **{"dense": True, "critic_steps": 1, "run_eagerly": True, **changes})


def go(folder: Path, kind: str = "wgangp", steps: int = STEPS, at: AtStep | None = None, **changes) -> GAN:
    """Build a model and train it, or go on with what the folder holds."""
    model, run = eager_model(kind, **changes.pop("model", {})), Run(folder, {"SEED": changes.pop("SEED", 5)})
    options = {"images": tiny_images(), "batch_size": 4, "show_progress": False, **EVERY, **changes}
    train(model, run=run, steps=steps, extra_callbacks=[at] if at else None, **options)
    return model


def contents(folder: Path, *suffixes: str) -> dict[Path, bytes]:
    """The files of a folder; of some kinds alone, if any are named."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in paths if not suffixes or path.suffix in suffixes}


def assert_same_states(one: GAN, other: GAN) -> None:
    for (name, value), twin in zip(one.state().items(), other.state().values(), strict=True):
        np.testing.assert_array_equal(value, twin, err_msg=name)


def assert_same_runs(one: Path, other: Path) -> None:
    """History, health, samples and checkpoints are the same; only the clock is not."""
    for name in ("history", "critic_health"):
        mine, theirs = Run(one).read(name), Run(other).read(name)
        assert list(mine) == list(theirs)
        for column in mine.keys() - {"seconds"}:
            np.testing.assert_array_equal(mine[column], theirs[column], err_msg=f"{name}: {column}")
    mine, theirs = ([(step, path.read_bytes()) for step, path in Run(folder).samples()] for folder in (one, other))
    assert mine == theirs
    (step, mine), (twin_step, theirs) = Run(one).load_checkpoint(), Run(other).load_checkpoint()
    assert step == twin_step
    assert all(np.array_equal(a, b) for a, b in zip(mine.values(), theirs.values(), strict=True))


def end_of(function: Callable, *given: object) -> int:
    """Call a function in a process of its own, and wait: its exit status, or minus the signal that ended it."""
    process = multiprocessing.get_context("forkserver").Process(target=function, args=given)
    process.start()
    process.join(300)
    return process.exitcode
