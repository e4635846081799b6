"""Figures of a critic: its scores, gradient norms, clipped weights, what moves a score, cones a graph stays out of."""

from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.plots.panels import SCORE_LABEL, STEP_LABEL
from wgan_utils.plots.style import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from matplotlib.figure import Figure

    from wgan_utils.training.run import Run


@house_style
def plot_critic_health(run: "Run", caption: str = "") -> "Figure":
    """Show a run's critic_health.csv: overfitting, gradient norms, and clipped weights if there are any.

    Args:
        run: a Wasserstein GAN's run.
        caption: what is to be seen.

    Raises:
        ValueError: the run has no such measurements.
    """
    columns = run.read("critic_health")
    if not columns:
        raise Refused(f"{run!r} has no critic_health.csv: only a Wasserstein GAN's training writes one.")
    steps = columns["step"]
    figure, axes = curve_axes(2.6, 1, 3 if "clipped" in columns else 2, caption, run.note)
    axes[0].plot(steps, columns["estimate"], "o-", color=REAL, label="training images", markersize=3)
    axes[0].plot(steps, columns["held_out_estimate"], "o--", color=FAKE, label="held-out images", markersize=3)
    axes[0].set(title="estimate, real − generated", ylabel=SCORE_LABEL)
    for where, colour in (("real", REAL), ("generated", FAKE), ("between", OTHER)):
        low, middle, high = (columns[f"gradient_norm_{where}_{p}"] for p in (5, 50, 95))
        axes[1].fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
        axes[1].plot(steps, middle, "o-", color=colour, label=where, markersize=3)
    axes[1].set(title="gradient norm: median, 5 to 95%", ylabel="score per unit of distance", ylim=(0, None))
    if "clipped" in columns:
        axes[2].plot(steps, columns["clipped"], "o-", color=NEUTRAL, markersize=3)
        axes[2].set(title="weights within 1% of ±c", ylabel="share of kernels and biases", ylim=(0, 1))
    for one in axes:
        one.set_xlabel(STEP_LABEL)
    for one in axes[:2]:
        one.legend()
    return figure


@house_style
def plot_double_cone(functions: "Mapping[str, Callable]", at: "Sequence[float]", caption: str = "") -> "Figure":
    """Show functions of one variable and, at some points, the double cone that a 1-Lipschitz function stays out of.

    Args:
        functions: title → function of an array.
        at: where the cones stand, between -1 and 1.
        caption: what is to be seen.
    """
    figure, axes = curve_axes(3.6, 1, len(functions), caption)
    x = np.linspace(-1, 1, 401)
    for one, (title, function) in zip(axes, functions.items(), strict=True):
        y, inside = function(x), np.zeros(len(x), bool)
        for centre in at:
            tip, width = function(np.array(centre)), np.abs(x - centre)
            one.fill_between(x, tip + width, tip + 9, color=OTHER, alpha=0.15, linewidth=0)
            one.fill_between(x, tip - 9, tip - width, color=OTHER, alpha=0.15, linewidth=0)
            one.plot(centre, tip, "o", color=OTHER, markersize=5)
            inside |= np.abs(y - tip) > width + 1e-9
        one.plot(x, y, color=REAL, linewidth=1.6)
        one.plot(np.where(inside, x, np.nan), np.where(inside, y, np.nan), color=FAKE, linewidth=2.4)
        one.set(title=title, xlabel="x", ylabel="f(x)", ylim=(-1, 1), aspect="equal")
    return figure


@house_style
def plot_batch_sensitivity(matrices: "Mapping[str, np.ndarray]", caption: str = "", height: float = 3.0) -> "Figure":
    """Show for several critics how much each image of a batch moves the score of each: `critics.batch_sensitivity`.

    Every row is divided by its sum, so that a colour is a share; small shares are told apart.

    Args:
        matrices: title → what `critics.batch_sensitivity` returned, (n, n).
        caption: what is to be seen.
        height: in inches.

    Raises:
        ValueError: a matrix that is not square, or a row without any sensitivity.
    """
    from matplotlib.colors import PowerNorm

    for title, matrix in matrices.items():
        if np.ndim(matrix) != 2 or len(set(np.shape(matrix))) != 1 or not np.all(np.sum(matrix, axis=1) > 0):
            raise Refused(f"{title!r} must be a square matrix whose rows have sums above 0.")
    figure, axes = curve_axes(height, 1, len(matrices), caption)
    for one, (title, matrix) in zip(axes, matrices.items(), strict=True):
        shares = matrix / np.sum(matrix, axis=1, keepdims=True)
        drawn = one.imshow(shares, cmap="cividis", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
        one.set(title=title, xlabel="j, the image that moves it", xticks=range(len(shares)), yticks=range(len(shares)))
        one.grid(False)
    axes[0].set_ylabel("i, the image scored")
    figure.colorbar(drawn, ax=list(axes), label="share of row i", shrink=0.75, ticks=[0, 0.02, 0.1, 0.25, 0.5, 1])
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
            raise Refused(f"The scores called '{name}' must be finite numbers, at least one.")
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
    weights: "Iterable[np.ndarray]", clip_value: float, caption: str = "", note: str = ""
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
        raise Refused("There must be weights, all of them finite numbers, and a clip_value above 0.")
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
