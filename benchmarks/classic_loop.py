"""The loop of most published code, on the sevens' networks."""

import time

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
import tensorflow as tf

BATCH_SIZE, CRITIC_STEPS, LATENT_DIM = 64, 5, 50
LEARNING_RATE, CLIP_VALUE = 5e-5, 0.01


class ClassicLoop:
    """What most published code does: `train_on_batch` for each half of a critic update, `predict` for the images."""

    def __init__(self, pixels: np.ndarray, width: float) -> None:
        self.random = np.random.default_rng(0)
        self.images = pixels.astype("float32") / 127.5 - 1
        self.generator = wu.networks.sevens_generator(width, LATENT_DIM)
        self.critic = wu.networks.sevens_critic(width)
        for layer in self.critic.layers:
            if isinstance(layer, keras.layers.Conv2D):
                layer.kernel_constraint = ClipConstraint()
                layer.kernel.constraint = layer.kernel_constraint
        self.critic.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss=signed_mean, jit_compile=False)
        self.both = keras.Sequential([keras.Input((LATENT_DIM,)), self.generator, self.critic])
        self.both.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss=signed_mean, jit_compile=False)

    def seconds_a_step(self, steps: int) -> float:
        """Run some steps."""
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - started) / steps

    def step(self) -> None:
        """Five critic updates, one generator update."""
        real_label, fake_label = -np.ones((BATCH_SIZE, 1)), np.ones((BATCH_SIZE, 1))
        self.critic.trainable = True
        for _ in range(CRITIC_STEPS):
            real = self.images[self.random.integers(0, len(self.images), BATCH_SIZE)]
            self.critic.train_on_batch(real, real_label)
            fake = self.generator.predict(self.random.standard_normal((BATCH_SIZE, LATENT_DIM)), verbose=0)
            self.critic.train_on_batch(fake, fake_label)
        self.critic.trainable = False
        self.both.train_on_batch(self.random.standard_normal((BATCH_SIZE, LATENT_DIM)), real_label)


class ClipConstraint(keras.constraints.Constraint):
    """Clip a kernel after each update."""

    def __call__(self, weights: tf.Tensor) -> tf.Tensor:
        """Return the clipped kernel."""
        return keras.ops.clip(weights, -CLIP_VALUE, CLIP_VALUE)


def signed_mean(label: tf.Tensor, score: tf.Tensor) -> tf.Tensor:
    """The Wasserstein loss written with labels −1 (real) and 1 (generated)."""
    return keras.ops.mean(label * score)
