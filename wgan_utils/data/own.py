"""The reader's own images, out of memory, arrays, tables, folders, zips and lists of pictures."""

import io
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from wgan_utils.data.images import MIN_SIDE, Images, from_arrays, hold_out
from wgan_utils.data.inspection import LEFT_OUT, findings, groups_of, layout_of
from wgan_utils.data.pictures import (
    CHUNK,
    SUFFIXES,
    Facts,
    Listing,
    Range,
    Treatment,
    looked,
    open_pictures,
    read_in_range,
    small_copy,
)
from wgan_utils.errors import Refused
from wgan_utils.files import read_array_file

LABELS = ("label", "labels", "class", "target", "y", "emotion")  # columns of a table


@dataclass(frozen=True)
class Wanted:
    """What `load_images` was asked for."""

    classes: Sequence[int | str] | None
    how: Treatment
    sized: bool  # whether arrays, too, are brought to the size
    value_range: Range | None
    asked: frozenset[str]  # the options given, whose findings need not be told


def load_own(given: Any, want: Wanted) -> Images:
    """Load own images from whatever `load_images` takes, and warn of what goes in other than one may think."""
    if not isinstance(given, str | os.PathLike):
        return _from_memory(given, want)
    path = Path(given).expanduser().resolve()
    shown = path.name.encode("utf-8", "replace").decode()  # bytes on disk need not be letters
    suffix = path.suffix.lower() if path.is_file() else ""
    stem = shown.removesuffix(path.suffix) if suffix else shown
    if suffix in (".npy", ".npz"):
        return _arrays(read_array_file(path), stem, f"own array {shown}", want)
    if suffix == ".csv":
        return _arrays(_read_csv(path), stem, f"own table {shown}", want)
    if suffix == ".parquet":
        listing, labels = _open_parquet(path)
        return _pictures(listing, labels, stem, f"own pictures in {shown}", want)
    if suffix in SUFFIXES:
        return _from_memory([path], want)
    if suffix != ".zip" and not path.is_dir():
        expected = "a folder or zip of pictures, an .npy, .npz, .csv or .parquet file, or arrays in memory"
        advice = LEFT_OUT.get(suffix[1:])
        raise Refused(f"'{shown}' can't be loaded: {advice or f'expected {expected}'}")
    return _pictures(open_pictures(path), None, stem, f"own pictures in {shown}", want)


def _from_memory(given: Any, want: Wanted) -> Images:
    """From an array or tensor, (x, y), ((x, y), (x_test, y_test)), a dictionary, or a list of paths or pictures."""
    name, source = "images", "own images in memory"
    first = given[0] if isinstance(given, tuple | list) and len(given) else None
    if isinstance(first, str | os.PathLike):
        paths = [Path(one).expanduser() for one in given]
        if missing := [str(path) for path in paths if not path.is_file()]:
            raise FileNotFoundError(f"'{missing[0]}' of the list of pictures is no file")
        listing = Listing(list(map(str, paths)), lambda one: Path(one).read_bytes(), {})
        return _pictures(listing, None, name, f"own pictures, a list of {len(paths):,}", want)
    if isinstance(given, list) and all(map(_one_picture, given)) and len({array.shape for array in given}) > 1:
        given = [Image.fromarray(np.squeeze(array)) for array in given]
        first = given[0]
    if isinstance(first, Image.Image):
        listing = Listing([f"{i:06d}" for i in range(len(given))], partial(_as_file, given), {})
        return _pictures(listing, None, name, source, want)
    if isinstance(given, Mapping):
        return _arrays({str(key): as_array(value) for key, value in given.items()}, name, source, want)
    if isinstance(given, tuple) and len(given) == 2:
        arrays = dict[str, np.ndarray]()
        for part, (x, y) in zip(("train", "test"), given if isinstance(first, tuple | list) else [given], strict=False):
            arrays |= {f"x_{part}": as_array(x), f"y_{part}": as_array(y)}
        return _arrays(arrays, name, source, want)
    return _arrays({"": as_array(given)}, name, source, want)


def _one_picture(given: Any) -> bool:
    return isinstance(given, np.ndarray) and given.dtype == np.uint8 and given.ndim in (2, 3)


