"""The way of the example in Keras's documentation: a `train_step` with a `GradientTape` for each update.

After `keras.io/examples/generative/wgan_gp` in what decides its speed: plain Keras layers; generated and real images
scored one after the other, inside the tape that makes the generated ones; every update of a step on the same real
images. `fit` compiles its `train_step` with `jit_compile=False`, since XLA is slower on a processor.
"""

from typing import Any

from benchmarks.contest import on_tensorflow as shared  # isort: skip - first, since it configures TensorFlow
import keras
import numpy as np
import tensorflow as tf

from benchmarks.contest import entries
from benchmarks.contest.entries import Column


def build(column: Column, threads: int) -> "ExampleWay":
    """Build the training; see `worker.Training`."""
    shared.limit_threads(threads)
    return ExampleWay(column)


class ExampleWay:
    """`fit` on an array of images, one batch a step."""

    def __init__(self, column: Column) -> None:
        # Clones have plain Keras layers only, where ours compute some in a way of their own.
        self.model = TwoTapes(column, *map(keras.models.clone_model, shared.networks(column)))
        self.model.compile(shared.optimizer(column), shared.optimizer(column))
        self.batch_size, self.images = column.batch_size, shared.random_pixels().astype("float32") / 127.5 - 1

    def about(self) -> dict[str, Any]:
        """Describe what was built."""
        return shared.about(self.model.generator, self.model.critic)

    def seconds_a_step(self, steps: int) -> float:
        """Train for some steps."""
        clock = shared.Clock()
        images = np.resize(self.images, (self.batch_size * (steps + 1), *self.images.shape[1:]))
        self.model.fit(images, batch_size=self.batch_size, verbose=0, callbacks=[clock])
        return clock.seconds_a_step()


class TwoTapes(keras.Model):
    """A critic and a generator, each updated by a tape of its own."""

    def __init__(self, column: Column, generator: keras.Model, critic: keras.Model) -> None:
        super().__init__()
        self.generator, self.critic, self.column = generator, critic, column

    def compile(self, critic_optimizer: keras.Optimizer, generator_optimizer: keras.Optimizer) -> None:
        """Take both optimizers."""
        super().compile(jit_compile=False)
        self.critic_optimizer, self.generator_optimizer = critic_optimizer, generator_optimizer

    def train_step(self, real: tf.Tensor) -> dict[str, tf.Tensor]:
        """Update the critic some times, the generator once."""
        batch_size = tf.shape(real)[0]
        for _ in range(self.column.critic_steps):
            critic_loss = self.update_critic(real, self.latent(batch_size))
        return {"critic_loss": critic_loss, "generator_loss": self.update_generator(self.latent(batch_size))}

    def latent(self, batch_size: tf.Tensor) -> tf.Tensor:
        """Draw latent vectors."""
        return tf.random.normal((batch_size, self.column.latent_dim))

    def update_critic(self, real: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
        """One update of the critic, then clipping where that is what keeps it Lipschitz."""
        with tf.GradientTape() as tape:
            fake = self.generator(latent, training=True)
            fake_scores, real_scores = self.critic(fake, training=True), self.critic(real, training=True)
            loss = tf.reduce_mean(fake_scores) - tf.reduce_mean(real_scores)
            if not self.column.clips:
                loss += entries.PENALTY_WEIGHT * self.penalty(real, fake)
        weights = self.critic.trainable_variables
        self.critic_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        if self.column.clips:
            for weight in weights:
                if weight.name in ("kernel", "bias"):
                    weight.assign(tf.clip_by_value(weight, -entries.CLIP_VALUE, entries.CLIP_VALUE))
        return loss

    def penalty(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        """Penalise gradient norms other than 1 between real and generated images."""
        share = tf.random.uniform((tf.shape(real)[0], 1, 1, 1))
        between = real + share * (fake - real)
        with tf.GradientTape() as tape:
            tape.watch(between)
            scores = self.critic(between, training=True)
        norms = tf.sqrt(tf.reduce_sum(tape.gradient(scores, between) ** 2, axis=(1, 2, 3)) + 1e-12)
        return tf.reduce_mean((norms - 1) ** 2)

    def update_generator(self, latent: tf.Tensor) -> tf.Tensor:
        """One update of the generator."""
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.critic(self.generator(latent, training=True), training=True))
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss
