"""Figures made of images: grids, samples over time, walks through latent space, nearest neighbours; pictures of points.

The figures are matplotlib's, which a notebook shows as a cell's last value. All take a `caption`, printed under the
figure, a `note`, the sentence that names stand-in data, put behind it, and `invert`, to show grey images dark on light.
Images are (…, height, width, 1 or 3), uint8, or floats from -1 to 1 (a generator's output); others are refused.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from wgan_utils.errors import Refused
from wgan_utils.pixels import GAP_OF_DRAWINGS, enlarge, image_grid, to_pixels
from wgan_utils.plots.style import DPI, FAKE, LETTERS, LINE, WIDTH, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TILE = 96  # pixels that a small image is enlarged to, about
NARROWEST = 6.0  # inches, of a figure with a caption
PALE_REAL = "#9cc3e0"  # the real points' blue, under others


@house_style
def plot_images(
    images: np.ndarray,
    columns: int = 10,
    caption: str = "",
    note: str = "",
    titles: Sequence[object] = (),
    invert: bool = False,
    gap: int = 2,
) -> "Figure":
    """Show images (number, height, width, channels), `columns` in a row, pixel by pixel; or each under its title.

    Without titles there are `gap` pixels between two images; give more where each is a picture of several.
    """
    return _tiles(to_pixels(images), columns, (caption, note), invert, titles, gap=gap)


@house_style
def plot_samples_over_time(
    frames: Sequence[np.ndarray],
    steps: Sequence[int],
    rows: int = 1,
    caption: str = "",
    note: str = "",
    invert: bool = False,
) -> "Figure":
    """Show uint8 pictures of one size, in `rows` rows, each under its step: grids read from `run.samples()`."""
    pictures = to_pixels(np.stack([np.atleast_3d(frame) for frame in frames]))
    return _tiles(pictures, -(-len(frames) // rows), (caption, note), invert, [f"step {step:,}" for step in steps])


@house_style
def plot_interpolation(images: np.ndarray, caption: str = "", note: str = "", invert: bool = False) -> "Figure":
    """Show walks through latent space, one a row; images are (walks, images in a walk, height, width, channels)."""
    walks, columns, *shape = np.shape(images)
    return _tiles(to_pixels(np.reshape(images, (walks * columns, *shape))), columns, (caption, note), invert, gap=4)


@house_style
def plot_neighbours(
    samples: np.ndarray,
    neighbours: np.ndarray,
    distances: np.ndarray,
    caption: str = "",
    note: str = "",
    invert: bool = False,
    names: Sequence[str] = (),
) -> "Figure":
    """Show each of n generated images above the k training images nearest to it, each under its distance.

    Samples are (n, height, width, channels), neighbours (n, k, height, width, channels), in the order of `names` or the
    nearest first, distances (n, k), in whatever unit the caption says.
    """
    number, k = np.shape(distances)
    rows = np.concatenate([np.asarray(samples)[np.newaxis], np.swapaxes(neighbours, 0, 1)])
    titles = [""] * number + [f"{distance:#.3g}" for distance in np.transpose(distances).ravel()]
    tiles = to_pixels(rows.reshape(-1, *rows.shape[2:]))
    return _tiles(tiles, number, (caption, note), invert, titles, ["generated", *(names or ["nearest"] * k)])


def _tiles(
    pixels: np.ndarray,
    columns: int,
    texts: Sequence[str],
    invert: bool,
    titles: Sequence[object] = (),
    row_names: Sequence[str] = (),
    gap: int = 2,
) -> "Figure":
    """Draw uint8 (number, height, width, channels): as one grid, in whole pixels if they fit, or under their titles."""
    if columns < 1 or (titles and len(titles) != len(pixels)):
        raise Refused(f"{len(pixels)} images need as many titles, not {len(titles)}, and a column, not {columns}.")
    pixels, columns = 255 - pixels if invert else pixels, min(columns, len(pixels))
    scale = max(1, round(TILE / pixels.shape[1]))
    if not titles:
        whole = max(1, min(scale, int(WIDTH * DPI) // (columns * (pixels.shape[2] + gap))))
        grid = image_grid(enlarge(pixels, whole), columns, gap, background=GAP_OF_DRAWINGS if invert else 255)
        pixels, columns, scale = grid.reshape(1, *grid.shape[:2], -1), 1, 1
    rows, beside = -(-len(pixels) // columns), len(max(row_names, key=len, default="")) / LETTERS
    tile = min(scale * pixels.shape[2] / DPI, (WIDTH - beside) / columns)  # inches
    labels = [textwrap.fill(str(title), max(1, int(LETTERS * tile))) for title in titles] or [""]
    above = 1.3 * LINE * (max(label.count("\n") for label in labels) + 1) if titles else 0
    size = rows * (tile * pixels.shape[1] / pixels.shape[2] + above), columns * tile + beside
    figure, axes = curve_axes(size[0], rows, columns, *texts, width=max(size[1], NARROWEST if any(texts) else 0))
    if not titles:
        figure.set_layout_engine("constrained", w_pad=0, h_pad=0)
    for one in axes:
        one.set(xticks=[], yticks=[], frame_on=False, anchor="NW" if not titles else "C")
    for one, image, label in zip(axes, pixels, labels, strict=False):
        one.imshow(image + np.zeros(3, np.uint8))  # a grey colour map would round
        one.set_title(label, loc="center")
    for one, name in zip(axes[::columns], row_names, strict=False):
        one.set_ylabel(name, rotation=0, ha="right", va="center")
    return figure


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
