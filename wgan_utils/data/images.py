"""Images for training and testing, uint8 whatever they were made from: arrays, or a folder or zip of pictures."""

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from wgan_utils.data.pictures import DEFAULT, Treatment, fitted, opaque, range_of, rescaled
from wgan_utils.errors import Refused

MIN_SIDE = 8  # pixels; a shorter side is far likelier a channel axis in the wrong place
Split = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Images for training and, held out from it, for testing.

    Attributes:
        train, test: uint8 of shape (N, height, width, channels).
        train_labels, test_labels: int64 of shape (N,), or None where the images have no classes.
        name: the data set, such as "mnist" or "quickdraw/camel", or the file's or folder's own name.
        source: where the images came from, in one phrase.
        sha256: of the shapes and pixels of `train` and `test`, whatever file they were kept in; found if left out.
        is_standin: whether these are not the images asked for.
        note: one sentence for captions about a stand-in or other oddity; "" for the real thing.
        invert: whether figures should show them dark on light, as drawings are; the pixels stay bright on black.
        classes: what the labels 0, 1, … are called, where folders' names tell.
    """

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    test_labels: np.ndarray | None
    name: str
    source: str
    sha256: str = ""
    is_standin: bool = False
    note: str = ""
    invert: bool = False
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.sha256:
            digest = hashlib.sha256()
            for array in (self.train, self.test):
                digest.update(repr(array.shape).encode())
                digest.update(np.ascontiguousarray(array).data)
            object.__setattr__(self, "sha256", digest.hexdigest())

    def __repr__(self) -> str:
        """One line: how many images of what shape, and from where."""
        counts, shape = f"{len(self.train):,} for training, {len(self.test):,} for testing", self.train.shape[1:]
        return f"Images({self.name}: {counts}, {'×'.join(map(str, shape))}; {self.source})"

    def padded(self, border: int) -> "Images":
        """The same images with a border of black pixels, `border` wide, on every side; `sha256` is theirs."""
        sides = ((0, 0), (border, border), (border, border), (0, 0))
        return replace(self, train=np.pad(self.train, sides), test=np.pad(self.test, sides), sha256="")

    def resized(self, how: Treatment) -> "Images":
        """The same images brought to the size of `how`, bicubic, unless they have it."""

        def resize(pixels: np.ndarray) -> np.ndarray:
            flat = pixels[..., 0] if pixels.shape[3] == 1 else pixels
            return np.array([fitted(Image.fromarray(image), how) for image in flat]).reshape(len(pixels), *size, -1)

        size = how.size or self.train.shape[1:3]
        if size == self.train.shape[1:3]:
            return self
        return replace(self, train=resize(self.train), test=resize(self.test), sha256="")


def hold_out(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ascending indices for training and for testing, where no official split exists.

    A tenth, at least one, is drawn by a fixed seed: files may be sorted, or cycle, by class.
    """
    test = np.zeros(count, bool)
    test[np.random.default_rng(0).permutation(count)[: max(1, count // 10)]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


# --- from arrays


def from_arrays(
    arrays: Mapping[str, np.ndarray],
    classes: Sequence[int | str] | None,
    name: str,
    source: str,
    how: Treatment = DEFAULT,
    split: Split = lambda images: hold_out(len(images)),
) -> Images:
    """Images out of x_train and, where they are there, y_train, x_test, y_test; or out of a single array.

    Where there is no x_test, `split` gives the rows for training and for testing. Only the images of `classes` are
    kept, unless that is None. ValueError: none of these arrays, labels that are not one integer an image, or no such
    images.
    """
    if len(arrays) == 1:
        arrays = {"x_train": next(iter(arrays.values()))}
    parts = [part for part in ("train", "test") if f"x_{part}" in arrays]
    if "train" not in parts:
        raise Refused(f"'{name}' holds {sorted(arrays)}: expected x_train (and x_test), or a single array")
    kept: list[tuple[np.ndarray, np.ndarray | None]] = []
    for part, images in zip(parts, to_uint8_nhwc([arrays[f"x_{part}"] for part in parts], name, how), strict=True):
        labels = arrays.get(f"y_{part}")
        if labels is not None and (labels.size != len(images) or labels.dtype.kind not in "iu"):
            found = f"y_{part} of type {labels.dtype} and shape {labels.shape}"
            raise Refused(f"'{name}' has {found}: expected an integer for each of {len(images)} images")
        labels = None if labels is None else labels.ravel().astype(np.int64)
        if classes is not None:
            among = np.isin([] if labels is None else labels, classes)
            if labels is None or not among.any():
                raise Refused(f"'{name}' has no x_{part} with such labels: leave out classes={list(classes)}")
            images, labels = images[among], labels[among]
        kept.append((images, labels))
    if len(kept) == 1:
        images, labels = kept[0]
        kept = [(images[rows], None if labels is None else labels[rows]) for rows in split(images)]
    (train, train_labels), (test, test_labels) = kept
    return Images(train, test, train_labels, test_labels, name, source)


def to_uint8_nhwc(arrays: Sequence[np.ndarray], name: str, how: Treatment = DEFAULT) -> list[np.ndarray]:
    """Check arrays of images and bring them to uint8 (N, height, width, channels); `name` is for errors.

    Shapes: (N, height, width), (N, height, width, 1, 3 or 4), or (N, 784) for 28 x 28; four channels are laid on the
    background. Values: those from black to white of `how.value_range`; without it booleans are multiplied by 255, and
    `range_of` decides for all the arrays together. ValueError: any other shape, type or range; an empty array.
    """
    shaped = [array.reshape(-1, 28, 28) if array.ndim == 2 and array.shape[1] == 784 else array for array in arrays]
    shaped = [array[..., np.newaxis] if array.ndim == 3 else array for array in shaped]
    for array, shape in zip(arrays, (array.shape for array in shaped), strict=True):
        sound = len(shape) == 4 and shape[0] and shape[3] in (1, 3, 4) and min(shape[1:3]) >= MIN_SIDE
        if not sound or shape[1:] != shaped[0].shape[1:]:
            expected = f"(N, height, width) or (N, height, width, 1, 3 or 4), sides of {MIN_SIDE} or more, or (N, 784)"
            first = "; of channels first give array.transpose(0, 2, 3, 1)" if len(shape) == 4 and shape[1] < 5 else ""
            raise Refused(f"'{name}' has images of shape {array.shape}: expected the same for all, {expected}{first}")
    if arrays[0].ndim == 3 and len(arrays[0]) == 3:
        warnings.warn(f"'{name}' is taken for 3 grey images: give one in colour as (1, height, width, 3)", stacklevel=6)
    kinds, dtype = {array.dtype.kind for array in shaped}, shaped[0].dtype
    if kinds == {"b"}:
        return [array * np.uint8(255) for array in shaped]
    if not (kinds <= {"i", "u"} or kinds == {"f"}):
        raise Refused(f"'{name}' is {dtype}: expected whole numbers, floats or booleans")
    black_white = how.value_range
    if black_white is None:
        low, high = float(min(array.min() for array in shaped)), float(max(array.max() for array in shaped))
        black_white, told = range_of(low, high, "F" if kinds == {"f"} else "L" if high <= 255 else "I", name)
        if told:
            warnings.warn(f"{told} Decide it with value_range=.", stacklevel=6)
    if kinds == {"f"} or black_white != (0, 255):
        shaped = [rescaled(array, black_white) for array in shaped]
    shaped = [array.astype(np.uint8, copy=False) for array in shaped]
    if shaped[0].shape[3] < 4:
        return shaped
    if how.background is None:
        warnings.warn(f"'{name}' has four channels: it is laid on white. Decide it with background=.", stacklevel=6)
    laid = [[opaque(Image.fromarray(image), how.background or "white")[0] for image in array] for array in shaped]
    return [np.array([np.asarray(image) for image in images]) for images in laid]
