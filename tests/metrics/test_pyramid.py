"""An image taken apart is the image still."""

import numpy as np

from tests.metrics.samples import drawings
from wgan_utils.metrics.pyramid import _smooth, laplacian_pyramid


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
