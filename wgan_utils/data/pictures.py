"""Pictures in a folder or a zip: found in name order, cropped to a square, resized, decoded to uint8, kept if many."""

import hashlib
import io
import json
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath

import numpy as np
from filelock import FileLock
from PIL import Image, ImageOps, UnidentifiedImageError

from wgan_utils.errors import Refused
from wgan_utils.files import atomic_file, default_data_dir, printable

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels
Decoded = tuple[np.ndarray, dict[str, str]]  # uint8 (n, size, size, 3); of each unreadable picture its name and why

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
# What Pillow may open: files are told by their content, and others start programs (EPS) or ask servers.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
LARGEST = 1 << 28  # bytes of a picture's file
LARGEST_AREA = 1 << 26  # pixels of a picture
CHUNK = 1024  # pictures decoded at a time


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
    with ExitStack() as stack:
        if path.is_dir():
            found = (Path(folder, file).relative_to(path) for folder, _, files in os.walk(path) for file in files)
            # Regular files only: reading a pipe or a device would never end.
            names = [name.as_posix() for name in found if _is_picture(name.as_posix()) and (path / name).is_file()]
            length, content = lambda name: (path / name).stat().st_size, lambda name: (path / name).read_bytes()
        else:
            try:
                archive = stack.enter_context(zipfile.ZipFile(path))
            except Exception as error:  # of a damaged list of members, nearly anything
                raise Refused(f"'{printable(path.name)}' can't be read as a zip: {error}") from error
            names = [name for name in archive.namelist() if _is_picture(name)]
            length, content = lambda name: archive.getinfo(name).file_size, archive.read

        def read(name: str) -> bytes:
            if length(name) > LARGEST:
                raise Refused(f"it has {length(name) / 1e6:,.0f} MB")
            return content(name)

        yield sorted(names), read


def _is_picture(name: str) -> bool:
    place = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in place.parts)
    return place.suffix.lower() in PICTURE_SUFFIXES and not hidden and not name.endswith("/")


def decode_pictures(
    read: Callable[[str], bytes],
    names: Sequence[str],
    size: int,
    limit: int | None = None,
    square: Callable[[int, int], Box] = central_square,
) -> Decoded:
    """The pictures called `names`, in that order, up to `limit` readable ones, `size` pixels a side.

    `read` gives a picture's bytes, `square` the part of it to take, from its width and height.
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


def _decode(data: bytes, size: int, square: Callable[[int, int], Box]) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        opened.draft(None, (2 * size, 2 * size))  # lets JPEG skip detail that the resize would throw away
        if opened.width * opened.height > LARGEST_AREA:
            raise Refused(f"it has {opened.width:,} x {opened.height:,} pixels")
        picture: Image.Image = opened
        with suppress(Exception):  # a note that can't be read says nothing; pixels that can't, raise again below
            picture = ImageOps.exif_transpose(opened)
        box = square(*picture.size)
        return np.asarray(_to_rgb(picture).resize((size, size), Image.Resampling.BICUBIC, box))


def _to_rgb(picture: Image.Image) -> Image.Image:
    """8-bit RGB from any mode: 16-bit grey is scaled, transparency is put on white."""
    if picture.mode == "F":
        raise Refused("its pixels are floating-point numbers of unknown range")
    if picture.mode.startswith("I"):  # Pillow's own conversion would clip 16 bits to 255
        picture = Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


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
        raise Refused(sentence)
    warnings.warn(f"{sentence}; they are left out.", stacklevel=2)


def prepare(
    source: Path,
    names: list[str],
    read: Callable[[str], bytes],
    size: int,
    square: Callable[[int, int], Box],
) -> Decoded:
    """Decode many pictures once, into a memory-mapped file that later calls only open; arguments as above.

    The file lies in `prepared/` of the data folder: 2.5 GB for 200,000 pictures of 64 x 64. Several processes decode
    once. A source that has changed is decoded anew. Where the file can't be kept, a warning says so.
    """
    # Of this source alone: another one of the same name must not be taken for a changed one, and deleted.
    stem = f"{source.stem}-{size}-{hashlib.sha256(bytes(source.resolve())).hexdigest()[:6]}"
    folder = default_data_dir() / "prepared"
    try:
        stats = map(os.stat, [source] if source.is_file() else [source / name for name in names])
        content = [square.__name__, names, [(stat.st_size, stat.st_mtime_ns) for stat in stats]]
        key = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{stem}.lock"):
            pixels, note = folder / f"{stem}-{key}.bin", folder / f"{stem}-{key}.json"
            if not (prepared := _open_prepared(pixels, note, size)):
                for old in [*folder.glob(f"{stem}-*"), *folder.glob(f".*.tmp.{stem}-*")]:
                    old.unlink()
                _write_prepared(pixels, note, names, lambda chunk: decode_pictures(read, chunk, size, square=square))
                prepared = _open_prepared(pixels, note, size)
    except OSError as error:
        reason = error.strerror or "no permission"
        warnings.warn(f"decoded pictures can't be kept ({reason}): they take memory and time anew", stacklevel=2)
        prepared = None
    return prepared or decode_pictures(read, names, size, square=square)


def _open_prepared(pixels: Path, note: Path, size: int) -> Decoded | None:
    """What was prepared; None where it is not there or not whole."""
    try:
        count, unreadable = json.loads(note.read_text("utf-8"))
        return np.memmap(pixels, np.uint8, "r", shape=(count, size, size, 3)), unreadable
    except (OSError, ValueError):
        return None


def _write_prepared(pixels: Path, note: Path, names: Sequence[str], decode: Callable[[Sequence[str]], Decoded]) -> None:
    from tqdm import tqdm

    count, unreadable = 0, dict[str, str]()
    bar = tqdm(desc="preparing pictures", total=len(names), unit=" pictures", delay=2, leave=False)
    # Written, not mapped: a full disk would end a process that writes into mapped memory.
    with bar, atomic_file(pixels) as temporary, temporary.open("wb") as file:
        for start in range(0, len(names), CHUNK):
            images, bad = decode(names[start : start + CHUNK])
            file.write(images.data)
            count, unreadable = count + len(images), unreadable | bad
            bar.update(len(images) + len(bad))
    with atomic_file(note) as temporary:
        temporary.write_text(json.dumps([count, unreadable]), "utf-8")
