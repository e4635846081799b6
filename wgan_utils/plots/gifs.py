"""GIFs of a run: its sample grids one after another, each with its step written under it."""

import base64
import html
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from wgan_utils.errors import Refused
from wgan_utils.files import atomic_file

if TYPE_CHECKING:
    from IPython.display import HTML

LAST_FRAME_MILLISECONDS = 3000
COLOURS = (256, 64, 16)  # of a GIF
LABEL_GREYS = 16  # of these colours, at most half of them, for the soft edges of the label
FEWEST_FRAMES = (12, 8)
SHOWN_WIDTH = 560  # pixels, about: it is shown at a whole multiple of its own width


Frame = tuple[str, np.ndarray]  # label, picture


class SampledRun(Protocol):
    """What `make_gif` needs of a `Run`."""

    folder: Path
    invert: bool

    def samples(self) -> list[tuple[int, Path]]:
        """List the stored sample grids as (step, path)."""


def make_gif(
    run_or_frames: SampledRun | Sequence[Frame],
    path: str | Path | None = None,
    fps: float = 2.0,
    scale: int = 2,
    max_bytes: int = 1_000_000,
) -> Path:
    """Write an animated GIF that loops for ever and rests three seconds on its last frame.

    Args:
        run_or_frames: a `Run`, whose samples are taken (drawings dark on light), or (label, picture) pairs with
            pictures of one shape, uint8 (height, width) or (height, width, 3).
        path: where to write; a run's default is `training.gif` in its folder. It is replaced as a whole.
        fps: frames a second, from 0.1 to 50; browsers slow down what is faster.
        scale: whole number of pixels that each pixel is enlarged to.
        max_bytes: a larger file is avoided by merging colours, then by a lower scale, then by leaving frames
            out (never the first or last) and merging more colours, and at last by halving the pictures.

    Returns:
        The path written.

    Raises:
        ValueError: no frames, frames of unequal shape or another type, or an argument out of range.
    """
    if not (0.1 <= fps <= 50 and isinstance(scale, int) and scale >= 1):
        raise Refused(f"fps must be from 0.1 to 50 and scale a positive whole number, not {fps} and {scale}.")
    if isinstance(run_or_frames, Sequence):
        frames = [(label, np.asarray(picture)) for label, picture in run_or_frames]
    else:
        path = run_or_frames.folder / "training.gif" if path is None else path
        frames = [(f"step {step:,}", _read(picture)) for step, picture in run_or_frames.samples()]
        if run_or_frames.invert:
            frames = [(label, 255 - picture) for label, picture in frames]
    if path is None or Path(path).suffix.lower() != ".gif":
        raise Refused(f"The path of a GIF must be given and end in .gif, but it is {path!r}.")
    _check(frames)
    data = _fitting(frames, fps, scale, max_bytes)
    with atomic_file(Path(path)) as temporary:
        temporary.write_bytes(data)
    return Path(path)


def show_gif(path: str | Path, caption: str = "") -> "HTML":
    """Show a GIF in a notebook, with a caption under it.

    The file becomes part of the output, as a data URI, so that it moves in saved notebooks and web pages too.
    """
    from IPython.display import HTML

    data = Path(path).read_bytes()
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise Refused(f"'{Path(path).name}' is not a GIF.")
    width = int.from_bytes(data[6:8], "little")
    shown = width * max(1, round(SHOWN_WIDTH / width))
    text = html.escape(caption)
    return HTML(
        f'<img src="data:image/gif;base64,{base64.b64encode(data).decode()}" width="{shown}" '
        f'style="max-width: 100%; image-rendering: pixelated;" alt="{text or "Animation of the training"}">'
        + (f"<p>{text}</p>" if text else "")
    )


def _read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def _check(frames: Sequence[Frame]) -> None:
    if not frames:
        raise Refused("There is no frame to show: train the run for a step at least, or give some frames.")
    kinds = {f"{picture.dtype} {picture.shape}" for _, picture in frames}
    picture = frames[0][1]
    drawable = picture.dtype == np.uint8 and picture.size and picture.shape[2:] in ((), (3,)) and picture.ndim > 1
    if len(kinds) > 1 or not drawable:
        raise Refused(
            "Frames must be uint8 pictures of one shape, (height, width) or (height, width, 3), "
            f"but these are {', '.join(sorted(kinds))}."
        )


