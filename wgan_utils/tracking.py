"""Does the critic's estimate follow the quality of the samples? Measured on the sample grids that a run left."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wgan_utils.curves import default_window, running_median
from wgan_utils.grids import cut_grid
from wgan_utils.metrics import kernel_distance

if TYPE_CHECKING:
    from wgan_utils.classifiers import Classifier
    from wgan_utils.datasets import Images
    from wgan_utils.runs import Run


class Tracking(NamedTuple):
    """The estimate beside the quality, at the steps at which a run stored samples.

    Attributes:
        steps: shape (k,).
        estimate: running median of the critic's estimate there.
        distance: kernel distance ×1000 between the samples' features and held-out real images'; lower is better.
        spearman: rank correlation of the two.
    """

    steps: np.ndarray
    estimate: np.ndarray
    distance: np.ndarray
    spearman: float


def track(run: "Run", images: "Images", classifier: "Classifier", seed: int = 0) -> Tracking:
    """Compare a Wasserstein run's estimate with the distance of its samples, over all steps with samples but the first.

    The first samples, of the untrained generator, come before any estimate. Both are noisy: the estimate is
    median-filtered as in Arjovsky et al. (2017, figure 3); the distance is that of one grid of images.

    Raises:
        ValueError: fewer than three grids to compare.
    """
    from PIL import Image
    from scipy.stats import spearmanr

    history = run.history()
    samples = [(step, path) for step, path in run.samples() if step > 0]
    if len(samples) < 3:
        raise ValueError(f"{run!r} has {len(samples)} sample grids after step 0; a correlation needs three.")
    held_out = classifier.features(images.test)
    height, width = images.test.shape[1:3]
    estimates = running_median(history["wasserstein_estimate"], default_window(history))
    estimate = np.interp([step for step, _ in samples], history["step"], estimates)
    grids = [cut_grid(np.asarray(Image.open(path)), height, width) for _, path in samples]
    distance = [1000 * kernel_distance(classifier.features(grid), held_out, seed=seed)[0] for grid in grids]
    steps = np.array([step for step, _ in samples])
    return Tracking(steps, estimate, np.array(distance), float(spearmanr(estimate, distance).statistic))
