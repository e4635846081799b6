"""The reader's own images: an array file, or a folder or zip of pictures."""

from pathlib import Path

import numpy as np

from wgan_utils.data.arrays import read_array_file, to_uint8_nhwc
from wgan_utils.data.pictures import PICTURE_SUFFIXES, decode_pictures, open_pictures, report_unreadable
from wgan_utils.data.splits import Split, draw, hold_out, keep_classes
from wgan_utils.files import printable


def load_own(path: Path, classes: list[int] | None, size: int, limit: int | None) -> Split:
    """Own images, a tenth of them held out (`hold_out`) unless the file has an x_test.

    Args:
        path: an .npy, an .npz, a .zip of pictures or a folder of pictures.
        classes: labels to keep; for .npz files with labels only.
        size: pixels a side that pictures (not arrays) are resized to.
        limit: decode no more training pictures than that, drawn as by `draw`.

    Raises:
        ValueError: not such a file, no or unusable images in it, or `classes` where there are no labels.
    """
    suffix = path.suffix.lower()
    if path.is_file() and suffix in (".npy", ".npz"):
        return _from_arrays(path, classes)
    if not path.is_dir() and not (path.is_file() and suffix == ".zip"):
        raise ValueError(f"'{path.name}' is no .npy, .npz or .zip file and no folder: these are what can be loaded")
    if classes is not None:
        raise ValueError(f"'{path.name}' has no labels: leave out classes={classes}")
    return _from_pictures(path, size, limit)


def _from_arrays(path: Path, classes: list[int] | None) -> Split:
    arrays = read_array_file(path)
    if "x_train" in arrays:
        parts = [part for part in ("train", "test") if f"x_{part}" in arrays]
        images = to_uint8_nhwc([arrays[f"x_{part}"] for part in parts], f"'{path.name}'")
        labels = [_labels(arrays.get(f"y_{part}"), len(x), path) for part, x in zip(parts, images, strict=True)]
    elif len(arrays) == 1:
        images, labels = to_uint8_nhwc(list(arrays.values()), f"'{path.name}'"), [None]
    else:
        raise ValueError(f"'{path.name}' holds {sorted(arrays)}: expected x_train (and x_test), or a single array")
    kept = [keep_classes(x, y, classes, f"'{path.name}'") for x, y in zip(images, labels, strict=True)]
    source = f"own array {printable(path.name)}"
    (train, train_labels), (test, test_labels) = kept if len(kept) == 2 else _held_out(*kept[0])
    return Split(train, test, train_labels, test_labels, source)


def _labels(labels: np.ndarray | None, count: int, path: Path) -> np.ndarray | None:
    if labels is None:
        return None
    if labels.size != count or labels.dtype.kind not in "iu":
        raise ValueError(
            f"'{path.name}' has labels of type {labels.dtype} and shape {labels.shape}: "
            f"expected one integer for each of {count} images"
        )
    return labels.ravel().astype(np.int64)


def _held_out(images: np.ndarray, labels: np.ndarray | None) -> list[tuple[np.ndarray, np.ndarray | None]]:
    return [(images[part], None if labels is None else labels[part]) for part in hold_out(len(images))]


def _from_pictures(path: Path, size: int, limit: int | None) -> Split:
    with open_pictures(path) as (names, read):
        if not names:
            endings = ", ".join(sorted(PICTURE_SUFFIXES))
            raise ValueError(f"'{path.name}' holds no pictures: none of its files ends in {endings}")
        train_names, test_names = ([names[i] for i in part] for part in hold_out(len(names)))
        train, bad = decode_pictures(read, [train_names[i] for i in draw(len(train_names), limit)], size, limit)
        test, bad_too = decode_pictures(read, test_names, size)
    report_unreadable(bad | bad_too, len(names), path)
    if not len(test):  # every picture held out was unreadable
        train, test = train[:-1], train[-1:]
    if not any((part != part[..., :1]).any() for part in (train, test)):
        train, test = train[..., :1].copy(), test[..., :1].copy()
    return Split(train, test, source=f"own pictures in {printable(path.name)}")
