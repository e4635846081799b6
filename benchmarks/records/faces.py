"""Faces, after lesson 06: a WGAN with gradient penalty on CelebA at 64×64.

Until `frechet` 1.85 or less: what the lesson's preset "cpu" reached when these records were begun. Features made
without labels, 1,000 images of each kind, the averaged generator.
"""

from dataclasses import replace

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras

from benchmarks.records.digits import LazyR1
from benchmarks.records.recipe import Recipe, Record
from wgan_utils.gan import networks


def images(standin: bool) -> wu.Images:
    """CelebA."""
    return wu.load_images("celeba", image_size=64, colour=True, allow_standin=standin)


def build_networks(width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Lesson 06's generator and critic."""
    return networks.face_generator(width, latent_dim), networks.face_critic(width)


# Lesson 06's preset "cpu" as it was on 2026-11-30. The lesson ends after 4,400 steps.
TODAY = Recipe(
    change="lesson 06, preset `cpu`",
    networks=build_networks,
    model=wu.WGANGP,
    settings={"penalty_weight": 10.0},
    optimizer=keras.optimizers.Adam,
    optimizer_settings={"beta_1": 0.5, "beta_2": 0.9},
    rates=(5e-4, 5e-4),
    steps=6600,
    width=0.25,
    latent_dim=100,
    critic_steps=3,
    ema_momentum=0.995,
    mirror=True,
    penalties=1,
)
ROWS = {
    "today": TODAY,
    "lazy R1": replace(
        TODAY,
        change="The digits' recipe of this name, with rates of 0.001: a GAN with R1, whose penalty is taken in every "
        "fourth step only; one critic update in a step, rates that fall to 0 within 8,000 steps.",
        model=LazyR1,
        settings={"gamma": 1.0},
        optimizer_settings={"beta_1": 0.0, "beta_2": 0.9},
        rates=(1e-3, 1e-3),
        decay=True,
        steps=8000,
        critic_steps=1,
        penalties=1 / 4,
    ),
    "one update, falling": replace(
        TODAY,
        change="One critic update in a step, and rates twice as high that fall to 0 within 4,400 steps.",
        rates=(1e-3, 1e-3),
        decay=True,
        steps=4400,
        critic_steps=1,
    ),
}
RECORD = Record(images, "", n=1000, frechet=1.85, every=100, rows=ROWS)
