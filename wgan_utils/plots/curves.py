"""Figures of a run's scores and losses, and of where it is while it trains."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.correlation import default_window, running_median
from wgan_utils.plots.style import FAKE, LEGEND_ROW, NEUTRAL, OTHER, REAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wgan_utils.training.run import Run

MARKERS_UP_TO = 30  # rows; of more, the line alone is easier to read


class Panel(NamedTuple):
    """One set of axes: its title, the y axis's label, and its curves as {column: (legend entry, colour)}."""

    title: str
    label: str
    curves: dict[str, tuple[str, str]]
    guide: float = 0.0  # a horizontal line to read the curves by
    span: tuple[float, ...] = ()  # values that the y axis must reach


SCORES = {"real_score": ("real", REAL), "fake_score": ("generated", FAKE)}
LOSSES = {"discriminator_loss": ("discriminator", REAL), "generator_loss": ("generator", FAKE)}
ACCURACIES = {"real_accuracy": ("real", REAL), "fake_accuracy": ("generated", FAKE)}
OF_CRITIC = [
    Panel("critic's scores", "mean score", SCORES),
    Panel("estimate", "score of real − of generated", {"wasserstein_estimate": ("", OTHER)}, span=(0,)),
    Panel("generator's loss", "− score of generated", {"generator_loss": ("", FAKE)}),
    Panel("gradient penalty", "mean (gradient norm − 1)²", {"gradient_penalty": ("", NEUTRAL)}, span=(0,)),
]
OF_DISCRIMINATOR = [
    Panel("losses", "cross-entropy (nats)", LOSSES, span=(0,)),
    Panel("discriminator's accuracy", "share classified correctly", ACCURACIES, guide=0.5, span=(0, 1)),
]


@house_style
def plot_losses(history: Mapping[str, np.ndarray], caption: str = "", note: str = "") -> "Figure":
    """Show a run's curves: the logged values faint, bold their running median (Arjovsky et al. 2017, figure 3).

    Those of a Wasserstein GAN are the critic's scores, their difference (what to watch), the generator's loss and, if
    it has one, the gradient penalty; those of a GAN, known by its `discriminator_loss`, losses and accuracies.

    Args:
        history: columns of equal length by name, with `step`. A run's history has a `note` of its own.
        caption: what is to be seen, printed under the figure.
        note: the sentence that names stand-in data, put behind it.

    Raises:
        ValueError: columns missing or empty.
    """
    columns, panels = _drawable(history)
    window = default_window(columns)
    if not panels:
        raise Refused(f"No row of step with scores or losses can be drawn: of {', '.join(history) or 'no columns'}.")
    median = f"Faint: the logged values, but for single ones far off; bold: the running median of {window} rows."
    rows, per_row = (2, 2) if len(panels) == 4 else (1, len(panels))
    note = note or getattr(history, "note", "")
    figure, axes = curve_axes(2.7 * rows + 0.1, rows, per_row, caption, median if window > 1 else "", note)
    for panel, one in zip(panels, axes, strict=True):
        _draw(panel, one, columns, window)
    return figure


@house_style
def plot_training(run: "Run", caption: str = "") -> "Figure":
    """Show where a run is: its newest samples, its first two sets of curves, and a caption under them.

    It is drawn again and again during training, also before there is a first sample or row.
    """
    from PIL import Image

    (columns, panels), samples = _drawable(run.history()), run.samples()
    figure, axes = curve_axes(2.7, 1, 3, caption, run.note)
    if samples:
        step, path = samples[-1]
        colours = "gray_r" if run.invert else "gray"
        axes[0].imshow(np.asarray(Image.open(path)), cmap=colours, vmin=0, vmax=255, interpolation="hanning")
        axes[0].set_title(f"step {step:,}")
    for panel, one in zip(panels, axes[1:], strict=False):
        _draw(panel, one, columns, default_window(columns))
    for bare in (axes[0], *axes[1 + len(panels) :]):
        bare.set_axis_off()
    return figure


def _drawable(history: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[Panel]]:
    """The columns that hold numbers, with the estimate if it can be had from the scores; and the panels for them."""
    columns = {name: np.asarray(values, float) for name, values in history.items()}
    if {"real_score", "fake_score"} <= set(columns):
        columns.setdefault("wasserstein_estimate", columns["real_score"] - columns["fake_score"])
    columns = {name: values for name, values in columns.items() if np.isfinite(values).any()}
    panels = OF_DISCRIMINATOR if "discriminator_loss" in columns else OF_CRITIC
    return columns, [panel for panel in panels if {"step", *panel.curves} <= set(columns)]


def _draw(panel: Panel, axes: "Axes", columns: Mapping[str, np.ndarray], window: int) -> None:
    """Draw one panel; lone outliers must not flatten the rest."""
    from matplotlib.ticker import MaxNLocator

    axes.axhline(panel.guide, color=NEUTRAL, linewidth=0.8, linestyle=":")
    every, usual = [*panel.span], [*panel.span]
    for name, (label, colour) in panel.curves.items():
        finite = np.isfinite(columns[name])
        steps, values = columns["step"][finite], columns[name][finite]
        median = running_median(values, window)
        if window > 1:
            axes.plot(steps, values, color=colour, alpha=0.25, linewidth=0.7)
        marker = "o" if len(steps) <= MARKERS_UP_TO else ""
        axes.plot(steps, median, "-" + marker, color=colour, label=label, markersize=3, zorder=3)
        every += [values.min(), values.max()]
        usual += [median.min(), median.max(), *np.percentile(values, (1, 99))]
    reach = usual if window > 1 and np.ptp(every) > 2 * np.ptp(usual) else every
    margin = 0.06 * np.ptp(reach) or 0.1 * abs(reach[0]) or 1.0
    axes.set_title(panel.title, pad=LEGEND_ROW)
    axes.set(xlabel="step (one generator update)", ylabel=panel.label, ylim=(min(reach) - margin, max(reach) + margin))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    if len(panel.curves) > 1:
        legend_above(axes, columns=len(panel.curves))
