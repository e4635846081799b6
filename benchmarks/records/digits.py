"""Digits, after lesson 04: a WGAN with gradient penalty.

Until `frechet` 4.34 or less: what the lesson's preset "cpu" reached when these records were begun. Features of the
classifier "digits", 2,000 images of each kind, the averaged generator.
"""

from dataclasses import replace
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
from keras import ops

from benchmarks.records.keras_example import example_way
from benchmarks.records.recipe import Recipe, Record
from wgan_utils.gan import losses, networks


def images(standin: bool) -> wu.Images:
    """MNIST."""
    return wu.load_images("mnist", allow_standin=standin)


def build_networks(width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Lesson 04's generator and critic."""
    return networks.digit_generator(width, latent_dim), networks.digit_critic(width)


class LazyR1(wu.R1GAN):
    """A GAN whose penalty is taken in every fourth step only, and counts four times there (Karras et al. 2020)."""

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the cross-entropy, now and then with the penalty."""
        loss, logs = wu.GAN.critic_loss(self, real, fake)
        due = ops.equal(self.steps_done % 4, 0)
        penalty = ops.cond(due, lambda: losses.zero_centred_penalty(self.critic, real), lambda: 0.0)
        return loss + 4 * self.gamma * penalty, logs


# Lesson 04's preset "cpu" as it was on 2026-11-30.
TODAY = Recipe(
    change="lesson 04, preset `cpu`",
    networks=build_networks,
    model=wu.WGANGP,
    settings={"penalty_weight": 10.0},
    optimizer=keras.optimizers.Adam,
    optimizer_settings={"beta_1": 0.5, "beta_2": 0.9},
    rates=(1e-3, 1e-3),
    decay=True,
    steps=6000,
    width=0.25,
    latent_dim=128,
    critic_steps=2,
    ema_momentum=0.993,
    penalties=1,
)
LAZY_R1 = replace(
    TODAY,
    change="A GAN with R1, a penalty on the gradient at real images: lesson 05's best for equal time, with the rates "
    "found there. One critic update in a step, 4,000 steps. In every fourth step the penalty is taken, with four times "
    "its weight.",
    model=LazyR1,
    settings={"gamma": 1.0},
    optimizer_settings={"beta_1": 0.0, "beta_2": 0.9},
    rates=(5e-3, 5e-3),
    steps=4000,
    critic_steps=1,
    penalties=1 / 4,
)
ROWS = {
    "today": TODAY,
    "short": replace(
        TODAY, change="Rates twice as high that fall to 0 in half as many steps.", rates=(2e-3, 2e-3), steps=3000
    ),
    "lazy R1": LAZY_R1,
    "no penalty": replace(
        LAZY_R1,
        change="*lazy R1* without the penalty: only the falling rates limit the discriminator.",
        model=wu.GAN,
        settings={},
        penalties=0,
    ),
    "keras example": replace(
        TODAY,
        change="Beside ours: the training step of Keras's own example, with the same rates, no averaged generator.",
        model=example_way,
        settings={"lesson": "digits"},
        ema_momentum=None,
    ),
}
RECORD = Record(images, "digits", n=2000, frechet=4.34, every=100, rows=ROWS)
