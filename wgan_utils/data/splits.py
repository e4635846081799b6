"""Training and test images, and how they are told apart where no official split does it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """Training and test images, uint8 NHWC, their labels where there are any, and where they came from.

    `originals`: undistorted images that `test` was made of, where it was.
    """

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None = None
    test_labels: np.ndarray | None = None
    source: str = ""
    note: str = ""
    is_standin: bool = False
    originals: np.ndarray | None = None


def hold_out(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The indices for training and for testing where there is no official split.

    A tenth, at least one image, is drawn for testing with a fixed seed: the last ones, or every tenth, would
    be a biased choice in files sorted or cycling by class. Both come in ascending order.
    """
    test = np.zeros(count, bool)
    test[np.random.default_rng(0).permutation(count)[: max(1, count // 10)]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def draw(count: int, limit: int | None) -> np.ndarray:
    """The indices of `count` training images in the order in which a limit takes them.

    It is drawn with a fixed seed: the first ones in a file sorted by class would be of one class. A lower limit
    takes a part of what a higher one takes; without one, or with one that leaves nothing out, nothing moves.
    """
    return np.arange(count) if limit is None or limit >= count else np.random.default_rng(1).permutation(count)


def keep_classes(
    images: np.ndarray, labels: np.ndarray | None, classes: Sequence[int] | None, what: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """The images whose label is among `classes`, and their labels; everything where `classes` is None.

    Raises:
        ValueError: there are no labels, or no such images. `what` names the source.
    """
    if classes is None:
        return images, labels
    if labels is None:
        raise ValueError(f"{what} has no labels: leave out classes={list(classes)}")
    keep = np.isin(labels, classes)
    if not keep.any():
        raise ValueError(f"{what} has no images of the classes {list(classes)}, only of {np.unique(labels).tolist()}")
    return images[keep], labels[keep]
