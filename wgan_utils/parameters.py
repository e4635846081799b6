"""A lesson's set-up in one call: its parameters are checked, the preset is resolved, the run gets its folder.

A lesson's first cell sets some of its parameters; papermill, or a line in that cell, may set any in
`wgan_utils.published`. Neither checks names or values, so `lesson` does, before anything is loaded.
"""

import difflib
import hashlib
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from wgan_utils.errors import Explained, Refused
from wgan_utils.gan.backend import BACKEND, gpu_name
from wgan_utils.published import LESSONS, PRESETS, WHERE_AND_HOW, Kind
from wgan_utils.training.config import machine
from wgan_utils.training.run import Run

FILLED_IN = "_filled_in"  # in a notebook's namespace: the values that the last call put there, not the reader
INJECTABLE = (type(None), bool, int, float, str, list, dict)  # what papermill can put into a notebook
TYPES = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}
CONDITIONS = {
    "DATA_DIR": lambda value: value == "" or os.path.isdir(value),
    "RUN_NAME": lambda value: bool(re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?)?", value)),
}


class ParameterError(Explained, ValueError):
    """A lesson's parameters are wrong; the message has a line for each mistake."""


def lesson(name: str, namespace: dict[str, Any]) -> Run:
    """Check a lesson's parameters, put all of them into its namespace, and print what will run.

    A parameter that is missing or None takes its published value under the preset; called again it resolves them anew.
    Keras's dtype policy is set from PRECISION.

    Args:
        name: the lesson, as its notebook is called: "02_wgan_clipping_sevens".
        namespace: the notebook's `globals()`.

    Returns:
        The run `<OUTPUT_DIR>/<lesson>/<RUN_NAME>`, whose `parameters` are all the values. An empty RUN_NAME becomes
        the preset and what differs from its published values, such as "cpu-steps_3000".

    Raises:
        ParameterError: values are wrong, OUTPUT_DIR can't be written to, or names are unknown, which are removed.
        ValueError: no such lesson, or Keras computes with another backend than TensorFlow.
    """
    if name not in LESSONS:
        raise Refused(f"There is no lesson {name!r}; there are {', '.join(LESSONS)}.")
    if BACKEND != "tensorflow":
        raise Refused(
            f"Lessons need TensorFlow, and Keras computes with {BACKEND}: restart with KERAS_BACKEND not set."
        )
    parameters, filled_in = LESSONS[name].parameters, namespace.get(FILLED_IN, {})
    given = {key: namespace.get(key) for key in parameters}
    given = {key: value for key, value in given.items() if value is not None and value != filled_in.get(key)}
    if slips := _unknown(parameters, namespace):
        for slip in slips:
            del namespace[slip]
        raise ParameterError("\n".join(f"{slip} is not a parameter of {name}: {hint}" for slip, hint in slips.items()))
    settings = resolve(name, given, gpu=gpu_name() is not None)
    run = Run.of_lesson(settings["OUTPUT_DIR"], name, settings)
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"OUTPUT_DIR must be a folder that can be written to; {error}.") from None
    namespace.update(settings)
    # What stands in the parameters cell is set there each time; the rest would stay when the cell is edited and run.
    namespace[FILLED_IN] = {k: v for k, v in settings.items() if k not in given and not parameters[k].in_cell}
    keras.config.set_dtype_policy(settings.get("PRECISION", "float32"))
    what = f"Preset {settings['PRESET']}" if settings.get("TRAIN", True) else "The training that comes with the library"
    values = [f"{key} {settings[key]}" for key in ("STEPS", "WIDTH", "SEED") if key in settings]
    print(f"{what}: {', '.join(values)}. {machine()}")
    return run


