"""How far a training, or a series of them, is."""

import io
import sys
import time
import warnings
from typing import Any

import keras
from tqdm import tqdm

from wgan_utils.plots.curves import plot_training
from wgan_utils.training.run import Run


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
        self.bar = _Bar(self.last_step, text, int(self.model.steps_done), self.every_seconds)
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


class ShowCount:
    """Show how many of several trainings are done: a line that changes."""

    def __init__(self, total: int) -> None:
        self.bar = _Bar(total, "{n_fmt} of {total_fmt} done, {remaining} left")
        self.one_more(0)

    def one_more(self, done: int = 1) -> None:
        """Count one that has ended."""
        self.bar.update(done)
        self.bar.display_in_notebook(lambda: {"text/plain": str(self.bar)}, raw=True)


class _Bar(tqdm):
    """tqdm's text and clock; in a notebook something that is displayed in its own place instead of its line."""

    def __init__(self, total: int, text: str, done: int = 0, every_seconds: float = 0.1) -> None:
        ipython = sys.modules.get("IPython")
        self.in_notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
        self.handle: Any = None
        file = io.StringIO() if self.in_notebook else sys.stderr
        super().__init__(total=total, initial=done, bar_format=text, mininterval=every_seconds, file=file)

    def display_in_notebook(self, make: Any, raw: bool = False) -> None:
        """Display what `make()` returns, in place of what was displayed before."""
        if self.in_notebook:
            from IPython.display import display

            self.handle = self.handle or display({"text/plain": ""}, raw=True, display_id=True)
            self.handle.update(make(), raw=raw)
