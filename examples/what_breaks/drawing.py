"""The bugs' figures: on the left as it should be, on the right with the bug."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from examples.what_breaks.toy import Measured
from wgan_utils.plots.style import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 2.7
TITLES = ("as it should be", "with the bug")
COLOURS = (REAL, FAKE, OTHER, NEUTRAL)
DASHES = ("-", "--", "-.", ":")


@house_style
def side_by_side(right: Measured, wrong: Measured, draw: Callable[[Any, Measured], None], share: str = "") -> "Figure":
    """Draw both with one function, on axes of one range where `share` names them."""
    figure, axes = curve_axes(HEIGHT, 1, 2)
    for one, measured, title in zip(axes, (right, wrong), TITLES, strict=True):
        draw(one, measured)
        one.set_title(title, pad=24 if one.get_legend() else 8)
    for name in share:
        low, high = zip(*(getattr(one, f"get_{name}lim")() for one in axes), strict=True)
        for one in axes:
            getattr(one, f"set_{name}lim")(min(low), max(high))
    return figure


@house_style
def in_one(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    xlabel: str,
    ylabel: str,
    lines: Mapping[str, float] | None = None,
    log: str = "",
) -> "Figure":
    """Draw named curves in one pair of axes, with horizontal lines to hold them against."""
    from matplotlib.ticker import MaxNLocator

    figure, (axes,) = curve_axes(HEIGHT, 1, 1)
    for (name, (x, y)), colour, dash in zip(curves.items(), COLOURS, DASHES, strict=False):
        marker = "o" if len(x) < 15 else ""
        axes.plot(x, y, color=colour, linestyle=dash, label=name, marker=marker, markersize=5)
    for name, level in (lines or {}).items():
        axes.axhline(level, color=NEUTRAL, linestyle=":", label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if "x" in log:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:.0f}")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    if "y" in log:
        axes.set_yscale("log")
    legend_above(axes, columns=min(3, len(curves) + len(lines or {})))
    return figure


def draw_epsilon(right: Measured, wrong: Measured) -> "Figure":
    """Draw where the penalty is measured, in four panels."""

    @house_style
    def panels() -> "Figure":
        ways = {**right["between"], **wrong["between"]}
        figure, axes = curve_axes(2.4, 1, 4)
        for one, (name, points) in zip(axes, ways.items(), strict=True):
            for cloud, colour in ((right["real"], REAL), (right["fake"], FAKE), (points, NEUTRAL)):
                one.plot(*cloud.T, ".", color=colour, markersize=2.5, alpha=0.6)
            one.set(title=name, xlim=(-8, 8), ylim=(-5, 5), xticks=(-5, 0, 5), yticks=(-4, 0, 4))
            one.title.set_fontsize(8.5)
        return figure

    return panels()


def draw_root(right: Measured, wrong: Measured) -> "Figure":
    """Draw the loss, which ends where it is no number."""
    steps = np.arange(1, len(right["loss"]) + 1)
    curves = {"ε inside the root": (steps, right["loss"]), "the root alone": (steps, wrong["loss"])}
    return in_one(curves, "update", "loss")


def draw_axes(right: Measured, wrong: Measured) -> "Figure":
    """Draw the penalty against the gradient norm that it is to hold at 1."""
    curves = {
        "norm over the image": (right["gradient norm"], right["penalty"]),
        "norm over the channels": (wrong["gradient norm"], wrong["penalty"]),
    }
    figure = in_one(curves, "gradient norm of the critic", "penalty", log="x")
    axes = figure.axes[0]
    axes.set(ylim=(-0.1, 4), xticks=(0.25, 1, 4, 28), xticklabels=("¼", "1", "4", "28"))
    axes.minorticks_off()
    return figure


def draw_whole_batch(right: Measured, wrong: Measured) -> "Figure":
    """Draw the penalty against the batch size."""
    curves = {
        "norm over the image": (right["batch size"], right["penalty"]),
        "norm over the batch": (wrong["batch size"], wrong["penalty"]),
    }
    return in_one(curves, "images in the batch", "penalty", {"exactly (3 − 1)² = 4": 4}, log="xy")


def draw_batch_norm(right: Measured, wrong: Measured) -> "Figure":
    """Draw which image moves which score."""

    def matrix(axes: Any, measured: Measured) -> None:
        axes.imshow(measured["influence"], cmap="Blues", vmin=0)
        axes.set(xlabel="image j", ylabel="score of image i", xticks=range(0, 8, 2), yticks=range(0, 8, 2))
        axes.grid(False)

    return side_by_side(right, wrong, matrix)


def draw_dropout(right: Measured, wrong: Measured) -> "Figure":
    """Draw the second pass's scores against the first one's."""

    def scatter(axes: Any, measured: Measured) -> None:
        axes.axline((0, 0), slope=1, color=NEUTRAL, linewidth=0.8)
        axes.plot(measured["first"], measured["second"], ".", color=REAL, markersize=4)
        axes.set(xlabel="score in the first pass", ylabel="in the second")

    return side_by_side(right, wrong, scatter)


def draw_clip_everything(right: Measured, wrong: Measured) -> "Figure":
    """Draw the gradient norm as the critic is trained, and the most that clipping allows without BatchNorm."""
    curves = {
        name: (5 * np.arange(1, len(norms) + 1), norms)
        for measured in (right, wrong)
        for name, norms in measured["gradient norm"].items()
    }
    bound = {"the most that clipping allows": right["bound"]}
    return in_one(curves, "critic update", "median gradient norm", bound, log="y")


def draw_clip_before(right: Measured, wrong: Measured) -> "Figure":
    """Draw the largest weight."""
    updates = np.arange(1, len(right["largest weight"]) + 1)
    curves = {
        "clipped after the update": (updates, right["largest weight"]),
        "clipped before it": (updates, wrong["largest weight"]),
    }
    return in_one(curves, "critic update", "largest weight", {"c = 0.01": 0.01})


def draw_frozen(right: Measured, wrong: Measured) -> "Figure":
    """Draw how far the critic's weights have come."""
    updates = np.arange(1, len(right["moved"]) + 1)
    curves = {"one network's variables": (updates, right["moved"]), "trainable = False": (updates, wrong["moved"])}
    return in_one(curves, "critic update", "sum of the weights' changes")