def _fitting(frames: Sequence[Frame], fps: float, scale: int, max_bytes: int) -> bytes:
    """The best GIF that `max_bytes` allows: all frames if possible, else at least a dozen or eight."""
    many, some, least = COLOURS
    dozen, few = (min(len(frames), fewest) for fewest in FEWEST_FRAMES)
    qualities: list[tuple[float, int, int]] = [
        (size, colours, len(frames)) for size in range(scale, 0, -1) for colours in (many, some)
    ]
    qualities += [(1, some, dozen), (1, least, dozen), (1, least, few)]
    qualities += [(0.5, many, dozen), (0.5, some, min(len(frames), 2))]
    recolourings = {colours: _recolouring(frames, colours) for colours in COLOURS}
    for size, colours, wanted in qualities:
        recolour = recolourings[colours]
        probe = frames[len(frames) // 6 :: math.ceil(len(frames) / 3)]  # these tell how large each will be
        size_each = len(_encoded([_drawn(frame, size, recolour) for frame in probe], fps)) / len(probe)
        while (number := min(len(frames), int(0.97 * max_bytes / size_each))) >= wanted:
            chosen = np.linspace(0, len(frames) - 1, number).round().astype(int)
            data = _encoded([_drawn(frames[index], size, recolour) for index in chosen], fps)
            if len(data) <= max_bytes:
                return data
            size_each = len(data) / number
    raise Refused(f"A GIF of these pictures cannot be made with {max_bytes:,} bytes: use smaller ones.")


def _recolouring(frames: Sequence[Frame], colours: int) -> Callable[[Image.Image], Image.Image]:
    """What gives all frames that many colours, the same ones, so that none flickers, and dithers none."""
    pictures = [frames[index][1] for index in (0, len(frames) // 2, -1)]
    if pictures[0].ndim == 2:
        step = 255 / (colours - 1)
        greys = [round(round(value / step) * step) for value in range(256)]
        return lambda image: image.point(greys)
    own = colours - min(LABEL_GREYS, colours // 2)
    palette = Image.fromarray(np.concatenate(pictures)).quantize(own, Image.Quantize.MEDIANCUT)
    return lambda image: image.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")


def _drawn(frame: Frame, size: float, recolour: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """The picture with its colours merged, enlarged, and its label on a white strip below it."""
    label, picture = frame
    image = Image.fromarray(picture)
    image = recolour(image if size >= 1 else image.reduce(round(1 / size)))
    width, height = (round(side * max(1, size)) for side in image.size)
    letters = font(max(11, width // 36))
    size_with_label = (max(width, math.ceil(letters.getlength(label))), height + round(1.8 * letters.size))
    canvas = Image.new(image.mode, size_with_label, "white")
    canvas.paste(image.resize((width, height), Image.Resampling.NEAREST))
    ImageDraw.Draw(canvas).text((0, height + 0.9 * letters.size), label, "black", letters, anchor="lm")
    return canvas


def font(size: int) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans from the file that ships with matplotlib: the same on every machine."""
    import matplotlib

    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)


def _encoded(images: Sequence[Image.Image], fps: float) -> bytes:
    """An endless GIF; narrower images get white on their right, for all frames must be of one size."""
    import imageio.v3 as iio

    width = max(image.width for image in images)
    arrays = [np.asarray(ImageOps.expand(image, (0, 0, width - image.width, 0), "white")) for image in images]
    milliseconds = round(100 / fps) * 10  # a GIF counts hundredths of a second
    durations = [milliseconds] * (len(images) - 1) + [max(milliseconds, LAST_FRAME_MILLISECONDS)]
    timing = durations if len(durations) > 1 else durations[0]  # Pillow takes no list for a single frame
    return iio.imwrite("<bytes>", np.stack(arrays), extension=".gif", is_batch=True, duration=timing, loop=0, bits=8)
