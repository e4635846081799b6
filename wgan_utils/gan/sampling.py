"""From latent vectors to images, and between an image's uint8 pixels and the networks' range of −1 to 1."""

from typing import Any

import keras
import numpy as np
from keras import ops

from wgan_utils.pixels import as_pixels


def latent_vectors(n: int, latent_dim: int, seed: int) -> np.ndarray:
    """Draw fixed latent vectors, the same on every backend: float32 of shape (n, latent_dim)."""
    return np.random.default_rng(seed).standard_normal((n, latent_dim), dtype="float32")


def generate(generator: keras.Model, latent: np.ndarray, batch_size: int = 250) -> np.ndarray:
    """Let a generator make images in inference mode: uint8 of shape (n, height, width, channels).

    A generator of points gives them as they are: float32 of shape (n, dimensions).

    Raises:
        FloatingPointError: an image has pixels that are not finite, as after a training that diverged.
    """
    chunks = [generator(latent[i : i + batch_size], training=False) for i in range(0, len(latent), batch_size)]
    values = np.concatenate([ops.convert_to_numpy(ops.cast(chunk, "float32")) for chunk in chunks])
    if not np.isfinite(values).all():
        raise FloatingPointError("The generator makes images that are not finite numbers; its training has diverged.")
    return as_pixels(values) if values.ndim == 4 else values


def as_inputs(images: Any) -> Any:
    """Make what a critic takes: of uint8 images floats from −1 to 1; floats, such as points, stay as they are."""
    images = ops.convert_to_tensor(images)
    if keras.backend.standardize_dtype(images.dtype) != "uint8":
        return images
    return ops.cast(images, "float32") / 127.5 - 1.0
