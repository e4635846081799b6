"""Figures made of images: grids, samples over time, walks through latent space, nearest neighbours.

Each returns a matplotlib figure, which a notebook shows as a cell's last value. All take a `caption`, printed under the
figure, a `note`, the sentence that names stand-in data, put behind it, and `invert`, to show grey images dark on light.
Images are (…, height, width, 1 or 3), uint8, or floats from -1 to 1 (a generator's output); others are refused.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from wgan_utils.errors import Refused
from wgan_utils.pixels import GAP_OF_DRAWINGS, enlarge, image_grid, to_pixels
from wgan_utils.plots.style import DPI, WIDTH, captioned_figure, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TILE = 96  # pixels that a small image is enlarged to, about
STRIP = 18  # pixels for a line of text at an image
LETTER = 8  # pixels, of a wide one
NARROWEST = 6.0  # inches, of a figure with a caption


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
    """Show images (number, height, width, channels) pixel by pixel, `columns` in a row, each under its title, if any.

    Between two images are `gap` pixels; give more where each is a picture of several.
    """
    return _tiles(to_pixels(images), columns, (caption, note), invert, above=titles, gap=gap)


@house_style
def plot_samples_over_time(
    frames: Sequence[np.ndarray],
    steps: Sequence[int],
    rows: int = 1,
    caption: str = "",
    note: str = "",
    invert: bool = False,
) -> "Figure":
    """Show pictures of one size side by side, in `rows` rows, each under its step: grids read from `run.samples()`."""
    pictures = np.stack([np.atleast_3d(frame) for frame in frames])
    if pictures.dtype != np.uint8:
        raise Refused(f"Frames must be uint8, not {pictures.dtype}: imageio.v3.imread(path) reads them so.")
    titles = [f"step {step:,}" for step in steps]
    return _tiles(to_pixels(pictures), -(-len(frames) // rows), (caption, note), invert, above=titles, gap=12)


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
    """Show each of n generated images above the k training images nearest to it, with their distances.

    Samples are (n, height, width, channels), neighbours (n, k, height, width, channels), in the order of `names` or the
    nearest first, distances (n, k), in whatever unit the caption says.
    """
    number, k = np.shape(distances)
    names = names or ["nearest"] * k
    if np.shape(neighbours)[:2] != (number, k) or len(samples) != number or len(names) != k:
        shapes = f"{np.shape(samples)}, {np.shape(neighbours)} and {(number, k)}"
        raise Refused(f"Samples must be (n, …), neighbours (n, k, …), distances (n, k), names k, not {shapes}.")
    ranked = np.swapaxes(neighbours, 0, 1).reshape(number * k, *np.shape(neighbours)[2:])
    tiles = np.concatenate([to_pixels(samples), to_pixels(ranked)])
    below = [""] * number + [f"{distance:#.3g}" for distance in np.transpose(distances).ravel()]
    return _tiles(tiles, number, (caption, note), invert, below=below, row_names=["generated", *names], gap=6)


def _tiles(
    pixels: np.ndarray,
    columns: int,
    texts: Sequence[str],
    invert: bool,
    above: Sequence[object] = (),
    below: Sequence[object] = (),
    row_names: Sequence[str] = (),
    gap: int = 2,
) -> "Figure":
    """Draw uint8 (number, height, width, channels) as one picture, in whole pixels, texts by its tiles."""
    labels = [str(text) for text in above or below]
    if columns < 1 or (labels and len(labels) != len(pixels)):
        raise Refused(f"{len(pixels)} images need as many texts, not {len(labels)}, and a column, not {columns}.")
    columns = min(columns, len(pixels))
    left = LETTER * max((len(name) + 1 for name in row_names), default=0)
    widest = (round(WIDTH * DPI) - left - (columns - 1) * gap) // columns
    pixels = _no_wider(255 - pixels if invert else pixels, widest)
    pixels = enlarge(pixels, max(1, min(round(TILE / pixels.shape[1]), widest // pixels.shape[2])))
    height, width = pixels.shape[1:3]
    labels = [textwrap.fill(label, max(1, width // LETTER)) for label in labels]
    strip = STRIP * max((label.count("\n") + 1 for label in labels), default=0)
    padding = (strip, 0) if above else (0, strip)
    tiles = np.pad(pixels, ((0, 0), padding, (0, 0), (0, 0)), constant_values=255)
    picture = image_grid(tiles, columns, gap, background=GAP_OF_DRAWINGS if invert and not labels else 255)

    size = np.array([picture.shape[1] + left, picture.shape[0]]) / DPI
    total = max(size[0], NARROWEST if any(texts) else 0)
    figure, under = captioned_figure(total, size[1], *texts)
    axes = figure.add_axes((left / DPI / total, under, picture.shape[1] / DPI / total, 1 - under))
    colours = picture if picture.ndim == 3 else np.stack([picture] * 3, axis=-1)  # a grey colour map would round
    axes.imshow(colours, interpolation="nearest", aspect="auto", extent=(0, picture.shape[1], picture.shape[0], 0))
    axes.set_axis_off()
    centred: Any = {"ha": "center", "va": "center", "parse_math": False}
    for index, label in enumerate(labels):
        x, y = index % columns * (width + gap), index // columns * (height + strip + gap)
        axes.text(x + width / 2, y + (strip / 2 if above else height + strip / 2), label, **centred)
    for row, name in enumerate(row_names):
        axes.text(-LETTER, row * (height + strip + gap) + height / 2, name, ha="right", va="center")
    return figure


def _no_wider(pixels: np.ndarray, widest: int) -> np.ndarray:
    """The images, made smaller where they are wider than that many pixels."""
    height, width = pixels.shape[1:3]
    if width <= widest:
        return pixels
    size = widest, round(height * widest / width)
    images = [Image.fromarray(image.squeeze()).resize(size, Image.Resampling.HAMMING) for image in pixels]
    return np.stack([np.asarray(image) for image in images]).reshape(len(pixels), *size[::-1], -1)
