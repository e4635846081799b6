"""Does a training curve follow the quality of the samples? Measured on what a run left."""

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
    """The curve beside the quality, at the steps at which the quality was measured.

    Attributes:
        steps: shape (k,).
        curve: running median of the curve there.
        name: the curve's column in the history.
        distance: of the samples from real images; lower is better.
        measure: what that distance is.
        spearman: rank correlation of the two.
    """

    steps: np.ndarray
    curve: np.ndarray
    name: str
    distance: np.ndarray
    measure: str
    spearman: float

    @property
    def of_changes(self) -> float:
        """Rank correlation of the changes from one measurement to the next.

        Two curves that both fall have a correlation near 1, whatever moves them. Their changes have one only if the
        one curve tells when the other moves faster.
        """
        return rank_correlation(np.diff(self.curve), np.diff(self.distance))


def correlate(
    run: "Run",
    images: "Images",
    classifier: "Classifier",
    name: str = "wasserstein_estimate",
    seed: int = 0,
) -> Correlation:
    """Compare a run's curve with the kernel distance ×1000 of its sample grids, all but the untrained generator's.

    Both are noisy: the curve is median-filtered as in Arjovsky et al. (2017, figure 3); the distance is that of one
    grid of images, from held-out real images, or from training ones where fewer than `LEAST_HELD_OUT` are held out.

    Raises:
        ValueError: fewer than three grids to compare, or no such curve.
    """
    from PIL import Image

    samples = [(step, path) for step, path in run.samples() if step > 0]
    steps = np.array([step for step, _ in samples])
    curve = _curve_at(run, name, steps)
    enough = len(images.test) >= LEAST_HELD_OUT
    real = classifier.features(images.test if enough else images.train[:: max(1, len(images.train) // 1000)])
    height, width = images.train.shape[1:3]
    grids = [cut_grid(np.asarray(Image.open(path)), height, width) for _, path in samples]
    distance = np.array([1000 * kernel_distance(classifier.features(grid), real, seed=seed)[0] for grid in grids])
    return Correlation(steps, curve, name, distance, "kernel distance ×1000", rank_correlation(curve, distance))


def correlate_quality(run: "Run", name: str = "wasserstein_estimate") -> Correlation:
    """Compare a run's curve, median-filtered, with the Fréchet distance that `WriteQuality` wrote down after step 0.

    Raises:
        ValueError: fewer than three rows to compare, or no such curve.
    """
    quality = run.read("quality")
    steps, distance = (quality.get(column, np.zeros(0)) for column in ("step", "frechet_distance"))
    steps, distance = steps[steps > 0], distance[steps > 0]
    curve = _curve_at(run, name, steps)
    return Correlation(steps, curve, name, distance, "Fréchet distance", rank_correlation(curve, distance))


def _curve_at(run: "Run", name: str, steps: np.ndarray) -> np.ndarray:
    history = run.history()
    if len(steps) < 3:
        raise Refused(f"{run!r} has {len(steps)} measurements after step 0; a correlation needs three.")
    if name not in history:
        raise Refused(f"{run!r} has no curve {name!r}; there are: {', '.join(history)}.")
    return np.interp(steps, history["step"], running_median(history[name], default_window(history)))


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's rank correlation; not a number where there are fewer than three pairs, or no differences."""
    from scipy.stats import spearmanr

    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(spearmanr(one, other).statistic)


def default_window(columns: Mapping[str, np.ndarray]) -> int:
    """How many rows of a history its running medians take: a twentieth of all, odd, at most 101."""
    return min(101, len(columns.get("step", ())) // 40 * 2 + 1)


def running_median(values: np.ndarray, window: int) -> np.ndarray:
    """The median of the `window` values around each; beyond the ends the curve is mirrored.

    Repeating the first and last value there (mode "nearest") would pin the ends to two single noisy values.
    """
    from scipy.ndimage import median_filter

    return median_filter(values, window, mode="reflect")
