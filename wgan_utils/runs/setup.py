"""What decides a run's result, and what it was made with: the part of config.json that the library writes."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import keras

from wgan_utils.data.datasets import Images
from wgan_utils.gan.models import GAN
from wgan_utils.runs import provenance

# Of a layer's configuration: they do not decide what it computes, or, as seeds, are drawn anew for each network.
LEFT_OUT = ("seed", "registered_name", "build_config")


def describe(model: GAN, images: Images, batch_size: int, mirror: bool = False) -> dict[str, Any]:
    """Collect what decides a run's result besides the notebook's parameters, as JSON-serialisable values."""
    return {
        "model": type(model).__name__,
        **model.settings(),
        "critic_optimizer": optimizer_settings(model.optimizer),
        "generator_optimizer": optimizer_settings(model.generator_optimizer),
        "critic_weights": model.critic.count_params(),
        "generator_weights": model.generator.count_params(),
        "critic_architecture": architecture(model.critic),
        "generator_architecture": architecture(model.generator),
        "batch_size": batch_size,
        **({"mirror": True} if mirror else {}),  # left out otherwise: runs from before there was a choice go on
        "data_sha256": images.sha256,
        "backend": keras.backend.backend(),
    }


def optimizer_settings(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    """Return an optimizer's class and settings; `optimizer_from` makes one of them again."""
    stored = keras.saving.serialize_keras_object(optimizer)
    # Seven digits are what a float32 holds: 5e-05, not 4.999999873689376e-05.
    rounded = {
        name: float(f"{value:.7g}") if isinstance(value, float) else value for name, value in stored["config"].items()
    }
    settings = {name: value for name, value in rounded.items() if value is not None and name != "name"}
    return {"class": stored["class_name"], **settings}


def optimizer_from(settings: dict[str, Any]) -> keras.optimizers.Optimizer:
    """Make the optimizer that `optimizer_settings` describes."""
    config = dict(settings)
    return keras.optimizers.get({"class_name": config.pop("class"), "config": config})


def architecture(network: keras.Model) -> str:
    """Return a hash of a network's configuration that is the same whenever the same network is built again.

    Layers' names, which Keras counts through a session, are replaced by their place; seeds are left out.
    """
    try:
        config = keras.saving.serialize_keras_object(network)
    except NotImplementedError:  # a subclass of Model without get_config: its class and weights tell it apart
        config = {"class_name": type(network).__name__, "weights": [list(w.shape) for w in network.weights]}
    places = {name: f"layer {place}" for place, name in enumerate(dict.fromkeys(_names(config)))}
    return hashlib.sha256(json.dumps(_stripped(config, places), sort_keys=True).encode()).hexdigest()[:12]


def _names(config: Any) -> Iterator[str]:
    """The names of networks and layers in a serialised network, in the order of their places."""
    if isinstance(config, dict):
        if "Policy" not in str(config.get("class_name")) and isinstance(config.get("config"), dict):
            yield from (config["config"][key] for key in ("name",) if isinstance(config["config"].get(key), str))
        config = list(config.values())
    if isinstance(config, list | tuple):
        for part in config:
            yield from _names(part)


def _stripped(config: Any, places: dict[str, str]) -> Any:
    """The configuration without what does not decide the result; None, a default, counts as not given."""
    if isinstance(config, dict):
        kept = {key: value for key, value in config.items() if key not in LEFT_OUT and value is not None}
        return {key: _stripped(value, places) for key, value in kept.items()}
    if isinstance(config, list | tuple):
        return [_stripped(part, places) for part in config]
    return places.get(config, config) if isinstance(config, str) else config


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
