"""The reader's own images: what is there, every way known in which one would go in wrongly, and loading them."""

import base64
import html
import io
import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from wgan_utils.data import pictures
from wgan_utils.data.images import Images, from_arrays, hold_out
from wgan_utils.data.pictures import FULL, SAMPLE, Listing, Pictures, Range, Treatment, read_pictures
from wgan_utils.errors import Refused
from wgan_utils.files import read_array_file
from wgan_utils.pixels import image_grid

if TYPE_CHECKING:
    from pandas import DataFrame

ALL, SAMPLED = 10_000, 1_000  # pictures that are all looked at if they are small, and else how many
SMALL = 128 * 128  # pixels
CUT = 0.25  # share of a picture that is cropped away, from which on it is said
NEAREST = 16  # pictures that each is compared with
PARTS = dict.fromkeys(("train", "training"), "train") | dict.fromkeys(("test", "val", "valid", "validation"), "test")
# What folders and files are called that hold something to be paired with the pictures, or the pictures once more.
PAIRED = re.compile(r"(^|[_\W])(masks?|labels?|seg(mentation)?s?|annot\w*|gt|targets?|depth|edges?|thumb\w*)$")
# What to do about files that Pillow does not read.
ADVICE = {
    "heic heif": "pip install pillow-heif, and they are read",
    "jxl": "pip install pillow-jxl-plugin, and they are read",
    "svg psd tga ico eps pdf cr2 nef arw dng raw": "save them as PNG",
    "mp4 mov avi mkv webm": "take frames out with imageio",
    "zip tar gz tgz rar 7z npy npz csv parquet": "give .zip, .npy, .npz, .csv or .parquet by itself, and unpack others",
    "dcm dicom nii mha nrrd h5 hdf5 mat pkl pickle pt pth tfrecord": "read them with their library, and give arrays",
}
LEFT_OUT = {suffix: advice for suffixes, advice in ADVICE.items() for suffix in suffixes.split()}
LABELS = ("label", "labels", "class", "target", "y", "emotion")  # columns of a table


# --- what is known of a set


class Layout(NamedTuple):
    """What the folders mean: for each name the label and the part of the split, or "" where there is none."""

    labels: list[str]
    parts: list[str]
    paired: str = ""  # an example of masks or copies among the pictures


def layout_of(names: Sequence[str]) -> Layout:
    """Read folders' names: train/ and test/ are a split, others classes, unless some hold masks or copies."""
    parents = [PurePosixPath(name).parts[:-1] for name in names]
    levels = enumerate(zip(*parents, strict=False))  # as many as all have
    common = next((i for i, level in levels if len({*level}) > 1), min(map(len, parents), default=0))
    parents = [one[common:] for one in parents]
    parts = [PARTS.get(one[0].lower(), "") if one else "" for one in parents]
    split = {*parts} == {"train", "test"}
    labels = ["/".join(one[split:]) for one in parents]
    stems = (PurePosixPath(name).with_suffix("").parts[common:] for name in names)
    paired = [n for n, parts in zip(names, stems, strict=True) if any(PAIRED.search(one.lower()) for one in parts)]
    masks = paired[0] if len(names) / 4 <= len(paired) < len(names) else ""
    if masks or "" in labels or not 1 < len({*labels}) <= len(names) / 2:
        labels = [""] * len(names)
    return Layout(labels, parts if split else [""] * len(names), masks)


