"""The generators of the labs of lesson 06, and their measures on images with a known grid, blur or noise."""

import keras
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.refused import refused
from wgan_utils import labs
from wgan_utils.gan import networks
from wgan_utils.labs.published import DOUBLING_ARMS


def soft_images(n: int = 8) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=(n, 64, 64, 3))
    return np.clip(128 + 200 * gaussian_filter(noise, (0, 2, 2, 0)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("arm", DOUBLING_ARMS)
def test_each_makes_faces_and_upsampling_has_as_many_weights_as_the_kernel_of_5(arm):
    generator = labs.doubling_generator(arm)
    assert generator.output_shape == (None, 64, 64, 3)
    assert (generator.count_params() == 5_168_003) == (arm != "kernel 4")


def test_the_kernel_of_5_is_lesson_06s_generator():
    built = []
    for build in (lambda: labs.doubling_generator("kernel 5", 0.0625, 7), lambda: networks.face_generator(0.0625, 7)):
        keras.utils.set_random_seed(2)
        built.append(build())
    for one, other in zip(*(generator.get_weights() for generator in built), strict=True):
        np.testing.assert_array_equal(one, other)
    z = np.random.default_rng(0).normal(size=(2, 7)).astype("float32")
    np.testing.assert_array_equal(*(generator(z) for generator in built))


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_grid_in_white_noise_has_the_ratio_of_its_power_at_its_own_period_alone(period):
    # Under a Hann window a wave of amplitude a has the power (n²·a/4)² at the highest frequency, a quarter of it at
    # others; noise of variance s² has n²·s²·(3/8)².
    noise = np.random.default_rng(0).normal(scale=16, size=(150, 64, 64, 3))
    wave = (4 if period == 2 else 8) * np.cos(2 * np.pi * np.arange(64) / period)
    grid = noise + wave[:, None, None] + wave[:, None]
    one_direction = 1 + (64**2 * 4 / 4) ** 2 / (64**2 * 16**2 * (3 / 8) ** 2)
    expected = {2: 1, 4: 1, 8: 1} | {period: (2 * one_direction + 1) / 3}
    assert {other: labs.peak_ratio(grid, other) for other in expected} == pytest.approx(expected, rel=0.15)


def test_periods_that_do_not_fit_are_refused():
    for period in (1, 3, 16):
        with refused():
            labs.peak_ratio(soft_images(1), period)


def test_blur_takes_detail_away_and_real_images_have_the_best_quality():
    real = soft_images()
    blurred = gaussian_filter(real, (0, 1, 1, 0))
    assert labs.detail_energy(np.full((2, 64, 64, 1), 77, np.uint8)) == pytest.approx(0, abs=1e-6)

    def features(images: np.ndarray) -> np.ndarray:
        return images[:, ::32, ::32].reshape(len(images), -1)

    best, worse = labs.quality(real, real, features), labs.quality(blurred, real, features)
    assert best == {"frechet": pytest.approx(0, abs=1e-6), "precision": 1, "recall": 1, "detail": 1}
    assert worse["frechet"] > 0
    assert worse["detail"] < 0.9
