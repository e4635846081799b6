"""What config.json says of a run: what decides its result and what computed it. And whether two are the same run."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
from joblib import cpu_count

from wgan_utils.data.datasets import Images
from wgan_utils.errors import Explained
from wgan_utils.files import checkout
from wgan_utils.gan.backend import BACKEND, gpu_name
from wgan_utils.models import AdversarialModel
from wgan_utils.published import WHERE_AND_HOW
from wgan_utils.training.code import changed_code, own_code

# Of a layer's configuration: they do not decide what it computes, or, as seeds, are drawn anew for each network.
LEFT_OUT = ("seed", "registered_name", "build_config")
PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "wgan-utils")


class RunChanged(Explained, ValueError):
    """A run's folder holds a run with other parameters."""


def check_same_run(stored: Mapping[str, Any], current: Mapping[str, Any], name: str) -> None:
    """Compare the `parameters` and `setup` of two configurations; `name` is the folder's.

    Raises:
        RunChanged: they differ, naming what does, or the stored one is not of a training.
    """
    if "pretrained" in stored:
        changes = [f"it shows the training of {stored['pretrained']!r} that ships with the library"]
    elif (gone := _lacking(stored, current)) and _lacking(current, stored):  # parameters have other names now
        raise RunChanged(
            f"The run in {name} was made by an older version, with other parameters ({', '.join(gone)}). Give this "
            "run another RUN_NAME, or delete that folder to start over."
        )
    else:
        changes = [line for part in ("parameters", "setup") for line in _changes(stored[part], current[part])]
        code = changed_code(*(config["setup"].get("code", {}) for config in (stored, current)))
        if code and not changes:
            raise RunChanged(
                f"The run in {name} was made by another step: yours has changed ({', '.join(code)}). Give this run "
                "another RUN_NAME, or delete that folder to start over."
            )
    if changes:
        raise RunChanged(
            f"The run in {name} was made with other settings: {'; '.join(changes)}. Give this run another "
            "RUN_NAME, or delete that folder to start over."
        )


def _lacking(config: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The parameters that the other configuration lacks."""
    return [name for name in config["parameters"] if name not in {*other["parameters"], *WHERE_AND_HOW}]


def _changes(stored: Mapping[str, Any], current: Mapping[str, Any], within: str = "") -> list[str]:
    changes = []
    for name in {**stored, **current}:
        before, now = stored.get(name), current.get(name)
        if name == "code":
            continue  # by `changed_code`
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            changes += _changes(before, now, f"{within}{name}.")
        elif name not in {*WHERE_AND_HOW, "STEPS"} and before != now:
            changes.append(f"{within}{name} was {before!r} and is now {now!r}")
    return changes


# ---- what decides the result


def describe(model: AdversarialModel, images: Images, batch_size: int, mirror: bool = False) -> dict[str, Any]:
    """Collect what decides a run's result besides the lesson's parameters, as JSON-serialisable values."""
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
        # Left out otherwise: runs from before there was a choice go on.
        **({"mirror": True} if mirror else {}),
        **({"code": code} if (code := own_code(type(model))) else {}),
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
    return {"class": stored["registered_name"] or stored["class_name"], **settings}


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


# ---- where the data came from, and what computes


def data_and_environment(images: Images) -> dict[str, Any]:
    """Collect where the data came from, the software and the machine, as JSON-serialisable values."""
    data = {
        "name": images.name,
        "source": images.source,
        "sha256": images.sha256,
        "train": len(images.train),
        "test": len(images.test),
        "note": images.note,
        "invert": images.invert,
    }
    return {"data": data, "environment": environment()}


def environment() -> dict[str, Any]:
    """Collect the software and the machine, as JSON-serialisable values."""
    return {
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "backend": BACKEND,
        "versions": {"python": platform.python_version(), **_versions()},
        "hardware": hardware(),
        "git_commit": git_commit(),
    }


def machine() -> str:
    """Say in one line what computes here."""
    versions = _versions()
    backend = "" if BACKEND not in versions else f" on {BACKEND} {versions[BACKEND]}"
    return f"Keras {versions['keras']}{backend}; {hardware()}."


def hardware() -> str:
    """Name the processor that trains, in a few words."""
    return gpu_name() or processor()


def processor() -> str:
    """Name the processor and its cores, whether or not a GPU would train."""
    cores = cpu_count()
    return f"CPU, {cores} core{'s' * (cores > 1)}, {_cpu_name()}"


def git_commit() -> str | None:
    """Return the checkout's commit, with '-dirty' where files have changed since; None outside a checkout.

    Only the project's own checkout counts, not another repository that a virtual environment happens to lie in.
    """
    project = checkout()
    if project is None or not (project / ".git").exists():
        return None
    command = ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    try:
        answer = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"keras": keras.version()}


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
