"""Files of pictures: found, opened by their content, brought to pixels, and what can be lost on the way."""

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from wgan_utils.errors import Refused

# Others start programs (EPS) or ask servers. The last two come with plug-ins, which are used where they are installed.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "DIB", "JPEG2000", "AVIF", "HEIF", "JXL")
SUFFIXES = (".avif", ".bmp", ".gif", ".jp2", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
# How files begin that hold pictures, or may be taken for them (ISO 14496-12's brands, PKWARE, NumPy, Parquet, DICOM).
HEADS = {
    "PNG": (0, b"\x89PNG"), "JPEG": (0, b"\xff\xd8\xff"), "GIF": (0, b"GIF8"), "WEBP": (8, b"WEBP"), "BMP": (0, b"BM"),
    "AVIF": (4, b"ftypavif"), "HEIF": (4, b"ftypheic"), "JPEG2000": (4, b"jP  "), "JXL": (4, b"JXL "),
    "zip": (0, b"PK\x03\x04"), "npy": (0, b"\x93NUMPY"), "parquet": (0, b"PAR1"), "HDF5": (0, b"\x89HDF"),
    "DICOM": (128, b"DICM"), "PDF": (0, b"%PDF"), "gzip": (0, b"\x1f\x8b"),
    "TIFF": (0, b"II*\0"), "TIFF of big-endian": (0, b"MM\0*"),
}  # fmt: skip
CHUNK = 1024  # pictures that an interrupt waits for
MANY = 20_000  # pictures; among more, copies that are nearly the same are not looked for
NEAREST = 16
SAMPLE = 32  # pixels a side of the small copy that is looked at
Range = tuple[float, float]
Background = str | tuple[int, ...]  # a colour's name, or red, green and blue from 0 to 255


@dataclass(frozen=True)
class Treatment:
    """How pictures are brought to one shape; `load_images` explains the settings."""

    size: tuple[int, int]  # height, width
    fit: str = "crop"
    background: Background = "white"
    frames: str = "first"  # or "all", or "none" to learn the facts alone
    ranges: tuple[tuple[str, Range], ...] = ()  # by what `depth` says; others are those of the type
    bleed: float = 0.0  # of the sides, cropped off first
    look: bool = True  # whether the facts are wanted


class Facts(NamedTuple):
    """What is notable about a picture before it is cropped."""

    name: str
    format: str
    mode: str  # Pillow's
    size: tuple[int, int]  # width, height
    frames: int = 1
    low: float = 0.0  # of its values, as they are in the file
    high: float = 255.0
    narrowed: bool = False  # 16 bits a channel, of which Pillow reads the upper 8
    hidden: float = 0.0  # share of transparent pixels
    vanishes: bool = False  # what it shows has the colour of the background
    border: float = 0.0  # share of the picture that a frame of one colour takes
    seam: bool = False  # a sharp edge divides it from top to bottom, right in the middle
    grey: bool = False
    copy: Any = None  # uint8 (16, 16, 3), the whole picture, stretched


Read = Callable[[str], bytes]  # a file's content, by its name


class Listing(NamedTuple):
    """The files of a folder or zip."""

    names: list[str]  # of pictures, sorted, with their folders
    read: Read
    others: dict[str, list[str]]  # names of the other files, by suffix or kind


def open_pictures(path: Path) -> Listing:
    """List the files of a folder or zip and below. Those without a picture's suffix are told by their content.

    Hidden ones are left out, and what is no regular file. ValueError: a file that is not a whole zip.
    """
    if path.is_dir():
        found, seen = list[str](), set[str]()
        for folder, below, files in os.walk(path, followlinks=True):
            if (real := os.path.realpath(folder)) in seen:  # links may lead in a circle
                below.clear()
                continue
            seen.add(real)
            paths = (Path(folder, file) for file in files)
            found += [file.relative_to(path).as_posix() for file in paths if file.is_file()]
        opened: Callable[[str], IO[bytes]] = lambda name: (path / name).open("rb")  # noqa: E731
    else:
        try:
            archive = zipfile.ZipFile(path)
        except Exception as error:  # of a damaged list of members, nearly anything
            raise Refused(f"'{path.name}' can't be read as a zip: {error}") from error
        found, opened = [name for name in archive.namelist() if not name.endswith("/")], archive.open

    def read(name: str, size: int = -1) -> bytes:
        with opened(name) as file:
            return file.read(size)

    def kind_of(name: str) -> str:
        try:
            return format_of(read(name, 132))
        except Exception:  # it can't be read, and is named by its suffix
            return ""

    names, others = list[str](), dict[str, list[str]]()
    for name in sorted(name for name in found if "/." not in f"/{name}"):
        suffix = PurePosixPath(name).suffix.lower()
        kind = "" if suffix in SUFFIXES else kind_of(name)
        if suffix in SUFFIXES or kind in formats():
            names.append(name)
        else:
            others.setdefault(suffix[1:] or kind.lower() or "without a suffix", []).append(name)
    return Listing(names, read, others)


@cache
def formats() -> list[str]:
    """Pillow's names of the formats that can be read here."""
    for plugin in ("pillow_heif", "pillow_jxl"):
        with suppress(ImportError):
            getattr(__import__(plugin), "register_heif_opener", lambda: None)()
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def format_of(head: bytes) -> str:
    """The kind of a file by its first 132 bytes, or ""."""
    return next((kind.split()[0] for kind, (at, sign) in HEADS.items() if head[at : at + len(sign)] == sign), "")


def depth(mode: str) -> str:
    """What a picture's values are, by Pillow's mode: "8 bits" of grey, "16 bits" (or more), "floats" or "colour"."""
    return {"L": "8 bits", "F": "floats"}.get(mode, "16 bits" if mode.startswith("I") else "colour")


def range_of(low: float, high: float, floats: bool, name: str) -> Range:
    """The values that mean black and white, by those that occur in all of a set, from `low` to `high`.

    Whole numbers: 0 and the largest of 1, 8, 10, 12, 14 or 16 bits, the fewest that hold them. Floats: 0 and 1; or −1
    and 1, if any is below −0.001, which resizing alone may leave. ValueError for others, whose meaning is not known.
    """
    if floats and low >= -1.001 and high <= 1.001:
        return (-1.0 if low < -1e-3 else 0.0), 1.0
    for top in (1, 255, 1023, 4095, 16383, 65535):
        if not floats and 0 <= low <= high <= top:
            return 0.0, float(top)
    wanted = f"value_range=({low:g}, {high:g}), or other values that are black and white"
    raise Refused(f"'{name}' has values from {low:g} to {high:g}, whose meaning is not known: give {wanted}")


def rescaled(values: np.ndarray, black_white: Range) -> np.ndarray:
    """Make uint8 of values, black 0 and white 255; what lies beyond is cut off."""
    low, high = black_white
    return np.rint((np.clip(values.astype(np.float32), low, high) - low) * (255 / (high - low))).astype(np.uint8)


def extremes(facts: Sequence[Facts]) -> dict[str, tuple[int, float, float]]:
    """For each depth but colour how many pictures have it, and the lowest and highest of all their values."""
    found: dict[str, tuple[int, float, float]] = {}
    for fact in facts:
        if (kind := depth(fact.mode)) != "colour":
            number, low, high = found.get(kind, (0, fact.low, fact.high))
            found[kind] = number + 1, min(low, fact.low), max(high, fact.high)
    return found


class Pictures(NamedTuple):
    """What has been read of some files, one picture after another."""

    pixels: np.ndarray  # uint8 (n, height, width, 3)
    rows: np.ndarray  # int (n,), of the names: each picture's file
    facts: list[Facts]  # of each readable file
    unreadable: dict[str, str]  # why, by name


def read_pictures(read: Read, names: Sequence[str], how: Treatment) -> Pictures:
    """Read files of pictures by their names, and leave out those that can't be read."""
    from tqdm import tqdm

    def attempt(name: str) -> tuple[list[np.ndarray], Facts] | str:
        try:
            return _decode(name, read(name), how)
        except Exception as error:  # of a zip or a disk, and Pillow's decoders on damaged data: nearly anything
            return str(error) or type(error).__name__

    pixels, rows = [np.empty((0, *how.size, 3), np.uint8)], list[int]()
    facts, unreadable = list[Facts](), dict[str, str]()
    with ThreadPoolExecutor() as pool, tqdm(desc="reading pictures", total=len(names), leave=False, delay=3) as bar:
        for start in range(0, len(names), CHUNK):
            some, arrays = list[Facts](), list[np.ndarray]()
            for row, result in enumerate(pool.map(attempt, names[start : start + CHUNK]), start):
                bar.update()
                if isinstance(result, str):
                    unreadable[names[row]] = result
                    continue
                arrays += result[0]
                rows += [row] * len(result[0])
                some.append(result[1])
            pixels.append(np.array(arrays, np.uint8).reshape(-1, *how.size, 3))
            facts += looked(some) if how.look else some
    return Pictures(np.concatenate(pixels), np.array(rows, int), facts, unreadable)


def read_in_range(listing: Listing, how: Treatment, name: str, strict: bool = True) -> tuple[Pictures, Treatment]:
    """Read them, and once more if their values do not fill their type: all with the range that they then have.

    ValueError where that can't be told; unless `strict` their own lowest and highest value are taken.
    """
    found, ranges = read_pictures(listing.read, listing.names, how), []
    for kind, (_, low, high) in extremes(found.facts).items():
        try:
            ranges.append((kind, range_of(low, high, kind == "floats", name)))
        except Refused:
            if strict and not how.ranges:
                raise
            ranges.append((kind, (low, max(high, low + 1))))
    if how.ranges or not {*ranges} - {("8 bits", (0, 255)), ("16 bits", (0, 65535)), ("floats", (0, 1))}:
        return found, how
    how = replace(how, ranges=tuple(ranges))
    return read_pictures(listing.read, listing.names, how), how


def _decode(name: str, content: bytes, how: Treatment) -> tuple[list[np.ndarray], Facts] | str:
    """A file's pictures, uint8 (height, width, 3) each, and what is notable about it; or why it can't be read."""
    try:
        opened = Image.open(io.BytesIO(content), formats=formats())
    except UnidentifiedImageError:
        kind = format_of(content[:132])
        return f"it is {kind}" if kind and kind not in formats() else "not a picture"
    with opened:
        narrowed = ";16" in str(opened.tile) and opened.mode[0] != "I"
        # A camera's MPO holds a second view, or how bright the first one may be shown, but no second picture.
        count = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
        facts = Facts(name, opened.format or "", opened.mode, opened.size, count, narrowed=narrowed)
        opened.draft(None, (2 * how.size[1], 2 * how.size[0]))  # lets JPEG skip detail that the resize throws away
        arrays = []
        for frame in range(count if how.frames == "all" else 1):
            if frame:
                opened.seek(frame)
            upright: Image.Image = opened
            with suppress(Exception):  # a note that can't be read says nothing; pixels that can't, raise below
                upright = ImageOps.exif_transpose(opened)
            picture, (low, high) = _scaled(upright, how)
            picture, hidden, vanishes = opaque(picture, how.background)
            picture = picture.convert("RGB")
            if how.frames != "none":
                arrays.append(fitted(picture, how))
            if how.look and not frame:
                facts = facts._replace(low=low, high=high, hidden=hidden, vanishes=vanishes, copy=small_copy(picture))
        return arrays, facts


def _scaled(picture: Image.Image, how: Treatment) -> tuple[Image.Image, Range]:
    """The picture in 8 bits a channel, and the lowest and highest of its values."""
    kind = depth(picture.mode)
    black_white = dict(how.ranges).get(kind)
    if kind == "colour":
        if black_white not in (None, (0, 255)):
            picture = Image.fromarray(rescaled(np.asarray(picture.convert("RGB")), black_white))
        return picture, (0, 255)
    values = np.asarray(picture)
    found = float(values.min()), float(values.max())
    if kind == "8 bits" and black_white in (None, (0, 255)):
        return picture, found
    if kind == "16 bits" and black_white in (None, (0, 65535)):  # Pillow's own conversion would clip at 255
        return Image.fromarray((values.clip(0, 65535) // 257).astype(np.uint8)), found
    return Image.fromarray(rescaled(values, black_white or (0, 1))), found


def opaque(picture: Image.Image, background: Background) -> tuple[Image.Image, float, bool]:
    """The picture on its background, the share of transparent pixels, and whether what it shows can't be seen there."""
    if not picture.has_transparency_data:
        return picture, 0.0, False
    picture = picture.convert("RGBA")
    alpha = np.asarray(picture.getchannel("A"))
    laid = Image.alpha_composite(Image.new("RGBA", picture.size, background), picture)
    flat = np.ptp(np.asarray(laid.convert("RGB")), axis=(0, 1)).max() <= 8
    return laid, float((alpha < 128).mean()), bool(flat and int(alpha.max()) - int(alpha.min()) > 64)


def fitted(picture: Image.Image, how: Treatment) -> np.ndarray:
    """The picture's pixels, brought to the size asked for."""
    size = how.size[1], how.size[0]
    if how.fit == "crop":
        return np.asarray(ImageOps.fit(picture, size, Image.Resampling.BICUBIC, how.bleed))
    if how.fit == "pad":
        colour: Any = Image.new("RGB", (1, 1), how.background).convert(picture.mode).getpixel((0, 0))
        return np.asarray(ImageOps.pad(picture, size, Image.Resampling.BICUBIC, colour))
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC))


def small_copy(picture: Image.Image) -> np.ndarray:
    """The whole picture, stretched to uint8 (32, 32, 3)."""
    return np.asarray(picture.resize((SAMPLE, SAMPLE), Image.Resampling.BILINEAR, reducing_gap=2))


def looked(facts: Sequence[Facts]) -> list[Facts]:
    """Complete facts, whose copies are of 32×32 pixels, by what those tell of borders, seams and colour.

    A frame of one colour lies at two opposite edges at least. It ends in a straight line, where more than half a row
    differs from it at once; the ground behind a drawing ends otherwise.
    """
    if not facts:
        return []
    copies = np.stack([fact.copy for fact in facts])
    small = copies.astype(np.int16)
    light, number = small.sum(axis=3, dtype=np.int16), np.arange(len(small))
    wide = []
    for lines in (light, light[:, ::-1], light.swapaxes(1, 2), light.swapaxes(1, 2)[:, ::-1]):
        same = (np.abs(lines - lines[:, :1, :1]) <= 12).mean(axis=2)
        ends = np.argmin(same >= 1, axis=1)  # 0, too, where all is of one colour
        straight = same[number, np.minimum(ends + 1, SAMPLE - 1)] < 0.5
        wide.append(np.where((ends > 1) & straight, ends / SAMPLE, 0))
    top, bottom, left, right = wide
    rows, columns = (top + bottom) * (top * bottom > 0), (left + right) * (left * right > 0)
    borders = 1 - (1 - rows) * (1 - columns)
    across = np.abs(np.diff(light, axis=2)).mean(axis=1)
    middle = across[:, SAMPLE // 2 - 1]
    seams = (middle > 60) & (middle > 4 * np.median(across, axis=1))
    greys = np.ptp(small, axis=3).max(axis=(1, 2)) <= 3
    smaller = copies.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4), dtype=np.float32).round().astype(np.uint8)
    each = zip(facts, borders, seams, greys, smaller, strict=True)
    return [fact._replace(border=b, seam=bool(s), grey=bool(g), copy=c) for fact, b, s, g, c in each]


