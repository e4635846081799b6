"""Images as pixels: floats from −1 to 1 to uint8, and many images to one picture. NumPy alone."""

import math

import numpy as np

from wgan_utils.errors import Refused

GAP_OF_DRAWINGS = 225  # grey value between images shown dark on light, whose own background is white


def as_pixels(values: np.ndarray) -> np.ndarray:
    """Make uint8 of floats: −1 becomes 0 and 1 becomes 255; what lies beyond is cut off."""
    return np.rint((np.clip(values, -1, 1) + 1) * 127.5).astype(np.uint8)


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Make uint8 of images in NHWC, one or three channels: of floats as `as_pixels` does; uint8 stays as it is.

    A ValueError for another shape or type, no images at all, or floats outside [-1, 1].
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[3] not in (1, 3) or 0 in images.shape:
        raise Refused(f"Images must have the shape (number, height, width, 1 or 3), none 0, not {images.shape}.")
    if images.dtype == np.uint8:
        return images
    if images.dtype.name == "bfloat16":  # of mixed precision; NumPy itself does not know it
        images = images.astype(np.float32)
    if not np.issubdtype(images.dtype, np.floating):
        raise Refused(f"Images must be uint8, or floats from -1 to 1, not {images.dtype}.")
    low, high = float(images.min()), float(images.max())
    if not -1.001 <= low <= high <= 1.001:  # float16 and bfloat16 round; not a number fails as well
        advice = "scale uint8 images with `images / 127.5 - 1`, or pass them as uint8"
        raise Refused(f"Images of floats must lie from -1 to 1 (tanh), not from {low:.4g} to {high:.4g}; {advice}.")
    return as_pixels(images.astype(np.float64))


def image_grid(images: np.ndarray, columns: int, gap: int = 2, background: int = 255) -> np.ndarray:
    """Put images side by side, row by row from the left, into one picture.

    Of images as `to_pixels` takes them uint8 (height, width), or (height, width, 3) in colour. `gap` pixels lie between
    neighbours, none at the border; `background` is their grey value and that of places left empty in the last row.
    """
    if columns < 1 or gap < 0:
        raise Refused(f"columns must be at least 1 and gap at least 0, not {columns} and {gap}.")
    pixels = to_pixels(images)
    number, height, width, channels = pixels.shape
    rows = math.ceil(number / columns)
    cells = np.full((rows * columns, height + gap, width + gap, channels), background, np.uint8)
    cells[:number, :height, :width] = pixels
    cells = cells.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    grid = cells.reshape(rows * (height + gap), columns * (width + gap), channels)[: -gap or None, : -gap or None]
    return grid[..., 0] if channels == 1 else grid


def cut_grid(grid: np.ndarray, height: int, width: int, gap: int = 2) -> np.ndarray:
    """Take a full picture from `image_grid` apart again: uint8 (number, height, width, channels), row by row."""
    cells = grid if grid.ndim == 3 else grid[..., np.newaxis]
    cells = np.pad(cells, ((0, gap), (0, gap), (0, 0)))
    rows, columns = cells.shape[0] // (height + gap), cells.shape[1] // (width + gap)
    if cells.shape[:2] != (rows * (height + gap), columns * (width + gap)):
        raise Refused(f"A picture of {grid.shape[:2]} pixels is no grid of {(height, width)} images, {gap} apart.")
    cells = cells.reshape(rows, height + gap, columns, width + gap, -1).swapaxes(1, 2)
    return cells[:, :, :height, :width].reshape(rows * columns, height, width, -1)


def enlarge(pixels: np.ndarray, scale: int) -> np.ndarray:
    """Repeat every pixel of (..., height, width, channels) `scale` times in both directions."""
    return pixels.repeat(scale, axis=-3).repeat(scale, axis=-2)
