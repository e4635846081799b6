"""Checking a notebook's parameters and resolving its preset.

A lesson's first code cell declares its parameters, one a line, as `NAME: type = value  # help`. Papermill
may inject a second cell that overrides some, but it checks neither names nor types. So the lesson's next
cell calls `resolve_parameters`: a mistake ends the run there, in one sentence, not after an hour of training.
"""

import ast
import contextlib
import difflib
import hashlib
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wgan_utils.runs.rules import OF_A_SHIPPED_TRAINING, TYPES, ParameterError, checked, listed, members

PRESETS = ("smoke", "cpu", "full")


# They say where, whether or how often, not what is trained: runs that differ in these alone are the same run.
WHERE_AND_HOW_OFTEN = {
    *("DATA_DIR", "OUTPUT_DIR", "RUN_NAME", "ALLOW_STANDIN", "SHOW_REAL", "TRAIN"),
    *("SAMPLE_EVERY", "CHECKPOINT_EVERY", "LOG_EVERY"),
}


def resolve_parameters(
    namespace: Mapping[str, Any],
    *,
    presets: Mapping[str, Mapping[str, Any]],
    gpu: bool,
    choices: Mapping[str, list[Any]] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Check every parameter of a notebook and return all of them with their final values.

    A parameter that is None takes the preset's value; any other was given explicitly and beats the preset.
    An integer may stand for a float, and a whole float (papermill's `-p STEPS 1e3`) for an integer; True is
    not 1, the text "5" is not 5, and no number is infinite. A name counts as misspelt when the parameters
    cell or papermill's assigns it without its being declared; outside IPython, which alone knows the cells,
    any other upper-case number, text, list or dict does.

    Args:
        namespace: the notebook's `globals()`; its annotated upper-case names are the parameters.
        presets: the values of "smoke", "cpu" and "full". PRESET "auto" means "full" with a GPU, else "cpu".
        gpu: whether there is a GPU.
        choices: the values allowed, for a parameter that has few (its annotation is then not looked at).
        defaults: the published values of parameters that no preset governs, for the run's name alone. Those
            not given are taken from the parameters cell as it was first executed, so that papermill's
            overrides enter the name; only the lesson can tell when a reader has edited that cell.

    Returns:
        The parameters in declared order, ready for `globals().update` and `json.dumps`. PRESET is the name
        of the preset used, and an empty RUN_NAME has been replaced by `default_run_name`.

    Raises:
        ParameterError: values are wrong or names unknown; the message has a line for each.
        ValueError: the lesson is wrong: `presets`, `choices` or `defaults` name what it does not declare.
    """
    choices, defaults, declared = choices or {}, defaults or {}, _declared(namespace)
    _check_lesson(declared, presets, choices, defaults)
    problems = _unknown_names(namespace, declared, (presets, choices, defaults))
    preset: Any = namespace.get("PRESET")
    if preset == "auto":
        preset = "full" if gpu else "cpu"
    known = isinstance(preset, str) and preset in presets
    governed = presets[preset] if known else {}
    settings = {}
    for name, annotation in declared.items():
        value = preset if name == "PRESET" else namespace.get(name)
        if value is None and not known and name != "PRESET":
            continue  # nobody can tell its value: PRESET's own error is enough
        value = governed.get(name) if value is None else value
        try:
            settings[name] = checked(name, value, annotation, {**choices, "PRESET": ["auto", *presets]})
        except ParameterError as error:
            problems.append(str(error))
    if settings.get("TRAIN") is False:
        for name in _given(namespace, governed):
            if name in OF_A_SHIPPED_TRAINING:
                problems.append(f"TRAIN=False shows a training that ships, with its own {name}: leave {name} out.")
    if problems:
        raise ParameterError("\n".join(problems))
    if settings.get("RUN_NAME") == "":
        settings["RUN_NAME"] = default_run_name(settings, {**_cell_values(namespace), **defaults, **governed})
    return settings


def default_run_name(settings: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    """Name a run after its preset and what differs from the published values: "cpu-steps_3000-width_0.5".

    What `published` lacks, and what is in `WHERE_AND_HOW_OFTEN`, stays out of the name; should it change under the same
    name, `Run` refuses the folder and says why. A name of over 80 characters is cut and ends in a hash of it.
    """
    parts = [str(settings["PRESET"])]
    for name, value in settings.items():
        if name in published and name not in {*WHERE_AND_HOW_OFTEN, "PRESET"} and value != published[name]:
            text = re.sub(r"[^A-Za-z0-9.-]+", "_", str(value)).strip("_.")
            parts.append(f"{name.lower()}_{text}")
    full_name = "-".join(parts)
    digest = hashlib.sha256(full_name.encode()).hexdigest()[:8]
    return full_name if len(full_name) <= 80 else f"{full_name[:71]}-{digest}"


def _declared(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The annotated upper-case names, each with its type."""
    everything = namespace.get("__annotations__", {})
    annotations = {name: everything[name] for name in everything if _is_upper(name)}
    if "PRESET" not in annotations:
        raise ParameterError("PRESET is not declared: run the notebook's parameters cell first.")
    # After `from __future__ import annotations` they are strings; this makes types of them.
    return typing.get_type_hints(type("", (), {"__annotations__": annotations}), dict(namespace))


def _constants(cells: Iterable[str]) -> Iterator[tuple[ast.stmt, str, Any]]:
    """Of each constant that cells assign to a name: the line, the name, the value."""
    for cell in cells:
        with contextlib.suppress(SyntaxError):
            for line in ast.parse(cell).body:
                if isinstance(line, ast.AnnAssign | ast.Assign) and isinstance(line.value, ast.Constant):
                    target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
                    yield line, ast.unparse(target), line.value.value


def _cell_values(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """What the parameters cell said when it was first executed, off IPython's list of executed cells."""
    values: dict[str, Any] = {}
    for line, name, value in _constants(namespace.get("In", [])):
        if isinstance(line, ast.AnnAssign):
            values.setdefault(name, value)
    return values


def _parameter_cells(namespace: Mapping[str, Any]) -> list[str]:
    """The parameters cell and papermill's, each as last executed; outside IPython nobody can tell."""
    cells = namespace.get("In", [])
    declaring = [cell for cell in cells if re.search(r"^PRESET *:", cell, re.MULTILINE)][-1:]
    return declaring + [cell for cell in cells if cell.startswith("# Parameters\n")][-1:]


def _given(namespace: Mapping[str, Any], governed: Mapping[str, Any]) -> list[str]:
    """The parameters that the reader has set, as far as the cells tell."""
    first, last = _cell_values(namespace), {name: value for _, name, value in _constants(_parameter_cells(namespace))}
    changed = {name for name, value in last.items() if name in governed or value != first.get(name, value)}
    return [name for name, value in last.items() if name in changed and value is not None]


def _check_lesson(declared: Mapping, presets: Mapping, choices: Mapping, defaults: Mapping) -> None:
    """Catch the lesson's own slips, which no reader could mend."""
    if set(presets) != set(PRESETS):
        raise ValueError(f"The presets must be {listed(PRESETS, 'and')}, not {listed(presets, 'and')}.")
    for owner, names in [*presets.items(), ("choices", choices), ("defaults", defaults)]:
        if undeclared := [name for name in names if name not in declared]:
            raise ValueError(f"{owner!r} has {listed(undeclared, 'and')}, which the parameters cell lacks.")
    for name, kind in declared.items():
        if name not in choices and not set(members(kind)) <= set(TYPES):
            raise ValueError(f"{name} is declared as {kind}: use int, float, bool, str, or `choices`.")


def _unknown_names(namespace: Mapping[str, Any], declared: Mapping[str, Any], own: tuple) -> list[str]:
    """One sentence for each name that looks like a parameter and is none."""
    if "In" in namespace:
        # Only the cells tell a slip from a variable of the notebook's, which is there when all is run once more.
        names = re.findall(r"^(\w+) = ", "\n".join(_parameter_cells(namespace)), re.MULTILINE)
    else:
        injectable = (type(None), bool, int, float, str, list, dict)  # all that papermill can inject
        names = [name for name, value in namespace.items() if _is_upper(name) and isinstance(value, injectable)]
        names = [name for name in names if not any(namespace[name] is mine for mine in own)]
    sentences = []
    for name in dict.fromkeys(names):
        if name not in declared:
            sentences.append(not_a_parameter(name, "this notebook", declared))
    return sentences


def not_a_parameter(name: str, owner: str, declared: Iterable[str]) -> str:
    """The sentence that refuses a name, with the one that may have been meant, or with all there are."""
    close = difflib.get_close_matches(name.upper(), declared, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(declared)}."
    return f"{name} is not a parameter of {owner}: {hint}"


def _is_upper(name: str) -> bool:
    return re.fullmatch(r"[A-Z][A-Z0-9_]*", name) is not None
