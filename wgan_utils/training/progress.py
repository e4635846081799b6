"""How far a training is: in a notebook a figure that redraws itself, elsewhere a line of text."""

import sys
import time
import warnings
from typing import Any

import keras

from wgan_utils.plots.curves import plot_training
from wgan_utils.training.run import Run


class ShowProgress(keras.callbacks.Callback):
    """Show how far training is: in a notebook a figure that redraws itself, elsewhere a line of text.

    Args:
        run: the run to draw.
        last_step: where training ends.
        every_seconds: time between two updates; drawing one takes a fraction of a second.
    """

    def __init__(self, run: Run, last_step: int, every_seconds: float = 15.0) -> None:
        super().__init__()
        self.run = run
        self.last_step = last_step
        self.every_seconds = every_seconds
        self.handle: Any = None
        self.draws = True
        self.step = last_step

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock."""
        self.first_step = self.step = int(self.model.steps_done)
        self.started = self.shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Show the state when the last update is old enough."""
        self.step += 1
        if self.step == self.first_step + 1:
            self.started = time.monotonic()  # the first step compiles, and says nothing about the rate
        if time.monotonic() - self.shown > self.every_seconds:
            self.show()

    def on_train_end(self, logs: dict | None = None) -> None:
        """Show the final state."""
        self.show()

    def show(self) -> None:
        """Show the state now; a figure that can't be drawn is no reason to lose a training."""
        if _in_notebook() and self.draws:
            try:
                self._show_figure()
            except Exception as error:
                self.draws = False
                warnings.warn(f"The live figure can't be drawn ({error!r}); training goes on.", stacklevel=2)
        else:
            print(self.text(), file=sys.stderr, flush=True)
        self.shown = time.monotonic()

    def text(self) -> str:
        """Say how far training is, how fast, and how long it will take."""
        if self.step >= self.last_step:
            return f"step {self.step} of {self.last_step}, done"
        timed = self.step - self.first_step - 1
        if timed < 1:
            return f"step {self.step} of {self.last_step}"
        rate = timed / (time.monotonic() - self.started)
        left = (self.last_step - self.step) / rate
        return f"step {self.step} of {self.last_step}, {rate:.2g} steps a second, {_duration(left)} left"

    def _show_figure(self) -> None:
        self.handle = _display(plot_training(self.run, f"{self.text()}."), self.handle)


class ShowCount:
    """Show how many of several trainings are done: in a notebook a line that changes, elsewhere one line after another.

    Args:
        total: how many there are.
    """

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.started = time.monotonic()
        self.handle: Any = None
        self.show()

    def one_more(self) -> None:
        """Count one that has ended."""
        self.done += 1
        self.show()

    def text(self) -> str:
        """Say how many are done, and how long the others will take."""
        if not self.done or self.done == self.total:
            return f"{self.done} of {self.total} done"
        left = (self.total - self.done) * (time.monotonic() - self.started) / self.done
        return f"{self.done} of {self.total} done, {_duration(left)} left"

    def show(self) -> None:
        """Show it now."""
        if self.total and _in_notebook():
            self.handle = _display({"text/plain": f"{self.text()}."}, self.handle, raw=True)
        elif self.total:
            print(self.text(), file=sys.stderr, flush=True)


def _display(content: Any, handle: Any, raw: bool = False) -> Any:
    """Show something in a notebook, in place of what the handle shows; returns the handle."""
    from IPython.display import display

    if handle is None:
        return display(content, raw=raw, display_id=True)
    handle.update(content, raw=raw)
    return handle


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
