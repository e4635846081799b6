"""The faces' generator with each of three layers that double a feature map: what the lab on checkerboards compares."""

from typing import Any

import keras
from keras import layers


def doubling(arm: str, filters: int, **options: Any) -> list[keras.Layer]:
    """Make the layers that turn (batch, height, width, channels) into (batch, 2·height, 2·width, filters).

    Args:
        arm: "kernel 5" or "kernel 4", a transposed convolution with stride 2; or "upsampling", which repeats each
            pixel twice across and down and then convolves with a kernel of 5 (Odena et al. 2016).
        filters: of the convolution.
        options: further ones of the convolution.
    """
    if arm == "upsampling":
        return [layers.UpSampling2D(), layers.Conv2D(filters, 5, padding="same", **options)]
    kernel = int(arm.removeprefix("kernel "))
    return [layers.Conv2DTranspose(filters, kernel, strides=2, padding="same", **options)]


def doubling_generator(arm: str, width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build a generator of (64, 64, 3) images; with the arm "kernel 5" it is lesson 06's.

    Its weights are 5,168,003 at width 1, and as many with "upsampling".
    """
    first, *others = (max(1, round(filters * width)) for filters in (512, 256, 128, 64))
    stack = [layers.Dense(4 * 4 * first), *_normalised(), layers.Reshape((4, 4, first))]
    for filters in others:
        stack += [*doubling(arm, filters), *_normalised()]
    return keras.Sequential([keras.Input((latent_dim,)), *stack, *doubling(arm, 3, activation="tanh")])


def _normalised() -> list[keras.Layer]:
    return [layers.BatchNormalization(momentum=0.9), layers.LeakyReLU(negative_slope=0.2)]
