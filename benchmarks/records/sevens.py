"""Sevens, after lesson 02: a WGAN with weight clipping.

Until `frechet` 9.6 or less and 96 % or more of the images called sevens: what the lesson's preset "cpu" reached with
each of its three stored seeds (9.59, 8.59, 9.21) when these records were begun. Features of the classifier "digits",
1,028 images of each kind, the averaged generator.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras

from benchmarks.records.keras_example import example_way
from benchmarks.records.recipe import Recipe, Record
from wgan_utils.gan import losses, networks


def images(standin: bool) -> wu.Images:
    """MNIST's sevens."""
    return wu.load_images("mnist", classes=[7], allow_standin=standin)


def build_networks(width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Lesson 02's generator and critic."""
    return networks.sevens_generator(width, latent_dim), networks.sevens_critic(width, batch_norm=False)


class SharedImages(wu.WGAN):
    """A WGAN that generates once in a step: every update of the critic, and the generator's, take the same images."""

    def step(self, real: Any) -> dict[str, Any]:
        """Generate, update the critic `critic_steps` times, and let the generator learn from the same images."""
        import tensorflow as tf  # other rows run without it

        with tf.GradientTape() as making:
            fake = self.generator(self.draw_latent(len(real)), training=True)
        for i in range(self.critic_steps):
            with tf.GradientTape() as tape:
                loss, logs = self.critic_loss(real[:, i], tf.stop_gradient(fake))
            weights = self.critic.trainable_variables
            self.critic_optimizer.apply(tape.gradient(loss, weights), weights)
            losses.clip_weights(self.critic, self.settings()["clip_value"])
        with tf.GradientTape() as tape:
            tape.watch(fake)
            loss = self.loss_of_generated(fake)
        weights = self.generator.trainable_variables
        gradients = making.gradient(fake, weights, output_gradients=tape.gradient(loss, fake))
        self.generator_optimizer.apply(gradients, weights)
        return logs | {"generator_loss": loss}


# Lesson 02's preset "cpu" as it was on 2026-11-30. The lesson ends after 800 steps.
TODAY = Recipe(
    change="lesson 02, preset `cpu`",
    networks=build_networks,
    model=wu.WGAN,
    settings={"clip_value": 0.01},
    optimizer=wu.paper_rmsprop,
    optimizer_settings={},
    rates=(2e-4, 2e-4),
    steps=4000,
    width=0.5,
    latent_dim=50,
    critic_steps=5,
    ema_momentum=0.98,
)
SHARED = replace(
    TODAY,
    change="The generator makes images once in a step, and every update takes these: most of a step's multiplications "
    "are the generator's. BatchNorm's momentum is 0.94, about 0.99⁶, since one pass now does what six did.",
    model=SharedImages,
    batch_norm_momentum=0.94,
    generations=1,
)
FALLING: Mapping[str, Any] = {"rates": (5e-4, 5e-4), "decay": True, "steps": 500}
ROWS = {
    "today": TODAY,
    "shared": SHARED,
    "two updates": replace(
        TODAY, change="Two critic updates in a step: in lesson 05 every method preferred fewer.", critic_steps=2
    ),
    "small batches": replace(
        TODAY,
        change="Batches of 32: half of the multiplications for a gradient that is noisier, but as right on average.",
        batch_sizes=((0, 32),),
    ),
    "growing batches": replace(
        TODAY,
        change="Batches of 16, after 200 steps of 32, after 500 of 64: noise harms late more than early.",
        batch_sizes=((0, 16), (200, 32), (500, 64)),
    ),
    "falling": replace(
        TODAY,
        change="Rates that start 2.5 times as high and fall to 0: large steps first, no noise at the end.",
        **FALLING,
    ),
    "larger bound": replace(
        TODAY,
        change="Weights clipped at 0.03: fewer lie at the bound, where only their sign is left.",
        settings={"clip_value": 0.03},
    ),
    "shared, two updates": replace(SHARED, change="Shared images and two critic updates.", critic_steps=2),
    "shared, small": replace(SHARED, change="Shared images in batches of 32.", batch_sizes=((0, 32),)),
    "shared, falling": replace(SHARED, change="Shared images and falling rates.", **FALLING),
    "bfloat16": replace(
        TODAY,
        change="Products in bfloat16, weights in float32, where the processor has it.",
        precision="mixed_bfloat16",
    ),
    "penalty": replace(
        TODAY,
        change="Not lesson 02's subject: gradient penalty for clipping, Adam for RMSProp, one critic update in a step.",
        model=wu.WGANGP,
        settings={"penalty_weight": 10.0},
        optimizer=keras.optimizers.Adam,
        optimizer_settings={"beta_1": 0.5, "beta_2": 0.9},
        rates=(1e-3, 1e-3),
        critic_steps=1,
        penalties=1,
    ),
    "keras example": replace(
        TODAY,
        change="Beside ours: the training step of Keras's own example, Keras's RMSProp, no averaged generator.",
        model=example_way,
        settings={"lesson": "sevens"},
        optimizer=keras.optimizers.RMSprop,
        ema_momentum=None,
    ),
}
RECORD = Record(images, "digits", n=2000, frechet=9.6, every=20, rows=ROWS, called=0.96)
