"""Transport plans, as heat maps and as arrows, and small tables of numbers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.plots.style import FAKE, LEGEND_ROW, NEUTRAL, OTHER, REAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST = 5.0  # points that the largest shipment's arrow is wide


@house_style
def plot_plans(
    plans: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    heat: bool = True,
    height: float = 2.5,
    caption: str = "",
) -> "Figure":
    """Show transport plans: each as a heat map, row i for what leaves point i, and as arrows as wide as their load.

    Args:
        plans: title → (a, b, plan): points (n,) or (n, 2), points (m,) or (m, 2), and the plan (n, m). Points on a
            line are drawn on two lines, the ones above the others.
        heat: whether the heat maps are drawn too.
        height: in inches.
        caption: what is to be seen.
    """
    if not plans or any(plan.shape != (len(a), len(b)) for a, b, plan in plans.values()):
        raise Refused("Each plan must have a row for each of its first points and a column for each of the second.")
    from matplotlib.ticker import MaxNLocator

    figure, axes = curve_axes(height, 1, len(plans) * (1 + heat), caption)
    for number, (title, (a, b, plan)) in enumerate(plans.items()):
        if heat:
            one = axes[2 * number]
            one.imshow(plan, cmap="Blues", vmin=0, aspect="auto", interpolation="nearest")
            one.set(title=title, xlabel="to number", ylabel="from number")
            for axis in (one.xaxis, one.yaxis):
                axis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
            one.grid(False)
        _draw_arrows(axes[2 * number + 1 if heat else number], a, b, plan)
        axes[2 * number + 1 if heat else number].set_title("" if heat else title)
    return figure


def _draw_arrows(axes: "Axes", a: np.ndarray, b: np.ndarray, plan: np.ndarray) -> None:
    on_a_line = np.ndim(a) == 1
    start = np.stack([a, np.ones(len(a))], 1) if on_a_line else a
    end = np.stack([b, np.zeros(len(b))], 1) if on_a_line else b
    for i, j in zip(*np.nonzero(plan > 1e-9), strict=True):
        width = WIDEST * plan[i, j] / plan.max()
        if on_a_line:
            axes.plot(
                *np.stack([start[i], end[j]], 1), color=NEUTRAL, linewidth=width, alpha=0.6, solid_capstyle="butt"
            )
        else:
            look = {
                "arrowstyle": "-|>",
                "color": NEUTRAL,
                "linewidth": 0.9,
                "mutation_scale": 7,
                "shrinkA": 2,
                "shrinkB": 2,
            }
            axes.annotate("", end[j], start[i], arrowprops=look)
    for points, loads, colour, name in ((start, plan.sum(1), FAKE, "from"), (end, plan.sum(0), REAL, "to")):
        axes.scatter(points[:, 0], points[:, 1], s=600 * loads if on_a_line else 14, color=colour, zorder=3, label=name)
    if on_a_line:
        axes.set(xlabel="place", ylim=(-0.35, 1.35), yticks=[0, 1], yticklabels=["to", "from"])
        axes.margins(x=0.12)
    else:
        axes.set_aspect("equal", adjustable="datalim")


@house_style
def plot_tables(
    tables: Mapping[str, np.ndarray],
    marked: np.ndarray | None = None,
    height: float = 2.9,
    caption: str = "",
) -> "Figure":
    """Show small tables of numbers, shaded by their size; some cells framed, the same in each.

    Args:
        tables: title → numbers (rows, columns).
        marked: whether to frame a cell, (rows, columns).
        height: in inches.
        caption: what is to be seen.
    """
    from matplotlib.patches import Rectangle

    figure, axes = curve_axes(height, 1, len(tables), caption)
    for one, (title, table) in zip(axes, tables.items(), strict=True):
        one.imshow(table, cmap="Blues", vmin=0, vmax=1.3 * table.max(), aspect="auto")
        for (i, j), number in np.ndenumerate(table):
            rounded = f"{abs(number) if abs(number) < 0.005 else number:.2f}"
            dark = number > 0.8 * table.max()
            one.text(j, i, rounded, ha="center", va="center", color="white" if dark else "#222222", fontsize=8.5)
            if marked is not None and marked[i, j]:
                one.add_patch(Rectangle((j - 0.46, i - 0.46), 0.92, 0.92, fill=False, edgecolor=FAKE, linewidth=1.8))
        one.set(title=title, xlabel="j", ylabel="i", xticks=range(table.shape[1]), yticks=range(table.shape[0]))
        one.grid(False)
    return figure


@house_style
def plot_pairs(
    real: np.ndarray, fake: np.ndarray, partners: Mapping[str, np.ndarray], height: float = 3.3, caption: str = ""
) -> "Figure":
    """Show lines from generated points to real ones: where a gradient penalty looks.

    Args:
        real: (n, 2).
        fake: (m, 2).
        partners: title → the real partner's number for each generated point, (m,).
        height: in inches.
        caption: what is to be seen.
    """
    figure, axes = curve_axes(height, 1, len(partners), caption)
    for one, (title, numbers) in zip(axes, partners.items(), strict=True):
        for start, end in zip(fake, real[numbers], strict=True):
            one.plot(*np.stack([start, end], 1), color=OTHER, linewidth=0.7, alpha=0.7)
        one.scatter(*real.T, s=12, color=REAL, zorder=3, label="real")
        one.scatter(*fake.T, s=12, color=FAKE, zorder=3, label="generated")
        one.set_title(title, pad=LEGEND_ROW)
        one.set_aspect("equal")
    legend_above(axes[0], columns=2)
    return figure