def resolve(name: str, given: Mapping[str, Any], gpu: bool) -> dict[str, Any]:
    """Return all parameters of a lesson with their final values, in order; a ParameterError names what is wrong.

    An integer may stand for a float, and a whole float (papermill's `-p STEPS 1e3`) for an integer; True is not 1,
    the text "5" is not 5, and no number is infinite.

    Those not `given` are the preset's, or with TRAIN=False the shipped training's; `gpu` decides what "auto" means.
    """
    of_lesson, problems, settings = LESSONS[name], [], {}
    preset = given.get("PRESET", "auto")
    preset = preset if preset != "auto" else "full" if gpu else "cpu"
    published = {**of_lesson.published[preset if preset in PRESETS else "cpu"], "PRESET": preset}
    asked = {**published, **given, "PRESET": preset}
    for key, kind in of_lesson.parameters.items():
        settings[key] = _converted(key, asked[key], kind)
        if settings[key] is None:
            words = f"one of {kind.allowed}" if kind.choices else TYPES[kind.type]
            allowed = f", {'empty or ' * (kind.type is str)}{kind.allowed}" * bool(kind.allowed and not kind.choices)
            problems.append(f"{key} must be {words}{allowed}, not {asked[key]!r}.")
    if settings.get("TRAIN") is False:  # all shipped trainings are of the preset cpu
        free = {"PRESET", *WHERE_AND_HOW, *of_lesson.free}
        shown = {key: value for key, value in of_lesson.published["cpu"].items() if key not in free}
        shown["RUN_NAME"] = f"shipped_{of_lesson.shipped}"
        wrong = [key for key, value in shown.items() if key in given and settings[key] not in ("", value)]
        problems += [f"TRAIN=False shows a training whose {key} is {shown[key]!r}: leave {key} out." for key in wrong]
        settings |= shown
    if problems:
        raise ParameterError("\n".join(problems))
    settings["RUN_NAME"] = settings["RUN_NAME"] or default_run_name(settings, published)
    return settings


def default_run_name(settings: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    """Name a run after its preset and what differs from the published values, cut with a hash at 80 characters."""
    own = [key for key in settings if key not in {*WHERE_AND_HOW, "PRESET"} and settings[key] != published[key]]
    texts = {key.lower(): re.sub(r"[^A-Za-z0-9.-]+", "_", str(settings[key])).strip("_.") for key in own}
    full_name = "-".join([str(settings["PRESET"]), *(f"{key}_{text}" for key, text in texts.items())])
    digest = hashlib.sha256(full_name.encode()).hexdigest()[:8]
    return full_name if len(full_name) <= 80 else f"{full_name[:71]}-{digest}"


def _unknown(parameters: Mapping[str, Kind], namespace: Mapping[str, Any]) -> dict[str, str]:
    """Name → hint of what looks like a parameter and is none; after the first call, only of what is nearly one."""
    slips, again = {}, FILLED_IN in namespace
    for name, value in namespace.items():
        close = difflib.get_close_matches(name.upper(), parameters, n=1, cutoff=0.85 if again else 0.6)
        like_one = (name.isupper() and close) if again else (name.isupper() or name.upper() in parameters)
        if like_one and name not in parameters and name[0] != "_" and isinstance(value, INJECTABLE):
            slips[name] = f"did you mean {close[0]}?" if close else f"it has {', '.join(parameters)}."
    return slips


def _converted(name: str, value: Any, kind: Kind) -> Any:
    """The value in its final type; None where it is not one that the parameter may have."""
    value = value.item() if isinstance(value, np.generic) else value
    types, number = {type(choice) for choice in kind.choices} or {kind.type}, isinstance(value, int | float)
    if int in types and number and type(value) is not bool and value % 1 == 0:
        value = int(value)
    elif float in types and number and type(value) is not bool and abs(value) <= sys.float_info.max:  # finite
        value = float(value)
    good = type(value) in types and CONDITIONS.get(name, lambda _: True)(value)
    good = good and (not kind.choices or value in kind.choices)
    return value if good and (kind.low is None or kind.high is None or kind.low <= value <= kind.high) else None
