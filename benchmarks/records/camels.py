"""Camels, after lesson 01: a GAN.

Until `frechet` 1.27 or less: what the lesson's preset "cpu" reached when these records were begun. Features of the
classifier "camels", 2,000 images of each kind, the averaged generator.
"""

from dataclasses import replace

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras

from benchmarks.records.recipe import Recipe, Record
from benchmarks.records.shared_images import SharedImages
from wgan_utils.gan import networks


def images(standin: bool) -> wu.Images:
    """Camels of Quick, Draw!."""
    return wu.load_images("quickdraw/camel", allow_standin=standin)


def build_networks(width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Lesson 01's generator and discriminator."""
    return networks.camel_generator(width, latent_dim), networks.camel_discriminator(width)


# Lesson 01's preset "cpu" as it was on 2026-11-30. The lesson ends after 3,000 steps.
TODAY = Recipe(
    change="lesson 01, preset `cpu`",
    networks=build_networks,
    model=wu.GAN,
    settings={},
    optimizer=keras.optimizers.Adam,
    optimizer_settings={"beta_1": 0.5, "beta_2": 0.99},
    rates=(1e-3, 1e-3),
    steps=4500,
    width=0.5,
    latent_dim=100,
    critic_steps=1,
    ema_momentum=0.995,
)
ROWS = {
    "today": TODAY,
    "shared, two updates": replace(
        TODAY,
        change="The generator makes images once in a step, for two discriminator updates and its own update, and the "
        "rates are twice as high. Its BatchNorm sees one batch in a step, not two, so its momentum is 0.81, or 0.9².",
        model=SharedImages,
        rates=(2e-3, 2e-3),
        critic_steps=2,
        batch_norm_momentum=0.81,
        generations=1,
    ),
    "falling": replace(
        TODAY,
        change="Rates twice as high that fall to 0 within 1,500 steps.",
        rates=(2e-3, 2e-3),
        decay=True,
        steps=1500,
    ),
}
RECORD = Record(images, "camels", n=2000, frechet=1.27, every=50, rows=ROWS)