def near_copies(copies: np.ndarray) -> np.ndarray:
    """Number the groups of pictures that are the same or nearly so, also turned by quarters or mirrored: int (n,).

    `copies` are uint8 (n, 16, 16, 3). Two are nearly the same where they differ by less than an eighth of their own
    contrast (root mean squares). Candidates come from the cosine transform: of its lowest frequencies, each paired
    with the one that a quarter turn makes of it, the absolute values are the same for all eight positions, and no
    farther apart than the pictures. So not all n² pairs are compared, but each with its nearest 16. Of more than
    20,000 pictures only equal copies are told.
    """
    from scipy.fft import dctn
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    kinds, first, group = np.unique(copies.reshape(len(copies), -1), axis=0, return_index=True, return_inverse=True)
    pixels = copies[first].astype(np.float32) / 255
    contrast = pixels.std(axis=(1, 2, 3))
    waves = np.abs(dctn(pixels.mean(axis=3), axes=(1, 2), norm="ortho")[:, :5, :5])
    turned = waves.transpose(0, 2, 1)
    (rows, columns), (below, right) = np.triu_indices(5), np.triu_indices(5, 1)
    keys = np.concatenate([np.maximum(waves, turned)[:, rows, columns], np.minimum(waves, turned)[:, below, right]], 1)
    tree, links = cKDTree(keys), []
    for start in range(0, len(kinds) if len(kinds) <= MANY else 0, 500):
        reach = contrast[start : start + 500] / 8
        distances, near = tree.query(
            keys[start : start + 500], min(NEAREST, len(kinds)), distance_upper_bound=16 * reach.max() + 1e-3
        )
        rows, places = np.nonzero(distances.reshape(len(reach), -1) <= 16 * reach[:, np.newaxis] + 1e-3)
        others = near.reshape(len(reach), -1)[rows, places]
        one, other = pixels[start + rows], pixels[others]
        views = (np.rot90(side, k, (1, 2)) for side in (other, other[:, :, ::-1]) for k in range(4))
        apart = np.min([((one - view) ** 2).mean(axis=(1, 2, 3)) for view in views], axis=0)
        alike = apart <= np.minimum(reach[rows], contrast[others] / 8) ** 2
        links.append(np.stack([start + rows, others], axis=1)[alike])
    found = np.concatenate([np.zeros((0, 2), int), *links])
    graph = coo_array((np.ones(len(found)), (found[:, 0], found[:, 1])), shape=(len(kinds), len(kinds)))
    return connected_components(graph, directed=False)[1][group.ravel()]
