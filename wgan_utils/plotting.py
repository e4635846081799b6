"""Figures made of numbers: a run's curves, critic scores, clipped weights.

Each function returns a matplotlib figure, which a notebook shows when it is a cell's last value. All take a
`caption`, printed under the figure, and a `note`, the sentence that names stand-in data, put behind it.
"""

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.curves import (
    MARKERS_UP_TO,
    SCORE_LABEL,
    default_window,
    draw_panel,
    finite_columns,
    limits_of,
    panels_of,
)
from wgan_utils.figures import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wgan_utils.runs import Run


@house_style
def plot_losses(
    history: Mapping[str, np.ndarray], caption: str = "", note: str = "", smooth: int | None = None
) -> "Figure":
    """Show a run's curves: the logged values faint, their running median bold.

    Those of a Wasserstein GAN are the critic's scores, their difference (what to watch), the generator's loss
    and, if it has one, the gradient penalty; those of a vanilla GAN, known by its `discriminator_loss`, are
    losses and accuracies.

    Args:
        history: columns of equal length by name, with `step`. The estimate is worked out from the two scores
            if need be. A run's history has a `note` of its own, used where none is given here.
        caption: what is to be seen.
        note: the stand-in sentence.
        smooth: rows in the running median, an odd number; by default a twentieth of all, at most the 101 of
            Arjovsky et al. (2017). 1 draws the values alone.

    Raises:
        ValueError: columns missing, empty or of unequal length, or an even `smooth`.
    """
    columns = finite_columns(history)
    window = default_window(columns) if smooth is None else smooth
    if window < 1 or window % 2 == 0:
        raise ValueError(f"smooth must be an odd number of rows, 1 or more, not {smooth}.")
    panels = panels_of(columns)
    if not panels:
        raise ValueError(
            "There is nothing to draw: a history needs rows of step with real_score and fake_score, or with "
            f"discriminator_loss and generator_loss; this one has {', '.join(history) or 'no columns'}."
        )
    limits = [limits_of(panel, columns, window) for panel in panels]
    outside = sum(
        int(((columns[name] < low) | (columns[name] > high)).sum())
        for panel, (low, high) in zip(panels, limits, strict=True)
        for name in panel.curves
    )
    median = f"Faint: every logged value; bold: the running median of {window} rows." if window > 1 else ""
    cut = f"Single values far off the rest are cut off ({outside:,} in all)." if outside else ""
    grid = (2, 2) if len(panels) == 4 else (1, len(panels))
    note = note or getattr(history, "note", "")
    figure, axes = curve_axes(2.7 * grid[0] + 0.1, *grid, caption, median, cut, note)
    for panel, limit, one in zip(panels, limits, axes, strict=True):
        draw_panel(panel, one, columns, window, limit)
    return figure


@house_style
def plot_training(run: "Run", caption: str = "") -> "Figure":
    """Show where a run is: its newest samples, its first two sets of curves, and a caption under them.

    It is drawn again and again during training, also before there is a first sample or row.
    """
    from PIL import Image

    columns, samples = finite_columns(run.history()), run.samples()
    figure, (picture, *axes) = curve_axes(2.7, 1, 3, caption, run.note)
    picture.set_axis_off()
    if samples:
        step, path = samples[-1]
        colours = "gray_r" if run.invert else "gray"
        picture.imshow(np.asarray(Image.open(path)), cmap=colours, vmin=0, vmax=255, interpolation="hanning")
        picture.set_title(f"step {step:,}")
    panels = panels_of(columns)[:2]
    window = default_window(columns)
    for panel, one in zip(panels, axes, strict=False):
        draw_panel(panel, one, columns, window, limits_of(panel, columns, window))
    for empty in axes[len(panels) :]:
        empty.set_axis_off()
    return figure


