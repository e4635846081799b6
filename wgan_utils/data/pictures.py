"""Pictures in a folder or a zip: found in name order, cropped to a square, resized and decoded to uint8."""

import io
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from wgan_utils.files import printable

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
# What Pillow is let near: files are told by their content, and others start programs (EPS) or ask servers.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
LARGEST = 1 << 28  # bytes of a picture's file
LARGEST_AREA = 1 << 26  # pixels of a picture
CHUNK = 1024  # pictures handed to the threads at a time


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """Crop uint8 (N, height, width, C) to the central square and resize to (N, size, size, C), bicubic."""
    if images.shape[1:3] == (size, size):
        return images
    box = central_square(images.shape[2], images.shape[1])
    out = np.empty((len(images), size, size, images.shape[3]), np.uint8)
    for image, target in zip(images, out, strict=True):
        picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
        small = np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, box))
        target[:] = small.reshape(target.shape)
    return out


def central_square(width: int, height: int) -> Box:
    """The largest square in the middle, as (left, top, right, bottom) in pixels."""
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


@contextmanager
def open_pictures(path: Path) -> Iterator[tuple[list[str], Callable[[str], bytes]]]:
    """The names of the pictures in a folder or zip and below, sorted, and a function that reads one by name.

    Files are taken for pictures by their ending (PICTURE_SUFFIXES); hidden ones are left out.

    Raises:
        ValueError: a file that is not a whole zip.
    """
    if path.is_dir():
        found = (Path(folder, file).relative_to(path) for folder, _, files in os.walk(path) for file in files)
        names = _picture_names(name.as_posix() for name in found)
        # Reading a pipe or a device would never end.
        yield [name for name in names if (path / name).is_file()], partial(_read_file, path)
        return
    if not path.is_file():
        raise ValueError(f"'{path.name}' is neither a folder nor a file")
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # of a damaged list of members, nearly anything
        raise ValueError(f"'{printable(path.name)}' can't be read as a zip: {error}") from error
    with archive:
        yield _picture_names(archive.namelist()), partial(_read_member, archive)


def _read_file(folder: Path, name: str) -> bytes:
    size = (folder / name).stat().st_size
    if size > LARGEST:
        raise ValueError(f"it has {size / 1e6:,.0f} MB")
    return (folder / name).read_bytes()


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    size = archive.getinfo(name).file_size
    if size > LARGEST:
        raise ValueError(f"it would grow to {size / 1e6:,.0f} MB when unpacked")
    return archive.read(name)


def picture_stamps(path: Path, names: Sequence[str]) -> list[tuple[int, int]]:
    """What changes when a picture does: its length, and its checksum in a zip or its time in a folder."""
    if path.is_dir():
        stats = [(path / name).stat() for name in names]
        return [(stat.st_size, stat.st_mtime_ns) for stat in stats]
    with zipfile.ZipFile(path) as archive:
        return [(info.file_size, info.CRC) for info in map(archive.getinfo, names)]


def _picture_names(names: Iterable[str]) -> list[str]:
    return sorted(
        name
        for name in names
        if not name.endswith("/")
        and PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES
        and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)
    )


def decode_pictures(
    read: Callable[[str], bytes],
    names: Sequence[str],
    size: int,
    limit: int | None = None,
    square: Callable[[int, int], Box] = central_square,
) -> tuple[np.ndarray, dict[str, str]]:
    """The pictures called `names`, in that order, up to `limit` readable ones.

    Returns:
        uint8 (n, size, size, 3), and of each picture that could not be read its name and why.
    """
    images = np.empty((len(names) if limit is None else min(limit, len(names)), size, size, 3), np.uint8)
    done, unreadable = 0, dict[str, str]()

    def attempt(name: str) -> np.ndarray | str:
        try:
            return _decode(read(name), size, square)
        except UnidentifiedImageError:
            return "not a picture"
        except Exception as error:  # Pillow's decoders raise nearly anything on damaged data
            return str(error).splitlines()[0] if str(error) else type(error).__name__

    with ThreadPoolExecutor() as pool:
        while names and done < len(images):
            count = min(CHUNK, len(images) - done)
            chunk, names = names[:count], names[count:]
            for name, result in zip(chunk, pool.map(attempt, chunk), strict=True):
                if isinstance(result, str):
                    unreadable[name] = result
                else:
                    images[done] = result
                    done += 1
    return images[:done], unreadable


def report_unreadable(unreadable: dict[str, str], total: int, path: Path) -> None:
    """Warn once, with the count and the first of them, about pictures out of `total` that could not be read.

    Raises:
        ValueError: none of them could be read.
    """
    if not unreadable:
        return
    name, reason = next(iter(unreadable.items()))
    those = f"{len(unreadable):,} of {total:,} pictures in '{printable(path.name)}'"
    sentence = f"{those} can't be read, such as {printable(name)} ({reason})"
    if len(unreadable) == total:
        raise ValueError(sentence)
    warnings.warn(f"{sentence}; they are left out.", stacklevel=2)


def _decode(data: bytes, size: int, square: Callable[[int, int], Box]) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        picture.draft(None, (2 * size, 2 * size))  # lets JPEG skip detail that the resize would throw away
        if picture.width * picture.height > LARGEST_AREA:
            raise ValueError(f"it has {picture.width:,} x {picture.height:,} pixels")
        upright = _upright(picture)
        box = square(*upright.size)
        return np.asarray(_to_rgb(upright).resize((size, size), Image.Resampling.BICUBIC, box))


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its note says; a note that can't be read says nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # where it is the pixels that can't be read, this comes again
        return picture


def _to_rgb(picture: Image.Image) -> Image.Image:
    """8-bit RGB from any mode: 16-bit grey is scaled, transparency is put on white."""
    if picture.mode == "F":
        raise ValueError("its pixels are floating-point numbers of unknown range")
    if picture.mode.startswith("I"):  # Pillow's own conversion would clip 16 bits to 255
        picture = Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")