def draw_forgotten(right: Measured, wrong: Measured) -> "Figure":
    """Draw the resumed training's curve over the unbroken one."""
    steps = np.arange(1, len(right["whole"]) + 1)

    def curves(axes: Any, measured: Measured) -> None:
        axes.plot(steps, measured["whole"], color=REAL, label="never stopped")
        axes.plot(steps[60:], measured["resumed"][60:], "--", color=FAKE, label="resumed at step 60")
        axes.set(xlabel="step", ylabel="−critic's loss")
        legend_above(axes, columns=2)

    return side_by_side(right, wrong, curves, share="y")


def draw_sign(right: Measured, wrong: Measured) -> "Figure":
    """Draw how far the generated points are from the data."""
    curves = {
        "−mean score": (right["step"], right["distance"]),
        "+mean score": (wrong["step"], wrong["distance"]),
    }
    return in_one(curves, "step", "exact distance to the data", log="y")


def draw_same_batch(right: Measured, wrong: Measured) -> "Figure":
    """Draw by how much the estimate on the critic's batch exceeds the one on new points."""
    each = np.concatenate([right["updates on a batch"], wrong["updates on a batch"]])
    curves = {
        f"batches of {size}": (each, np.concatenate([right["excess"][size], wrong["excess"][size]]))
        for size in right["excess"]
    }
    figure = in_one(curves, "critic updates on one batch", "excess of the estimate", {"none": 0.0}, log="x")
    figure.axes[0].set_xticks(each, [str(number) for number in each])
    figure.axes[0].minorticks_off()
    return figure


def draw_two_curves(names: tuple[str, str]) -> Callable[[Measured, Measured], "Figure"]:
    """Make a function that draws two named curves for either case."""

    def curves(axes: Any, measured: Measured) -> None:
        for name, colour, dash in zip(names, COLOURS, DASHES, strict=False):
            axes.plot(np.arange(1, len(measured[name]) + 1), measured[name], dash, color=colour, label=name)
        axes.set(xlabel="critic update", ylabel="estimate of the distance")
        legend_above(axes, columns=2)

    return lambda right, wrong: side_by_side(right, wrong, curves, share="y")


def draw_predict(right: Measured, wrong: Measured) -> "Figure":
    """Draw the points that the critic scores and those that the generator is updated for."""

    def clouds(axes: Any, measured: Measured) -> None:
        for name, colour, marker in (("real", REAL, "."), ("updated", OTHER, "o"), ("scored", FAKE, "x")):
            axes.plot(*measured[name].T, marker, color=colour, markersize=3.5, alpha=0.6, label=name)
        axes.set(xlabel="x", ylabel="y")
        legend_above(axes, columns=3)

    return side_by_side(right, wrong, clouds, share="xy")


def draw_logged(right: Measured, wrong: Measured) -> "Figure":
    """Draw what is written down as the estimate, and the exact distance."""
    curves = {**right["curves"], **wrong["curves"]}
    updates = np.arange(1, len(right["scores"]) + 1)
    exact = {f"exactly {right['exact']:.2f}": right["exact"]}
    return in_one({name: (updates, curve) for name, curve in curves.items()}, "critic update", "logged", exact)


