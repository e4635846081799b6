"""Blur and checkerboards, on pictures that have just so much of them."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.refused import refused
from wgan_utils.metrics.detail import checkerboard, detail_energy


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
        assert checkerboard(noise, period) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_faint_grid_shows_at_its_own_period(period):
    images = soft_pictures()
    wave = 3 * period * np.cos(2 * np.pi * np.arange(64) / period)
    grid = images + wave[:, None, None] + wave[:, None]
    found = checkerboard(np.clip(grid, 0, 255).astype(np.uint8), period)
    assert found > 5 * checkerboard(images, period)


def test_periods_that_do_not_fit_are_refused():
    for period in (1, 3, 16):
        with refused():
            checkerboard(soft_pictures(1), period)
