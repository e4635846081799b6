"""Sevens, after lesson 02: a WGAN with weight clipping.

Until `frechet` 9.6 or less and 96 % or more of the images called sevens: what the lesson's preset "cpu" reached with
each of its three stored seeds (9.59, 8.59, 9.21) when these records were begun. Features of the classifier "digits",
1,028 images of each kind, the averaged generator.
"""

from dataclasses import replace
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras

from benchmarks.records import shared_images
from benchmarks.records.keras_example import example_way
from benchmarks.records.recipe import Recipe, Record
from wgan_utils.errors import Refused
from wgan_utils.gan import losses, networks


def images(standin: bool) -> wu.Images:
    """MNIST's sevens."""
    return wu.load_images("mnist", classes=[7], allow_standin=standin)


def build_networks(width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Lesson 02's generator and critic."""
    return networks.sevens_generator(width, latent_dim), networks.sevens_critic(width, batch_norm=False)


class SharedImages(shared_images.SharedImages, wu.WGAN):
    """A WGAN that generates once in a step."""

    def limit_critic(self) -> None:
        """Clip the critic's weights."""
        losses.clip_weights(self.critic, self.settings()["clip_value"])


def hand_written(*networks_and_numbers: Any, **settings: Any) -> Any:
    """Build the same training in PyTorch, which other rows run without."""
    if keras.backend.backend() != "torch":
        raise Refused("This row runs with KERAS_BACKEND=torch .venv-backends/bin/python (make test-backends makes it).")
    from benchmarks.records.pytorch import HandWritten

    return HandWritten(*networks_and_numbers, **settings)


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
    change="The generator makes images once in a step, for two critic updates and its own update. Its BatchNorm then "
    "sees one batch in a step, not six, so its momentum, the share of a running mean that stays, is 0.94, about 0.99⁶.",
    model=SharedImages,
    critic_steps=2,
    batch_norm_momentum=0.94,
    generations=1,
)
ROWS = {
    "today": TODAY,
    "shared, two updates": SHARED,
    "shared, bfloat16": replace(
        SHARED,
        change="The same with products in bfloat16 and weights in float32, where the processor has it.",
        precision="mixed_bfloat16",
    ),
    "keras example": replace(
        TODAY,
        change="Beside ours: the training step of Keras's own example, Keras's RMSProp, no averaged generator.",
        model=example_way,
        settings={"lesson": "sevens"},
        optimizer=keras.optimizers.RMSprop,
        ema_momentum=None,
    ),
    "hand-written": replace(
        TODAY,
        change="Beside ours: *today* written in PyTorch alone, channels_last, the losses compiled by `torch.compile`.",
        model=hand_written,
    ),
}
RECORD = Record(images, "digits", n=2000, frechet=9.6, every=20, rows=ROWS, called=0.96)
