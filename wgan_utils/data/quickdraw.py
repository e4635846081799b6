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
    files = [place / f"camel_{part}.npy" for part in ("augmented_12160", "424", "augmented_heldout_2024")]
    files = files[: 3 if files[2].is_file() else 2]
    if category == "camel" and all(path.is_file() for path in files):
        return read_or_warn(partial(_read_redrawn_camels, files), files[0])
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


def _read_redrawn_camels(files: list[Path]) -> Split:
    """The first 380 of 424 real camels redrawn for training; for testing the others, redrawn too where they are."""
    drawings = [check_drawings(path) for path in files]
    if [len(part) for part in drawings] != [12160, 424, 2024][: len(files)]:
        raise ValueError(
            f"expected 12,160 redrawn, 424 real camels, 2,024 redrawn for testing, not {list(map(len, drawings))}"
        )
    train, real, *redrawn = drawings
    source = f"Quick, Draw! camel ({', '.join(path.name for path in files)} in the data folder)"
    note = "The 12,160 training camels are redrawn, flipped and warped from 380 real ones"
    if not redrawn:
        return Split(train, real[380:], source=source, note=f"{note}.")
    note = f"{note}, the 2,024 test camels in the same way from 44 others."
    return Split(train, redrawn[0], source=source, note=note, originals=real[380:])
