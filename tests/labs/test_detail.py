"""Blur and checkerboards, on pictures that have just so much of them."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.refused import refused
from wgan_utils.labs.detail import detail_energy, peak_ratio, power_spectrum, quality


def soft_pictures(n: int = 8) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=(n, 64, 64, 3))
    return np.clip(128 + 200 * gaussian_filter(noise, (0, 2, 2, 0)), 0, 255).astype(np.uint8)


def test_blur_takes_detail_away_and_a_flat_picture_has_none():
    sharp = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 1), dtype=np.uint8)
    blurred = gaussian_filter(sharp, (0, 1, 1, 0))
    assert np.all(detail_energy(blurred) < 0.2 * detail_energy(sharp))
    np.testing.assert_allclose(detail_energy(np.full((2, 28, 28, 1), 77, np.uint8)), 0, atol=1e-6)
    with pytest.raises(ValueError, match="28"):
        detail_energy(sharp[:, :16, :16])


def test_noise_has_no_checkerboard():
    noise = np.random.default_rng(0).integers(0, 256, (100, 64, 64, 3), dtype=np.uint8)
    for period in (2, 4, 8):
        assert peak_ratio(noise, period) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_faint_grid_shows_at_its_own_period(period):
    images = soft_pictures()
    wave = 3 * period * np.cos(2 * np.pi * np.arange(64) / period)
    grid = images + wave[:, None, None] + wave[:, None]
    found = peak_ratio(np.clip(grid, 0, 255).astype(np.uint8), period)
    assert found > 5 * peak_ratio(images, period)


def test_periods_that_do_not_fit_are_refused():
    for period in (1, 3, 16):
        with refused():
            peak_ratio(soft_pictures(1), period)


def test_a_wave_has_its_power_in_its_own_place():
    wave = 100 * np.cos(2 * np.pi * 5 * np.arange(64) / 64)
    images = np.broadcast_to(128 + wave[:, None, None], (2, 64, 64, 1)).astype(np.uint8)
    power = power_spectrum(images)
    assert power.shape == (64, 64)
    assert np.unravel_index(power[:33].argmax(), (33, 64)) == (5, 0)


def test_real_images_have_the_best_quality_and_blur_has_less_detail():
    real = soft_pictures()
    blurred = gaussian_filter(real, (0, 1, 1, 0))

    def features(images: np.ndarray) -> np.ndarray:
        return images[:, ::32, ::32].reshape(len(images), -1)

    best, worse = quality(real, real, features), quality(blurred, real, features)
    assert best == {"frechet": pytest.approx(0, abs=1e-6), "precision": 1, "recall": 1, "detail": 1}
    assert worse["frechet"] > 0
    assert worse["detail"] < 0.9