def as_array(given: Any) -> np.ndarray:
    """NumPy's view of an array, a list of arrays of one shape, or a tensor of any library."""
    given = given.detach().cpu() if hasattr(given, "detach") else given
    try:
        array = np.asarray(given)
    except Exception as error:  # of lists of several shapes, and of what is no array at all
        raise Refused(f"{type(given).__name__} can't be made an array of images: {error}") from error
    if array.dtype == object or not array.ndim:
        raise Refused(f"{type(given).__name__} is no array of images: expected numbers, all images of one shape")
    return array


def _as_file(pictures: Sequence[Image.Image], name: str) -> bytes:
    content, picture = io.BytesIO(), pictures[int(name)]
    picture.save(content, "tiff" if picture.mode in ("F", "CMYK", "LAB", "YCbCr") else "png")
    return content.getvalue()


def _tell(told: Sequence[Any], want: Wanted) -> None:
    for one in told:
        if one.loss and one.option not in want.asked:
            hint = f" Decide it with {one.option}=." if one.option else ""
            warnings.warn(f"{one.sentence}{hint}", stacklevel=2)


def keep_together(tested: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Which images are for testing, bool (n,), once each group lies where its first image does.

    If then all lie on one side, the smallest groups are for testing, a tenth of the images; of one group nothing.
    """
    together = tested[np.unique(group, return_index=True)[1]][group]
    if together.any() and not together.all():
        return together
    sizes = np.bincount(group)
    few = max(1, int(np.searchsorted(np.sort(sizes).cumsum(), len(group) // 10)))
    return np.isin(group, np.argsort(sizes, kind="stable")[:few]) if len(sizes) > 1 else tested


# --- arrays


def _arrays(arrays: Mapping[str, np.ndarray], name: str, source: str, want: Wanted) -> Images:
    facts, group = list[Facts](), np.zeros(0, int)

    def split(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal facts, group
        facts = _facts_of(pixels, "row ")
        group = groups_of(facts)
        tested = keep_together(np.isin(np.arange(len(pixels)), hold_out(len(pixels))[1]), group)
        return np.flatnonzero(~tested), np.flatnonzero(tested)

    background = want.how.background if "background" in want.asked else None
    images = from_arrays(arrays, want.classes, name, source, want.value_range, background, split)
    if not facts:  # they came with a split of their own
        facts = _facts_of(images.train, "train/") + _facts_of(images.test, "test/")
        group = groups_of(facts)
    how = want.how if want.sized else replace(want.how, size=images.train.shape[1:3])
    listing = Listing([fact.name for fact in facts], str.encode, {})
    _tell(list(findings(facts, {}, group, listing, how, name)), want)
    return images.resized(how.size, how.fit, how.background) if want.sized else images


def _facts_of(pixels: np.ndarray, name: str) -> list[Facts]:
    """What is notable about images in an array, uint8 (n, height, width, 1 or 3), called by their rows."""
    found, size = list[Facts](), (pixels.shape[2], pixels.shape[1])
    flat = pixels[..., 0] if pixels.shape[3] == 1 else pixels
    for start in range(0, len(flat), CHUNK):
        copies = (small_copy(Image.fromarray(one).convert("RGB")) for one in flat[start : start + CHUNK])
        found += looked([Facts(f"{name}{i}", "", "RGB", size, copy=copy) for i, copy in enumerate(copies, start)])
    return found


def _read_csv(path: Path) -> dict[str, np.ndarray]:
    """A row an image: numbers in a column a pixel, or in one column called pixels; and, if you like, labels.

    Kaggle's MNIST and Fashion-MNIST have 784 such columns, FER-2013 has one; squares only, channels last.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path)
        if all(str(column).split(".")[0].isdigit() for column in table.columns):  # no heading, but the first image
            table = pd.read_csv(path, header=None)
        table.columns = [str(column).strip().lower() for column in table.columns]
        column = next((one for one in LABELS if one in table.columns), None)
        labels = None if column is None else table.pop(column).to_numpy()
        if "pixels" in table:
            values = np.stack([np.array(row.split(), float) for row in table["pixels"]])
        else:
            values = table.to_numpy()
    except Exception as error:  # of pandas and NumPy, nearly anything
        raise Refused(f"'{path.name}' can't be read as a table of pixels: {error}") from error
    if labels is None and _side(values.shape[1]) is None and _side(values.shape[1] - 1):
        labels, values = values[:, 0], values[:, 1:]
    shape = _side(values.shape[1])
    if shape is None or values.dtype.kind not in "iuf":
        raise Refused(
            f"'{path.name}' has {values.shape[1]:,} columns: expected those of square grey or coloured images"
        )
    values = values.reshape(-1, *shape)
    whole = values.dtype.kind == "f" and values.max() > 1 and (values == values.round()).all()
    return {"x_train": values.astype(int) if whole else values} | ({} if labels is None else {"y_train": labels})


def _side(number: int) -> tuple[int, int, int] | None:
    for channels in (1, 3):
        side = round((max(number, 0) / channels) ** 0.5)
        if side >= MIN_SIDE and side * side * channels == number:
            return side, side, channels
    return None


# --- pictures


def _open_parquet(path: Path) -> tuple[Listing, list[str] | None]:
    """The encoded pictures in a column of bytes, as on the Hugging Face hub, and their labels, if there are any."""
    import pandas as pd

    try:
        table = pd.read_parquet(path)
    except ImportError as error:
        raise Refused(f"'{path.name}' needs pyarrow: pip install pyarrow") from error
    except Exception as error:
        raise Refused(f"'{path.name}' can't be read as a parquet file: {error}") from error
    for column in table.columns:
        contents = [one.get("bytes") if isinstance(one, dict) else one for one in table[column]]
        if contents and all(isinstance(one, bytes) for one in contents):
            label = next((one for one in LABELS if one in table.columns), None)
            labels = None if label is None else [str(one) for one in table[label]]
            return Listing([f"{i:06d}" for i in range(len(contents))], partial(_row, contents), {}), labels
    raise Refused(f"'{path.name}' has no column with the bytes of pictures, but {', '.join(map(str, table.columns))}")


def _row(contents: Sequence[Any], name: str) -> bytes:
    return contents[int(name)]


def _pictures(listing: Listing, labels: Sequence[str] | None, name: str, source: str, want: Wanted) -> Images:
    layout, how = layout_of(listing.names), want.how
    labels = labels or layout.labels
    kinds = sorted({*labels} - {""}, key=lambda one: (int(one) if one.isdigit() else -1, one))
    if not listing.names:
        found = [
            f"{len(files):,} .{suffix} ({LEFT_OUT.get(suffix, 'no pictures')})"
            for suffix, files in listing.others.items()
        ]
        raise Refused(f"'{name}' holds no pictures" + (f", but {'; '.join(found[:4])}" if found else ""))
    if want.classes is not None:
        if any(str(one) not in kinds for one in want.classes):
            raise Refused(
                f"'{name}' can't give classes={list(want.classes)}: it has "
                + (", ".join(kinds) or "its pictures lie in no folders of classes")
            )
        chosen = [i for i, label in enumerate(labels) if label in {str(one) for one in want.classes}]
        listing = listing._replace(names=[listing.names[i] for i in chosen])
        labels, layout = [labels[i] for i in chosen], replace(layout, parts=[layout.parts[i] for i in chosen])
    read, how = read_in_range(listing, how, name)
    if not read.facts:
        file, why = next(iter(read.unreadable.items()))
        raise Refused(f"none of {len(listing.names):,} pictures in '{name}' can be read, such as {file} ({why})")
    group = groups_of(read.facts)
    _tell(list(findings(read.facts, read.unreadable, group, listing, how, name)), want)

    readable = np.unique(read.rows)
    if any(layout.parts):
        tested = np.array(layout.parts)[readable] == "test"
    else:
        tested = keep_together(np.isin(readable, hold_out(len(listing.names))[1]), group)
    of_test = tested[np.searchsorted(readable, read.rows)]
    if of_test.all() or not of_test.any():  # one file with all the pictures, or those held out were unreadable
        of_test = np.isin(np.arange(len(of_test)), hold_out(len(of_test))[1])
    train, test = read.pixels[~of_test], read.pixels[of_test]
    if not any((pixels != pixels[..., :1]).any() for pixels in (train, test)):
        train, test = train[..., :1].copy(), test[..., :1].copy()
    if not kinds:
        return Images(train, test, None, None, name, source)
    numbers = np.array([kinds.index(labels[row]) for row in read.rows], np.int64)
    return Images(train, test, numbers[~of_test], numbers[of_test], name, source, classes=tuple(kinds))
