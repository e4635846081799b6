"""A run's tables: rows appended as training goes, read back as columns, and a curve's running median."""

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from wgan_utils.files import atomic_file

RESTORE = "put a copy back, or delete the run's folder to start over"


class History(Mapping):
    """A run's history: column name → array with one value per logged step. `note` names stand-in data."""

    def __init__(self, columns: dict[str, np.ndarray], note: str = "") -> None:
        self._columns = columns
        self.note = note

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"History({len(self._columns.get('step', ()))} rows: {', '.join(self._columns)})"


def append_row(path: Path, row: Mapping[str, float]) -> None:
    """Append one row to a table; nine digits give a float32 back exactly.

    Raises:
        ValueError: the table has other columns than the row; nothing is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", newline="") as file:
        file.seek(0)
        heading = next(csv.reader(file), None)
        if heading is not None and heading != list(row):
            raise ValueError(
                f"{path.name} has the columns {', '.join(heading)}, and this row has {', '.join(row)}: the run was "
                "begun by another model or version. Train under another RUN_NAME."
            )
        if heading is None:
            csv.writer(file).writerow(row)
        csv.writer(file).writerow([f"{value:.9g}" for value in row.values()])


def _damaged(path: Path) -> str:
    return f"{'/'.join(path.parts[-3:])} is damaged"


def flush_to_disk(path: Path) -> None:
    """Have the system write a table's rows to the disk, if there is such a table."""
    if path.exists():
        with path.open("r+b") as file:
            os.fsync(file.fileno())


def read_table(path: Path, note: str = "") -> History:
    """Read a table; it is empty before its first row.

    Raises:
        ValueError: something in it is no row of numbers with a growing step.
    """
    # A run killed while it wrote may leave half a line; it is written again when the run goes on.
    whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""
    if not whole:
        return History({}, note)
    try:
        names, *rows = csv.reader(whole.decode().splitlines())
        values = np.array(rows, dtype=float).reshape(-1, len(names))
        steps = values[:, names.index("step")]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{_damaged(path)} ({error}); {RESTORE}.") from error
    if (np.diff(steps) <= 0).any():
        raise ValueError(f"{_damaged(path)} (its steps do not grow); {RESTORE}.")
    return History(dict(zip(names, values.T, strict=True)), note)


def cut_table(path: Path, step: int) -> None:
    """Drop the rows of later steps; a table without a whole heading goes altogether."""
    columns = read_table(path)
    if not columns:
        path.unlink(missing_ok=True)
        return
    kept = {name: values[columns["step"] <= step] for name, values in columns.items()}
    with atomic_file(path) as temporary, temporary.open("w", newline="") as file:
        csv.writer(file).writerow(kept)
        rows = zip(*kept.values(), strict=True)
        csv.writer(file).writerows([f"{value:.9g}" for value in row] for row in rows)


def default_window(columns: Mapping[str, np.ndarray]) -> int:
    """A twentieth of the rows, odd, at most 101."""
    return min(101, len(columns.get("step", ())) // 40 * 2 + 1)


def running_median(values: np.ndarray, window: int) -> np.ndarray:
    """The median of the `window` values around each; beyond the ends the curve is mirrored.

    Repeating the first and last value there (mode "nearest") would pin the ends to two single noisy values.
    """
    from scipy.ndimage import median_filter

    return median_filter(values, window, mode="reflect")
