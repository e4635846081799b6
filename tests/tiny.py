"""Networks, images and models small enough to train in a test; every random choice follows from a seed."""

import linecache
import os
import warnings

import keras
import numpy as np
import pytest
from keras import layers

from wgan_utils.data.datasets import Images
from wgan_utils.models import GAN, R1GAN, R3GAN, WGAN, WGANGP

LATENT_DIM = 3
MODELS = {"gan": GAN, "wgan": WGAN, "wgangp": WGANGP, "r1gan": R1GAN, "r3gan": R3GAN}

# TensorFlow goes by the processor, and calls oneDNN's bfloat16 kernels although the setting has switched them off.
needs_bfloat16 = pytest.mark.skipif(
    os.environ.get("ONEDNN_MAX_CPU_ISA", "") in ("SSE41", "AVX", "AVX2"),
    reason="ONEDNN_MAX_CPU_ISA leaves oneDNN without bfloat16, which TensorFlow does not notice",
)


def run_cell(source: str, names: dict) -> None:
    """Run a notebook's cell, whose source can be read: by AutoGraph, and by what says which code a run is of."""
    file = f"/tmp/ipykernel_0/{hash(source)}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)


def tiny_images(n: int = 10, seed: int = 0) -> Images:
    """Ten random 8×8 images."""
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 8, 8, 1), dtype=np.uint8)
    return Images(pixels, pixels[:2], None, None, "noise", "made by a test", f"sha-{n}-{seed}", False, "")


def tiny_generator() -> keras.Model:
    """Every kind of layer that the lessons use: dense, upsampling, (transposed) convolution, BatchNorm."""
    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            layers.Dense(2 * 2 * 4),
            layers.Reshape((2, 2, 4)),
            layers.UpSampling2D(),
            layers.Conv2D(3, 3, padding="same"),
            layers.BatchNormalization(momentum=0.8),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )


def tiny_critic(batch_norm: bool = False, dropout: float = 0.2) -> keras.Model:
    """Two convolutions with stride; dropout has a random state that a checkpoint must hold."""
    stack = [keras.Input((8, 8, 1)), layers.Conv2D(4, 3, strides=2, padding="same")]
    stack += [layers.BatchNormalization()] if batch_norm else []
    stack += [layers.LeakyReLU(negative_slope=0.2), layers.Conv2D(4, 3, strides=2, padding="same")]
    stack += [layers.Dropout(dropout, seed=3)] if dropout else []
    return keras.Sequential([*stack, layers.LeakyReLU(negative_slope=0.2), layers.Flatten(), layers.Dense(1)])


def dense_networks() -> tuple[keras.Model, keras.Model]:
    """Fewer layers, which compile faster, for tests where those do not matter; still BatchNorm and dropout."""
    stack = [layers.Dense(64), layers.BatchNormalization(momentum=0.8), layers.Activation("tanh")]
    generator = keras.Sequential([keras.Input((LATENT_DIM,)), *stack, layers.Reshape((8, 8, 1))])
    stack = [layers.Flatten(), layers.Dense(8, activation="softplus"), layers.Dropout(0.2, seed=3), layers.Dense(1)]
    return generator, keras.Sequential([keras.Input((8, 8, 1)), *stack])


def tiny_model(
    kind: str = "wgan",
    learning_rate: float = 1e-3,
    dense: bool = False,
    batch_norm: bool = False,
    dropout: float = 0.2,
    run_eagerly: bool = False,
    **settings,
) -> GAN:
    """A model, ready to train, whose networks start from the same weights each time."""
    keras.utils.set_random_seed(7)
    networks = dense_networks() if dense else (tiny_generator(), tiny_critic(batch_norm, dropout))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "BatchNormalization in a clipped critic")
        model = MODELS[kind](*networks, LATENT_DIM, **{"critic_steps": 2, "seed": 5, **settings})
    # One optimizer with momenta, one without: a checkpoint must hold either kind's state.
    optimizers = keras.optimizers.Adam(learning_rate, 0.5), keras.optimizers.RMSprop(learning_rate)
    model.compile(*optimizers, run_eagerly=run_eagerly)
    return model


def copies(variables: list) -> list[np.ndarray]:
    """The variables' values as they are now."""
    return [keras.ops.convert_to_numpy(v) for v in variables]
