"""What config.json says of a run: what decides its result, and what computed it. And whether two are the same run."""

import ast
import dis
import hashlib
import inspect
import json
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from itertools import takewhile
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import keras
from joblib import cpu_count

from wgan_utils.data.datasets import Images
from wgan_utils.errors import Explained, Refused
from wgan_utils.files import checkout
from wgan_utils.gan.backend import BACKEND, gpu_name
from wgan_utils.models import AdversarialModel
from wgan_utils.published import WHERE_AND_HOW

# Of a layer's configuration: they do not decide what it computes, or, as seeds, are drawn anew for each network.
LEFT_OUT = ("seed", "registered_name", "build_config")
PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "wgan-utils")
PLAIN = (bool, int, float, str, type(None))
SPECIAL = ("__init__", "__call__")


class RunChanged(Explained, ValueError):
    """A run's folder holds a run with other parameters."""


def check_same_run(stored: Mapping[str, Any], current: Mapping[str, Any], name: str) -> None:
    """Raise a RunChanged where the `parameters` or `setup` of two configurations differ; `name` is the run's."""
    if "pretrained" in stored:
        found = [f"it shows the training {stored['pretrained']!r} that ships with the library"]
    else:
        found = changes(stored["parameters"], current["parameters"])
        found += changes({"code": {}, **stored["setup"]}, {"code": {}, **current["setup"]})
    if found:
        raise RunChanged(f"{name} was made with other settings: {'; '.join(found)}. Choose another RUN_NAME.")


def changes(stored: Mapping[str, Any], current: Mapping[str, Any], within: str = "") -> list[str]:
    """Say what differs between two configurations, but for where and how long a lesson runs."""
    found = []
    for name in {**stored, **current}:
        before, now = stored.get(name), current.get(name)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            found += changes(before, now, f"{within}{name}.")
        elif before != now and name not in {*WHERE_AND_HOW, "STEPS"}:
            found.append(f"{within}{name} was {before!r} and is now {now!r}")
    return found


def describe(model: AdversarialModel, images: Images, batch_size: int, mirror: bool = False) -> dict[str, Any]:
    """Collect what decides a run's result (`setup`), where its data came from, and the software and the machine."""
    setup = {
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
        "backend": BACKEND,
    }
    data = {name: getattr(images, name) for name in ("name", "source", "sha256")}
    data |= {"train": len(images.train), "test": len(images.test), "note": images.note, "invert": images.invert}
    return {"setup": setup, "data": data, "environment": environment()}


def optimizer_settings(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    """Return an optimizer's class and settings."""
    stored = keras.saving.serialize_keras_object(optimizer)
    settings = {name: value for name, value in stored["config"].items() if value is not None and name != "name"}
    # Seven digits are what a float32 holds: 5e-05, not 4.999999873689376e-05.
    rounded = {name: float(f"{x:.7g}") if isinstance(x, float) else x for name, x in settings.items()}
    return {"class": stored["registered_name"] or stored["class_name"], **rounded}


def architecture(network: keras.Model) -> str:
    """Return a hash of a network's configuration that is the same whenever the same network is built again.

    Layers' names, which Keras counts through a session, are replaced by their place; seeds are left out, and None, a
    default, counts as not given.
    """
    places: dict[str, str] = {}

    def plain(config: Any) -> Any:
        if isinstance(config, dict):
            own = config.get("config")
            is_policy = "Policy" in str(config.get("class_name"))
            if isinstance(own, dict) and isinstance(own.get("name"), str) and not is_policy:
                places.setdefault(own["name"], f"layer {len(places)}")
            kept = {key: value for key, value in config.items() if key not in LEFT_OUT and value is not None}
            return {key: plain(value) for key, value in kept.items()}
        if isinstance(config, list | tuple):
            return [plain(part) for part in config]
        return places.get(config, config) if isinstance(config, str) else config

    config = plain(keras.saving.serialize_keras_object(network))
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]


# ---- the step that a reader has written


