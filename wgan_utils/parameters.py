"""A lesson's set-up in one call: its parameters are checked, the preset is resolved, the run gets its folder.

A lesson's first cell sets some of its parameters; papermill, or a line in that cell, may set any in
`wgan_utils.published`. Neither checks names or values, so `lesson` does, before anything is loaded.
"""

import difflib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from wgan_utils.errors import Explained, Refused
from wgan_utils.gan.backend import BACKEND, gpu_name
from wgan_utils.published import LESSONS, PRESETS, WHERE_AND_HOW, Kind, Lesson
from wgan_utils.training.config import machine
from wgan_utils.training.run import Run

BEFORE = "_parameters_before"  # in a notebook's namespace: what was given to the last call, and what came of it
INJECTABLE = (type(None), bool, int, float, str, list, dict)  # what papermill can put into a notebook
TYPES = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}
# A run's name becomes a folder's, on any operating system.
PLAIN_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
CONDITIONS = {
    "DATA_DIR": lambda value: value == "" or os.path.isdir(value),
    "OUTPUT_DIR": lambda value: "\0" not in value,
    "RUN_NAME": lambda value: value == "" or PLAIN_NAME.fullmatch(value) is not None,
}


class ParameterError(Explained, ValueError):
    """A lesson's parameters are wrong; the message has a line for each mistake."""


def lesson(name: str, namespace: dict[str, Any]) -> Run:
    """Check a lesson's parameters, put all of them into its namespace, and print what will run.

    A parameter that is missing or None takes its published value under the preset. Called again, after the
    parameters cell was edited and run or without, it resolves them anew.

    Args:
        name: the lesson, as its notebook is called: "02_wgan_clipping_sevens".
        namespace: the notebook's `globals()`. Keras's dtype policy is set from PRECISION.

    Returns:
        The run `<OUTPUT_DIR>/<lesson>/<RUN_NAME>`, whose `parameters` are all the values. An empty RUN_NAME becomes
        the preset and what differs from its published values, such as "cpu-steps_3000".

    Raises:
        ParameterError: values are wrong or names unknown, or OUTPUT_DIR can't be written to. Unknown names are
            removed from the namespace, so that the corrected cell can be run.
        ValueError: no such lesson, or Keras computes with another backend than TensorFlow.
    """
    if name not in LESSONS:
        raise Refused(f"There is no lesson {name!r}; there are {', '.join(LESSONS)}.")
    if BACKEND != "tensorflow":
        raise Refused(
            f"The lessons are written in TensorFlow, and Keras computes with {BACKEND} here: restart "
            "with the environment variable KERAS_BACKEND set to tensorflow, or not set."
        )
    given, unknown = _given(name, namespace), _unknown(name, namespace)
    problems = [not_a_parameter(slip, name, LESSONS[name].parameters) for slip in unknown]
    for slip in unknown:
        del namespace[slip]
    try:
        settings = resolve(name, given, gpu=gpu_name() is not None)
    except ParameterError as error:
        problems.append(str(error))
    if problems:
        raise ParameterError("\n".join(problems))
    run = Run.of_lesson(settings["OUTPUT_DIR"], name, settings)
    _check_writable(run.folder)
    namespace.update(settings)
    namespace[BEFORE] = given, settings
    keras.config.set_dtype_policy(settings.get("PRECISION", "float32"))
    what = f"Preset {settings['PRESET']}" if settings.get("TRAIN", True) else "The training that comes with the library"
    told = {"STEPS": "{} steps", "WIDTH": "width {}", "SEED": "seed {}"}  # a lab may lack some
    values = ", ".join(text.format(settings[name]) for name, text in told.items() if name in settings)
    print(f"{what}: {values}. {machine()}")
    return run


def resolve(name: str, given: Mapping[str, Any], gpu: bool) -> dict[str, Any]:
    """Return all parameters of a lesson with their final values, in order, ready for JSON.

    An integer may stand for a float, and a whole float (papermill's `-p STEPS 1e3`) for an integer; True is not 1,
    the text "5" is not 5, and no number is infinite.

    Args:
        name: the lesson.
        given: the values that were set; the others are the preset's. With TRAIN=False they are the shipped training's.
        gpu: whether PRESET "auto" means "full" or "cpu".

    Raises:
        ParameterError: values are wrong.
    """
    of_lesson, problems = LESSONS[name], []
    preset = given.get("PRESET", "auto")
    if isinstance(preset, str) and preset == "auto":
        preset = "full" if gpu else "cpu"
    known = isinstance(preset, str) and preset in PRESETS
    published = {**of_lesson.published[preset if known else "cpu"], "PRESET": preset}
    settings = {}
    for parameter, kind in of_lesson.parameters.items():
        value = preset if parameter == "PRESET" else given.get(parameter, published[parameter])
        try:
            settings[parameter] = _checked(parameter, value, kind)
        except ParameterError as error:
            problems.append(str(error))
    if settings.get("TRAIN") is False:
        for parameter, own in _of_the_shipped(of_lesson).items():
            if settings.get(parameter, own) not in ("", own) and parameter in given:
                own_value = f"whose {parameter} is {own!r}"
                problems.append(f"TRAIN=False shows a training that ships, {own_value}: leave {parameter} out.")
            settings[parameter] = own
    if problems:
        raise ParameterError("\n".join(problems))
    settings["RUN_NAME"] = settings["RUN_NAME"] or default_run_name(settings, published)
    return settings


