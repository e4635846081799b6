"""The panels of a run's curves: which columns each shows, how they are smoothed, how far its y axis goes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.correlation import running_median
from wgan_utils.plots.style import FAKE, LEGEND_ROW, NEUTRAL, OTHER, REAL, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP_LABEL = "step (one generator update)"
SCORE_LABEL = "mean score"
MARKERS_UP_TO = 30  # rows; of more, the line alone is easier to read


class Panel(NamedTuple):
    """One set of axes: a title, the y axis's label, and its curves as {column: (legend entry, colour)}."""

    title: str
    label: str
    curves: dict[str, tuple[str, str]]
    guide: float = 0.0  # a horizontal line to read the curves by
    span: tuple[float, ...] = ()  # values that the y axis must reach


SCORES = Panel("critic's scores", SCORE_LABEL, {"real_score": ("real", REAL), "fake_score": ("generated", FAKE)})
ESTIMATE = Panel(
    "estimate",
    "score of real − of generated",
    {"wasserstein_estimate": ("", OTHER)},
    span=(0.0,),
)
GENERATOR = Panel("generator's loss", "− score of generated", {"generator_loss": ("", FAKE)})
PENALTY = Panel("gradient penalty", "mean (gradient norm − 1)²", {"gradient_penalty": ("", NEUTRAL)}, span=(0.0,))
CROSS_ENTROPY = Panel(
    "losses",
    "cross-entropy (nats)",
    {"discriminator_loss": ("discriminator", REAL), "generator_loss": ("generator", FAKE)},
    span=(0.0,),
)
ACCURACIES = Panel(
    "discriminator's accuracy",
    "share classified correctly",
    {"real_accuracy": ("real", REAL), "fake_accuracy": ("generated", FAKE)},
    guide=0.5,
    span=(0.0, 1.0),
)


def finite_columns(history: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The history's columns that hold numbers, with the estimate if it can be had from the scores."""
    columns = {name: np.asarray(values, float) for name, values in history.items()}
    lengths = {name: values.shape for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise Refused(f"The history's columns must be of one length, not {lengths}.")
    if {"real_score", "fake_score"} <= set(columns):
        columns.setdefault("wasserstein_estimate", columns["real_score"] - columns["fake_score"])
    return {name: values for name, values in columns.items() if np.isfinite(values).any()}


def panels_of(columns: Mapping[str, np.ndarray]) -> list[Panel]:
    """The panels whose columns are there: a vanilla GAN's if it has a discriminator, else a critic's."""
    vanilla = "discriminator_loss" in columns
    panels = [CROSS_ENTROPY, ACCURACIES] if vanilla else [SCORES, ESTIMATE, GENERATOR, PENALTY]
    return [panel for panel in panels if {"step", *panel.curves} <= set(columns)]


def limits_of(panel: Panel, columns: Mapping[str, np.ndarray], window: int) -> tuple[float, float]:
    """The y range that shows the medians and nearly all values; lone outliers must not flatten the rest."""
    curves = [columns[name][np.isfinite(columns[name])] for name in panel.curves]
    reach = [*panel.span, *(edge for curve in curves for edge in (curve.min(), curve.max()))]
    medians = [running_median(curve, window) for curve in curves]
    most = [*np.concatenate(medians), *np.percentile(np.concatenate(curves), (1, 99)), *panel.span]
    if window > 1 and np.ptp(reach) > 2 * np.ptp(most):
        reach = most
    low, high = min(reach), max(reach)
    margin = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return low - margin, high + margin


def draw_panel(
    panel: Panel, axes: "Axes", columns: Mapping[str, np.ndarray], window: int, limits: tuple[float, float]
) -> None:
    """Draw one panel: values faint and medians bold, or, where nothing is smoothed, the values alone."""
    from matplotlib.ticker import MaxNLocator

    axes.axhline(panel.guide, color=NEUTRAL, linewidth=0.8, linestyle=":")
    for name, (label, colour) in panel.curves.items():
        finite = np.isfinite(columns[name])
        steps, values = columns["step"][finite], columns[name][finite]
        if window > 1:
            axes.plot(steps, values, color=colour, alpha=0.25, linewidth=0.7)
        median = running_median(values, window)
        marker = "o" if len(steps) <= MARKERS_UP_TO else ""
        bold: Any = {"linewidth": 1.6, "marker": marker, "markersize": 3, "zorder": 3}  # above all faint ones
        axes.plot(steps, median, color=colour, label=label, **bold)
    axes.set_title(panel.title, pad=LEGEND_ROW)
    axes.set(xlabel=STEP_LABEL, ylabel=panel.label, ylim=limits)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    if len(panel.curves) > 1:
        legend_above(axes, columns=len(panel.curves))
