"""A run's tables: rows appended as training goes, read back as columns, and a curve's running median."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from wgan_utils.files import atomic_file


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


def read_table(path: Path, note: str = "") -> History:
    """Read a table; it is empty before its first row."""
    # A run killed while it wrote may leave half a line; it is written again when the run goes on.
    whole = path.read_bytes().rpartition(b"\n")[0].decode() if path.exists() else ""
    if not whole:
        return History({}, note)
    names, *rows = csv.reader(whole.splitlines())
    columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
    return History(dict(zip(names, columns, strict=True)), note)


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
