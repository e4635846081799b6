"""Images for training and testing, uint8 whatever they were made from: arrays, or a folder or zip of pictures."""

import hashlib
import io
import os
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from wgan_utils.errors import Refused

MIN_SIDE = 8  # pixels; a shorter side is far likelier a channel axis in the wrong place
CHUNK = 1024  # pictures that an interrupt waits for
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")  # others start programs (EPS) or ask servers

Read = Callable[[str], bytes]  # a picture's content, by its name


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Images for training and, held out from it, for testing.

    Attributes:
        train, test: uint8 of shape (N, height, width, channels).
        train_labels, test_labels: int64 of shape (N,), or None where the images have no classes.
        name: the data set, such as "mnist" or "quickdraw/camel", or the file's or folder's own name.
        source: where the images came from, in one phrase.
        sha256: of the shapes and pixels of `train` and `test`, whatever file they were kept in; found if left out.
        is_standin: whether these are not the images asked for.
        note: one sentence for captions about a stand-in or other oddity; "" for the real thing.
        invert: whether figures should show them dark on light, as drawings are; the pixels stay bright on black.
    """

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    test_labels: np.ndarray | None
    name: str
    source: str
    sha256: str = ""
    is_standin: bool = False
    note: str = ""
    invert: bool = False

    def __post_init__(self) -> None:
        if not self.sha256:
            digest = hashlib.sha256()
            for array in (self.train, self.test):
                digest.update(repr(array.shape).encode())
                digest.update(np.ascontiguousarray(array).data)
            object.__setattr__(self, "sha256", digest.hexdigest())

    def __repr__(self) -> str:
        """One line: how many images of what shape, and from where."""
        counts, shape = f"{len(self.train):,} for training, {len(self.test):,} for testing", self.train.shape[1:]
        return f"Images({self.name}: {counts}, {'×'.join(map(str, shape))}; {self.source})"

    def padded(self, border: int) -> "Images":
        """The same images with a border of black pixels, `border` wide, on every side; `sha256` is theirs."""
        sides = ((0, 0), (border, border), (border, border), (0, 0))
        return replace(self, train=np.pad(self.train, sides), test=np.pad(self.test, sides), sha256="")

    def resized(self, size: int) -> "Images":
        """The same images cropped to the central square and resized to `size` pixels a side, bicubic."""

        def resize(pixels: np.ndarray) -> np.ndarray:
            flat = pixels[..., 0] if pixels.shape[3] == 1 else pixels
            small = [_fit(Image.fromarray(image), size) for image in flat]
            return np.array(small).reshape(len(pixels), size, size, -1)

        if self.train.shape[1:3] == (size, size):
            return self
        return replace(self, train=resize(self.train), test=resize(self.test), sha256="")


def hold_out(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ascending indices for training and for testing, where no official split exists.

    A tenth, at least one, is drawn by a fixed seed: files may be sorted, or cycle, by class.
    """
    test = np.zeros(count, bool)
    test[np.random.default_rng(0).permutation(count)[: max(1, count // 10)]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


# --- from arrays


def from_arrays(arrays: Mapping[str, np.ndarray], classes: Sequence[int] | None, name: str, source: str) -> Images:
    """Images out of x_train and, where they are there, y_train, x_test, y_test; or out of a single array.

    A tenth is held out where there is no x_test. Only the images of `classes` are kept, unless that is None.
    ValueError: none of these arrays, labels that are not one integer an image, or no such images.
    """
    if len(arrays) == 1:
        arrays = {"x_train": next(iter(arrays.values()))}
    parts = [part for part in ("train", "test") if f"x_{part}" in arrays]
    if "train" not in parts:
        raise Refused(f"'{name}' holds {sorted(arrays)}: expected x_train (and x_test), or a single array")
    kept: list[tuple[np.ndarray, np.ndarray | None]] = []
    for part, images in zip(parts, to_uint8_nhwc([arrays[f"x_{part}"] for part in parts], name), strict=True):
        labels = arrays.get(f"y_{part}")
        if labels is not None and (labels.size != len(images) or labels.dtype.kind not in "iu"):
            found = f"y_{part} of type {labels.dtype} and shape {labels.shape}"
            raise Refused(f"'{name}' has {found}: expected an integer for each of {len(images)} images")
        labels = None if labels is None else labels.ravel().astype(np.int64)
        if classes is not None:
            among = np.isin([] if labels is None else labels, classes)
            if labels is None or not among.any():
                raise Refused(f"'{name}' has no x_{part} with such labels: leave out classes={list(classes)}")
            images, labels = images[among], labels[among]
        kept.append((images, labels))
    if len(kept) == 1:
        images, labels = kept[0]
        kept = [(images[rows], None if labels is None else labels[rows]) for rows in hold_out(len(images))]
    (train, train_labels), (test, test_labels) = kept
    return Images(train, test, train_labels, test_labels, name, source)


def to_uint8_nhwc(arrays: Sequence[np.ndarray], name: str) -> list[np.ndarray]:
    """Check arrays of images and bring them to uint8 (N, height, width, channels); `name` is for errors.

    Shapes: (N, height, width), (N, height, width, 1 or 3), or (N, 784) for 28 x 28. Values: whole numbers from 0 to
    255 stay as they are; booleans and floats in [0, 1] are multiplied by 255; floats in [-1, 1], at least one of them
    negative in any of the arrays, become (x + 1) * 127.5. ValueError: any other shape, type or range; an empty array.
    """
    shaped = [array.reshape(-1, 28, 28) if array.ndim == 2 and array.shape[1] == 784 else array for array in arrays]
    shaped = [array[..., np.newaxis] if array.ndim == 3 else array for array in shaped]
    for array, shape in zip(arrays, (array.shape for array in shaped), strict=True):
        sound = len(shape) == 4 and shape[0] and shape[3] in (1, 3) and min(shape[1:3]) >= MIN_SIDE
        if not sound or shape[1:] != shaped[0].shape[1:]:
            expected = f"(N, height, width) or (N, height, width, 1 or 3), sides of {MIN_SIDE} or more, or (N, 784)"
            raise Refused(f"'{name}' has images of the shape {array.shape}: expected the same for all, {expected}")
    kinds, dtype = {array.dtype.kind for array in shaped}, shaped[0].dtype
    if kinds == {"b"}:
        return [array * np.uint8(255) for array in shaped]
    numbers, floats, values = kinds <= {"i", "u"}, kinds == {"f"}, ""
    if good := numbers or floats:
        low, high = min(array.min() for array in shaped), max(array.max() for array in shaped)
        good = low >= 0 and 1 < high <= 255 if numbers else -1 <= low <= high <= 1  # not if any is not a number
        values = f" with values from {low:g} to {high:g}"
    if not good:
        expected = "whole numbers from 0 to 255, not all of them 0 or 1, or floats in [0, 1] or [-1, 1]"
        raise Refused(f"'{name}' is {dtype}{values}: expected {expected}")
    if numbers:
        return [array.astype(np.uint8, copy=False) for array in shaped]
    scale, shift = (127.5, 1) if low < 0 else (255, 0)
    return [np.rint((array.astype(np.float32) + shift) * scale).astype(np.uint8) for array in shaped]


# --- from pictures


def open_pictures(path: Path) -> tuple[list[str], Read]:
    """The names of the pictures in a folder or zip and below, sorted, and a function that reads one by name.

    Files are taken for pictures by their ending; hidden ones are left out, and what is no regular file.
    ValueError: a file that is not a whole zip.
    """
    if path.is_dir():
        found = (Path(folder, file) for folder, _, files in os.walk(path) for file in files)
        names = [file.relative_to(path).as_posix() for file in found if file.is_file()]
        read: Read = lambda name: (path / name).read_bytes()  # noqa: E731
    else:
        try:
            archive = zipfile.ZipFile(path)
        except Exception as error:  # of a damaged list of members, nearly anything
            raise Refused(f"'{path.name}' can't be read as a zip: {error}") from error
        names, read = archive.namelist(), archive.read
    names = [name for name in names if name.lower().endswith(SUFFIXES) and "/." not in f"/{name}"]
    return sorted(names), read


def read_pictures(
    path: Path, read: Read, parts: Sequence[Sequence[str]], size: int, bleed: float = 0.0
) -> list[np.ndarray]:
    """Pictures of a folder or zip by their names, for each part uint8 of shape (n, size, size, 3).

    Each is turned upright and cropped to its central square, without `bleed` of its sides. Transparency is put on
    white, 16-bit grey is scaled. Those that can't be read are left out, with one warning; ValueError if all.
    """
    from tqdm import tqdm

    total, unreadable, arrays = sum(map(len, parts)), dict[str, str](), []
    decode = partial(_decode, read, size=size, bleed=bleed)
    with ThreadPoolExecutor() as pool, tqdm(desc="reading pictures", total=total, leave=False, delay=3) as bar:
        for names in parts:
            pixels, done = np.empty((len(names), size, size, 3), np.uint8), 0
            for some in (names[start : start + CHUNK] for start in range(0, len(names), CHUNK)):
                for name, picture in zip(some, pool.map(decode, some), strict=True):
                    if isinstance(picture, str):
                        unreadable[name] = picture
                    else:
                        pixels[done] = picture
                        done += 1
                bar.update(len(some))
            arrays.append(pixels[:done])
    if unreadable:
        name, why = next(iter(unreadable.items()))
        sentence = f"{len(unreadable):,} of {total:,} pictures in '{path.name}' can't be read, such as {name} ({why})"
        if len(unreadable) == total:
            raise Refused(sentence)
        warnings.warn(f"{sentence}; they are left out.", stacklevel=2)
    return arrays


def _decode(read: Read, name: str, size: int, bleed: float) -> np.ndarray | str:
    """A picture's pixels, uint8 of shape (size, size, 3), or why it can't be read."""
    try:
        with Image.open(io.BytesIO(read(name)), formats=FORMATS) as opened:
            opened.draft(None, (2 * size, 2 * size))  # lets JPEG skip detail that the resize would throw away
            picture: Image.Image = opened
            with suppress(Exception):  # a note that can't be read says nothing; pixels that can't, raise below
                picture = ImageOps.exif_transpose(opened)
            if picture.mode == "F":
                return "its pixels are floating-point numbers of unknown range"
            if picture.mode.startswith("I"):  # Pillow's own conversion would clip 16 bits to 255
                picture = Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8))
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            return _fit(picture.convert("RGB"), size, bleed)
    except UnidentifiedImageError:
        return "not a picture"
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged data
        return str(error) or type(error).__name__


def _fit(picture: Image.Image, size: int, bleed: float = 0.0) -> np.ndarray:
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC, bleed))
