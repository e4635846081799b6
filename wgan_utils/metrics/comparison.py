"""Several contestants, several runs each: a table of means and ranges, and the differences that every run shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def comparison_table(reports: Mapping[str, Sequence[Mapping[str, Any]]], ids: Sequence[str]) -> str:
    """Write a Markdown table: a row a metric with its baseline, a column a contestant.

    Args:
        reports: contestant → for each of its runs what `Evaluation.to_json` gave.
        ids: the metrics to show, by id.

    Returns:
        The table; a cell is the mean and, in brackets, the lowest and the highest of the runs.
    """
    first = next(iter(reports.values()))[0]["metrics"]
    lines = [_line("", "baseline", *reports), _line(*["---"] * (len(reports) + 2))]
    for id in ids:
        cells = [mean_and_range([one["metrics"][id]["value"] for one in runs]) for runs in reports.values()]
        lines.append(_line(first[id]["title"], f"{first[id]['baseline']:.3g}", *cells))
    return "\n".join(lines)


def mean_and_range(values: Sequence[float]) -> str:
    """Write the mean and, in brackets, the lowest and the highest: "9.1 (8.7–9.6)"."""
    if len(values) == 1:
        return f"{values[0]:.3g}"
    return f"{np.mean(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def dominates(values: Mapping[str, Sequence[float]]) -> dict[str, list[str]]:
    """Find for each contestant those of whose runs every single one is worse than its own worst; lower is better."""
    return {
        name: [other for other, theirs in values.items() if other != name and max(own) < min(theirs)]
        for name, own in values.items()
    }


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
