"""Losses, gradients and steps for fixed weights and inputs, to be the same on every backend.

python -m tests.backends.reference FILE.npz     writes what the running backend computes
"""

import sys
import warnings
from pathlib import Path
from unittest import mock

import wgan_utils  # isort: skip  # noqa: F401 - first, since it configures TensorFlow

import keras
import numpy as np
from keras import ops

from tests.tiny import LATENT_DIM, MODELS, tiny_critic, tiny_generator
from wgan_utils.gan import losses, networks
from wgan_utils.models import GAN

BATCH = 5
CASES = {
    "gan": ("gan", True, {}),
    "wgan": ("wgan", True, {}),
    "wgan without BatchNorm": ("wgan", False, {}),
    "wgangp": ("wgangp", False, {}),
    "wgangp one-sided": ("wgangp", False, {"one_sided": True}),
    "r1gan": ("r1gan", False, {"gamma": 2.0}),
    "r3gan": ("r3gan", False, {"gamma": 2.0}),
}
NETWORKS = [
    name for name in dir(networks) if name.endswith(("_critic", "_generator", "_discriminator")) and name[0] != "_"
]


def set_weights(model: keras.Model, seed: int) -> None:
    """Random weights from NumPy, all of a size that matters; statistics and scales are positive."""
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if "seed" in variable.name:
            continue
        if variable.name in ("gamma", "moving_variance"):
            value = rng.uniform(0.5, 1.5, variable.shape)
        else:
            value = rng.normal(0, 0.3, variable.shape)
        variable.assign(value.astype("float32"))


def fixed_model(kind: str, batch_norm: bool, settings: dict) -> GAN:
    """A tiny model whose weights and latent vectors are given; nothing is left to the backend's random numbers."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "BatchNormalization in a clipped critic")
        model = MODELS[kind](tiny_generator(), tiny_critic(batch_norm, dropout=0), LATENT_DIM, **settings)
    set_weights(model.generator, seed=1)
    set_weights(model.critic, seed=2)
    # Not Adam: it divides by the gradient's size, and would make a difference of rounding errors.
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), keras.optimizers.SGD(0.05))
    rng = np.random.default_rng(3)
    model.draw_latent = lambda n: ops.convert_to_tensor(rng.normal(size=(BATCH, LATENT_DIM)).astype("float32"))
    return model


def images(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*shape, 8, 8, 1), dtype=np.uint8)


def fixed_uniform(shape, *args, **kwargs):
    """In place of the backend's: interpolation weights from NumPy."""
    return ops.convert_to_tensor(np.random.default_rng(4).uniform(size=(BATCH, *shape[1:])).astype("float32"))


def steps_of(name: str, model: GAN) -> dict:
    """How much two whole steps change every weight and statistic, what they log, and slopes of the critic."""
    kept = [v for v in model.critic.variables + model.generator.variables if "seed" not in v.name]
    before = [ops.convert_to_numpy(v) for v in kept]
    found = {}
    for seed in (7, 8):
        logs = model.step_on((images(BATCH, model.critic_steps, seed=seed),))
        found |= {f"{name}: log {key} of step {seed}": value for key, value in logs.items()}
    found |= {f"{name}: change {i} of {v.name}": v - old for i, (v, old) in enumerate(zip(kept, before, strict=True))}
    if not model.has_cross_sample_layers:
        real = ops.convert_to_tensor(images(BATCH, seed=6).astype("float32") / 127.5 - 1)
        found[f"{name}: norms"] = losses.gradient_norms(model.critic, real)
    return found


def network_outputs() -> dict:
    """The lessons' networks, narrow: padding and strides have conventions, and backends have had different ones."""
    found = {}
    for name in NETWORKS:
        model = getattr(networks, name)(width=0.0625)
        set_weights(model, seed=9)
        inputs = np.random.default_rng(10).uniform(-1, 1, (2, *model.input_shape[1:])).astype("float32")
        found[f"network {name}"] = model(inputs, training=False)
    return found


def compute() -> dict[str, np.ndarray]:
    """Everything that the backends have to agree on, by name."""
    found = network_outputs()
    with mock.patch.object(keras.random, "uniform", fixed_uniform):
        for name, (kind, batch_norm, settings) in CASES.items():
            found |= steps_of(name, fixed_model(kind, batch_norm, {**settings, "critic_steps": 2}))
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **compute())
    print(f"{path}: what {keras.backend.backend()} computes.")