def near_copies(copies: np.ndarray) -> np.ndarray:
    """Number the groups of pictures that are the same or nearly so, also turned by quarters or mirrored: int (n,).

    `copies` are uint8 (n, 16, 16, 3). Two are nearly the same where, each divided by its contrast, they differ by less
    than an eighth (root mean squares). Each is compared with the 16 whose cosine transforms are nearest: of the lowest
    frequencies the absolute values, added to those of the transposed picture, are the same in all eight positions.
    The time grows with n²: of more than 10,000 pictures only equal ones are told.
    """
    from scipy.fft import dctn
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    if len(copies) < 2:
        return np.arange(len(copies))
    different, group = np.unique(copies.reshape(len(copies), -1), axis=0, return_inverse=True)
    pixels = different.reshape(-1, *copies.shape[1:]).astype(np.float32)
    pixels /= np.maximum(pixels.std(axis=(1, 2, 3), keepdims=True), 4)
    waves = np.abs(dctn(pixels.mean(axis=3), axes=(1, 2), norm="ortho")[:, :5, :5])
    keys = (waves + waves.swapaxes(1, 2)).reshape(-1, 25)
    reach = 6 * (len(keys) <= ALL)
    near = cKDTree(keys).query(keys, min(NEAREST, len(keys)), distance_upper_bound=reach, workers=-1)[1]
    near = near.reshape(len(keys), -1)
    one, place = np.nonzero(near < len(keys))
    pairs = np.stack([one, near[one, place]])
    alike = []
    for a, b in np.array_split(pairs, len(one) // 4096 + 1, axis=1):
        views = (np.rot90(side, k, (1, 2)) for side in (pixels[b], pixels[b][:, :, ::-1]) for k in range(4))
        alike.append(np.min([((pixels[a] - view) ** 2).mean(axis=(1, 2, 3)) for view in views], axis=0) < 1 / 64)
    linked = pairs[:, np.concatenate(alike)]
    graph = coo_array((np.ones(linked.shape[1]), linked), shape=(len(keys), len(keys)))
    return connected_components(graph, directed=False)[1][group.ravel()]


def split_of(group: np.ndarray) -> np.ndarray:
    """Which images are for testing, bool (n,): a tenth of the groups of near copies; of one group a tenth of it."""
    first, place = np.unique(group, return_index=True, return_inverse=True)[1:]
    if len(first) == 1:
        first = place = np.arange(len(group))
    tested = np.isin(np.argsort(np.argsort(first))[place], hold_out(len(first))[1])
    return tested if 2 * tested.sum() <= len(tested) else ~tested


def read_in_range(
    listing: Listing, how: Treatment, name: str, strict: bool = True
) -> tuple[Pictures, dict[str, Range], list["Finding"]]:
    """Read pictures, and once more if their grey values do not fill their type; also which are black and white.

    ValueError where that can't be told; unless `strict` it is a finding.
    """
    read, ranges, told = read_pictures(listing, how), dict(FULL), list[Finding]()
    for kind in FULL if how.value_range is None else ():
        if not (values := [(one["low"], one["high"]) for one in read.facts if pictures.kind_of(one["mode"]) == kind]):
            continue
        low, high = float(np.min(values)), float(np.max(values))
        try:
            ranges[kind], sentence = pictures.range_of(low, high, kind, name)
        except Refused as error:
            if strict:
                raise
            ranges[kind], sentence = (low, high) if low < high else FULL[kind], f"{error}."
        told += [Finding("range", sentence, "value_range")] * bool(sentence)
    return (read if ranges == FULL else read_pictures(listing, how, ranges)), ranges, told


# --- what is told of it


class Finding(NamedTuple):
    """One way in which pictures go in other than one may think."""

    kind: str
    sentence: str
    option: str = ""  # of `load_images`, that decides otherwise


def _cut(t: "DataFrame", how: Treatment) -> Any:
    """The shares that are cropped away, if they are much."""
    height, width = how.size or (1, 1)
    ratio = t.width / t.height * height / width
    share = 1 - np.minimum(ratio, 1 / ratio)
    return share * (share > CUT) * (how.fit in (None, "crop"))


# Kind; the option that decides otherwise; of which share of the pictures it must be true; what is said of them, with
# the mean in it; how much it is true of each, by the table that `look` makes.
RULES: tuple[tuple[str, str, float, str, Callable[["DataFrame", Treatment], Any]], ...] = (
    ("frames", "frames", 0, "hold several frames or pages, of which the first is taken",
     lambda t, how: (t.frames > 1) & (how.frames != "all")),
    ("transparency", "background", 0, "are transparent in {mean:.0%} of their area, which is laid on {ground}",
     lambda t, how: t.hidden),
    ("crop", "fit", 0, "lose {mean:.0%} of their area as they are cropped to {size}", _cut),
    ("pairs", "", 0.5, "seem to be two pictures side by side: cut them apart",
     lambda t, how: t.seam & (t.width / t.height).between(1.9, 2.1)),
    ("border", "", 0.2, "have a frame, {mean:.0%} of their area: crop it off", lambda t, how: t.border),
    ("blank", "", 0, "are all of one colour", lambda t, how: t.blank),
    ("grey", "colour", 0, "are grey, the others coloured", lambda t, how: t.grey & ~t.grey.all()),
)  # fmt: skip


def look(facts: Sequence[Mapping[str, Any]], copies: np.ndarray) -> "DataFrame":
    """A row a picture: its facts, and what its small copy tells of colour, a frame, or a seam in the middle.

    A frame of one colour lies at two opposite edges at least, and ends in straight lines. The ground behind a drawing
    ends otherwise.
    """
    from pandas import DataFrame

    small, number = copies.astype(np.int16), np.arange(len(copies))
    apart = (np.abs(small - small[:, :1, :1]) > 12).any(axis=3)
    ends, straight = [], np.ones(len(copies), bool)
    for view in (apart, apart.swapaxes(1, 2), apart[:, ::-1], apart.swapaxes(1, 2)[:, ::-1]):
        ends.append(view.any(axis=2).argmax(axis=1))
        straight &= view[number, ends[-1]].mean(axis=1) >= 0.4
    top, left, bottom, right = ends
    border = (1 - (SAMPLE - top - bottom) * (SAMPLE - left - right) / SAMPLE**2) * straight
    border *= ((top * bottom > 0) | (left * right > 0)) & (border > 0.1)
    steps = np.abs(np.diff(small.sum(axis=3), axis=2)).mean(axis=1)
    middle = steps[:, SAMPLE // 2 - 1]
    seam = (middle > 60) & (middle > 4 * np.median(steps, axis=1))
    blank, grey = np.ptp(small, axis=(1, 2)).max(axis=1) == 0, np.ptp(small, axis=3).max(axis=(1, 2)) <= 3
    return DataFrame(facts).assign(border=border, seam=seam, blank=blank, grey=grey)


def findings(
    read: Pictures, table: "DataFrame", group: np.ndarray, listing: Listing, layout: Layout, how: Treatment
) -> Iterator[Finding]:
    """Tell what is found by `RULES`, by the groups of near copies, and by the names of files and folders."""
    total, size = len(table), "×".join(map(str, how.size or ()))
    for file, why in [*read.unreadable.items()][:1]:
        told = f"{len(read.unreadable):,} of {len(listing.names):,} pictures can't be read, such as {file} ({why})"
        yield Finding("unreadable", f"{told}; they are left out.")
    for suffix, number in sorted(listing.others.items()):
        if suffix in LEFT_OUT:
            yield Finding("left out", f"Files left out: {number:,} .{suffix} ({LEFT_OUT[suffix]}).")
    for kind, option, least, told, measure in RULES if total else ():
        shares = np.asarray(measure(table, how), float)
        if (rows := np.flatnonzero(shares)).size > least * total:
            told = told.format(mean=shares[rows].mean(), ground=how.background or "white", size=size)
            yield Finding(kind, f"{rows.size:,} of {total:,} pictures, such as {table.name[rows[0]]}, {told}.", option)
    if layout.paired:
        yield Finding("pairs", f"Masks or copies lie among the pictures, such as {layout.paired}: move them away.")
    counts = np.bincount(group)
    if 0 < len(counts) < total:
        one, other = table.name[np.flatnonzero(group == counts.argmax())[:2]]
        told = f"{total - len(counts):,} of {total:,} pictures are copies or near copies of others, such as {one} and"
        kept = "" if any(layout.parts) else "; each lies on the same side of the split"
        yield Finding("copies", f"{told} {other}, turned and mirrored ones included{kept}.")


# --- the report


@dataclass(frozen=True)
class Inspection:
    """A report on pictures: shown as a page in a notebook, as text by `print`.

    Attributes:
        facts: what is there, and what `load_images` makes of it.
        findings: what goes in other than one may think; each has a kind, a sentence and the option that decides.
        table: a row for each picture looked at, by which those of a finding can be found.
        sheet: examples as they are in their files (above) and as they are loaded (below), or None.
    """

    name: str
    facts: dict[str, str]
    findings: list[Finding]
    table: "DataFrame"
    sheet: Image.Image | None = None

    def _rows(self) -> list[tuple[str, str]]:
        told = [(one.kind, one.sentence + f" ({one.option}=)" * bool(one.option)) for one in self.findings]
        return [*self.facts.items(), *(told or [("findings", "Nothing was found that goes in wrongly.")])]

    def __str__(self) -> str:
        return "\n".join(f"{what}: {said}" for what, said in self._rows())

    def _repr_html_(self) -> str:
        page = "".join(f"<tr><th>{html.escape(what)}<td>{html.escape(said)}" for what, said in self._rows())
        page = f"<h4>{html.escape(self.name)}</h4><table>{page}</table>"
        if self.sheet is None:
            return page
        content, told = io.BytesIO(), "examples, above as in the files, below as loaded"
        self.sheet.save(content, "png")
        data = base64.b64encode(content.getvalue()).decode()
        return f'{page}<p><img alt="{told}" src="data:image/png;base64,{data}"><br>{told.capitalize()}.</p>'


def inspect_images(path: str | os.PathLike[str], image_size: int = 64) -> Inspection:
    """Look at a folder or zip of pictures, and say what `load_images` would make of it, and lose.

    All are looked at if they are 10,000 at most, of about 128×128 pixels at most; else 1,000 drawn by a fixed seed.

    Args:
        path: of a folder or zip of pictures, with its subfolders.
        image_size: as for `load_images`.

    Raises:
        FileNotFoundError: no such path.
        ValueError: neither a folder nor a whole zip.
    """
    place = Path(os.fsdecode(path)).expanduser()
    if not place.exists():
        raise FileNotFoundError(f"'{place}' does not exist: expected a folder or zip of pictures")
    listing, how, random = pictures.open_pictures(place), Treatment((image_size, image_size)), np.random.default_rng(0)
    names, looked = listing.names, listing
    if len(names) > SAMPLED:
        few = read_pictures(listing._replace(names=random.permutation(names)[:50].tolist()), Treatment()).facts
        if len(names) > ALL or not few or np.median([one["width"] * one["height"] for one in few]) > SMALL:
            looked = listing._replace(names=sorted(random.permutation(names)[:SAMPLED].tolist()))
    read, ranges, found = read_in_range(looked, Treatment(), place.name, strict=False)
    layout, table, group = layout_of(names), look(read.facts, read.copies), near_copies(read.copies)
    found += findings(read, table, group, looked, layout, how)
    facts = {"pictures": f"{len(names):,}"}
    if looked is not listing:
        facts["looked at"] = f"{SAMPLED:,} of them, drawn by a fixed seed"
    facts["other files"] = ", ".join(f"{one} {number:,}" for one, number in listing.others.items()) or "none"
    if table.empty:
        return Inspection(place.name, facts, found, table)
    sizes = table.width.astype(str) + "×" + table.height.astype(str)
    for what, values in (("formats", table.format), ("modes", table["mode"]), ("width×height", sizes)):
        counts = values.value_counts()
        facts[what] = ", ".join(f"{one} {number:,}" for one, number in counts.head(6).items()) + " …" * (
            len(counts) > 6
        )
    classes = sorted({*layout.labels} - {""})
    facts["classes"] = ", ".join(classes[:6]) + " …" * (len(classes) > 6) or "none"
    total, tested = len(names), hold_out(len(names))[1]
    if looked is listing:
        total, tested = len(table), np.flatnonzero(split_of(group))
    test = layout.parts.count("test") or len(tested)
    shape = f"{image_size}×{image_size}×{1 if table.grey.all() else 3}"
    split = "by the folders" if any(layout.parts) else "by a fixed seed"
    facts["load_images gives"] = f"{total - test:,} for training, {test:,} for testing {split}, {shape}"
    some = [table.name[i] for i in np.unique(np.linspace(0, len(table) - 1, 10).round().astype(int))]
    both = [
        read_pictures(listing._replace(names=some), replace(how, fit=fit), ranges).pixels for fit in ("pad", "crop")
    ]
    sheet = Image.fromarray(image_grid(np.concatenate(both), len(some), gap=4, background=225))
    return Inspection(place.name, facts, found, table, sheet)


# --- loading


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
            given = pictures.open_pictures(path)
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
        several: Any = given
        given = Listing([f"{i:06d}" for i in range(len(several))], lambda one: several[int(one)].copy())
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
        copies = np.stack([pictures.small_copy(Image.fromarray(one).convert("RGB")) for one in flat])
        seen.append((copies, near_copies(copies)))
        tested = split_of(seen[0][1])
        return np.flatnonzero(~tested), np.flatnonzero(tested)

    images = from_arrays(arrays, classes, name, source, how, split)
    layout = Layout([], [] if seen else ["test"])
    if not seen:  # they came with a split of their own
        split(np.concatenate([images.train, images.test]))
    (copies, group), (height, width) = seen[0], images.train.shape[1:3]
    how = replace(how, size=how.size or (height, width))
    facts = [pictures.fact(f"row {row}", (width, height)) for row in range(len(copies))]
    read = Pictures(images.train, np.arange(len(facts)), facts, copies, {})
    _tell(findings(read, look(facts, copies), group, Listing([], str), layout, how), how)
    return images.resized(how)


def _load_pictures(
    listing: Listing, labels: Any, classes: Sequence[int | str] | None, name: str, source: str, how: Treatment
) -> Images:
    if not listing.names:
        others = [f"{number:,} .{one} ({LEFT_OUT.get(one, 'no pictures')})" for one, number in listing.others.items()]
        raise Refused(f"'{name}' holds no pictures: {'; '.join(others) or 'it is empty'}")
    how = replace(how, size=how.size or (64, 64))
    layout = layout_of(listing.names)
    of_file = np.array(layout.labels if labels is None else labels).astype(str)
    kinds = sorted({*of_file} - {""}, key=lambda one: (int(one) if one.isdigit() else -1, one))
    if classes is not None:
        if lacking := {str(one) for one in classes} - {*kinds}:
            raise Refused(f"'{name}' has no class {', '.join(lacking)}: it has {', '.join(kinds) or 'none'}")
        chosen = np.flatnonzero(np.isin(of_file, [str(one) for one in classes]))
        listing, of_file = listing._replace(names=[listing.names[i] for i in chosen]), of_file[chosen]
        layout = layout._replace(parts=[layout.parts[i] for i in chosen])
    read, _, told = read_in_range(listing, how, name, strict=True)
    if not read.facts:
        file, why = next(iter(read.unreadable.items()))
        raise Refused(f"none of {len(listing.names):,} pictures in '{name}' can be read, such as {file} ({why})")
    group, table = near_copies(read.copies), look(read.facts, read.copies)
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
