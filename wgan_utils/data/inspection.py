"""What lies in a folder of pictures, and every way known in which one would go in wrongly without being told."""

import base64
import html
import io
import os
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from wgan_utils.data.images import hold_out
from wgan_utils.data.pictures import (
    Facts,
    Listing,
    Treatment,
    depth,
    extremes,
    near_copies,
    open_pictures,
    range_of,
    read_in_range,
    read_pictures,
)
from wgan_utils.errors import Refused
from wgan_utils.pixels import image_grid

if TYPE_CHECKING:
    from pandas import DataFrame

ALL, SAMPLED = 10_000, 1_000  # pictures that are all looked at if they are small, and else how many
SMALL = 128 * 128  # pixels
CUT = 0.25  # share of a picture that is cropped away, from which on it is said
PARTS = {
    "train": "train",
    "training": "train",
    **dict.fromkeys(("test", "testing", "val", "valid", "validation"), "test"),
}
# What folders and files are called that hold something to be paired with the pictures, or the pictures once more.
PAIRED = re.compile(
    r"(^|[_\W])(masks?|labels?|seg(mentation)?s?|annot\w*|gt|ground_?truth|targets?|depth|edges?|thumb\w*)$"
)
# What to do about files that Pillow does not read.
ADVICE = {
    "heic heif": "pip install pillow-heif, and they are read",
    "jxl": "pip install pillow-jxl-plugin, and they are read",
    "dcm dicom": "read them with pydicom, and give the arrays",
    "nii mha nrrd": "read them with SimpleITK, and give slices as an array",
    "svg": "draw them with cairosvg",
    "cr2 nef arw dng raw": "develop them with rawpy",
    "psd tga ico eps pdf": "save them as PNG",
    "mp4 mov avi mkv webm": "take frames out with imageio",
    "zip tar gz tgz rar 7z": "unpack it, or give a zip by itself",
    "npy npz csv parquet": "give such a file by itself",
    "h5 hdf5 mat pkl pickle pt pth tfrecord": "read it with its own library, and give the arrays",
}
LEFT_OUT = {suffix: advice for suffixes, advice in ADVICE.items() for suffix in suffixes.split()}


@dataclass(frozen=True)
class Finding:
    """One way in which pictures go in other than one may think."""

    kind: str
    sentence: str
    option: str = ""  # of `load_images`, that decides otherwise
    loss: bool = True  # told when the pictures are loaded, too, unless the option is given


@dataclass(frozen=True)
class Layout:
    """What the folders mean: for each name the label or the part of the split, or "" where there is none."""

    labels: list[str]
    parts: list[str]
    paired: str = ""  # an example of two names for one picture


def layout_of(names: Sequence[str]) -> Layout:
    """Read folders' names: train/ and test/ are a split, others classes, unless some hold masks or copies."""
    parents = [PurePosixPath(name).parts[:-1] for name in names]
    levels = zip(*parents, strict=False)  # as many as all have
    common = next((i for i, level in enumerate(levels) if len({*level}) > 1), min(map(len, parents), default=0))
    parents = [folders[common:] for folders in parents]
    parts = [PARTS.get(folders[0].lower(), "") if folders else "" for folders in parents]
    if {*parts} == {"train", "test"}:
        parents = [folders[1:] for folders in parents]
    else:
        parts = [""] * len(names)
    stems: dict[str, str] = {}
    twice, example = 0, ""
    for name, folders in zip(names, parents, strict=True):
        stem = PurePosixPath(name).stem.lower()
        bare = PAIRED.sub("", stem) or stem
        if any(PAIRED.search(folder.lower()) for folder in folders) or bare != stem:
            twice, example = twice + 1, example or name
        else:
            stems.setdefault(bare, name)
    paired = example if stems and 4 * twice >= len(names) else ""
    labels = ["/".join(folders) for folders in parents]
    kinds = {*labels}
    if paired or "" in kinds or not 1 < len(kinds) <= len(names) / 2:
        labels = [""] * len(names)
    return Layout(labels, parts, paired)


def groups_of(facts: Sequence[Facts]) -> np.ndarray:
    """Number the groups of pictures that are nearly the same, an entry for each."""
    return near_copies(np.stack([fact.copy for fact in facts])) if facts else np.zeros(0, int)


def _cut(fact: Facts, how: Treatment) -> float:
    """The share that is cropped away, if it is much."""
    one, other = fact.size[0] * how.size[0], fact.size[1] * how.size[1]
    share = 1 - min(one, other) / max(one, other)
    return share if share > CUT and how.fit == "crop" else 0


def _renamed(fact: Facts, how: Treatment) -> bool:
    endings = {"JPEG": "jpg jpeg", "MPO": "jpg jpeg", "TIFF": "tif tiff", "PPM": "ppm pgm pbm", "JPEG2000": "jp2"}
    return PurePosixPath(fact.name).suffix.lower()[1:] not in endings.get(fact.format, fact.format.lower()).split()


