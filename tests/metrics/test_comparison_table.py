"""Contestants side by side: their table, and what every pair of runs agrees on."""

import numpy as np

from wgan_utils.metrics.comparison import comparison_table, dominates, mean_and_range


def report(frechet: float, recall: float) -> dict:
    row = {"frechet": ("Fréchet", frechet, 1.234), "recall": ("recall", recall, 0.9)}
    return {"metrics": {id: {"title": t, "value": v, "baseline": r} for id, (t, v, r) in row.items()}}


def test_the_table_has_a_row_a_metric_and_a_column_a_contestant():
    reports = {"GAN": [report(8, 0.5), report(9, 0.7)], "WGAN": [report(20, 0.25)]}
    table = comparison_table(reports, ["recall", "frechet"])
    assert table.splitlines() == [
        "|  | baseline | GAN | WGAN |",
        "| --- | --- | --- | --- |",
        "| recall | 0.9 | 0.6 (0.5–0.7) | 0.25 |",
        "| Fréchet | 1.23 | 8.5 (8–9) | 20 |",
    ]


def test_a_mean_comes_with_its_range():
    assert mean_and_range(np.array([1.0, 2.0, 6.0])) == "3 (1–6)"
    assert mean_and_range([np.inf, 2.0]) == "inf (2–inf)"


def test_clearly_better_is_what_no_pair_of_runs_contradicts():
    found = dominates({"a": [1, 2], "b": [2, 3], "c": [2.5, np.inf], "d": [9.0]})
    assert found == {"a": ["c", "d"], "b": ["d"], "c": [], "d": []}