def draw_activation(right: Measured, wrong: Measured) -> "Figure":
    """Draw the estimate beside the exact distance."""
    updates = np.arange(1, len(right["estimate"]) + 1)
    curves = {"no activation": (updates, right["estimate"]), "sigmoid": (updates, wrong["estimate"])}
    return in_one(
        curves, "critic update", "estimate of the distance", {f"exactly {right['exact']:.2f}": right["exact"]}
    )


def draw_unused(right: Measured, wrong: Measured) -> "Figure":
    """Draw the mean gradient norm after each update."""
    updates = np.arange(1, len(right["norm"]) + 1)
    curves = {"in the loss's gradient": (updates, right["norm"]), "in its number alone": (updates, wrong["norm"])}
    return in_one(curves, "critic update", "mean gradient norm", {"norm 1": 1})


def draw_ascent(right: Measured, wrong: Measured) -> "Figure":
    """Draw the mean gradient norm of a flat and of a steep critic after each update."""
    updates = np.arange(1, len(right["flat"]) + 1)

    def curves(axes: Any, measured: Measured) -> None:
        for name, colour, dash in zip(("flat", "steep"), COLOURS, DASHES, strict=False):
            axes.plot(updates, measured[name], dash, color=colour, label=f"{name} at first")
        axes.axhline(1, color=NEUTRAL, linestyle=":")
        axes.set(xlabel="critic update", ylabel="mean gradient norm", yscale="log")
        legend_above(axes, columns=2)

    return side_by_side(right, wrong, curves, share="y")


def draw_real_only(right: Measured, wrong: Measured) -> "Figure":
    """Draw the gradient norm on the line between the clouds' centres."""
    curves = {"penalty between": (right["x"], right["norm"]), "at real points only": (wrong["x"], wrong["norm"])}
    return in_one(curves, "from the generated (−2) to the real points (2)", "gradient norm", {"norm 1": 1})


def draw_squared(right: Measured, wrong: Measured) -> "Figure":
    """Draw both penalties against the gradient norm."""
    curves = {"(norm − 1)²": (right["norm"], right["penalty"]), "(norm² − 1)²": (wrong["norm"], wrong["penalty"])}
    figure = in_one(curves, "gradient norm", "penalty")
    figure.axes[0].set_ylim(0, 10)
    return figure


def draw_outside(right: Measured, wrong: Measured) -> "Figure":
    """Draw the penalty against the share of points with a gradient norm of 2."""
    percent = 100 * right["share"]
    curves = {"mean of the squares": (percent, right["penalty"]), "square of the mean": (percent, wrong["penalty"])}
    return in_one(curves, "points with a gradient norm of 2 (the others have 0), in %", "penalty")


def draw_range(right: Measured, wrong: Measured) -> "Figure":
    """Draw the histograms of all pixels."""

    def histograms(axes: Any, measured: Measured) -> None:
        for name, colour, style in (("real", REAL, "stepfilled"), ("fake", FAKE, "step")):
            label = {"real": "real", "fake": "a perfect generator"}[name]
            axes.hist(measured[name].ravel(), np.linspace(-1, 1, 17), color=colour, histtype=style, label=label)
        axes.set(xlabel="pixel value", ylabel="pixels", yticks=())
        legend_above(axes, columns=2)

    return side_by_side(right, wrong, histograms, share="y")


def draw_augmented(right: Measured, wrong: Measured) -> "Figure":
    """Draw the data and what is generated."""

    def clouds(axes: Any, measured: Measured) -> None:
        for name, colour, marker in (("real", REAL, "."), ("fake", FAKE, "x")):
            label = {"real": "real, not augmented", "fake": "generated"}[name]
            axes.plot(*measured[name].T, marker, color=colour, markersize=3.5, alpha=0.6, label=label)
        axes.set(xlabel="x", ylabel="y")
        legend_above(axes, columns=2)

    return side_by_side(right, wrong, clouds, share="xy")


def draw_always_true(right: Measured, wrong: Measured) -> "Figure":
    """Draw which answers a test lets pass."""

    def bars(axes: Any, measured: Measured) -> None:
        answers = measured["answer"]
        colours = [REAL, *[FAKE] * (len(answers) - 1)]
        axes.barh(answers, measured["passed"] * 1.0, color=colours)
        axes.set(xlim=(0, 1.1), xticks=(0, 1), xlabel="passed by the test")
        axes.set_xticklabels(["no", "yes"])
        axes.invert_yaxis()

    return side_by_side(right, wrong, bars)