# Kind; the option of `load_images` that decides otherwise; of how many pictures, as a share, it must be true; what is
# said of them; how much it is true of one, with the mean in the sentence.
RULES: tuple[tuple[str, str, float, str, Callable[[Facts, Treatment], float]], ...] = (
    ("depth", "", 0, "have 16 bits a channel, of which the upper 8 are read", lambda fact, how: fact.narrowed),
    ("frames", "frames", 0, "hold several frames or pages, of which the first is taken",
     lambda fact, how: fact.frames > 1 and how.frames != "all"),
    ("transparency", "background", 0, "show nothing, since what is not transparent in them is {ground}, too",
     lambda fact, how: fact.vanishes),
    ("transparency", "background", 0, "are transparent in {mean:.0%} of their area, which is laid on {ground}",
     lambda fact, how: fact.hidden * (not fact.vanishes)),
    ("crop", "fit", 0, "lose {mean:.0%} of their area as they are cropped to {size}", _cut),
    ("pairs", "", 0.5, "seem to be two pictures side by side: cut them apart",
     lambda fact, how: fact.seam and 1.9 < fact.size[0] / fact.size[1] < 2.1),
    ("border", "", 0.2, "have a frame, {mean:.0%} of their area: crop it off",
     lambda fact, how: fact.border * (fact.border > 0.1)),
    ("blank", "", 0, "are all of one colour", lambda fact, how: not (fact.vanishes or np.ptp(fact.copy, (0, 1)).any())),
    ("suffix", "", 0, "are taken by their content, not by their name", _renamed),
    ("enlarged", "image_size", 0, "are enlarged more than twice", lambda fact, how: 2 * min(fact.size) < min(how.size)),
)  # fmt: skip
NOTES = ("depth", "suffix", "enlarged")  # nothing that an option could mend, so not told when pictures are loaded


def findings(
    facts: Sequence[Facts], unreadable: dict[str, str], group: np.ndarray, listing: Listing, how: Treatment, name: str
) -> Iterator[Finding]:
    """Tell every way in which pictures would go in other than one may think: the one list of rules.

    `facts` are those of the pictures looked at, decoded as `how` says, and `group` is what `near_copies` makes of
    them; `listing` has all files.
    """
    total, layout = len(facts), layout_of(listing.names)
    if unreadable:
        file, why = next(iter(unreadable.items()))
        rest = f"{len(unreadable):,} of {total + len(unreadable):,} pictures in '{name}' can't be read"
        yield Finding("unreadable", f"{rest}, such as {file} ({why}); they are left out.")
    for suffix, files in sorted(listing.others.items()):
        if suffix in LEFT_OUT:
            yield Finding("left out", f"{len(files):,} .{suffix} in '{name}' are left out: {LEFT_OUT[suffix]}.")
    if not facts:
        return

    for kind, (number, low, high) in extremes(facts).items():
        told = f"{number:,} grey pictures of {kind} hold values from {low:g} to {high:g} only"
        try:
            white = range_of(low, high, kind == "floats", name)[1]
        except Refused as error:
            yield Finding("range", f"{error}.", "value_range")
            continue
        if high > 0 and white < {"8 bits": 255, "16 bits": 65535, "floats": 1}[kind]:
            yield Finding("range", f"{told}: 0 is taken for black and {white:g} for white.", "value_range")
        elif kind == "8 bits" and low < high < 64 and 2 * number > total:
            yield Finding("range", f"{told}, and so are nearly black: are they labels?", "value_range")
    for kind, option, least, told, measure in RULES:
        shares = {fact.name: float(share) for fact in facts if (share := measure(fact, how)) > 0}
        if len(shares) > least * total:
            which = f"{len(shares):,} of {total:,} pictures, such as {next(iter(shares))},"
            told = told.format(
                mean=np.mean([*shares.values()]), ground=how.background, size="×".join(map(str, how.size))
            )
            yield Finding(kind, f"{which} {told}.", option, kind not in NOTES)
    greys = sum(fact.grey for fact in facts)
    if 0 < greys < total:
        yield Finding("grey", f"{greys:,} of {total:,} pictures are grey, the others coloured.", "colour")
    if layout.paired:
        yield Finding("pairs", f"Masks or copies lie among the pictures, such as {layout.paired}: move them away.")
    counts = np.bincount(group)
    if (more := int((counts[counts > 1] - 1).sum())) and total > 1:
        pair = [facts[row].name for row in np.flatnonzero(group == np.argmax(counts > 1))[:2]]
        told = f"{more:,} of {total:,} pictures are others once more or nearly so, turned and mirrored ones included"
        kept = "No split keeps them apart." if len(counts) == 1 else "They are kept on one side of the split."
        yield Finding("copies", f"{told}: {pair[0]} and {pair[1]}. {'' if any(layout.parts) else kept}".strip())
    if any(layout.parts):
        yield Finding("split", "The folders for training and for testing are kept as the split.", "", False)
    if classes := sorted({*layout.labels} - {""}):
        some_names = ", ".join(classes[:5]) + (" …" if len(classes) > 5 else "")
        yield Finding(
            "classes", f"The {len(classes):,} folders ({some_names}) are taken for classes.", "classes", False
        )