@house_style
def plot_scores(
    real_scores: np.ndarray,
    fake_scores: np.ndarray,
    held_out_scores: np.ndarray | None = None,
    caption: str = "",
    note: str = "",
) -> "Figure":
    """Compare the critic's scores of training images, of generated ones and, if given, of held-out real ones.

    Each set is a histogram with its mean as a dashed line. A critic that scores training images above
    held-out ones has learnt some of them by heart.
    """
    scores = {"real, trained on": (real_scores, REAL), "generated": (fake_scores, FAKE)}
    if held_out_scores is not None:
        scores["real, held out"] = (held_out_scores, OTHER)
    flat = {name: np.ravel(np.asarray(values, float)) for name, (values, _) in scores.items()}
    for name, values in flat.items():
        if not (values.size and np.isfinite(values).all()):
            raise ValueError(f"The scores called '{name}' must be finite numbers, at least one.")
    bins = np.histogram_bin_edges(np.concatenate(list(flat.values())), 40)
    figure, (axes,) = curve_axes(2.9, 1, 1, caption, note)
    for name, values in flat.items():
        colour = scores[name][1]
        weights = np.full(values.size, 1 / values.size)
        filled = {"histtype": "stepfilled", "alpha": 0.25, "color": colour}
        axes.hist(values, bins, weights=weights, **filled)
        label = f"{name}: mean {values.mean():#.3g}, {values.size:,} images"
        axes.hist(values, bins, weights=weights, histtype="step", color=colour, linewidth=1.5, label=label)
        axes.axvline(values.mean(), color=colour, linestyle="--", linewidth=1.2)
    axes.set(xlabel=SCORE_LABEL, ylabel="share of the images")
    legend_above(axes)
    return figure


@house_style
def plot_weight_histogram(
    weights: Iterable[np.ndarray], clip_value: float, caption: str = "", note: str = ""
) -> "Figure":
    """Show how a critic's weights lie between the bounds that clipping gives them, and how many lie at these.

    Args:
        weights: the arrays that are clipped (kernels and biases), of any shapes.
        clip_value: c, the bound.
        caption: what is to be seen.
        note: the stand-in sentence.
    """
    arrays = [np.ravel(np.asarray(array, float)) for array in weights]
    values = np.concatenate(arrays) if arrays else np.empty(0)
    if not (values.size and np.isfinite(values).all() and clip_value > 0):
        raise ValueError("There must be weights, all of them finite numbers, and a clip_value above 0.")
    at_bounds = (np.abs(values) >= 0.99 * clip_value).mean()
    reach = max(np.abs(values).max(), clip_value)
    figure, (axes,) = curve_axes(2.7, 1, 1, caption, note)
    share = np.full(values.size, 1 / values.size)
    axes.hist(values, np.linspace(-reach, reach, 102), weights=share, color=REAL, label=f"{values.size:,} weights")
    for bound in (-clip_value, clip_value):
        axes.axvline(bound, color=FAKE, linestyle="--", linewidth=1.2)
    axes.lines[-1].set_label(f"±c = ±{clip_value:g}; {at_bounds:.1%} of the weights lie within 1% of it")
    axes.set(xlabel="weight", ylabel="share of the weights")
    legend_above(axes)
    return figure


@house_style
def plot_curves(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    note: str = "",
    log: bool = False,
) -> "Figure":
    """Show a few curves in one set of axes.

    Args:
        curves: legend entry → (x, y), two arrays of one length.
        xlabel: what x is, with its unit.
        ylabel: what y is, with its unit.
        caption: what is to be seen.
        note: the stand-in sentence.
        log: whether y has a logarithmic scale.
    """
    if not curves or any(np.shape(x) != np.shape(y) or np.ndim(x) != 1 for x, y in curves.values()):
        raise ValueError("There must be curves, each a pair of one-dimensional arrays of equal length.")
    figure, (axes,) = curve_axes(2.7, 1, 1, caption, note)
    for (name, (x, y)), colour in zip(curves.items(), cycle((REAL, FAKE, OTHER, NEUTRAL)), strict=False):
        marker = "o" if len(x) <= MARKERS_UP_TO else ""
        axes.plot(x, y, color=colour, label=name, marker=marker, markersize=3)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    legend_above(axes)
    return figure


@house_style
def plot_points(real: np.ndarray, generated: Mapping[str, np.ndarray], caption: str = "", note: str = "") -> "Figure":
    """Show several sets of generated points in the plane, each over the same real ones.

    Args:
        real: (n, 2).
        generated: title → (m, 2), at most four of them.
        caption: what is to be seen.
        note: the stand-in sentence.
    """
    if not 1 <= len(generated) <= 4 or any(np.shape(points)[1:] != (2,) for points in [real, *generated.values()]):
        raise ValueError("Points must have the shape (n, 2), and there must be one to four sets of generated ones.")
    reach = 1.3 * np.abs(real).max()
    figure, axes = curve_axes(8.2 / len(generated) if len(generated) > 2 else 3.2, 1, len(generated), caption, note)
    for one, (title, points) in zip(axes, generated.items(), strict=True):
        one.scatter(*np.transpose(real), s=6, color=REAL, alpha=0.25, linewidths=0, label="real")
        one.scatter(*np.transpose(points), s=6, color=FAKE, alpha=0.6, linewidths=0, label="generated")
        one.set(title=title, xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes[0].legend(loc="center", markerscale=2)
    return figure