def _of_the_shipped(of_lesson: Lesson) -> dict[str, Any]:
    """What TRAIN=False shows has these values of its own; all shipped trainings are of the preset cpu."""
    left_to_the_reader = {"PRESET", *WHERE_AND_HOW, *of_lesson.free}
    values = {name: value for name, value in of_lesson.published["cpu"].items() if name not in left_to_the_reader}
    return {**values, "RUN_NAME": f"shipped_{of_lesson.shipped}"}


def default_run_name(settings: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    """Name a run after its preset and what differs from the published values: "cpu-steps_3000-width_0.5".

    What is in `WHERE_AND_HOW` stays out of it. A name of over 80 characters is cut and ends in a hash of it.
    """
    parts = [str(settings["PRESET"])]
    for name, value in settings.items():
        if name not in {*WHERE_AND_HOW, "PRESET"} and value != published[name]:
            text = re.sub(r"[^A-Za-z0-9.-]+", "_", str(value)).strip("_.")
            parts.append(f"{name.lower()}_{text}")
    full_name = "-".join(parts)
    digest = hashlib.sha256(full_name.encode()).hexdigest()[:8]
    return full_name if len(full_name) <= 80 else f"{full_name[:71]}-{digest}"


def not_a_parameter(name: str, owner: str, parameters: Iterable[str]) -> str:
    """The sentence that refuses a name, with the one that may have been meant, or with all there are."""
    close = _close(name, parameters)
    hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(parameters)}."
    return f"{name} is not a parameter of {owner}: {hint}"


def _close(name: str, parameters: Iterable[str], how: float = 0.6) -> list[str]:
    return difflib.get_close_matches(name.upper(), parameters, n=1, cutoff=how)


def _given(name: str, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were set, and not by the last call of `lesson`."""
    given_before, before = namespace.get(BEFORE, ({}, {}))
    # While these two are the same, a value that is the same makes no difference, whoever set it.
    in_cell_too = all(namespace.get(switch) == before.get(switch) for switch in ("PRESET", "TRAIN"))
    given = {}
    for parameter, kind in LESSONS[name].parameters.items():
        value = namespace.get(parameter)
        comes_from_before = parameter in before and (in_cell_too or not kind.in_cell)
        if comes_from_before and type(value) is type(before[parameter]) and value == before[parameter]:
            value = given_before.get(parameter)
        if value is not None:
            given[parameter] = value
    return given


def _unknown(name: str, namespace: Mapping[str, Any]) -> list[str]:
    """The names that look like a parameter and are none.

    Before the first call a notebook holds nothing in upper case but what its parameters cell and papermill set. Later
    it may be the reader's own, and only what is spelt like a parameter counts.
    """
    parameters, again, unknown = LESSONS[name].parameters, BEFORE in namespace, []
    for slip, value in namespace.items():
        if slip in parameters or slip.startswith("_") or not isinstance(value, INJECTABLE):
            continue
        if again:
            found = slip.isupper() and bool(_close(slip, parameters, 0.85))
        else:
            found = slip.isupper() or (not isinstance(value, list | dict) and bool(_close(slip, parameters)))
        if found:
            unknown.append(slip)
    return unknown


def _checked(name: str, value: Any, kind: Kind) -> Any:
    """The value in its final type, or a ParameterError whose message is one sentence."""
    value = value.item() if isinstance(value, np.generic) else value
    final = _converted(value, {type(choice) for choice in kind.choices} or {kind.type})
    if final is not None:
        in_range = kind.low is None or kind.high is None or kind.low <= final <= kind.high
        if in_range and (not kind.choices or final in kind.choices) and CONDITIONS.get(name, lambda _: True)(final):
            return final
    words = f"one of {kind.allowed}" if kind.choices else TYPES[kind.type]
    if not kind.choices and kind.allowed:
        words = f"empty or {kind.allowed}" if kind.range else f"{words} from {kind.allowed}"
    hint = f" (looked in {os.getcwd()})" if name == "DATA_DIR" else ""
    if kind.type is str and isinstance(value, int | float):
        hint = f" (papermill's `-r {name} {value}` passes it as text)"
    raise ParameterError(f"{name} must be {words}, not {value!r}{hint}.")


def _converted(value: Any, types: Iterable[type]) -> Any:
    """The value as the first of the types that can hold it, its own before others; None when none can."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    for kind in sorted(types, key=lambda kind: kind is not type(value)):
        if kind is int and is_number and value % 1 == 0:
            return int(value)
        if kind is float and is_number and abs(value) <= sys.float_info.max:  # neither infinite nor nan
            return float(value)
        if kind in (bool, str) and isinstance(value, kind):
            return value
    return None


def _check_writable(folder: Path) -> None:
    """Refuse a folder that could not be made, by writing into the nearest one above it that exists."""
    try:
        above = next(path for path in (folder, *folder.parents) if path.exists())
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        reason = f"{folder} can't be made ({error.strerror})"
        raise ParameterError(f"OUTPUT_DIR must be a folder that can be written to; {reason}.") from None
