"""What the value of a lesson's parameter must be, in words and as a check, by the parameter's name."""

import os
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np


class ParameterError(ValueError):
    """A notebook's parameters are wrong; its message has one sentence, on a line of its own, for each."""


class Rule(NamedTuple):
    """What the value of a parameter must be: in words, its types, and its condition."""

    words: str
    kinds: tuple[Any, ...]
    holds: Callable[[Any], bool] = lambda value: True


TYPES = {int: "a whole number", float: "a number", bool: "True or False", str: "text", type(None): "None"}
_POSITIVE_INT = Rule("a positive whole number", (int,), lambda value: value > 0)
_POSITIVE = Rule("a positive number", (float,), lambda value: value > 0)
_WIDTH = Rule("a positive number, at most 16", (float,), lambda value: 0 < value <= 16)
_SHARE = Rule("a number from 0 up to 1, which is left out", (float,), lambda value: 0 <= value < 1)
_SWITCH = Rule("True or False", (bool,))
# A run's name becomes a folder's, on any operating system.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")


def _at_most(most: int) -> Rule:
    """Beyond it, a slip of the keyboard fills the memory."""
    return Rule(f"a positive whole number, at most {most:,}", (int,), lambda value: 0 < value <= most)


# The parameters that lessons share. Others are checked by a lesson's `choices`, else by their declared type.
RULES = {
    **dict.fromkeys(("BATCH_SIZE", "LATENT_DIM", "CRITIC_STEPS"), _at_most(10_000)),
    **dict.fromkeys(("JUDGED", "DEEPEST"), _POSITIVE_INT),
    **dict.fromkeys(("SAMPLE_EVERY", "CHECKPOINT_EVERY", "LOG_EVERY"), _POSITIVE_INT),
    **dict.fromkeys(("CLIP_VALUE", "LAMBDA", "GAMMA"), _POSITIVE),
    **dict.fromkeys(("BETA_1", "EMA_MOMENTUM"), _SHARE),
    "WIDTH": _WIDTH,
    "WORKERS": Rule("0 or a positive whole number", (int,), lambda value: value >= 0),
    **dict.fromkeys(("ALLOW_STANDIN", "TRAIN"), _SWITCH),
    # A curve and the samples beside it are compared at three steps or more.
    "STEPS": Rule("a whole number of at least 3", (int,), lambda value: value >= 3),
    "PRECISION": Rule("'float32' or 'mixed_bfloat16'", (str,), ("float32", "mixed_bfloat16").__contains__),
    "SEED": Rule("a whole number from 0 to 4294967295", (int,), lambda value: 0 <= value < 2**32),
    "DATA_DIR": Rule("'' or an existing folder", (str,), lambda value: value == "" or os.path.isdir(value)),
    "OUTPUT_DIR": Rule("'' or a folder's name", (str,), lambda value: not os.path.isfile(value)),
    "RUN_NAME": Rule(
        "'' or a name of at most 100 letters, digits, '.', '_' and '-', a letter or digit first and last",
        (str,),
        lambda value: value == "" or _PLAIN_NAME.fullmatch(value) is not None,
    ),
}

# And those that a lesson has several of, by how their names end: TRIAL_STEPS, GENERATOR_LEARNING_RATE, TRIAL_WIDTH.
ENDINGS = {"STEPS": _POSITIVE_INT, "SEEDS": _POSITIVE_INT, "LEARNING_RATE": _POSITIVE, "WIDTH": _WIDTH}

# What a training that ships has of its own. With TRAIN=False, which shows one, nothing else can be asked for.
OF_A_SHIPPED_TRAINING = ("STEPS", "WIDTH", "LATENT_DIM", "CATEGORY", "DIGIT", "CLASS", "IMAGES")


def checked(name: str, value: Any, annotation: Any, choices: Mapping[str, list[Any]]) -> Any:
    """The value in its final type, or a ParameterError whose message is one sentence."""
    value = value.item() if isinstance(value, np.generic) else value
    kinds = members(annotation)
    if value is None and type(None) in kinds:
        return None
    if value is None:
        raise ParameterError(f"{name} is None, which leaves it to the preset, but the preset has none.")
    if name in choices:
        allowed = choices[name]
        rule = Rule(f"one of {listed(allowed, 'or')}", tuple(map(type, allowed)), allowed.__contains__)
    else:
        rule = _shared_rule(name) or Rule(" or ".join(TYPES[kind] for kind in kinds), kinds)
    final = _converted(value, rule.kinds)
    if final is not None and rule.holds(final):
        return final
    hint = f" (looked in {os.getcwd()})" if name == "DATA_DIR" else ""
    if rule.kinds == (str,) and isinstance(value, int | float):
        hint = f" (papermill's `-r {name} {value}` passes it as text)"
    raise ParameterError(f"{name} must be {rule.words}, not {value!r}{hint}.")


def _shared_rule(name: str) -> Rule | None:
    """The rule that all lessons share for a parameter of this name, if there is one."""
    by_ending = [rule for ending, rule in ENDINGS.items() if name == ending or name.endswith(f"_{ending}")]
    return RULES.get(name) or (by_ending[0] if by_ending else None)


def _converted(value: Any, kinds: Iterable[type]) -> Any:
    """The value as the first of the types that can hold it, its own before others; None when none can."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    for kind in sorted(kinds, key=lambda kind: kind is not type(value)):
        if kind is int and is_number and value % 1 == 0:
            return int(value)
        if kind is float and is_number and abs(value) <= sys.float_info.max:  # neither infinite nor nan
            return float(value)
        if kind in (bool, str) and isinstance(value, kind):
            return value
    return None


def members(annotation: Any) -> tuple[Any, ...]:
    """The types of a union; one type is a union of itself."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


def listed(items: Iterable[Any], conjunction: str) -> str:
    """The items as a sentence lists them."""
    *first, last = [repr(item) for item in items]
    return f"{', '.join(first)} {conjunction} {last}" if first else last
