"""What decides a run's result, and what it was made with: the part of config.json that the library writes."""

from typing import Any

import keras

from wgan_utils.data.datasets import Images
from wgan_utils.gan.models import GAN
from wgan_utils.runs import provenance


def describe(model: GAN, images: Images, batch_size: int) -> dict[str, Any]:
    """Collect what decides a run's result besides the notebook's parameters, as JSON-serialisable values."""
    return {
        "model": type(model).__name__,
        **model.settings(),
        "critic_optimizer": _optimizer(model.optimizer),
        "generator_optimizer": _optimizer(model.generator_optimizer),
        "critic_weights": model.critic.count_params(),
        "generator_weights": model.generator.count_params(),
        "batch_size": batch_size,
        "data_sha256": images.sha256,
        "backend": keras.backend.backend(),
    }


def _optimizer(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    config = keras.saving.serialize_keras_object(optimizer)["config"]
    # Seven digits are what a float32 holds: 5e-05, not 4.999999873689376e-05.
    rounded = {name: float(f"{value:.7g}") if isinstance(value, float) else value for name, value in config.items()}
    return {name: value for name, value in rounded.items() if value is not None and name != "name"}


def data_and_environment(images: Images) -> dict[str, Any]:
    """Collect where the data came from and what computes, as JSON-serialisable values."""
    data = {
        "name": images.name,
        "source": images.source,
        "sha256": images.sha256,
        "train": len(images.train),
        "test": len(images.test),
        "note": images.note,
        "invert": images.invert,
    }
    return {"data": data, "environment": provenance.environment()}
