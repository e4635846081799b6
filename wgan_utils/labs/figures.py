"""What lives over a plane: a critic's values."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.plots.style import curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = Callable[[np.ndarray], np.ndarray]
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
