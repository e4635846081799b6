"""Figures of points in the plane, by matplotlib, and small pictures of them for animations, by Pillow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from wgan_utils.errors import Refused
from wgan_utils.plots.gifs import font
from wgan_utils.plots.style import FAKE, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PALE_REAL = "#9cc3e0"  # the real points' blue, under others


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
        raise Refused("Points must have the shape (n, 2), and there must be one to four sets of generated ones.")
    reach = 1.3 * np.abs(real).max()
    height = 8.2 / len(generated) if len(generated) > 2 else 3.2
    figure, axes = curve_axes(height + 0.3, 1, len(generated), caption, note)
    for one, (title, points) in zip(axes, generated.items(), strict=True):
        one.scatter(*np.transpose(real), s=6, color=REAL, alpha=0.25, linewidths=0)
        one.scatter(*np.transpose(points), s=6, color=FAKE, alpha=0.6, linewidths=0)
        one.set(title=title, xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    for colour, name in ((REAL, "real"), (FAKE, "generated")):  # dark, as many pale points together are
        axes[0].scatter([], [], s=24, color=colour, linewidths=0, label=name)
    figure.legend(loc="outside upper left", ncols=2, frameon=False)
    return figure


def points_picture(real: np.ndarray, generated: np.ndarray, side: int = 240, title: str = "") -> np.ndarray:
    """Draw generated points over real ones, in the figures' colours: uint8 of shape (side, side, 3).

    Args:
        real: (n, 2); the picture reaches a third beyond them.
        generated: (m, 2); those outside the picture are left out.
        side: pixels.
        title: written across the upper edge.
    """
    reach = 1.3 * np.abs(real).max()
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for points, colour, radius in ((real, PALE_REAL, 2), (generated, FAKE, 1)):
        for x, y in (np.asarray(points, float) * (1, -1) / reach + 1) * side / 2:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    if title:  # on a band of its own, which hides the points that stray there
        draw.rectangle((0, 0, side, side // 11), "white")
        draw.text((side / 2, 2), title, "black", font(side // 14), anchor="mt")
    return np.asarray(picture)
