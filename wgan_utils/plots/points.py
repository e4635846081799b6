"""Small pictures of points in the plane, by Pillow."""

import numpy as np
from PIL import Image, ImageDraw

from wgan_utils.plots.style import FAKE

PALE_REAL = "#9cc3e0"  # the real points' blue, under others


def points_picture(real: np.ndarray, generated: np.ndarray, side: int = 240) -> np.ndarray:
    """Draw generated points (m, 2) over real ones (n, 2), in the figures' colours: uint8 (side, side, 3).

    The picture reaches a third beyond the real points; generated ones outside it are left out.
    """
    reach = 1.3 * np.abs(real).max()
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for points, colour, radius in ((real, PALE_REAL, 2), (generated, FAKE, 1)):
        for x, y in (np.asarray(points, float) * (1, -1) / reach + 1) * side / 2:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return np.asarray(picture)
