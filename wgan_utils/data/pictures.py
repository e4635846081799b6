"""Pictures in files or memory: found, brought to pixels of one shape, and what is notable about each of them."""

import os
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from wgan_utils.errors import Refused

# Others start programs (EPS) or ask servers. The last two come with plug-ins, which are used where they are installed.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "DIB", "JPEG2000", "AVIF", "HEIF", "JXL")
SUFFIXES = (".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
CHUNK = 1024  # pictures that an interrupt waits for
SAMPLE = 16  # pixels a side of the small copy that is looked at
Range = tuple[float, float]
# Black and white of grey values of 8 bits, of more, and of floats, by the first letter of Pillow's mode.
FULL: dict[str, Range] = {"L": (0, 255), "I": (0, 65535), "F": (0, 1)}
Background = str | tuple[int, ...]  # a colour's name, or red, green and blue from 0 to 255


@dataclass(frozen=True)
class Treatment:
    """How images are brought to one shape; `load_images` explains the settings, and None leaves each to its default."""

    size: tuple[int, int] | None = None  # height, width
    fit: str | None = None
    background: Background | None = None
    frames: str | None = None
    value_range: Range | None = None
    colour: bool | None = None
    bleed: float = 0.0  # of the sides, cropped off first


DEFAULT = Treatment()


class Listing(NamedTuple):
    """Pictures and what opens them."""

    names: list[str]  # sorted, with their folders
    open: Callable[[str], Any]  # a file, or Pillow's picture, by its name
    others: Mapping[str, int] = MappingProxyType({})  # number of the other files, by suffix


class Pictures(NamedTuple):
    """What has been read of some pictures, one after another."""

    pixels: np.ndarray  # uint8 (n, height, width, 3); n is 0 where no size is wanted
    rows: np.ndarray  # int (n,), of the names: each picture's file
    facts: list[dict[str, Any]]  # of each readable file, as in `fact`
    copies: np.ndarray  # uint8 (files, 16, 16, 3), each whole picture, stretched
    unreadable: dict[str, str]  # why, by name


def fact(name: str, size: tuple[int, int], **notable: Any) -> dict[str, Any]:
    """What is notable about a picture, before it is cropped; by default nothing.

    `low` and `high` are of grey values as they are in the file; `hidden` is the share of transparent pixels.
    """
    plain = {"format": "", "mode": "RGB", "frames": 1, "low": 0.0, "high": 255.0, "hidden": 0.0}
    return {"name": name, "width": size[0], "height": size[1], **plain, **notable}


def open_pictures(path: Path) -> Listing:
    """List the files of a folder or zip and below. Those without a picture's suffix are told by their content.

    Hidden ones are left out, and what is no regular file. ValueError: a file that is not a whole zip.
    """
    if path.is_dir():
        paths = (Path(folder, file) for folder, _, files in os.walk(path) for file in files)
        found = [file.relative_to(path).as_posix() for file in paths if file.is_file()]
        opened: Callable[[str], Any] = lambda name: (path / name).open("rb")  # noqa: E731
    else:
        try:
            archive = zipfile.ZipFile(path)
        except Exception as error:  # of a damaged list of members, nearly anything
            raise Refused(f"'{path.name}' can't be read as a zip: {error}") from error
        found, opened = [name for name in archive.namelist() if not name.endswith("/")], archive.open

    def is_picture(name: str) -> bool:
        try:
            with opened(name) as file, Image.open(file, formats=formats()):
                return True
        except Exception:
            return False

    names, others = list[str](), Counter[str]()
    for name in sorted(name for name in found if "/." not in f"/{name}"):
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in SUFFIXES or is_picture(name):
            names.append(name)
        else:
            others[suffix[1:] or "without a suffix"] += 1
    return Listing(names, opened, others)


@cache
def formats() -> list[str]:
    """Pillow's names of the formats that can be read here."""
    for plugin in ("pillow_heif", "pillow_jxl"):
        with suppress(ImportError):
            getattr(__import__(plugin), "register_heif_opener", Image.init)()
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def kind_of(mode: str) -> str:
    """What grey values a picture of Pillow's mode has, as in `FULL`; "" where it has colour or transparency."""
    return mode if mode in FULL else "I" if mode.startswith("I") else ""


def range_of(low: float, high: float, kind: str, name: str) -> tuple[Range, str]:
    """The values that mean black and white, by those that occur in all of a set; and what is to be told of them, or "".

    Whole numbers: 0 and the largest of 1, 8, 10, 12, 14 or 16 bits, the fewest that hold them. Floats: 0 and 1; or −1
    and 1, if any is below −0.001, which resizing alone may leave. ValueError for others, whose meaning is not known.
    """
    if kind == "F" and low >= -1.001 and high <= 1.001:
        return (-1.0 if low < -1e-3 else 0.0, 1.0), ""
    for top in (1, 255, 1023, 4095, 16383, 65535):
        if kind != "F" and 0 <= low <= high <= top:
            told = f"'{name}' has grey values from {low:g} to {high:g}: {top} is taken for white."
            return (0.0, float(top)), told if high > 0 and (top < FULL[kind][1] or high < 64) else ""
    if np.isnan(low):
        raise Refused(f"'{name}' has values that are not a number")
    wanted = f"value_range=({low:g}, {high:g}), or other values that are black and white"
    raise Refused(f"'{name}' has values from {low:g} to {high:g}, whose meaning is not known: give {wanted}")


def rescaled(values: np.ndarray, black_white: Range) -> np.ndarray:
    """Make uint8 of values, black 0 and white 255; what lies beyond is cut off."""
    low, high = black_white
    numbers = np.clip(np.nan_to_num(values.astype(np.float32)), low, high)
    return np.rint((numbers - low) * (255 / (high - low))).astype(np.uint8)


def read_pictures(listing: Listing, how: Treatment, ranges: Mapping[str, Range] = FULL) -> Pictures:
    """Read pictures with these black and white grey values, and leave out those that can't be read."""
    from tqdm import tqdm

    def attempt(name: str) -> tuple[list[np.ndarray], dict[str, Any], np.ndarray] | str:
        try:
            return _decode(name, listing, how, ranges)
        except UnidentifiedImageError:
            with listing.open(name) as file:
                boxed = file.read(8)[4:] == b"ftyp"
            return "it may be HEIC, which needs pip install pillow-heif" if boxed else "not a picture"
        except Exception as error:  # of a zip or a disk, and Pillow's decoders on damaged data: nearly anything
            return str(error) or type(error).__name__

    shape, names = (*(how.size or (0, 0)), 3), listing.names
    pixels, rows, copies = [np.empty((0, *shape), np.uint8)], list[int](), list[np.ndarray]()
    facts, unreadable = list[dict[str, Any]](), dict[str, str]()
    with ThreadPoolExecutor() as pool, tqdm(desc="reading pictures", total=len(names), leave=False, delay=3) as bar:
        for start in range(0, len(names), CHUNK):
            arrays = list[np.ndarray]()
            for row, result in enumerate(pool.map(attempt, names[start : start + CHUNK]), start):
                bar.update()
                if isinstance(result, str):
                    unreadable[names[row]] = result
                    continue
                arrays += result[0]
                rows += [row] * len(result[0])
                facts.append(result[1])
                copies.append(result[2])
            pixels.append(np.array(arrays, np.uint8).reshape(-1, *shape) if arrays else pixels[0])
    small = np.array(copies, np.uint8).reshape(-1, SAMPLE, SAMPLE, 3)
    return Pictures(np.concatenate(pixels), np.array(rows, int), facts, small, unreadable)


def _decode(
    name: str, listing: Listing, how: Treatment, ranges: Mapping[str, Range]
) -> tuple[list[np.ndarray], dict[str, Any], np.ndarray]:
    """A file's pictures, uint8 (height, width, 3) each, what is notable about it, and a small copy of the first."""
    with listing.open(name) as file:
        opened = file if isinstance(file, Image.Image) else Image.open(file, formats=formats())
        # A camera's MPO holds a second view, or how bright the first one may be shown, but no second picture.
        frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
        kept = fact(name, opened.size, format=opened.format or "", mode=opened.mode, frames=frames)
        arrays = list[np.ndarray]()
        height, width = how.size or (SAMPLE, SAMPLE)
        opened.draft(None, (2 * width, 2 * height))  # lets JPEG skip detail that the resize throws away
        for frame in range(frames if how.frames == "all" else 1):
            if frame:
                opened.seek(frame)
            upright: Image.Image = opened
            with suppress(Exception):  # a note that can't be read says nothing; pixels that can't, raise below
                upright = ImageOps.exif_transpose(opened)
            picture, (low, high) = _in_bytes(upright, how, ranges)
            picture, hidden = opaque(picture, how.background or "white")
            if how.size:
                arrays.append(fitted(picture, how))
            if not frame:
                kept |= {"low": low, "high": high, "hidden": hidden}
                copy = small_copy(picture)
        return arrays, kept, copy


def _in_bytes(picture: Image.Image, how: Treatment, ranges: Mapping[str, Range]) -> tuple[Image.Image, Range]:
    """The picture in 8 bits a channel, and the lowest and highest of its grey values."""
    kind = kind_of(picture.mode)
    if not (kind or how.value_range):
        return picture, (0, 255)
    values, black_white = np.asarray(picture if kind else picture.convert("RGB")), how.value_range or ranges[kind]
    if kind != "L" or black_white != (0, 255):
        picture = Image.fromarray(rescaled(values, black_white))
    return picture, (float(values.min()), float(values.max()))


def opaque(picture: Image.Image, background: Background) -> tuple[Image.Image, float]:
    """The picture in RGB on its background, and the share of transparent pixels."""
    if not picture.has_transparency_data:
        return picture.convert("RGB"), 0.0
    picture = picture.convert("RGBA")
    laid = Image.alpha_composite(Image.new("RGBA", picture.size, background), picture)
    return laid.convert("RGB"), float((np.asarray(picture)[..., 3] < 128).mean())


def fitted(picture: Image.Image, how: Treatment) -> np.ndarray:
    """The picture's pixels, brought to the size asked for."""
    height, width = how.size or picture.size[::-1]
    if how.fit == "pad":
        colour: Any = Image.new("RGB", (1, 1), how.background or "white").convert(picture.mode).getpixel((0, 0))
        return np.asarray(ImageOps.pad(picture, (width, height), Image.Resampling.BICUBIC, colour))
    if how.fit == "stretch":
        return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
    return np.asarray(ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC, how.bleed))


def small_copy(picture: Image.Image) -> np.ndarray:
    """The whole picture, stretched to uint8 (16, 16, 3)."""
    return np.asarray(picture.resize((SAMPLE, SAMPLE), Image.Resampling.BILINEAR, reducing_gap=2))
