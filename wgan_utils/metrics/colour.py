"""What the colours of small photographs say: how strong and how varied they are, and what is above and what below.

A landscape with an animal has an order: sky on top, the animal in the middle, ground below, its shadow under it.
None of the numbers here knows what a horse is. Each says whether one thing that a viewer names is where it belongs
more than elsewhere: compare with real images, and with 0, which is what the same pixels in any other order give.
"""

import numpy as np

from wgan_utils.errors import Refused

BAND = 0.25  # of the height: the top band is where sky may be, the bottom band where ground is
COLOURED = 0.1  # saturation from which a hue is worth naming
BROWN_HUES = (5.0, 50.0)  # degrees
BROWN_VALUES = (0.15, 0.8)
BROWN_SATURATION = 0.2
SHADOW_VALUE = 0.2  # of full brightness


def hue_saturation_value(images: np.ndarray) -> np.ndarray:
    """Turn RGB into hue in degrees [0, 360), saturation and value in [0, 1].

    Args:
        images: uint8, shape (n, height, width, 3).

    Returns:
        float32 of the same shape. Grey pixels have saturation 0 and the hue 0, which means nothing there.
    """
    from matplotlib.colors import rgb_to_hsv

    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not images.size:
        raise Refused(f"Colours are measured of uint8 (n, height, width, 3), not {images.dtype} {images.shape}.")
    return (rgb_to_hsv(images / np.float32(255)) * np.array([360, 1, 1])).astype(np.float32)


def circular_mean_and_spread(degrees: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of angles, for which 359 and 1 are neighbours (Mardia & Jupp 2000, sec. 2.3).

    With R the length of the weighted mean of the unit vectors, the deviation is √(−2 log R): 0 for equal angles,
    without bound for angles that point everywhere.

    Args:
        degrees: angles, of any shape.
        weights: of the same shape, not negative.

    Returns:
        Both in degrees, the mean in [0, 360); (nan, nan) where all weights are 0.
    """
    total = np.sum(weights, dtype=float)
    if total == 0:
        return float("nan"), float("nan")
    mean = np.sum(weights * np.exp(1j * np.radians(degrees)), dtype=complex) / total
    length = min(max(abs(mean), 1e-12), 1.0)
    return float(np.degrees(np.angle(mean)) % 360), float(np.degrees(np.sqrt(-2 * np.log(length))))


def colour_statistics(images: np.ndarray) -> dict[str, float]:
    """Measure the colours of a set of images, all together.

    Args:
        images: uint8, shape (n, height, width, 3).

    Returns:
        `hue` and `hue_spread` in degrees, each pixel weighted by its chroma, saturation × value, so that grey does not
        count; `saturation` and `value`, means in [0, 1], with the spread between images `saturation_spread` and
        `value_spread`.
    """
    hue, saturation, value = np.moveaxis(hue_saturation_value(images), -1, 0)
    mean, spread = circular_mean_and_spread(hue, saturation * value)
    found = {"hue": mean, "hue_spread": spread}
    for name, channel in (("saturation", saturation), ("value", value)):
        of_image = channel.mean(axis=(1, 2), dtype=float)
        found |= {name: float(of_image.mean()), f"{name}_spread": float(of_image.std())}
    return found


def scene_statistics(images: np.ndarray) -> dict[str, float]:
    """Measure what a viewer says of pictures of animals in a landscape, as differences between places.

    Args:
        images: uint8, shape (n, height, width, 3), of 8 pixels a side at least.

    Returns:
        Numbers that are 0 on average where a picture has no order:
        `sky`, how much brighter the top quarter is than the bottom quarter, in units of full brightness;
        `grass`, the share of green pixels (more than red and blue) in the bottom quarter minus that in the top quarter;
        `brown`, the share of brown pixels in the middle (half of height and width) minus that around it;
        `shadow`, the share of nearly black pixels in the middle of the bottom half minus that to its sides;
        `legs`, in the middle of the bottom half, the logarithm of how much pixels differ from those beside them, over
        how much from those above them (mean squares): positive where strokes stand upright.
    """
    colours = hue_saturation_value(images)
    height, width = images.shape[1:3]
    if min(height, width) < 8:
        raise Refused(f"Bands and middles need 8 pixels a side at least, not {height}×{width}.")
    hue, saturation, value = np.moveaxis(colours, -1, 0)
    band, half, left, right = round(BAND * height), height // 2, width // 4, width - width // 4
    top, bottom = value[:, :band], value[:, -band:]
    red, green, blue = np.moveaxis(images.astype(int), -1, 0)
    grass = (green > red) & (green > blue) & (saturation >= COLOURED)
    brown = _within(hue, BROWN_HUES) & _within(value, BROWN_VALUES) & (saturation >= BROWN_SATURATION)
    middle = np.zeros((height, width), bool)
    middle[height // 4 : height - height // 4, left:right] = True
    dark = value[:, half:] < SHADOW_VALUE
    sides = np.concatenate([dark[:, :, :left], dark[:, :, right:]], axis=2)
    return {
        "sky": float(top.mean(dtype=float) - bottom.mean(dtype=float)),
        "grass": float(grass[:, -band:].mean() - grass[:, :band].mean()),
        "brown": float(brown[:, middle].mean() - brown[:, ~middle].mean()),
        "shadow": float(dark[:, :, left:right].mean() - sides.mean()),
        "legs": _uprightness(value[:, half:, left:right]),
    }


def _within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values >= limits[0]) & (values <= limits[1])


def _uprightness(values: np.ndarray) -> float:
    beside, above = (np.mean(np.square(np.diff(values, axis=axis)), dtype=float) + 1e-12 for axis in (2, 1))
    return float(np.log(beside / above))
