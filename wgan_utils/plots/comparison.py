"""Several runs side by side: their samples from the same latent vectors, and their curves, each against all others."""

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from wgan_utils.errors import Refused
from wgan_utils.pixels import cut_grid, enlarge, image_grid
from wgan_utils.plots.images import Frame, font
from wgan_utils.plots.style import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style, label_plainly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from wgan_utils.training.run import Run

LETTERS = 15  # pixels
SCALE = 2
COLUMNS = 3  # panels in a row
COLOURS = (REAL, FAKE, OTHER, "#CC79A7", "#56B4E9", "#E69F00")  # Okabe and Ito's, apart for colour-blind readers
OTHERS = "#c4c4c4"


def comparison_frames(real: np.ndarray, runs: "Mapping[str, Run]", columns: int = 10) -> list[Frame]:
    """Make one picture for each step at which all runs stored samples, for `make_gif`.

    Args:
        real: at least `columns` real images, uint8 (n, height, width, 1).
        runs: name → run, of models that share latent_dim and seed: then their samples are of one z.
        columns: images in a row; the first ones of each grid.

    Returns:
        (label, picture) pairs in the order of the steps, pictures uint8 (height, width).

    Raises:
        ValueError: no runs, or no step at which all have samples.
    """
    samples = {name: dict(run.samples()) for name, run in runs.items()}
    steps = sorted(set.intersection(*map(set, samples.values()))) if samples else []
    if not steps:
        raise Refused(f"There is no step at which all of these runs stored samples: {', '.join(runs) or 'none'}.")
    height, width = real.shape[1:3]
    frames = []
    for step in steps:
        grids = [cut_grid(np.asarray(Image.open(by_step[step])), height, width) for by_step in samples.values()]
        rows = np.concatenate([real[:columns], *(grid[:columns] for grid in grids)])
        picture = image_grid(enlarge(rows, SCALE), columns, gap=2 * SCALE)
        frames.append((f"step {step:,}", _with_names(picture, ["real images", *runs])))
    return frames


def _with_names(picture: np.ndarray, names: list[str]) -> np.ndarray:
    """Write a name to the left of each of the picture's rows."""
    letters = font(LETTERS)
    left = round(max(letters.getlength(name) for name in names)) + LETTERS
    canvas = Image.new("L", (picture.shape[1] + left, picture.shape[0]), 255)
    canvas.paste(Image.fromarray(picture), (left, 0))
    for row, name in enumerate(names):
        middle = (row + 0.5) * picture.shape[0] / len(names)
        ImageDraw.Draw(canvas).text((left - LETTERS / 2, middle), name, 0, letters, anchor="rm")
    return np.asarray(canvas)


@house_style
def plot_comparison(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    xlabel: str,
    ylabel: str,
    baseline: float | None = None,
    budget: float | None = None,
    logx: bool = False,
    caption: str = "",
    note: str = "",
) -> "Figure":
    """Give each contestant a panel: its mean curve, its runs' range as a band, the others' means faint behind.

    So no curve hides another, and no legend is needed. All panels share both axes; y is logarithmic.

    Args:
        curves: name → x of shape (k,), and a row of y for each of its runs, (runs, k). What is not finite, as of a
            training that diverged, is drawn as a cross at the top; a mean ends there.
        xlabel: what x is, with its unit.
        ylabel: what y is, with its unit; lower is better.
        baseline: the y of held-out images, a dashed line.
        budget: an x to compare at, a dotted line.
        logx: whether x is logarithmic too; then every point gets a marker, and the lowest a ring.
        caption: what is to be seen.
        note: the stand-in sentence.

    Raises:
        ValueError: no curves, shapes that do not belong together, or nothing finite to draw.
    """
    from matplotlib.ticker import NullFormatter

    shapes = {name: (np.shape(x), np.shape(y)) for name, (x, y) in curves.items()}
    if not curves or any(len(y) != 2 or (y[1],) != x or y[0] < 1 for x, y in shapes.values()):
        raise Refused(f"Each contestant needs x of shape (k,) and y of shape (runs, k); found {shapes or 'none'}.")
    everything = np.concatenate([np.ravel(y) for _, y in curves.values()])
    finite = everything[np.isfinite(everything)]
    if not len(finite):
        raise Refused("No run has a finite number to draw.")
    low, high = min(finite.min(), baseline or np.inf) / 1.15, finite.max() * 1.15
    rows = -(-len(curves) // COLUMNS)
    figure, axes = curve_axes(2.1 * rows + 0.2, rows, COLUMNS, caption, note)
    for number, (one, name, colour) in enumerate(zip(axes, curves, cycle(COLOURS), strict=False)):
        for other, (x, y) in curves.items():
            if other != name:
                one.plot(x, _mean(y), color=OTHERS, linewidth=1.0, zorder=1)
        _draw_contestant(one, *curves[name], colour, high, logx)
        if baseline is not None:
            one.axhline(baseline, color=NEUTRAL, linestyle="--", linewidth=1.0, zorder=2)
        if budget is not None:
            one.axvline(budget, color=NEUTRAL, linestyle=":", linewidth=1.2, zorder=2)
        one.set_title(name, color=colour, fontweight="bold")
        one.set(yscale="log", ylim=(low, high * 1.1), xscale="log" if logx else "linear")
        one.set_xlabel(xlabel if number >= len(curves) - COLUMNS else "")
        one.set_ylabel(ylabel if number % COLUMNS == 0 else "")
        label_plainly(one.yaxis)
        one.xaxis.set_minor_formatter(NullFormatter())
    for empty in axes[len(curves) :]:
        empty.set_axis_off()
    return figure


def _draw_contestant(
    axes: "Axes", x: np.ndarray, values: np.ndarray, colour: str, top: float, each_point: bool
) -> None:
    """Draw one contestant's mean, the range of its runs, and a cross where one of them is not finite."""
    mean = _mean(values)
    if len(values) > 1:
        low, high = (np.where(np.isfinite(mean), edge, np.nan) for edge in (values.min(axis=0), values.max(axis=0)))
        axes.fill_between(x, low, high, color=colour, alpha=0.25, linewidth=0, zorder=3)
    axes.plot(x, mean, color=colour, linewidth=1.9, marker="o" if each_point else "", markersize=4, zorder=4)
    lost = ~np.isfinite(values).all(axis=0)
    axes.plot(x[lost], np.full(lost.sum(), top), "x", color=colour, markersize=7, markeredgewidth=1.8, zorder=5)
    if each_point and np.isfinite(mean).any():
        best = np.nanargmin(mean)
        axes.plot(x[best], mean[best], "o", color="none", markeredgecolor=colour, markersize=11, zorder=5)


def _mean(values: np.ndarray) -> np.ndarray:
    """The mean over runs; not a number where one of them is not finite."""
    return np.where(np.isfinite(values).all(axis=0), np.mean(np.where(np.isfinite(values), values, 0), axis=0), np.nan)
