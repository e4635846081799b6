"""Figures made of images: grids, samples over time, walks through latent space, nearest neighbours.

Each function returns a matplotlib figure, which a notebook shows when it is a cell's last value. All take a
`caption`, printed under the figure, and a `note`, the sentence that names stand-in data, put behind it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.pixels import GAP_OF_DRAWINGS, enlarge, image_grid, to_pixels
from wgan_utils.plots.style import DPI, WIDTH, captioned_figure, house_style, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TILE = 96  # pixels that a small image is enlarged to, about
STRIP = 18  # pixels for a line of text at an image
NARROWEST = 6.0  # inches, of a figure with a caption


@house_style
def plot_images(
    images: np.ndarray,
    columns: int = 10,
    caption: str = "",
    note: str = "",
    titles: Sequence[object] | None = None,
    invert: bool = False,
    gap: int = 2,
) -> "Figure":
    """Show images in a grid, pixel by pixel.

    Args:
        images: (number, height, width, 1 or 3), uint8, or floats from -1 to 1 (a generator's tanh output).
        columns: images in a row.
        caption: what is to be seen.
        note: the stand-in sentence.
        titles: a text above each image.
        invert: show greyscale images dark on light.
        gap: pixels between two images; more, where each is a picture of several.

    Raises:
        ValueError: images of another shape, type or range, colours to invert, or not one title per image.
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
    """Show sample grids of several steps side by side, in `rows` rows.

    Args:
        frames: pictures of one size, uint8 (height, width) or (height, width, 3), read from `run.samples()`.
        steps: the step of each.
        rows: rows to arrange them in; fewer columns make larger pictures.
        caption: what is to be seen.
        note: the stand-in sentence.
        invert: show greyscale images dark on light.
    """
    arrays = [np.atleast_3d(np.asarray(frame)) for frame in frames]
    kinds = {f"{array.dtype} {array.shape}" for array in arrays}
    if len(kinds) != 1 or arrays[0].dtype != np.uint8:
        raise Refused(
            f"Frames must be uint8 and of one size, not {', '.join(sorted(kinds)) or 'none at all'}; "
            "imageio.v3.imread(path) reads them so (plt.imread would make floats of them)."
        )
    if rows < 1:
        raise Refused(f"rows must be at least 1, not {rows}.")
    pixels = to_pixels(np.stack(arrays))
    titles = [f"step {step:,}" for step in steps]
    return _tiles(pixels, -(-len(frames) // rows), (caption, note), invert, above=titles, gap=12)


@house_style
def plot_interpolation(images: np.ndarray, caption: str = "", note: str = "", invert: bool = False) -> "Figure":
    """Show walks through latent space, one a row.

    Args:
        images: (walks, images in a walk, height, width, 1 or 3), as `plot_images` takes them.
        caption: what is to be seen.
        note: the stand-in sentence.
        invert: show greyscale images dark on light.
    """
    if np.ndim(images) != 5:
        raise Refused(f"Images must have the shape (walks, images, height, width, channels), not {np.shape(images)}.")
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
    """Show each generated image above the training images nearest to it, with their distances.

    Args:
        samples: (n, height, width, channels), as `plot_images` takes them.
        neighbours: (n, k, height, width, channels), the nearest first; or one by each of k measures.
        distances: (n, k), in whatever unit the caption says.
        caption: what is to be seen.
        note: the stand-in sentence.
        invert: show greyscale images dark on light.
        names: of the k rows of neighbours; "nearest", "2nd nearest", … unless given.
    """
    number, k = np.shape(distances)
    if names and len(names) != k:
        raise Refused(f"There must be a name for each of the {k} rows of neighbours, not {len(names)}.")
    if np.shape(neighbours)[:2] != (number, k) or len(samples) != number:
        shapes = f"{np.shape(samples)}, {np.shape(neighbours)} and {(number, k)}"
        raise Refused(f"Samples must be (n, …), neighbours (n, k, …) and distances (n, k), not {shapes}.")
    ranked = np.swapaxes(neighbours, 0, 1).reshape(number * k, *np.shape(neighbours)[2:])
    tiles = np.concatenate([to_pixels(samples), to_pixels(ranked)])
    below = [""] * number + [f"{distance:#.3g}" for distance in np.transpose(distances).ravel()]
    ordinals = ["", "2nd ", "3rd ", *(f"{rank}th " for rank in range(4, k + 1))]
    ranks = [f"{ordinal}nearest" for ordinal in ordinals[:k]]
    row_names = ["generated", *(names or ranks)]
    return _tiles(tiles, number, (caption, note), invert, below=below, row_names=row_names, gap=6)


def _tiles(
    pixels: np.ndarray,
    columns: int,
    texts: Sequence[str],
    invert: bool = False,
    above: Sequence[object] | None = None,
    below: Sequence[object] | None = None,
    row_names: Sequence[str] = (),
    gap: int = 2,
) -> "Figure":
    """Draw uint8 (number, height, width, channels) as one picture, in whole pixels, texts by its tiles."""
    if invert:
        if pixels.shape[3] != 1:
            raise Refused("invert=True is for greyscale images; these have three channels.")
        pixels = 255 - pixels
    labels = [str(text) for text in (above if above is not None else below or ())]
    if (above is not None or below is not None) and len(labels) != len(pixels):
        raise Refused(f"There must be one text per image, not {len(labels)} for {len(pixels)} images.")
    if columns < 1:
        raise Refused(f"columns must be at least 1, not {columns}.")
    columns = min(columns, len(pixels))
    left = max((round(text_width(name) * DPI / 72) + 8 for name in row_names), default=0)
    room = round(WIDTH * DPI) - left - (columns - 1) * gap
    scale = max(1, min(round(TILE / pixels.shape[1]), room // (columns * pixels.shape[2])))
    height, width = pixels.shape[1] * scale, pixels.shape[2] * scale
    shrink = max(1.0, columns * width / room)  # only where one to one is too wide
    gap = round(gap * shrink)
    labels = ["\n".join(wrapped(label, width / shrink * 72 / DPI)) for label in labels]
    strip = round(STRIP * shrink) * max((label.count("\n") + 1 for label in labels), default=0)
    padding = (strip, 0) if above is not None else (0, strip)
    tiles = np.pad(enlarge(pixels, scale), ((0, 0), padding, (0, 0), (0, 0)), constant_values=255)
    bare = invert and not labels
    picture = image_grid(tiles, columns, gap, background=GAP_OF_DRAWINGS if bare else 255)

    figure, axes = _picture_axes(picture, left, shrink, texts)
    centred: Any = {"ha": "center", "va": "center", "parse_math": False}
    y = strip / 2 if above is not None else height + strip / 2
    for index, label in enumerate(labels):
        row, column = divmod(index, columns)
        x = column * (width + gap) + width / 2
        axes.text(x, row * (height + strip + gap) + y, label, **centred)
    for row, name in enumerate(row_names):
        y = row * (height + strip + gap) + padding[0] + height / 2
        axes.text(-8 * shrink, y, name, ha="right", va="center")
    return figure


def _picture_axes(picture: np.ndarray, left: int, shrink: float, texts: Sequence[str]) -> tuple["Figure", "Axes"]:
    """A captioned figure, and axes in it that hold just this picture, `left` pixels from its edge."""
    height, width = picture.shape[0] / shrink / DPI, picture.shape[1] / shrink / DPI
    total = max(width + left / DPI, NARROWEST if any(texts) else 0)
    figure, below = captioned_figure(total, height, *texts)
    axes = figure.add_axes((left / DPI / total, below, width / total, 1 - below))
    colours = picture if picture.ndim == 3 else np.stack([picture] * 3, axis=-1)  # a grey colour map would round
    extent = (0, picture.shape[1], picture.shape[0], 0)
    smoothing = "nearest" if shrink == 1 else "hanning"
    axes.imshow(colours, interpolation=smoothing, aspect="auto", extent=extent)
    axes.set_axis_off()
    return figure, axes
