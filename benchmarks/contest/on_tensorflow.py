"""What both contestants on TensorFlow share: networks, optimizers, the clock, the threads."""

import time
from importlib.metadata import version
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
import tensorflow as tf

from benchmarks.contest import entries
from benchmarks.contest.entries import Column


def limit_threads(threads: int) -> None:
    """Let TensorFlow use so many; before it has computed anything."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def networks(column: Column) -> tuple[keras.Model, keras.Model]:
    """Build a lesson's generator and critic."""
    if column.lesson == "sevens":
        return wu.networks.sevens_generator(column.width, column.latent_dim), wu.networks.sevens_critic(column.width)
    return wu.networks.digit_generator(column.width, column.latent_dim), wu.networks.digit_critic(column.width)


def optimizer(column: Column) -> keras.Optimizer:
    """Build one of a lesson's two optimizers."""
    if column.clips:
        return keras.optimizers.RMSprop(entries.RMSPROP_RATE)
    return keras.optimizers.Adam(entries.ADAM_RATE, *entries.ADAM_BETAS)


def random_pixels() -> np.ndarray:
    """Draw what stands for images: uint8 of shape (n, 28, 28, 1)."""
    return np.random.default_rng(0).integers(0, 256, (entries.IMAGES, 28, 28, 1), dtype=np.uint8)


def about(generator: keras.Model, critic: keras.Model) -> dict[str, Any]:
    """Describe what was built, as `worker.Training` wants it."""
    return {
        "weights": [generator.count_params(), critic.count_params()],
        "threads": tf.config.threading.get_intra_op_parallelism_threads(),
        "versions": {"TensorFlow": version("tensorflow"), "Keras": keras.version()},
    }


class Clock(keras.callbacks.Callback):
    """The time from the end of a `fit`'s first step, which also starts everything, to the end of its last."""

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Read the clock."""
        self.last, self.steps = time.perf_counter(), batch
        if batch == 0:
            self.first = self.last

    def seconds_a_step(self) -> float:
        """Return the mean over all steps but the first."""
        return (self.last - self.first) / self.steps
