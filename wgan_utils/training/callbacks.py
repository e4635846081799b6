"""What happens while a model trains: history, samples, checkpoints, and stopping where there is no going on.

Each reads the step from the model's own counter, so that a continued run counts on from where it was.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from wgan_utils.errors import Explained
from wgan_utils.gan.sampling import generate
from wgan_utils.pixels import GAP_OF_DRAWINGS, image_grid
from wgan_utils.plots.points import points_picture
from wgan_utils.runs.lock import RunUnwritable
from wgan_utils.runs.run import Run

# From here on neighbouring float32 numbers are more than 1 apart: a difference of scores is lost in rounding.
LIMIT = 2**24


class TrainingDiverged(Explained, RuntimeError):
    """A loss or a weight stopped being a finite number, or a loss became too large to be computed with."""


class StepCallback(keras.callbacks.Callback):
    """A callback that acts after every `every` steps, and after the last one."""

    def __init__(self, run: Run, every: int, last_step: int) -> None:
        super().__init__()
        self.run = run
        self.every = every
        self.last_step = last_step

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Find out where training starts."""
        self.step = int(self.model.steps_done)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Count one step and act when it is time."""
        self.step += 1
        if self.step % self.every == 0 or self.step == self.last_step:
            self.act(logs or {})

    def act(self, logs: dict[str, Any]) -> None:
        """Do what the callback is for; `logs` holds the scalars of the step just done."""
        raise NotImplementedError


class StopWhereGone(keras.callbacks.Callback):
    """Stop when the run's folder was deleted or moved away: files would make a new one, with half a run in it."""

    def __init__(self, run: Run, still_there: Callable[[], bool]) -> None:
        super().__init__()
        self.run, self.still_there = run, still_there

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Look before anything is written."""
        if not self.still_there():
            raise RunUnwritable(
                f"The folder of {self.run!r} was deleted or moved away while it was trained. Nothing more is written. "
                "If you moved it, continue it where it is now; if not, run again to start over."
            )


class WriteHistory(StepCallback):
    """Append the step's scalars to history.csv; stop training when one of them is not finite or beyond `LIMIT`."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock where the run left it."""
        super().on_train_begin(logs)
        past = self.run.history().get("seconds", np.zeros(1))
        self.clock_start = time.perf_counter() - (past[-1] if len(past) else 0.0)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Look at every step's scalars, and write some."""
        for name, value in (logs or {}).items():
            if not abs(value) <= LIMIT:
                beyond = f", beyond what a float32 tells apart from its neighbours ({LIMIT:,})" * math.isfinite(value)
                raise TrainingDiverged(_divergence_message(self.run, self.step + 1, f"{name} is {value:.6g}{beyond}"))
        super().on_train_batch_end(batch, logs)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        scalars = {name: float(value) for name, value in sorted(logs.items())}
        if "real_score" in scalars:
            scalars["wasserstein_estimate"] = scalars["real_score"] - scalars["fake_score"]
        self.run.append("history", {"step": self.step, "seconds": time.perf_counter() - self.clock_start, **scalars})


class WriteSamples(StepCallback):
    """Store a grid of images made from the same latent vectors each time, from the untrained generator on.

    Points in the plane are drawn over real ones instead, of which some are given.
    """

    def __init__(self, run: Run, every: int, last_step: int, latent: np.ndarray, real: np.ndarray) -> None:
        super().__init__(run, every, last_step)
        self.latent, self.real = latent, real

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Store what the untrained generator makes."""
        super().on_train_begin(logs)
        if self.step == 0:
            self.act({})

    def act(self, logs: dict[str, Any]) -> None:
        """Store one grid."""
        try:
            images = generate(self.model.generator, self.latent)
        except FloatingPointError as error:
            raise TrainingDiverged(_divergence_message(self.run, self.step, "an image is not finite")) from error
        if images.ndim == 2:
            self.run.save_samples(self.step, points_picture(self.real, images))
            return
        gap = 255 - GAP_OF_DRAWINGS if self.run.invert else 255
        self.run.save_samples(self.step, image_grid(images, math.ceil(math.sqrt(len(images))), background=gap))


class WriteCheckpoint(StepCallback):
    """Store everything that is needed to go on, unless some of it is not finite."""

    def act(self, logs: dict[str, Any]) -> None:
        """Store one checkpoint."""
        state = self.model.state()
        for name, value in state.items():
            if not np.all(np.isfinite(value)):
                raise TrainingDiverged(_divergence_message(self.run, self.step, f"the weight {name[5:]} is not finite"))
        self.run.save_checkpoint(self.step, state)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Keep an interrupted run's last step too."""
        if self.step < self.last_step:
            self.act({})


def _divergence_message(run: Run, step: int, what: str) -> str:
    kept = run.last_checkpoint_step()
    good = (
        "No checkpoint had been written yet." if kept is None else f"The last good checkpoint, of step {kept}, is kept."
    )
    return (
        f"Training stopped at step {step}, because {what}. {good} "
        "Lower the learning rate or strengthen the constraint, and train under another RUN_NAME."
    )
