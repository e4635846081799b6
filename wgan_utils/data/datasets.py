"""The images to train on, by one call: a data set by name, or the reader's own files."""

import difflib
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path

import numpy as np

from wgan_utils.data.arrays import MIN_SIDE, Split, draw, hold_out, keep_classes, read_array_file, to_uint8_nhwc
from wgan_utils.data.pictures import PICTURE_SUFFIXES, decode_pictures, open_pictures, report_unreadable, resize
from wgan_utils.data.sources import LABELLED, load_known
from wgan_utils.errors import Refused
from wgan_utils.files import printable

LEAST = 10  # images of each part, for an evaluation
PICTURE_SIZE = 64  # pixels a side, for pictures, whose files come in any size
_NAMES = [*LABELLED, "celeba", "quickdraw/<category>"]
_KNOWN = re.compile("|".join([*LABELLED, "celeba", "quickdraw/[A-Za-z][A-Za-z '-]*"]))


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Images for training and, held out from it, for testing.

    Attributes:
        train, test: uint8 of shape (N, height, width, channels).
        train_labels, test_labels: int64 of shape (N,), or None where the images have no classes.
        name: the data set, such as "mnist" or "quickdraw/camel", or the file's or folder's own name.
        source: where the images came from, in one phrase.
        sha256: of the shapes and pixels of `train` and `test`, whatever file they were kept in.
        is_standin: whether these are not the images asked for.
        note: one sentence for captions about a stand-in or other oddity; "" for the real thing.
        invert: whether figures should show them dark on light, as drawings are; the pixels stay bright on black.
        originals: where the test images are redrawn from others, those: uint8 of their shape, in no training
            image; None otherwise. What is near one of them in a figure is near a real image held out.
    """

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    test_labels: np.ndarray | None
    name: str
    source: str
    sha256: str
    is_standin: bool
    note: str
    invert: bool = False
    originals: np.ndarray | None = None

    def __repr__(self) -> str:
        """One line: how many images of what shape, and from where."""
        height, width, channels = self.train.shape[1:]
        return (
            f"Images({self.name}: {len(self.train):,} for training, {len(self.test):,} for testing, "
            f"{height}×{width}×{channels}; {self.source})"
        )

    def padded(self, border: int) -> "Images":
        """The same images with a border of black pixels, `border` wide, on every side; `sha256` is theirs."""
        sides = ((0, 0), (border, border), (border, border), (0, 0))
        train, test = np.pad(self.train, sides), np.pad(self.test, sides)
        originals = None if self.originals is None else np.pad(self.originals, sides)
        return replace(self, train=train, test=test, originals=originals, sha256=_sha256(train, test))


def load_images(
    name: str | os.PathLike[str],
    classes: Sequence[int | str] | int | str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | None = None,
    limit: int | None = None,
    allow_standin: bool = True,
    accept_celeba_terms: bool = False,
    colour: bool = False,
    evaluable: bool = False,
) -> Images:
    """Load a data set by name, or the reader's own images from a path.

    The official split is kept. Where there is none, a tenth drawn with a fixed seed is set aside for testing
    (of a part of CelebA: the last tenth). CelebA is cropped to the central 148 x 148 of its 178 x 218 pixels.
    Own pictures without any colour come with one channel, others with three.

    Args:
        name: "mnist", "fashion_mnist", "cifar10", "quickdraw/<category>" or "celeba". Or a path: of an .npy or
            .npz array (an .npz holds x_train and, if you like, y_train, x_test and y_test; or one array;
            `to_uint8_nhwc` has the shapes and values), or of a folder or zip of pictures, with its subfolders.
        classes: keep these only, or this one, by number or by name ("horse").
        data_dir: where to look first, in place of $WGAN_DATA_DIR. Then, and without either: `data` in a
            checkout of this project, else the user's cache folder. That is where downloads go.
        image_size: crop to the central square and resize to so many pixels a side. Pictures in folders and
            zips are always brought to one size, 64 unless said otherwise.
        limit: keep so many training images, drawn with a fixed seed and in an order of its own; a lower limit
            takes a part of what a higher one takes.
        allow_standin: whether other images may take the place of ones that can't be had. It is announced.
        accept_celeba_terms: say that you have read CelebA's terms (non-commercial research, not to be passed
            on) and accept them, as ACCEPT_CELEBA_TERMS=1 in the environment does; without it, CelebA is never
            downloaded. Needs the package gdown.
        colour: give grey images three channels, all the same, for networks that take colour.
        evaluable: refuse now what `evaluate` would refuse after a training: fewer than 10 images held out or, of
            own ones, half of those among the training images, as they are or mirrored.

    Raises:
        FileNotFoundError: no such path or data folder, or no images and `allow_standin` is False.
        ValueError: an unknown name, class or setting, or a file that does not hold images as expected.
    """
    name = os.fsdecode(name)
    _check_number("image_size", image_size, MIN_SIDE)
    _check_number("limit", limit, 1)
    numbers, size = _class_numbers(name, classes), image_size or PICTURE_SIZE
    if known := _KNOWN.fullmatch(name):
        split = load_known(name, numbers, data_dir, size, limit, allow_standin, accept_celeba_terms)
    else:
        path = _own_path(name)
        split = _load_own(path, numbers, size, limit)
        name = printable(path.stem)
    train, test, train_labels, test_labels, source, note, is_standin, originals = split
    if not (len(train) and len(test)):
        raise Refused(f"'{name}' has {len(train)} + {len(test)} images for training + testing: each needs one")
    if evaluable and min(len(train), len(test)) < LEAST:
        raise Refused(
            f"'{name}' has {len(train) + len(test)} images, {len(test)} of them held out: an evaluation needs {LEAST} "
            f"held out, which is a tenth of {10 * LEAST}"
        )
    if limit is not None and limit < len(train):
        kept = draw(len(train), limit)[:limit]
        train, train_labels = train[kept], None if train_labels is None else train_labels[kept]
    if image_size is not None:
        train, test = resize(train, image_size), resize(test, image_size)
        originals = None if originals is None else resize(originals, image_size)
    if evaluable and not known and 2 * _copies(train, test) >= len(test):
        raise Refused(f"'{name}' has most of its images twice: of {len(test)} held out, half are training images, too")
    if colour:
        train, test = (np.repeat(part, 3 // part.shape[3], axis=3) for part in (train, test))
        originals = None if originals is None else np.repeat(originals, 3 // originals.shape[3], axis=3)
    digest, invert = _sha256(train, test), name.startswith("quickdraw/")
    return Images(train, test, train_labels, test_labels, name, source, digest, is_standin, note, invert, originals)


def _own_path(name: str) -> Path:
    if not name.strip():
        raise Refused(f"name is '{name}': expected a data set ({', '.join(_NAMES)}) or a path")
    path = Path(name).expanduser()
    if path.exists():
        return path.resolve()
    if path.suffix or len(path.parts) > 1:
        raise FileNotFoundError(f"'{name}' does not exist: expected an array file, or a folder or zip of pictures")
    close = difflib.get_close_matches(name.lower(), _NAMES, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    raise Refused(f"'{name}' is neither a data set ({', '.join(_NAMES)}) nor an existing file or folder{hint}")


def _load_own(path: Path, classes: list[int] | None, size: int, limit: int | None) -> Split:
    """Own images, a tenth of them held out unless the file has an x_test."""
    suffix = path.suffix.lower()
    if path.is_file() and suffix in (".npy", ".npz"):
        return _from_arrays(path, classes)
    if not path.is_dir() and not (path.is_file() and suffix == ".zip"):
        raise Refused(f"'{path.name}' is no .npy, .npz or .zip file and no folder: these are what can be loaded")
    if classes is not None:
        raise Refused(f"'{path.name}' has no labels: leave out classes={classes}")
    return _from_pictures(path, size, limit)


def _from_arrays(path: Path, classes: list[int] | None) -> Split:
    what, arrays = f"'{path.name}'", read_array_file(path)
    if "x_train" in arrays:
        parts = [part for part in ("train", "test") if f"x_{part}" in arrays]
    elif len(arrays) == 1:
        parts, arrays = ["train"], {"x_train": next(iter(arrays.values()))}
    else:
        raise Refused(f"{what} holds {sorted(arrays)}: expected x_train (and x_test), or a single array")
    kept = []
    for part, images in zip(parts, to_uint8_nhwc([arrays[f"x_{part}"] for part in parts], what), strict=True):
        labels = arrays.get(f"y_{part}")
        if labels is not None:
            if labels.size != len(images) or labels.dtype.kind not in "iu":
                raise Refused(
                    f"{what} has labels of type {labels.dtype} and shape {labels.shape}: "
                    f"expected one integer for each of {len(images)} images"
                )
            labels = labels.ravel().astype(np.int64)
        kept.append(keep_classes(images, labels, classes, what))
    if len(kept) == 1:
        images, labels = kept[0]
        kept = [(images[part], None if labels is None else labels[part]) for part in hold_out(len(images))]
    (train, train_labels), (test, test_labels) = kept
    return Split(train, test, train_labels, test_labels, f"own array {printable(path.name)}")


def _from_pictures(path: Path, size: int, limit: int | None) -> Split:
    with open_pictures(path) as (names, read):
        if not names:
            endings = ", ".join(sorted(PICTURE_SUFFIXES))
            raise Refused(f"'{path.name}' holds no pictures: none of its files ends in {endings}")
        train_names, test_names = ([names[i] for i in part] for part in hold_out(len(names)))
        train, bad = decode_pictures(read, [train_names[i] for i in draw(len(train_names), limit)], size, limit)
        test, bad_too = decode_pictures(read, test_names, size)
    report_unreadable(bad | bad_too, len(names), path)
    if not len(test):  # every picture held out was unreadable
        train, test = train[:-1], train[-1:]
    if not any((part != part[..., :1]).any() for part in (train, test)):
        train, test = train[..., :1].copy(), test[..., :1].copy()
    return Split(train, test, source=f"own pictures in {printable(path.name)}")


def _class_numbers(name: str, classes: Sequence[int | str] | int | str | None) -> list[int] | None:
    """Classes as numbers, with the names looked up that the data set gives them."""
    if classes is None:
        return None
    names = LABELLED[name].classes if name in LABELLED else ()
    numbers: list[int] = []
    for wanted in [classes] if isinstance(classes, str | int | float | np.generic) else classes:
        number = names.index(wanted) if wanted in names else wanted
        if not isinstance(number, Integral) or isinstance(number, bool) or (names and number not in range(len(names))):
            raise Refused(f"'{name}' has no class {wanted!r}: its classes are {', '.join(names) or 'numbers'}")
        numbers.append(int(number))
    if not numbers or name == "celeba" or name.startswith("quickdraw/"):
        raise Refused(f"classes={classes!r} can't be had of '{name}': leave it out for all images")
    return sorted(set(numbers))


def _copies(train: np.ndarray, test: np.ndarray) -> int:
    """How many test images are training images, too, as they are or mirrored."""
    seen = {hash(image.tobytes()) for part in (train, train[:, :, ::-1]) for image in part}
    return sum(hash(image.tobytes()) in seen for image in test)


def _check_number(name: str, value: int | None, least: int) -> None:
    if value is not None and (not isinstance(value, Integral) or isinstance(value, bool) or value < least):
        raise Refused(f"{name} is {value!r}: expected a whole number of at least {least}, or None")


def _sha256(*arrays: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
