"""The checkpoints of a run, as functions of their folder: the last two are kept, and read by their checksums."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wgan_utils.files import atomic_file

KEPT = 2


class CheckpointError(RuntimeError):
    """Checkpoints exist and none of them can be read, or the newest ones are gone."""


def save_checkpoint(folder: Path, step: int, arrays: Mapping[str, Any]) -> None:
    """Store a checkpoint of NumPy arrays, all of it or nothing, and delete all but the last two."""
    with atomic_file(folder / f"step_{step:06d}.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
    for path in checkpoints(folder)[:-KEPT]:
        path.unlink()


def load_checkpoint(folder: Path) -> tuple[int, dict[str, np.ndarray]] | None:
    """Read the last checkpoint that is whole, by its checksums; None if there is none at all.

    Raises:
        CheckpointError: when there are checkpoints and none of them is whole.
    """
    problems = []
    for path in reversed(checkpoints(folder)):
        try:
            # NumPy given a path leaves the file open when it is damaged.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return step_of(path), dict(arrays)
        except Exception as problem:  # zip, zlib, NumPy and the file system each have errors of their own
            problems.append(f"{path.name} ({problem})")
    if problems:
        raise CheckpointError(
            f"None of the checkpoints of {'/'.join(folder.parts[-4:-1])} can be read: {', '.join(problems)}. "
            "Delete the run's folder to start over."
        )
    return None


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
