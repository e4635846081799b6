"""The reader's own images, out of memory, arrays, tables, folders, zips and lists of pictures."""

import io
import math
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from wgan_utils.data import inspection
from wgan_utils.data.images import Images, from_arrays
from wgan_utils.data.inspection import LEFT_OUT, Finding, Layout, findings, near_copies, split_of
from wgan_utils.data.pictures import Listing, Pictures, Treatment, fact, open_pictures, small_copy
from wgan_utils.errors import Refused
from wgan_utils.files import read_array_file

LABELS = ("label", "labels", "class", "target", "y", "emotion")  # columns of a table


def load_own(given: Any, classes: Sequence[int | str] | None, how: Treatment) -> Images:
    """Load own images from whatever `load_images` takes, and warn of what goes in other than one may think."""
    name, source, labels = "images", "own images in memory", None
    if isinstance(given, str | os.PathLike):
        path = Path(given).expanduser().resolve()
        shown = path.name.encode("utf-8", "replace").decode()  # bytes on disk need not be letters
        suffix = path.suffix.lower() if path.is_file() else ""
        name, source = shown.removesuffix(path.suffix) if suffix else shown, f"own pictures in {shown}"
        if suffix in (".npy", ".npz"):
            given, source = read_array_file(path), f"own array {shown}"
        elif suffix in (".csv", ".parquet"):
            given, labels = _read_table(path)
        elif suffix == ".zip" or path.is_dir():
            given = open_pictures(path)
        else:
            expected = "expected a folder or zip of pictures, a file .npy, .npz, .csv or .parquet, or arrays in memory"
            raise Refused(f"'{shown}' can't be loaded: {LEFT_OUT.get(suffix[1:], expected)}")
    first = given[0] if isinstance(given, tuple | list) and given else None
    if isinstance(first, str | os.PathLike):
        if missing := [one for one in given if not Path(one).expanduser().is_file()]:
            raise FileNotFoundError(f"'{missing[0]}' of the list of pictures is no file")
        given = Listing(
            [os.fsdecode(Path(one).expanduser()) for one in given], lambda one: io.BytesIO(Path(one).read_bytes())
        )
    elif isinstance(first, Image.Image):
        pictures: Any = given
        given = Listing([f"{i:06d}" for i in range(len(pictures))], lambda one: pictures[int(one)].copy())
    if isinstance(given, Listing):
        return _load_pictures(given, labels, classes, name, source, how)
    return _load_arrays(_named(given, labels), classes, name, source, how)


def _named(given: Any, labels: Any) -> dict[str, np.ndarray]:
    """The arrays of x, (x, y), ((x, y), (x_test, y_test)) or a dictionary, by the names that `from_arrays` knows."""
    if isinstance(given, Mapping):
        return {str(key): _as_array(value) for key, value in given.items()}
    if isinstance(given, tuple) and len(given) == 2:
        parts = zip(("train", "test"), given if isinstance(given[0], tuple | list) else [given], strict=False)
        return {f"{axis}_{part}": _as_array(one) for part, pair in parts for axis, one in zip("xy", pair, strict=True)}
    return {"x_train": _as_array(given)} | ({} if labels is None else {"y_train": labels})


def _as_array(given: Any) -> np.ndarray:
    """NumPy's view of an array, a list of arrays of one shape, or a tensor of any library."""
    with suppress(Exception):  # of lists of several shapes, and of what is no array at all
        array = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
        if array.dtype != object and array.ndim:
            return array
    raise Refused(f"{type(given).__name__} is no array of images: expected numbers, all images of one shape")


def _read_table(path: Path) -> tuple[Any, np.ndarray | None]:
    """Pictures of a table with a row for each, encoded (as Hugging Face's) or in pixels (Kaggle's), and labels."""
    import pandas as pd

    try:
        table = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else pd.read_csv(path)
        if all(str(column).split(".")[0].isdigit() for column in table):  # no heading, but the first image
            table = pd.read_csv(path, header=None)
        label = next((column for column in table if str(column).lower() in LABELS), None)
        labels = None if label is None else table.pop(label).to_numpy()
        for column in table:
            cells: list[Any] = [cell.get("bytes") if isinstance(cell, dict) else cell for cell in table[column]]
            if isinstance(cells[0], bytes):
                return [Image.open(io.BytesIO(cell)) for cell in cells], labels
        rows = np.stack([np.array(row.split(), int) for row in table["pixels"]]) if "pixels" in table else None
        pixels = table.select_dtypes("number").to_numpy() if rows is None else rows
        side = math.isqrt(pixels.shape[1])
        if side**2 < pixels.shape[1] == side**2 + 1 and labels is None:
            pixels, labels = pixels[:, 1:], pixels[:, 0]
        return pixels.reshape(-1, side, side), labels
    except Exception as error:  # pandas's on damaged files, or that pyarrow is missing: nearly anything
        why = str(error).partition("\n")[0]
        raise Refused(f"'{path.name}' can't be read as a table of square grey images: {why}") from error


