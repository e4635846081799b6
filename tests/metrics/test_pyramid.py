"""An image taken apart is the image still; sliced Wasserstein distances move in the directions they must."""

import numpy as np
import pytest
from scipy import ndimage, stats

from tests.metrics.samples import drawings
from tests.refused import refused
from wgan_utils.metrics.pyramid import _projected, _smooth, laplacian_pyramid, sliced_wasserstein


def test_the_pyramid_adds_up_to_the_image():
    images = drawings(n=2, size=45, channels=3)
    levels = laplacian_pyramid(images)
    assert [level.shape[1] for level in levels] == [45, 23]
    doubled = np.zeros((2, 45, 45, 3), np.float32)
    doubled[:, ::2, ::2] = 4 * levels[1]
    np.testing.assert_allclose(levels[0] + _smooth(doubled), images, atol=1e-3)


def test_the_pyramid_of_a_plain_image_is_empty_but_for_its_last_level():
    *fine, last = laplacian_pyramid(np.full((1, 64, 50, 1), 120, np.uint8))
    assert all(np.abs(level).max() < 1e-4 for level in fine)
    np.testing.assert_allclose(last, 120, rtol=1e-6)


# Sliced Wasserstein


@pytest.mark.parametrize(("shape", "sides"), [((32, 32, 3), [32, 16]), ((109, 89, 3), [89, 45, 23]), ((9, 40, 2), [9])])
def test_sliced_wasserstein_takes_any_shape(shape, sides):
    a, b = np.random.default_rng(0).integers(0, 256, (2, 4, *shape), dtype=np.uint8)
    distance = sliced_wasserstein(a, b)
    assert list(distance) == sides
    assert all(value > 0 for value in distance.values())


def test_projections_pair_in_order_to_the_distance_that_scipy_finds():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 300, 7, 7, 1))
    directions = rng.normal(size=(49, 3)).astype(np.float32)
    pairs = [((z - z.mean()) / z.std()).reshape(300, 49) @ directions for z in (x, y**2)]
    expected = [stats.wasserstein_distance(pairs[0][:, i], pairs[1][:, i]) for i in range(3)]
    found = np.abs(_projected(x, directions) - _projected(y**2, directions)).mean(axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


A, B = (drawings(128, 32, seed=seed) for seed in (0, 1))
USUAL = sliced_wasserstein(A, B)


def test_sliced_wasserstein_is_symmetric_zero_for_itself_and_large_for_noise():
    assert set(sliced_wasserstein(A, A.copy()).values()) == {0}
    assert sliced_wasserstein(B, A) == pytest.approx(USUAL)
    assert np.isfinite(list(sliced_wasserstein(A, np.full_like(A, 7)).values())).all()  # of plain images, too
    noise = np.random.default_rng(0).integers(0, 256, A.shape, dtype=np.uint8)
    assert all(value > 3 * USUAL[side] for side, value in sliced_wasserstein(A, noise).items())


def test_blur_shows_at_the_fine_level_first():
    distance = sliced_wasserstein(A, ndimage.gaussian_filter(B, (0, 0.8, 0.8, 0)))
    assert distance[32] > 2 * USUAL[32]
    assert distance[32] - USUAL[32] > 3 * abs(distance[16] - USUAL[16])


def test_sliced_wasserstein_does_not_see_brightness_and_contrast_but_does_see_structure():
    assert sliced_wasserstein(A, B // 2 + 40) == pytest.approx(USUAL, rel=0.05)
    squeezed = B[:, :, np.argsort(np.arange(32) % 2, kind="stable")]  # twice side by side, half as wide
    assert sliced_wasserstein(A, squeezed)[32] > 2 * USUAL[32]


def test_other_images_are_refused():
    for a, b in (
        (drawings(4), drawings(5)),
        np.zeros((2, 4, 32, 32, 1)),
        np.zeros((2, 4, 32, 5, 1), np.uint8),
    ):
        with refused():
            sliced_wasserstein(a, b)
