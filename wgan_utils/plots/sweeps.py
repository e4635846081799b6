"""The figure of a sweep: each run's number as a dot, a line of dots for each combination of parameters."""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wgan_utils.plots.style import FAKE, NEUTRAL, REAL, curve_axes, house_style, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.3  # inches for a combination
LABEL = 200  # points


class Metric(NamedTuple):
    """What a sweep's figure shows: a row's key, its title, the number of real images, and which way is better."""

    name: str
    title: str
    reference: float | None = None
    better: str = ""

    @classmethod
    def chosen(cls, name: str, reports: Sequence[Mapping[str, Any]]) -> "Metric":
        """Choose by name from what metrics.json of the runs say, else, warning, the first; without metrics the time."""
        metrics: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for report in reports:
            metrics = {**report.get("metrics", {}), **metrics}
            own = {**report.get("lesson", {}), **own}
        if name in own:
            return cls(name, name)
        if name not in metrics:
            if name and (metrics or own):
                there = ", ".join([*metrics, *own])
                warnings.warn(f"There is no metric {name!r} in these runs; they have {there}.", stacklevel=2)
            name = next(iter(metrics), "")
        if not name:
            return cls("seconds", "seconds a run", better="lower")
        found = metrics[name]
        return cls(name, found.get("title", name), found.get("reference"), found.get("better", ""))


@house_style
def plot_sweep(rows: Sequence[Mapping[str, Any]], varied: Sequence[str], metric: Metric, caption: str = "") -> "Figure":
    """Draw every run of a sweep: a panel for each lesson, a line for each combination, a dot for each seed.

    A bar marks the mean over the seeds; a cross at the right edge stands for runs that failed, a ring for those that
    have not ended. The dashed line is the number of real images.

    Args:
        rows: those of `Sweep.rows`.
        varied: the parameters, by name, in which they may differ.
        metric: what to draw.
        caption: what is to be seen.
    """
    lessons = list(dict.fromkeys(row["lesson"] for row in rows))
    by_lesson = {lesson: [row for row in rows if row["lesson"] == lesson] for lesson in lessons}
    settings = {lesson: _by_setting(mine, varied, metric) for lesson, mine in by_lesson.items()}
    height = ROW * sum(map(len, settings.values())) + 1.0 * len(lessons)
    said = caption or "Each dot is one seed, the bar their mean; a cross: a run failed; a ring: one has not ended."
    figure, axes = curve_axes(height, len(lessons), 1, said)
    for panel, lesson in zip(axes, lessons, strict=True):
        _draw_lesson(panel, settings[lesson], metric)
        panel.set_title(lesson)
    return figure


def _by_setting(
    rows: Sequence[Mapping[str, Any]], varied: Sequence[str], metric: Metric
) -> dict[str, list[tuple[str, float]]]:
    """Label → state and number of each of its runs."""
    telling = [name for name in varied if name != "SEED" and len({str(row.get(name)) for row in rows}) > 1]
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        label = ", ".join(f"{name} {row[name]}" for name in telling if name in row) or "all alike"
        number = row.get(metric.name) if row["state"] == "done" else None
        found.setdefault(label, []).append((row["state"], float("nan") if number in (None, "") else float(number)))
    return found


def _draw_lesson(axes: "Axes", settings: Mapping[str, list[tuple[str, float]]], metric: Metric) -> None:
    for place, runs in enumerate(settings.values()):
        values = np.array([value for _, value in runs])
        finite = values[np.isfinite(values)]
        axes.plot(finite, np.full(len(finite), place), "o", color=REAL, alpha=0.6, markersize=5, zorder=3)
        if len(finite):
            axes.plot([finite.mean()] * 2, [place - 0.3, place + 0.3], color=REAL, linewidth=2.2, zorder=4)
        edge: Any = {"transform": axes.get_yaxis_transform(), "clip_on": False, "linestyle": "none", "zorder": 5}
        if any(state == "failed" for state, _ in runs):
            axes.plot(1.01, place, marker="x", color=FAKE, markersize=7, markeredgewidth=2, **edge)
        if any(state in ("waiting", "interrupted") for state, _ in runs):
            axes.plot(1.03, place, marker="o", markerfacecolor="none", markeredgecolor=NEUTRAL, **edge)
    if metric.reference is not None:
        axes.axvline(metric.reference, color=NEUTRAL, linestyle="--", linewidth=1.0)
        axes.annotate("real images", (metric.reference, 1.0), (3, -2), ("data", "axes fraction"), "offset points",
                      va="top", fontsize=8, color=NEUTRAL)  # fmt: skip
    axes.set_yticks(range(len(settings)), ["\n".join(wrapped(label, LABEL)) for label in settings])
    axes.set_ylim(len(settings) - 0.4, -0.6)
    axes.set_xlabel(metric.title + (f" ({metric.better} is better)" if metric.better else ""))