def own_code(kind: type) -> dict[str, Any]:
    """Return what of a model's class is not the library's: the name of each function → a hash of its source.

    These are the class's methods, the functions and classes of the same notebook or file that they name, directly or
    not, and the constants that any of them names, with their values. Comments, docstrings and formatting make no
    difference. A ValueError if the source of one can't be read.
    """
    classes = [*takewhile(lambda one: not one.__module__.startswith("wgan_utils."), kind.__mro__)]
    places = {"__main__", *(one.__module__ for one in classes)}
    todo: list[tuple[str, Any]] = [(one.__name__, one) for one in classes]
    found: dict[str, Any] = {}
    seen: set[int] = set()
    while todo:
        name, thing = todo.pop()
        function = _function(thing)
        if _is_plain(thing):
            found[name] = thing
        elif id(function or thing) in seen or getattr(function or thing, "__module__", None) not in places:
            continue
        elif function is not None:
            defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
            text = _source(name, function) + repr([one for one in defaults if _is_plain(one)])
            found[name] = hashlib.sha256(text.encode()).hexdigest()[:12]
            todo += _named(function)
        elif isinstance(thing, type):
            found[name] = [base.__name__ for base in thing.__bases__]
            todo += [(f"{name}.{key}", one) for key, one in vars(thing).items() if key in SPECIAL or key[:2] != "__"]
        seen.add(id(function or thing))
    return dict(sorted(found.items()))


def _function(thing: Any) -> FunctionType | None:
    """The function that a method, a property or what a decorator made holds."""
    thing = thing.fget if isinstance(thing, property) else thing
    thing = inspect.unwrap(thing) if callable(thing) or hasattr(thing, "__wrapped__") else thing
    return thing if isinstance(thing, FunctionType) else None


def _is_plain(thing: Any) -> bool:
    return isinstance(thing, PLAIN) or (isinstance(thing, tuple | list) and all(map(_is_plain, thing)))


def _source(name: str, function: FunctionType) -> str:
    """A function's source as Python would write it, without comments and docstrings."""
    try:
        text = inspect.getsource(function)
    except OSError as error:
        raise Refused(f"The source of {name} can't be read: define it in a notebook's cell or in a file.") from error
    try:
        tree = ast.parse(f"class _:\n{text}" if text[0].isspace() else text)
    except SyntaxError:  # a part of a statement, such as a lambda among arguments
        return text
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _named(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The global variables that a function names, and what it has from the functions around it."""
    codes = [function.__code__]
    for code in codes:
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval in function.__globals__:
                yield instruction.argval, function.__globals__[instruction.argval]
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # a variable that has no value yet
            yield name, cell.cell_contents


# ---- what computes


def environment() -> dict[str, Any]:
    """Collect the software and the machine, as JSON-serialisable values."""
    return {
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "backend": BACKEND,
        "versions": {"python": platform.python_version(), **_versions()},
        "hardware": gpu_name() or processor(),
        "git_commit": git_commit(),
    }


def machine() -> str:
    """Say in one line what computes here."""
    versions = _versions()
    return f"Keras {versions['keras']} on {BACKEND} {versions.get(BACKEND, '')}; {gpu_name() or processor()}."


def processor() -> str:
    """Name the processor and its cores, whether or not a GPU would train.

    A rented machine may say no more than "AMD EPYC"; there family and model tell a generation from the next.
    """
    info, cores = Path("/proc/cpuinfo"), cpu_count()
    said = dict(re.findall(r"^(\w[\w ]*?)\s*: (.+)$", info.read_text() if info.exists() else "", re.MULTILINE))
    name = said.get("model name", platform.processor() or platform.machine())
    kind = f" (family {said['cpu family']}, model {said['model']})" if {"cpu family", "model"} <= said.keys() else ""
    return f"CPU, {cores} core{'s' * (cores > 1)}, {name}{kind}"


def git_commit() -> str | None:
    """Return the project's own checkout's commit, with '-dirty' where files have changed since; None outside of one."""
    project = checkout()
    if project is None or not (project / ".git").exists():
        return None
    command = ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    try:
        return subprocess.run(command, cwd=project, capture_output=True, text=True).stdout.strip() or None
    except OSError:  # there is no git
        return None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
