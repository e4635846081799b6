"""The results file, a line for each finished training, and the tables that are made of it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wgan_utils.errors import Refused

STORED = Path(__file__).resolve().parent.with_suffix(".csv")  # the lines behind the site's page
UNITS = {"seconds": 1, "steps": 1, "images": 1e3, "multiply_adds": 1e12}  # field → what it is shown in
HEAD = ("row", "seconds", "of today's", "seeds", "steps", "images ÷ 1,000", "multiply-adds ÷ 10¹²", "commit")


class Line(NamedTuple):
    """One finished training."""

    record: str
    row: str
    recipe: str  # its fingerprint, and its target's
    backend: str  # with its version
    seed: int
    reached: bool
    seconds: float  # of all steps but the first, which compiles; without measuring
    first_step: float  # seconds
    measuring: float  # seconds
    steps: int
    images: int  # real ones, as often as they were seen
    multiply_adds: int  # needed, by count
    frechet: float  # at the end
    called: float  # at the end; 1 where it is no part of the target
    date: str
    commit: str
    processor: str

    @property
    def title(self) -> str:
        """The row's name, and the backend's where it is not TensorFlow."""
        backend = self.backend.split()[0]
        return self.row if backend == "tensorflow" else f"{self.row}, on {backend}"


def read_lines(file: Path) -> list[Line]:
    """Read a results file; nothing of one that is not there. A line that is damaged or cut off is refused."""
    if not file.exists():
        return []
    kinds: dict[str, Any] = {name: {bool: "True".__eq__}.get(kind, kind) for name, kind in Line.__annotations__.items()}
    with file.open(newline="", encoding="utf-8") as opened:
        try:
            return [Line(**{name: kinds[name](value) for name, value in row.items()}) for row in csv.DictReader(opened)]
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"{file} is damaged ({error}): take the line out that is no training's.") from error


def append(file: Path, fields: Sequence[str], rows: Sequence[Sequence]) -> None:
    """Add rows to a CSV file, which begins with the names of its fields."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    with file.open("a", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows([*([fields] if new else []), *rows])


def ratios(lines: list[Line], title: str) -> list[float]:
    """Divide a row's seconds by those of today's row, for each seed that both have on the same processor.

    Where today's row missed the target its seconds are those until its end, so that the ratio is no more than this. Of
    a row that missed it there is no ratio.
    """
    own, today = (
        {(line.seed, line.processor): line for line in lines if line.title == name} for name in (title, "today")
    )
    both = [(own[key], today[key]) for key in own if key in today]
    return [a.seconds / b.seconds for a, b in both] if all(a.reached for a, _ in both) else []


def tables(lines: list[Line], changes: Mapping[str, str]) -> str:
    """Lay out one record's lines in Markdown: a table for each processor, then a list of the changes.

    A table has a row for each recipe and backend. A row that missed the target with some seed would need more than its
    numbers, and a sign says so.
    """
    if unknown := {line.row for line in lines} - set(changes):
        raise Refused(f"The results have rows that are no recipe: {', '.join(sorted(unknown))}.")
    lines = sorted(lines, key=lambda line: [*changes].index(line.row))
    text = []
    for processor in dict.fromkeys(line.processor for line in lines):
        own = [line for line in lines if line.processor == processor]
        rows = [HEAD, ["---"] * len(HEAD), *(_cells(own, title) for title in dict.fromkeys(line.title for line in own))]
        text += [f"{processor}:", "", *("| " + " | ".join(row) + " |" for row in rows), ""]
    return "\n".join([*text, *(f"- *{row}*: {changes[row]}" for row in dict.fromkeys(line.row for line in lines))])


def _cells(lines: list[Line], title: str) -> list[str]:
    own = [line for line in lines if line.title == title]
    reached = sum(line.reached for line in own)
    more = "" if reached == len(own) else "≥ "
    seconds, *counts = (more + mean_and_range([getattr(line, name) / UNITS[name] for line in own]) for name in UNITS)
    seeds = f"{reached} of {len(own)} reached it" if more else str(len(own))
    last = max(own, key=lambda line: line.date)
    ratio = mean_and_range(ratios(lines, title))
    return [title, seconds, ratio, seeds, *counts, f"{last.commit[:7]}, {last.date}"]


def mean_and_range(values: list[float]) -> str:
    """Say the mean of a few seeds, and the smallest and largest, to three digits; nothing of no values."""
    mean, low, high = (_short(float(f(values))) if values else "" for f in (np.mean, np.min, np.max))
    return mean if low == high else f"{mean} ({low} to {high})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
