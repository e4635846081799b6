"""Figures made of images: grids, samples over time, nearest neighbours; and GIFs of a run.

The figures are matplotlib's, which a notebook shows as a cell's last value. All take a `caption`, printed under the
figure, a `note`, the sentence that names stand-in data, put behind it, and `invert`, to show grey images dark on light.
Images are (…, height, width, 1 or 3), uint8, or floats from -1 to 1 (a generator's output); others are refused.
"""

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wgan_utils.errors import Refused
from wgan_utils.files import atomic_file
from wgan_utils.pixels import GAP_OF_DRAWINGS, enlarge, image_grid, to_pixels
from wgan_utils.plots.style import DPI, FAKE, LETTERS, LINE, WIDTH, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wgan_utils.training.run import Run

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
def plot_neighbours(
    samples: np.ndarray,
    neighbours: np.ndarray,
    distances: np.ndarray,
    caption: str = "",
    note: str = "",
    invert: bool = False,
) -> "Figure":
    """Show each of n generated images above the k training images nearest to it, each under its distance.

    Samples are (n, height, width, channels), neighbours (n, k, height, width, channels), the nearest first,
    distances (n, k), in whatever unit the caption says.
    """
    number, k = np.shape(distances)
    rows = np.concatenate([np.asarray(samples)[np.newaxis], np.swapaxes(neighbours, 0, 1)])
    titles = [""] * number + [f"{distance:#.3g}" for distance in np.transpose(distances).ravel()]
    tiles = to_pixels(rows.reshape(-1, *rows.shape[2:]))
    return _tiles(tiles, number, (caption, note), invert, titles, ["generated", *["nearest"] * k])


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


# ---- GIFs of a run


LAST_FRAME_MILLISECONDS = 3000
COLOURS = (256, 64)  # of a GIF; fewer where it would be too large
LABEL_GREYS = 16  # of these colours, for the soft edges of the label

Frame = tuple[str, np.ndarray]  # label, picture


def make_gif(
    run_or_frames: "Run | Sequence[Frame]",
    path: str | Path | None = None,
    fps: float = 2.0,
    scale: int = 2,
    max_bytes: int = 1_000_000,
) -> Path:
    """Write an animated GIF that loops for ever and rests three seconds on its last frame; returns its path.

    Args:
        run_or_frames: a `Run`, whose samples are taken (drawings dark on light), or (label, picture) pairs with
            pictures of one shape, uint8 (height, width) or (height, width, 3).
        path: where to write; a run's default is `training.gif` in its folder. It is replaced as a whole.
        fps: frames a second, from 0.1 to 50.
        scale: whole number of pixels that each pixel is enlarged to.
        max_bytes: a larger file is avoided by merging colours, a lower scale, and at last by leaving frames out between
            the first and the last.

    Raises:
        ValueError: no frames, frames of unequal shape or another type, or an argument out of range.
    """
    if isinstance(run_or_frames, Sequence):
        frames = [(label, np.asarray(picture)) for label, picture in run_or_frames]
    else:
        run = run_or_frames
        path = run.folder / "training.gif" if path is None else path
        pictures = [(f"step {step:,}", np.asarray(Image.open(sample))) for step, sample in run.samples()]
        frames = [(label, 255 - picture if run.invert else picture) for label, picture in pictures]
    if path is None or Path(path).suffix.lower() != ".gif":
        raise Refused(f"The path of a GIF must be given and end in .gif, but it is {path!r}.")
    if not (0.1 <= fps <= 50 and isinstance(scale, int) and scale >= 1):
        raise Refused(f"fps must be from 0.1 to 50 and scale a positive whole number, not {fps} and {scale}.")
    kinds = {f"{picture.dtype} {picture.shape}" for _, picture in frames}
    if len(kinds) != 1 or frames[0][1].dtype != np.uint8 or frames[0][1].shape[2:] not in ((), (3,)):
        raise Refused(f"Frames must be uint8 of one shape, (height, width) or (height, width, 3), not {kinds}.")
    attempts = [(size, colours, 1) for size in range(scale, 0, -1) for colours in COLOURS]
    attempts += [(1, COLOURS[-1], every) for every in (2, 4, 8, 16)]
    for size, colours, every in attempts:
        some = [*frames[:-1:every], frames[-1]]
        if len(_encoded(some[:: len(some) // 3 + 1], size, colours, fps)) / 3 * len(some) > 1.2 * max_bytes:
            continue  # for encoding takes seconds, of three frames at most less
        data = _encoded(some, size, colours, fps)
        if len(data) <= max_bytes:
            with atomic_file(Path(path)) as temporary:
                temporary.write_bytes(data)
            return Path(path)
    raise Refused(f"A GIF of these pictures cannot be made with {max_bytes:,} bytes: use smaller ones.")


def _encoded(frames: Sequence[Frame], size: int, colours: int, fps: float) -> bytes:
    """An endless GIF of the pictures at that size, each with its label on a white strip below it."""
    import matplotlib

    pictures = _merged([Image.fromarray(picture) for _, picture in frames], colours)
    width, height = (size * side for side in pictures[0].size)
    # DejaVu Sans, from the file that ships with matplotlib: the same on every machine.
    letters = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", max(11, width // 36))
    images = []
    for picture, (label, _) in zip(pictures, frames, strict=True):
        canvas = Image.new(picture.mode, (width, height + round(1.8 * letters.size)), "white")
        canvas.paste(picture.resize((width, height), Image.Resampling.NEAREST))
        ImageDraw.Draw(canvas).text((0, height + 0.9 * letters.size), label, "black", letters, anchor="lm")
        images.append(canvas)
    milliseconds = round(100 / fps) * 10  # a GIF counts hundredths of a second
    durations = [milliseconds] * (len(images) - 1) + [max(milliseconds, LAST_FRAME_MILLISECONDS)]
    file = io.BytesIO()
    images[0].save(file, "GIF", save_all=True, append_images=images[1:], duration=durations, loop=0)
    return file.getvalue()


def _merged(pictures: list[Image.Image], colours: int) -> list[Image.Image]:
    """The pictures in that many colours, the same in all, so that none flickers, and dithered in none."""
    if pictures[0].mode == "L":
        step = 255 / (colours - 1)
        return [picture.point([round(round(value / step) * step) for value in range(256)]) for picture in pictures]
    some = np.concatenate([np.asarray(pictures[index]) for index in (0, len(pictures) // 2, -1)])
    palette = Image.fromarray(some).quantize(colours - LABEL_GREYS, Image.Quantize.MEDIANCUT)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB") for picture in pictures]
