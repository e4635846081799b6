"""Arrays of images: read from files that may be damaged or hostile, brought to one shape and type, and split.

Nothing is unpickled, and nothing is unpacked to disk.
"""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from wgan_utils.errors import Refused

UNPACKED = 1 << 30  # bytes; an archive that grows beyond that, and PACKED times, is made to fill the memory
PACKED = 200
LARGEST_IDX = 1 << 26  # bytes; MNIST's training images are 47 million
CIFAR_FILE = 10_000 * 3073  # bytes
MIN_SIDE = 8  # pixels; a shorter side is far likelier a channel axis in the wrong place


class Split(NamedTuple):
    """Training and test images, uint8 NHWC, with what `Images` says about them."""

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None = None
    test_labels: np.ndarray | None = None
    source: str = ""
    note: str = ""
    is_standin: bool = False
    originals: np.ndarray | None = None


def hold_out(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ascending indices for training and for testing, where no official split exists.

    A tenth, at least one image, is drawn for testing with a fixed seed: the last ones, or every tenth, would be a
    biased choice in files sorted or cycling by class.
    """
    test = np.zeros(count, bool)
    test[np.random.default_rng(0).permutation(count)[: max(1, count // 10)]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def draw(count: int, limit: int | None) -> np.ndarray:
    """The indices of `count` training images in the order in which a limit takes them.

    Drawn with a fixed seed, as the first ones of a file sorted by class are of one class. A lower limit takes a part
    of what a higher one takes. Without a limit, or with one that leaves nothing out, the order stays.
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
        raise Refused(f"{what} has no labels: leave out classes={list(classes)}")
    keep = np.isin(labels, classes)
    if not keep.any():
        raise Refused(f"{what} has no images of the classes {list(classes)}, only of {np.unique(labels).tolist()}")
    return images[keep], labels[keep]


def read_array_file(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz by key, or of an .npy under the key "".

    A heading that promises more than its file holds costs no memory: NumPy finds out before it fills any.

    Raises:
        ValueError: not a whole array file, one with pickled objects, or one that would fill the memory.
    """
    try:
        with path.open("rb") as file:  # np.load itself would leave a damaged file open
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    unpacked = sum(info.file_size for info in archive.infolist())
                if unpacked > max(UNPACKED, PACKED * path.stat().st_size):
                    raise Refused(f"it would grow to {unpacked / 1e9:,.1f} GB when unpacked")
            file.seek(0)
            loaded = np.load(file, allow_pickle=False)
            return {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)
    except Exception as error:  # zip, zlib and NumPy's parser of headings raise nearly anything on damaged data
        raise Refused(
            f"'{path.name}' can't be read as an .npy or .npz file (pickled objects are never loaded): {error}"
        ) from error


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array of an IDX file, gzipped or not (the format: http://yann.lecun.com/exdb/mnist/)."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(LARGEST_IDX)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"'{path.name}' is damaged: {error}") from error
    if len(data) < 4 or data[:3] != b"\x00\x00\x08" or len(data) < 4 + 4 * data[3]:
        raise Refused(f"'{path.name}' is not an IDX file of bytes")
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4).astype(np.int64)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if values.size != shape.prod():
        raise Refused(f"'{path.name}' holds {values.size} values, but its header promises {shape.prod()}")
    return values.reshape(shape)


def read_cifar_binary(path: Path) -> dict[str, np.ndarray]:
    """CIFAR-10's binary edition as x_train, y_train, x_test, y_test, from its tar.gz or the folder inside.

    A record is the label and 3 x 32 x 32 bytes, channels first (https://www.cs.toronto.edu/~kriz/cifar.html).
    """
    parts = {"train": [f"data_batch_{i}.bin" for i in range(1, 6)], "test": ["test_batch.bin"]}
    wanted = [*parts["train"], *parts["test"]]
    files: dict[str, bytes] = {}
    try:
        if path.is_dir():
            for name in wanted:
                if (path / name).is_file():
                    with (path / name).open("rb") as content:
                        files[name] = content.read(CIFAR_FILE)
        else:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.offset > UNPACKED:
                        raise Refused(f"'{path.name}' holds far more than CIFAR-10")
                    place = PurePosixPath(member.name)
                    if member.isfile() and place.parent.name == "cifar-10-batches-bin" and place.name in wanted:
                        extracted = archive.extractfile(member)
                        files[place.name] = extracted.read(CIFAR_FILE) if extracted else b""
    except (OSError, EOFError, RuntimeError, OverflowError, tarfile.TarError, zlib.error, lzma.LZMAError) as error:
        raise Refused(f"'{path.name}' is damaged: {error}") from error
    arrays = {}
    for part, names in parts.items():
        data = b"".join(files.get(name, b"") for name in names)
        if not data or len(data) % 3073:
            raise Refused(f"'{path.name}' lacks whole records of {names[0]} …: it is incomplete")
        records = np.frombuffer(data, np.uint8).reshape(-1, 3073)
        arrays[f"y_{part}"] = records[:, 0]
        arrays[f"x_{part}"] = np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    return arrays


def to_uint8_nhwc(arrays: Sequence[np.ndarray], what: str) -> list[np.ndarray]:
    """Check arrays of images and bring them to uint8 (N, height, width, channels).

    Shapes: (N, height, width), (N, height, width, 1 or 3), or (N, 784) for 28 x 28. Values: whole numbers of
    any type, 0 to 255, stay as they are; booleans and floats in [0, 1] are multiplied by 255; floats in
    [-1, 1], at least one of them negative in any of the arrays, become (x + 1) * 127.5. `what` names the source
    in errors.

    Raises:
        ValueError: any other shape, type or range; values that are not finite; an empty array.
    """
    shaped = [_to_nhwc(array, what) for array in arrays]
    if len({array.shape[1:] for array in shaped}) > 1:
        raise Refused(f"{what} has training and test images of different shapes: {[a.shape for a in shaped]}")
    types = " and ".join(sorted({str(array.dtype) for array in shaped}))
    kinds = {array.dtype.kind for array in shaped}
    if kinds == {"b"}:
        return [array * np.uint8(255) for array in shaped]
    if kinds != {"f"} and not kinds <= {"i", "u"}:
        raise Refused(f"{what} is of type {types}: expected whole numbers (0 to 255), or floats in [0, 1] or [-1, 1]")
    low, high = min(array.min() for array in shaped), max(array.max() for array in shaped)
    if kinds == {"f"}:
        if not (np.isfinite(low) and np.isfinite(high)):
            raise Refused(f"{what} has values that are not finite")
        if low < -1 or high > 1:
            raise Refused(
                f"{what} has floats from {low:g} to {high:g}: expected [0, 1] or [-1, 1], or uint8 for 0 to 255"
            )
        scale, shift = (127.5, 1) if low < 0 else (255, 0)
        return [np.rint((array.astype(np.float32) + shift) * scale).astype(np.uint8) for array in shaped]
    if low < 0 or high > 255:
        raise Refused(f"{what} is {types} with values from {low} to {high}: expected whole numbers from 0 to 255")
    if high <= 1:
        raise Refused(f"{what} is {types} with no value above 1, all but black: multiply zeros and ones by 255")
    return [array.astype(np.uint8, copy=False) for array in shaped]


def _to_nhwc(array: np.ndarray, what: str) -> np.ndarray:
    if array.size == 0:
        raise Refused(f"{what} holds no images: its shape is {array.shape}")
    if array.ndim == 2 and array.shape[1] == 784:
        array = array.reshape(-1, 28, 28)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.ndim != 4 or array.shape[3] not in (1, 3) or min(array.shape[1:3]) < MIN_SIDE:
        raise Refused(
            f"{what} has the shape {array.shape}: expected (N, height, width), (N, height, width, 1 or 3) "
            f"with sides of {MIN_SIDE} pixels or more, or (N, 784)"
        )
    return array
