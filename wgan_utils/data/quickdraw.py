"""Quick, Draw! drawings: a category's bitmaps in a folder, or the redrawn camels that this project trains on."""

from functools import partial
from pathlib import Path

import numpy as np

from wgan_utils.data.arrays import read_array_file, to_uint8_nhwc
from wgan_utils.data.splits import Split, hold_out
from wgan_utils.files import read_or_warn


def find_drawings(category: str, folder: Path) -> Split | None:
    """A category of Quick, Draw! out of `folder`, a tenth of it held out; None if it is not there."""
    place = folder / "quickdraw"
    for path in (place / f"{category}.npy", place / f"full_numpy_bitmap_{category}.npy"):
        if path.is_file() and (found := read_or_warn(partial(_read_drawings, category, path), path)):
            return found
    redrawn, real = place / "camel_augmented_12160.npy", place / "camel_424.npy"
    if category == "camel" and redrawn.is_file() and real.is_file():
        return read_or_warn(partial(_read_redrawn_camels, redrawn, real), redrawn)
    return None


def check_drawings(path: Path) -> np.ndarray:
    """The images of a Quick, Draw! bitmap file, or a ValueError: it must be uint8 of shape (N, 784)."""
    array = read_array_file(path).get("", np.empty(0))
    if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != 784 or len(array) < 20:
        raise ValueError(f"it is {array.dtype} of shape {array.shape}, not uint8 of shape (N, 784) with N ≥ 20")
    return to_uint8_nhwc([array], "it")[0]


def _read_drawings(category: str, path: Path) -> Split:
    images = check_drawings(path)
    train, test = hold_out(len(images))
    return Split(images[train], images[test], source=f"Quick, Draw! {category} ({path.name} in the data folder)")


def _read_redrawn_camels(redrawn: Path, real: Path) -> Split:
    train, test = check_drawings(redrawn), check_drawings(real)
    if (len(train), len(test)) != (12160, 424):
        raise ValueError(f"expected 12,160 redrawn and 424 real camels, found {len(train)} and {len(test)}")
    return Split(
        train,
        test[380:],
        source=f"Quick, Draw! camel ({redrawn.name}, {real.name} in the data folder)",
        note="The 12,160 training camels are redrawn, flipped and warped from 380 real ones.",
    )
