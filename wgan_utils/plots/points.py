"""Figures of points in the plane."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.plots.style import FAKE, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
