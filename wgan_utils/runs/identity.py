"""Is a run's folder the run that is asked for? What is there may be another one, or damaged."""

from collections.abc import Mapping
from typing import Any

from wgan_utils.published import WHERE_AND_HOW


class RunChanged(ValueError):
    """A run's folder holds a run with other parameters."""


def check_same_run(stored: Mapping[str, Any], current: Mapping[str, Any], name: str) -> None:
    """Compare the `parameters` and `setup` of two configurations.

    Raises:
        RunChanged: they differ, naming what does, or the stored one is of no training; `name` is the folder's.
    """
    if "pretrained" in stored:
        changes = [f"it shows the training of {stored['pretrained']!r} that ships with the library"]
    elif (gone := _names(stored, current)) and _names(current, stored):  # a lesson's parameters have other names now
        raise RunChanged(
            f"The run in {name} was made by an older version, with other parameters ({', '.join(gone)}). Give this "
            "run another RUN_NAME, or delete that folder to start over."
        )
    else:
        changes = [line for part in ("parameters", "setup") for line in _changes(stored[part], current[part])]
    if changes:
        raise RunChanged(
            f"The run in {name} was made with other settings: {'; '.join(changes)}. Give this run another "
            "RUN_NAME, or delete that folder to start over."
        )


def _names(config: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The parameters that the other configuration lacks."""
    return [name for name in config["parameters"] if name not in {*other["parameters"], *WHERE_AND_HOW}]


def _changes(stored: Mapping[str, Any], current: Mapping[str, Any], within: str = "") -> list[str]:
    changes = []
    for name in {**stored, **current}:
        before, now = stored.get(name), current.get(name)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            changes += _changes(before, now, f"{within}{name}.")
        elif name not in {*WHERE_AND_HOW, "STEPS"} and before != now:
            changes.append(f"{within}{name} was {before!r} and is now {now!r}")
    return changes
