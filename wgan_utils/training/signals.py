"""Stopping a training from outside, in time and with everything written."""

import signal
import sys
import threading
from types import FrameType
from typing import Any

import keras

from wgan_utils.errors import Explained


class TrainingInterrupted(Explained, KeyboardInterrupt):
    """Training was interrupted and has written everything; a KeyboardInterrupt, so that "Run All" stops there."""


class StopOnSignal(keras.callbacks.Callback):
    """Turn an interrupt or SIGTERM into a stop after the current step; a second one has its way at once.

    The interrupt is Ctrl-C or Jupyter's; SIGTERM is what `kill`, a cluster's scheduler and a shutdown send.
    """

    def __init__(self) -> None:
        super().__init__()
        self.received: int | None = None
        self.previous: dict[int, Any] = {}

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Take over the signals; only a main thread may."""
        if threading.current_thread() is threading.main_thread():
            self.previous = {number: signal.signal(number, self._receive) for number in (signal.SIGINT, signal.SIGTERM)}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Ask Keras to stop after this step."""
        if self.received is not None:
            self.model.stop_training = True

    def on_train_end(self, logs: dict | None = None) -> None:
        """Give the signals back."""
        self.release()

    def release(self) -> None:
        """Give the signals back, also when training ended with an error."""
        for number, handler in self.previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self.previous = {}

    def finish(self, message: str) -> None:
        """Do what the signal asked for, once everything is written.

        Raises:
            TrainingInterrupted: with that message. After SIGTERM, unless something handles it, the process has ended.
        """
        if self.received == signal.SIGTERM:
            print(message, file=sys.stderr, flush=True)
            signal.raise_signal(self.received)
        raise TrainingInterrupted(message)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self.received is not None:
            self.release()
            signal.raise_signal(number)
        self.received = number