def _tell(found: Iterable[Finding], how: Treatment) -> None:
    for one in found:
        if getattr(how, one.option or "no option", None) is None:
            hint = f" Decide it with {one.option}=." if one.option else ""
            warnings.warn(one.sentence + hint, stacklevel=5)  # at the call of `load_images`


def _load_arrays(
    arrays: Mapping[str, np.ndarray], classes: Sequence[int | str] | None, name: str, source: str, how: Treatment
) -> Images:
    seen = list[tuple[np.ndarray, np.ndarray]]()  # small copies, and their groups

    def split(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = pixels[..., 0] if pixels.shape[3] == 1 else pixels
        copies = np.stack([small_copy(Image.fromarray(one).convert("RGB")) for one in flat])
        seen.append((copies, near_copies(copies)))
        tested = split_of(seen[0][1])
        return np.flatnonzero(~tested), np.flatnonzero(tested)

    images = from_arrays(arrays, classes, name, source, how, split)
    layout = Layout([], [] if seen else ["test"])
    if not seen:  # they came with a split of their own
        split(np.concatenate([images.train, images.test]))
    (copies, group), (height, width) = seen[0], images.train.shape[1:3]
    how = replace(how, size=how.size or (height, width))
    facts = [fact(f"row {row}", (width, height)) for row in range(len(copies))]
    read = Pictures(images.train, np.arange(len(facts)), facts, copies, {})
    _tell(findings(read, inspection.look(facts, copies), group, Listing([], str), layout, how), how)
    return images.resized(how)


def _load_pictures(
    listing: Listing, labels: Any, classes: Sequence[int | str] | None, name: str, source: str, how: Treatment
) -> Images:
    if not listing.names:
        others = [f"{number:,} .{one} ({LEFT_OUT.get(one, 'no pictures')})" for one, number in listing.others.items()]
        raise Refused(f"'{name}' holds no pictures: {'; '.join(others) or 'it is empty'}")
    how = replace(how, size=how.size or (64, 64))
    layout = inspection.layout_of(listing.names)
    of_file = np.array(layout.labels if labels is None else labels).astype(str)
    kinds = sorted({*of_file} - {""}, key=lambda one: (int(one) if one.isdigit() else -1, one))
    if classes is not None:
        if lacking := {str(one) for one in classes} - {*kinds}:
            raise Refused(f"'{name}' has no class {', '.join(lacking)}: it has {', '.join(kinds) or 'none'}")
        chosen = np.flatnonzero(np.isin(of_file, [str(one) for one in classes]))
        listing, of_file = listing._replace(names=[listing.names[i] for i in chosen]), of_file[chosen]
        layout = layout._replace(parts=[layout.parts[i] for i in chosen])
    read, _, told = inspection.read_in_range(listing, how, name, strict=True)
    if not read.facts:
        file, why = next(iter(read.unreadable.items()))
        raise Refused(f"none of {len(listing.names):,} pictures in '{name}' can be read, such as {file} ({why})")
    group, table = near_copies(read.copies), inspection.look(read.facts, read.copies)
    _tell([*told, *findings(read, table, group, listing, layout, how)], how)
    readable, file_of = np.unique(read.rows, return_inverse=True)
    tested = (np.array(layout.parts)[readable] == "test" if any(layout.parts) else split_of(group))[file_of]
    if len(readable) == 1:  # with all the pictures, as pages
        tested = split_of(np.arange(len(tested)))
    train, test = read.pixels[~tested], read.pixels[tested]
    if not any((pixels != pixels[..., :1]).any() for pixels in (train, test)):
        train, test = train[..., :1].copy(), test[..., :1].copy()
    if not kinds:
        return Images(train, test, None, None, name, source)
    numbers = np.array([kinds.index(of_file[row]) for row in read.rows], np.int64)
    return Images(train, test, numbers[~tested], numbers[tested], name, source, classes=tuple(kinds))
