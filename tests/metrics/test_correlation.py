"""A curve beside the samples' quality, on runs made to have known ones."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.data.datasets import Images
from wgan_utils.metrics.correlation import LEAST_HELD_OUT, correlate
from wgan_utils.pixels import cut_grid, image_grid
from wgan_utils.training.run import Run

RNG = np.random.default_rng(0)
HELD_OUT = RNG.integers(0, 256, (60, 4, 4, 1), dtype=np.uint8)
IMAGES = Images(HELD_OUT, HELD_OUT, None, None, "noise", "made by a test", "sha", False, "")


class Pixels:
    """Stands for a classifier: an image's features are its pixels."""

    def features(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(len(images), -1) / 255.0


@pytest.mark.parametrize("curve", ["wasserstein_estimate", "generator_loss"])
def test_samples_that_come_closer_have_a_falling_distance_beside_any_curve(tmp_path, curve):
    run = Run(tmp_path / "run")
    for step in range(7):
        if step:
            run.append("history", {"step": step, curve: 3 * step})
        noise = RNG.integers(0, 256, (16, 4, 4, 1))
        blend = (noise * step + 255 * (6 - step)) / 6
        run.save_samples(step, image_grid(blend.astype(np.uint8), columns=4))
    correlation = correlate(run, IMAGES, Pixels(), curve)
    assert list(correlation.steps) == [1, 2, 3, 4, 5, 6]  # not the untrained generator's
    assert np.all(np.diff(correlation.distance) < 0)
    np.testing.assert_allclose(correlation.curve, 3 * correlation.steps)
    with refused(naming=curve):
        correlate(run, IMAGES, Pixels(), "critic_loss")


@pytest.mark.parametrize(("held_out", "compared_with"), [(LEAST_HELD_OUT, "held out"), (LEAST_HELD_OUT - 1, "train")])
def test_few_held_out_images_give_way_to_training_ones(tmp_path, held_out, compared_with):
    """Held-out images are white and training ones black, so that samples that turn white near the one only."""
    run = Run(tmp_path / "run")
    for step in range(5):
        run.append("history", {"step": step, "wasserstein_estimate": step})
        run.save_samples(step, image_grid(np.full((16, 4, 4, 1), 60 * step, np.uint8), columns=4))
    black = np.zeros((LEAST_HELD_OUT, 4, 4, 1), np.uint8)
    white = np.full((held_out, 4, 4, 1), 255, np.uint8)
    images = Images(black, white, None, None, "two colours", "made by a test", "sha", False, "")
    falls = bool(np.all(np.diff(correlate(run, images, Pixels()).distance) < 0))
    assert falls == (compared_with == "held out")


def test_too_few_grids_are_an_error(tmp_path):
    with refused():
        correlate(Run(tmp_path), IMAGES, Pixels())


@pytest.mark.parametrize("channels", [1, 3])
def test_a_grid_can_be_taken_apart_again(channels):
    images = RNG.integers(0, 256, (12, 5, 7, channels), dtype=np.uint8)
    np.testing.assert_array_equal(cut_grid(image_grid(images, columns=4), 5, 7), images)
    with refused():
        cut_grid(image_grid(images, columns=4), 5, 6)
