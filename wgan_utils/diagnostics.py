"""Figures to look at when training goes wrong, or to be sure that it goes right."""

from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.curves import SCORE_LABEL, STEP_LABEL
from wgan_utils.figures import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.figure import Figure

    from wgan_utils.runs import Run
    from wgan_utils.tracking import Tracking


@house_style
def plot_critic_health(run: "Run", caption: str = "") -> "Figure":
    """Show what `health.py` measured during a run: overfitting, slopes, and clipped weights if there are any.

    Args:
        run: a Wasserstein GAN's run.
        caption: what is to be seen.

    Raises:
        ValueError: the run has no such measurements.
    """
    columns = run.read("critic_health")
    if not columns:
        raise ValueError(f"{run!r} has no critic_health.csv: only a Wasserstein GAN's training writes one.")
    steps = columns["step"]
    figure, axes = curve_axes(2.6, 1, 3 if "clipped" in columns else 2, caption, run.note)
    axes[0].plot(steps, columns["estimate"], "o-", color=REAL, label="training images", markersize=3)
    axes[0].plot(steps, columns["held_out_estimate"], "o--", color=FAKE, label="held-out images", markersize=3)
    axes[0].set(title="estimate, real − generated", ylabel=SCORE_LABEL)
    for where, colour in (("real", REAL), ("generated", FAKE), ("between", OTHER)):
        low, middle, high = (columns[f"slope_{where}_{p}"] for p in (5, 50, 95))
        axes[1].fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
        axes[1].plot(steps, middle, "o-", color=colour, label=where, markersize=3)
    axes[1].set(title="slope: median, 5 to 95%", ylabel="norm of the gradient", ylim=(0, None))
    if "clipped" in columns:
        axes[2].plot(steps, columns["clipped"], "o-", color=NEUTRAL, markersize=3)
        axes[2].set(title="weights within 1% of ±c", ylabel="share of kernels and biases", ylim=(0, 1))
    for one in axes:
        one.set_xlabel(STEP_LABEL)
    for one in axes[:2]:
        one.legend()
    return figure


@house_style
def plot_tracking(tracking: "Tracking", caption: str = "", note: str = "") -> "Figure":
    """Show a training curve and the distance of the samples over a run, and the one against the other.

    Args:
        tracking: what `track` measured.
        caption: what is to be seen.
        note: the stand-in sentence.
    """
    figure, (over, against) = curve_axes(2.8, 1, 2, caption, note)
    name = tracking.name.replace("_", " ").removeprefix("wasserstein ")
    over.plot(tracking.steps, tracking.curve, "o-", color=OTHER, markersize=3)
    over.set(xlabel=STEP_LABEL, ylabel=name, title=f"{name} (line), distance of the samples (dashed)")
    right = over.twinx()
    right.plot(tracking.steps, tracking.distance, "s--", color=FAKE, markersize=3)
    right.set_ylabel(tracking.measure)
    right.spines["right"].set_visible(True)
    points = against.scatter(tracking.curve, tracking.distance, c=tracking.steps, cmap="viridis", s=18)
    against.set(xlabel=name, ylabel=tracking.measure, title=f"rank correlation {tracking.spearman:.2f}")
    figure.colorbar(points, ax=against, label="step")
    return figure


@house_style
def plot_trackings(trackings: "Mapping[str, Tracking]", caption: str = "", note: str = "") -> "Figure":
    """Show for several runs the distance of the samples against a training curve, each point one step.

    Args:
        trackings: title → what `track` or `track_quality` measured.
        caption: what is to be seen.
        note: the stand-in sentence.
    """
    from matplotlib.ticker import LogLocator, NullFormatter

    figure, axes = curve_axes(2.6, 1, len(trackings), caption, note)
    all_of_them = np.concatenate([tracking.distance for tracking in trackings.values()])
    limits = 0.9 * all_of_them.min(), 1.1 * all_of_them.max()
    for one, (title, tracking) in zip(axes, trackings.items(), strict=True):
        one.scatter(tracking.curve, tracking.distance, c=tracking.steps, cmap="viridis", s=14)
        name = tracking.name.replace("_", " ").removeprefix("wasserstein ")
        one.set(xlabel=name, title=f"{title}: {tracking.spearman:.2f}", yscale="log", ylim=limits)
        one.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        one.yaxis.set_major_formatter("{x:g}")
        one.yaxis.set_minor_formatter(NullFormatter())
    axes[0].set_ylabel(tracking.measure)
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