@dataclass(frozen=True)
class Inspection:
    """A report on pictures: shown as a page in a notebook, as text by `print`.

    Attributes:
        table: what is there, a row each, and what `load_images` makes of it.
        findings: what goes in other than one may think; each has a kind, a sentence and the option that decides.
        sheet: examples as they are in their files (above) and as they are loaded (below), or None.
    """

    name: str
    table: "DataFrame"
    findings: list[Finding] = field(default_factory=list)
    sheet: Image.Image | None = None

    def _sentences(self) -> list[str]:
        told = [f"{one.sentence} ({one.option}=)" if one.option else one.sentence for one in self.findings]
        return told or ["Nothing was found that goes in wrongly."]

    def __str__(self) -> str:
        sentences = [textwrap.fill(f"- {one}", 88, subsequent_indent="  ") for one in self._sentences()]
        return "\n".join([self.table.to_string(header=False), "", *sentences])

    def _repr_html_(self) -> str:
        picture = ""
        if self.sheet:
            content = io.BytesIO()
            self.sheet.save(content, "png")
            data, told = base64.b64encode(content.getvalue()).decode(), "above as in the files, below as loaded"
            picture = f'<p><img alt="examples: {told}" src="data:image/png;base64,{data}"><br>Examples: {told}.</p>'
        items = "".join(f"<li>{html.escape(one)}</li>" for one in self._sentences())
        return f"<h4>{html.escape(self.name)}</h4>{self.table.to_html(header=False)}{picture}<ul>{items}</ul>"


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
    import pandas as pd

    place = Path(os.fsdecode(path)).expanduser()
    if not place.exists():
        raise FileNotFoundError(f"'{place}' does not exist: expected a folder or zip of pictures")
    listing, how = open_pictures(place), Treatment((image_size, image_size), frames="none")
    names, random = listing.names, np.random.default_rng(0)
    if len(names) > SAMPLED:
        few = read_pictures(listing.read, [names[i] for i in random.permutation(len(names))[:50]], how).facts
        if len(names) > ALL or not few or np.median([fact.size[0] * fact.size[1] for fact in few]) > SMALL:
            names = [names[i] for i in sorted(random.permutation(len(names))[:SAMPLED])]
    read, how = read_in_range(listing._replace(names=names), how, place.name, strict=False)
    found = list(findings(read.facts, read.unreadable, groups_of(read.facts), listing, how, place.name))
    table = pd.DataFrame.from_dict(_table(read.facts, len(names), listing, how), orient="index")
    return Inspection(place.name, table, found, _sheet(read.facts, listing, how))


def _table(facts: list[Facts], looked: int, listing: Listing, how: Treatment) -> dict[str, str]:
    def counted(values: Iterator[object]) -> str:
        common = Counter(values).most_common(6)
        return ", ".join(f"{value} {number:,}" for value, number in common)

    number, layout = len(listing.names), layout_of(listing.names)
    rows = {"pictures": f"{number:,}"}
    if looked < number:
        rows["looked at"] = f"{looked:,} of them, drawn by a fixed seed"
    rows["other files"] = counted(suffix for suffix, files in listing.others.items() for _ in files) or "none"
    if not facts:
        return rows
    areas = sorted((fact.size for fact in facts), key=lambda size: size[0] * size[1])
    rows["formats"] = counted(fact.format for fact in facts)
    rows["width×height"] = counted("×".join(map(str, fact.size)) for fact in facts)
    rows["smallest, largest"] = ", ".join("×".join(map(str, areas[at])) for at in (0, -1))
    rows["channels and bits"] = counted(f"{fact.mode} ({depth(fact.mode)})" for fact in facts)
    rows["frames"] = counted(fact.frames for fact in facts) if any(f.frames > 1 for f in facts) else "1 in each"
    test = layout.parts.count("test") if any(layout.parts) else len(hold_out(number)[1])
    shape = "×".join(map(str, (*how.size, 1 if all(fact.grey for fact in facts) else 3)))
    rows["load_images gives"] = f"{number - test:,} for training, {test:,} for testing, {shape}"
    return rows


def _sheet(facts: list[Facts], listing: Listing, how: Treatment, number: int = 10) -> Image.Image | None:
    """Examples, whole above and as they are loaded below."""
    if not facts:
        return None
    names = [facts[i].name for i in sorted({*np.linspace(0, len(facts) - 1, number).round().astype(int).tolist()})]
    rows = [read_pictures(listing.read, names, replace(how, fit=fit, frames="first")).pixels for fit in ("pad", "crop")]
    return Image.fromarray(image_grid(np.concatenate(rows), len(names), gap=4, background=225))
