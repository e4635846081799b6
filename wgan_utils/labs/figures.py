"""What lives over a plane: a critic's values, and the arrows that two players follow."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.plots.style import FAKE, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = Callable[[np.ndarray], np.ndarray]
Field = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
LEVELS = 13


@house_style
def plot_surfaces(
    rows: Mapping[str, tuple[np.ndarray, Mapping[str, Values]]],
    reach: float = 2.6,
    size: float = 2.0,
    caption: str = "",
) -> "Figure":
    """Show the values of functions of the plane, as heights between contour lines, with the real points on them.

    Each panel has levels of its own, for a shape is what is compared: dark is low, bright is high.

    Args:
        rows: name of the row → (real points (n, 2), title → function from points (k, 2) to values (k,)).
        reach: the panels show from −reach to reach.
        size: of a panel, in inches.
        caption: what is to be seen.
    """
    columns = max(len(panels) for _, panels in rows.values())
    figure, axes = curve_axes(size * len(rows), len(rows), columns, caption)
    ticks = np.linspace(-reach, reach, 101)
    x, y = np.meshgrid(ticks, ticks)
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype("float32")
    for line, (name, (real, panels)) in zip(axes.reshape(len(rows), columns), rows.items(), strict=True):
        for one, (title, values) in zip(line, panels.items(), strict=False):
            heights = values(points).reshape(x.shape)
            one.contourf(x, y, heights, LEVELS, cmap="cividis", alpha=0.75)
            one.contour(x, y, heights, LEVELS, colors="white", linewidths=0.5, linestyles="solid")
            one.scatter(*real.T, s=3, color="#D55E00", linewidths=0)
            one.set(title=title, xticks=[], yticks=[], aspect="equal")
            one.grid(False)
        line[0].set_ylabel(name)
    return figure


@house_style
def plot_phase_portraits(
    fields: Mapping[str, Field],
    paths: Mapping[str, np.ndarray],
    labels: tuple[str, str],
    reach: float = 1.5,
    size: float = 2.3,
    caption: str = "",
) -> "Figure":
    """Show where two players push each other at every pair of moves, and one path through it.

    Args:
        fields: title → function from both players' values (arrays of one shape) to both changes.
        paths: title → (steps, 2), the two values from first to last.
        labels: names of the two values, x and y.
        reach: the panels show from −reach to reach.
        size: of a panel, in inches.
        caption: what is to be seen.
    """
    columns = min(4, len(fields))
    rows = -(-len(fields) // columns)
    figure, axes = curve_axes(size * rows + 0.2, rows, columns, caption)
    x, y = np.meshgrid(*[np.linspace(-reach, reach, 13)] * 2)
    for one, (title, field) in zip(axes, fields.items(), strict=False):
        u, v = field(x, y)
        length = np.hypot(u, v) + 1e-12
        one.quiver(x, y, u / length, v / length, color="#aaaaaa", angles="xy", pivot="mid", scale=20, width=0.008)
        path = np.asarray(paths[title])
        one.plot(*path.T, color=REAL, linewidth=0.9)
        one.plot(*path[0], "o", color=REAL, markersize=5)
        one.plot(*path[-1], "X", color=FAKE, markersize=8, markeredgecolor="white", zorder=4)
        one.set(title=title, xlabel=labels[0], xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    for first in axes[::columns]:
        first.set_ylabel(labels[1])
    return figure
