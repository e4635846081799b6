"""Keras callbacks of a training: history, samples, checkpoints, progress, and stopping on a signal or a divergence.

Each reads the step from the model's own counter, so that a continued run counts on from where it was.
"""

import io
import math
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from wgan_utils.errors import Explained
from wgan_utils.gan.networks import generate
from wgan_utils.pixels import GAP_OF_DRAWINGS, image_grid
from wgan_utils.plots.curves import plot_training
from wgan_utils.plots.images import points_picture
from wgan_utils.training.run import Run

# From here on neighbouring float32 numbers are more than 1 apart: a difference of scores is lost in rounding.
LIMIT = 2**24


class TrainingDiverged(Explained, RuntimeError):
    """A loss or a weight stopped being a finite number, or a loss became too large to be computed with."""


class TrainingInterrupted(Explained, KeyboardInterrupt):
    """Training was interrupted and has written everything; a KeyboardInterrupt, so that "Run All" stops there."""


class StepCallback(keras.callbacks.Callback):
    """A callback that acts after every `every` steps, and after the last one."""

    def __init__(self, run: Run, every: int, last_step: int) -> None:
        super().__init__()
        self.run, self.every, self.last_step = run, every, last_step

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

    def diverged(self, what: str) -> TrainingDiverged:
        """The error that stops a training."""
        kept = f"The last good checkpoint is that of step {self.run.last_checkpoint_step()}"
        advice = "Lower the learning rate or strengthen the constraint, and train under another RUN_NAME."
        return TrainingDiverged(f"Training stopped at step {self.step}: {what}. {kept}. {advice}")


class WriteHistory(StepCallback):
    """Append the step's scalars to history.csv; stop training when one of them is not finite or beyond `LIMIT`."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock where the run left it."""
        super().on_train_begin(logs)
        past = self.run.history().get("seconds", np.zeros(0))
        self.clock_start = time.perf_counter() - (past[-1] if len(past) else 0.0)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Look at every step's scalars, and write some."""
        if wrong := {name: float(value) for name, value in (logs or {}).items() if not abs(value) <= LIMIT}:
            self.step += 1
            raise self.diverged(f"{wrong} is not finite, or beyond the {LIMIT:,} from which a float32 skips numbers")
        super().on_train_batch_end(batch, logs)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        scalars = {name: float(value) for name, value in sorted(logs.items())}
        if scalars.keys() >= {"real_score", "fake_score"}:
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
            raise self.diverged("an image is not finite") from error
        if images.ndim == 2:
            grid = points_picture(self.real, images)
        else:
            gap = 255 - GAP_OF_DRAWINGS if self.run.invert else 255
            grid = image_grid(images, math.ceil(math.sqrt(len(images))), background=gap)
        self.run.save_samples(self.step, grid)


class WriteCheckpoint(StepCallback):
    """Store everything that is needed to go on, unless some of it is not finite."""

    def act(self, logs: dict[str, Any]) -> None:
        """Store one checkpoint."""
        state = self.model.state()
        for name, value in state.items():
            if not np.all(np.isfinite(value)):
                raise self.diverged(f"the weight {name[5:]} is not finite")
        self.run.save_checkpoint(self.step, state)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Keep an interrupted run's last step too."""
        if self.step < self.last_step:
            self.act({})


@contextmanager
def stop_on_signal(model: keras.Model) -> Iterator[list[int]]:
    """Within the block an interrupt or SIGTERM stops `fit` after the current step; a second signal acts at once.

    Gives the list that a received signal is put into. Outside of the main thread signals are left alone.
    """
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        if received:
            release()
            signal.raise_signal(number)
        received.append(number)
        model.stop_training = True

    def release() -> None:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    in_main_thread = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if in_main_thread else ()
    previous = {number: signal.signal(number, receive) for number in numbers}
    try:
        yield received
    finally:
        release()


# ---- how far a training, or a series of them, is


class ShowProgress(keras.callbacks.Callback):
    """Show how far training is: in a notebook a figure that redraws itself, elsewhere a line of text.

    `every_seconds` lie between two updates; drawing one takes a fraction of a second.
    """

    def __init__(self, run: Run, last_step: int, every_seconds: float = 15.0) -> None:
        super().__init__()
        self.run, self.last_step, self.every_seconds = run, last_step, every_seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock."""
        text = "step {n_fmt} of {total_fmt}, {rate_fmt}, {remaining} left"
        self.bar = Bar(self.last_step, text, int(self.model.steps_done), self.every_seconds)
        self.shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Show the state when the last update is old enough."""
        self.bar.update()
        if time.monotonic() - self.shown > self.every_seconds:
            self.draw()

    def on_train_end(self, logs: dict | None = None) -> None:
        """Show the final state."""
        self.bar.close()
        self.draw()

    def draw(self) -> None:
        """Draw the figure, in a notebook; one that can't be drawn is no reason to lose a training."""
        self.shown = time.monotonic()
        try:
            self.bar.display_in_notebook(lambda: plot_training(self.run, str(self.bar)))
        except Exception as error:
            warnings.warn(f"The live figure can't be drawn ({error!r}); training goes on.", stacklevel=2)


class Bar(tqdm):
    """tqdm's text and clock; in a notebook something that is displayed in its own place instead of its line."""

    def __init__(self, total: int, text: str, done: int = 0, every_seconds: float = 0.1) -> None:
        ipython = sys.modules.get("IPython")
        self.in_notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
        self.handle: Any = None
        file = io.StringIO() if self.in_notebook else sys.stderr
        super().__init__(total=total, initial=done, bar_format=text, mininterval=every_seconds, file=file)

    def display_in_notebook(self, figure: Callable[[], Any] | None = None) -> None:
        """Display the figure that a function makes, or the text, in place of what was displayed before."""
        if self.in_notebook:
            from IPython.display import display

            self.handle = self.handle or display({"text/plain": ""}, raw=True, display_id=True)
            self.handle.update(figure() if figure else {"text/plain": str(self)}, raw=not figure)
