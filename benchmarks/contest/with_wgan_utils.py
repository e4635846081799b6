"""Ours: the lessons' networks and models under `fit`, without the callbacks that `wu.train` adds."""

from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras

from benchmarks.contest import entries
from benchmarks.contest.entries import Column
from benchmarks.contest.on_tensorflow import Clock, about, limit_threads, networks, optimizer, random_pixels
from wgan_utils.training.train import RealImages


def build(column: Column, threads: int, precision: str) -> "Ours":
    """Build the training; see `worker.Training`."""
    limit_threads(threads)
    keras.config.set_dtype_policy(precision)
    return Ours(column)


class Ours:
    """`wu.WGAN` or `wu.WGANGP` on the batches that `wu.train` makes."""

    def __init__(self, column: Column) -> None:
        sizes = (column.latent_dim, column.critic_steps)
        self.model: wu.WGAN
        if column.clips:
            self.model = wu.WGAN(*networks(column), *sizes, entries.CLIP_VALUE)
        else:
            self.model = wu.WGANGP(*networks(column), *sizes, entries.PENALTY_WEIGHT)
        self.model.compile(optimizer(column), optimizer(column))
        self.column, self.pixels, self.done = column, random_pixels(), 0

    def about(self) -> dict[str, Any]:
        """Describe what was built."""
        return about(self.model.generator, self.model.critic)

    def seconds_a_step(self, steps: int) -> float:
        """Train for some steps."""
        clock, (_, _, batch_size, critic_steps) = Clock(), self.column
        batches = RealImages(self.pixels, batch_size, critic_steps, 0, self.done, steps + 1)
        self.model.fit(batches, shuffle=False, verbose=0, callbacks=[clock])
        self.done += steps + 1
        return clock.seconds_a_step()
