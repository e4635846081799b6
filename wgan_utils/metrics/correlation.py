"""Does a training curve follow the quality of the samples? Both, at the steps at which samples were stored."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import kernel_distance
from wgan_utils.pixels import cut_grid

if TYPE_CHECKING:
    from wgan_utils.data.datasets import Images
    from wgan_utils.metrics.features import Classifier
    from wgan_utils.training.run import Run


LEAST_HELD_OUT = 500  # images


class Correlation(NamedTuple):
    """A curve beside the quality, at k steps."""

    steps: np.ndarray  # (k,)
    curve: np.ndarray  # its running median there, (k,)
    distance: np.ndarray  # kernel distance ×1000 of the samples from real images, (k,); lower is better


def correlate(
    run: "Run", images: "Images", classifier: "Classifier", name: str = "wasserstein_estimate"
) -> Correlation:
    """Put a run's curve beside the kernel distance of its sample grids, all but the untrained generator's.

    Both are noisy: the curve is median-filtered as in Arjovsky et al. (2017, figure 3); the distance is that of one
    grid of images, from held-out real images, or from training ones where fewer than `LEAST_HELD_OUT` are held out.

    Raises:
        ValueError: fewer than three grids to compare, or no such curve.
    """
    from PIL import Image

    samples = [(step, path) for step, path in run.samples() if step > 0]
    steps, history = np.array([step for step, _ in samples]), run.history()
    if len(steps) < 3:
        raise Refused(f"{run!r} has {len(steps)} sample grids after step 0; a comparison needs three.")
    if name not in history:
        raise Refused(f"{run!r} has no curve {name!r}; there are: {', '.join(history)}.")
    curve = np.interp(steps, history["step"], running_median(history[name], default_window(history)))
    enough = len(images.test) >= LEAST_HELD_OUT
    real = classifier.features(images.test if enough else images.train[:: max(1, len(images.train) // 1000)])
    height, width = images.train.shape[1:3]
    grids = [cut_grid(np.asarray(Image.open(path)), height, width) for _, path in samples]
    distance = np.array([1000 * kernel_distance(classifier.features(grid), real)[0] for grid in grids])
    return Correlation(steps, curve, distance)


def default_window(columns: Mapping[str, np.ndarray]) -> int:
    """How many rows of a history its running medians take: a twentieth of all, odd, at most 101."""
    return min(101, len(columns.get("step", ())) // 40 * 2 + 1)


def running_median(values: np.ndarray, window: int) -> np.ndarray:
    """The median of the `window` values around each; beyond the ends the curve is mirrored.

    Repeating the first and last value there (mode "nearest") would pin the ends to two single noisy values.
    """
    from scipy.ndimage import median_filter

    return median_filter(values, window, mode="reflect")
