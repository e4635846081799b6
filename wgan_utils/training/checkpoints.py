"""The checkpoints of a run, as functions of their folder: the last two are kept, each with checksums."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wgan_utils.errors import Explained
from wgan_utils.files import atomic_file, read_array_file

KEPT = 2
FORMAT = 1  # of the files; goes up when older versions of the library can't read them any more

Check = Callable[[int, dict[str, np.ndarray]], None]  # raises a ValueError for a state that can't be used


class CheckpointError(Explained, RuntimeError):
    """Checkpoints exist and none of them can be read, or the newest ones are gone."""


def save_checkpoint(folder: Path, step: int, arrays: Mapping[str, Any]) -> None:
    """Store a checkpoint of NumPy arrays in a folder, all of it or nothing, and delete all but the last two."""
    with atomic_file(folder / f"step_{step:06d}.npz", make_folder=False) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays, format=np.array(FORMAT))
    for path in checkpoints(folder)[:-KEPT]:
        path.unlink()


def load_checkpoint(folder: Path, check: Check = lambda step, arrays: None) -> tuple[int, dict[str, np.ndarray]] | None:
    """Read the last checkpoint that is whole and passes the check; None if there is none at all.

    A warning names later ones that were not used.

    Raises:
        CheckpointError: when there are checkpoints and none of them can be used.
    """
    problems: list[str] = []
    run = "/".join(folder.parts[-4:-1])
    for path in reversed(checkpoints(folder)):
        try:
            step, arrays = step_of(path), _read(path)
            check(step, arrays)
        except (ValueError, TypeError, OSError) as problem:
            problems.append(f"{path.name} ({problem})")
            continue
        if problems:
            warnings.warn(f"The run {run} goes on from step {step}: {_unusable(problems)}.", stacklevel=2)
        return step, arrays
    if problems:
        raise CheckpointError(f"The run {run} can't go on: {_unusable(problems)}. Delete its folder to start over.")
    return None


def _read(path: Path) -> dict[str, np.ndarray]:
    """A checkpoint's arrays; a ValueError if they are not as they were written, by the file's checksums."""
    arrays = read_array_file(path)
    if not arrays:  # a damaged archive may look like an empty one
        raise ValueError("it holds nothing")
    written = int(arrays.pop("format", FORMAT))  # the first files did not say
    if written > FORMAT:
        raise ValueError(f"it has the format {written} of a newer version of wgan_utils, and this one knows {FORMAT}")
    return arrays


def _unusable(problems: list[str]) -> str:
    return f"of its checkpoints {', '.join(problems)} can't be used"


def last_checkpoint_step(folder: Path) -> int | None:
    """The step of the newest checkpoint, or None."""
    paths = checkpoints(folder)
    return step_of(paths[-1]) if paths else None


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    return numbered(folder, ".npz")


def numbered(folder: Path, suffix: str) -> list[Path]:
    """The files step_000000<suffix> of a folder in the order of their steps; copies under other names are left out."""
    paths = (path for path in folder.glob(f"step_*{suffix}") if path.stem.removeprefix("step_").isdecimal())
    return sorted(paths, key=step_of)


def step_of(path: Path) -> int:
    """The step that a file's name tells."""
    return int(path.stem.removeprefix("step_"))
