"""The data sets with classes: how each is recognised in a folder, by its content, and read."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wgan_utils.data.arrays import read_array_file, read_cifar_binary, read_idx, to_uint8_nhwc
from wgan_utils.data.splits import Split
from wgan_utils.files import read_or_warn

Arrays = dict[str, np.ndarray]


class Labelled(NamedTuple):
    """A data set with classes: image shape and official number of images of each class in either part."""

    title: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]


# What MNIST is recognised by: no other set of 70,000 images has these numbers of each digit.
_DIGITS_TRAIN = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
_DIGITS_TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
_CLOTHES = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"
_THINGS = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck"
LABELLED = {
    "mnist": Labelled("MNIST", (28, 28, 1), tuple("0123456789"), _DIGITS_TRAIN, _DIGITS_TEST),
    "fashion_mnist": Labelled("Fashion-MNIST", (28, 28, 1), tuple(_CLOTHES.split(",")), (6000,) * 10, (1000,) * 10),
    "cifar10": Labelled("CIFAR-10", (32, 32, 3), tuple(_THINGS.split(",")), (5000,) * 10, (1000,) * 10),
}


def find_labelled(name: str, folder: Path, classes: Sequence[int] | None) -> Split | None:
    """MNIST, Fashion-MNIST or CIFAR-10 out of `folder`, at least `classes` of it; None if it is not there."""
    spec, wanted = LABELLED[name], list(classes or range(10))
    for path, read in _labelled_files(name, folder):
        found = read_or_warn(partial(_read_labelled, spec, path, read), path)
        if found and set(wanted) <= set(np.asarray(found.train_labels).tolist()):
            return found
    # A file for one class each, without labels, will do for the classes asked for.
    files = {c: folder / name / f"{name}_{spec.classes[c]}s.npz" for c in wanted}
    if not all(path.is_file() for path in files.values()):
        return None
    parts = [read_or_warn(partial(_read_one_class, spec, c, path), path) for c, path in files.items()]
    whole = [part for part in parts if part]
    if len(whole) < len(files):
        return None
    return Split(
        np.concatenate([part.train for part in whole]),
        np.concatenate([part.test for part in whole]),
        np.repeat(list(files), [len(part.train) for part in whole]),
        np.repeat(list(files), [len(part.test) for part in whole]),
        f"{spec.title} ({' + '.join(path.name for path in files.values())} in the data folder)",
    )


def _labelled_files(name: str, folder: Path) -> Iterator[tuple[Path, Callable[[Path], Arrays]]]:
    """Every file or folder that may hold the whole data set, with the function that reads it."""
    for place in (folder, folder / name):
        if (path := place / f"{name}.npz").is_file():
            yield path, read_array_file
        for archive in ("cifar-10-binary.tar.gz", "cifar-10-batches-bin"):
            path = place / archive
            if name == "cifar10" and (path.is_dir() or path.is_file()):
                yield path, read_cifar_binary
    for subfolder in ("mnist", "MNIST/raw") if name == "mnist" else ("fashion_mnist", "FashionMNIST/raw"):
        if name != "cifar10" and _files(folder / subfolder, "train-images-idx3-ubyte"):
            yield folder / subfolder, _read_four_idx


def _files(folder: Path, start: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{start}*") if path.is_file())


def _read_four_idx(folder: Path) -> Arrays:
    names = {
        "x_train": "train-images-idx3-ubyte",
        "y_train": "train-labels-idx1-ubyte",
        "x_test": "t10k-images-idx3-ubyte",
        "y_test": "t10k-labels-idx1-ubyte",
    }
    return {key: read_idx(path) for key, name in names.items() for path in _files(folder, name)[:1]}


def _read_labelled(spec: Labelled, path: Path, read: Callable[[Path], Arrays]) -> Split:
    arrays = read(path)
    columns = {}
    for part, counts in (("train", spec.train_counts), ("test", spec.test_counts)):
        if not {f"x_{part}", f"y_{part}"} <= arrays.keys():
            raise ValueError(f"it lacks x_{part} or y_{part}")
        images = _images_of(spec, arrays[f"x_{part}"])
        labels = arrays[f"y_{part}"].ravel()
        right_type = labels.dtype.kind in "iu" and len(labels) == len(images)
        if not (right_type and np.isin(labels, range(10)).all()):
            raise ValueError(f"y_{part} is not one label from 0 to 9 for each image")
        found = np.bincount(labels, minlength=10).tolist()
        if any(found[c] not in (0, counts[c]) for c in range(10)):
            raise ValueError(f"{spec.title} has {list(counts)} images of its classes in x_{part}, not {found}")
        columns[part] = images, labels.astype(np.int64)
    (train, train_labels), (test, test_labels) = columns["train"], columns["test"]
    return Split(train, test, train_labels, test_labels, f"{spec.title} ({path.name} in the data folder)")


def _read_one_class(spec: Labelled, label: int, path: Path) -> Split:
    arrays = read_array_file(path)
    if not {"x_train", "x_test"} <= arrays.keys():
        raise ValueError("it lacks x_train or x_test")
    train, test = _images_of(spec, arrays["x_train"]), _images_of(spec, arrays["x_test"])
    if (len(train), len(test)) != (spec.train_counts[label], spec.test_counts[label]):
        raise ValueError(f"it holds {len(train)} + {len(test)} images, not all of the class")
    return Split(train, test)


def _images_of(spec: Labelled, array: np.ndarray) -> np.ndarray:
    (images,) = to_uint8_nhwc([array], "its images")
    if array.dtype != np.uint8 or images.shape[1:] != spec.shape:
        raise ValueError(f"its images are {array.dtype} of shape {images.shape[1:]}, not uint8 of {spec.shape}")
    return images
