"""The ring of Gaussians lies where it should, and its modes are counted."""

import numpy as np
import pytest

from wgan_utils.data import toys


def test_points_lie_around_the_centres_with_the_given_spread():
    points = toys.ring_of_gaussians(40_000, modes=8, radius=2.0, std=0.02, seed=1)
    assert (points.shape, points.dtype) == ((40_000, 2), np.float32)
    offsets = points[:, np.newaxis] - toys.ring_centres(8, 2.0)
    nearest = np.linalg.norm(offsets, axis=2).argmin(axis=1)
    np.testing.assert_allclose(np.bincount(nearest) / len(points), 1 / 8, atol=0.01)
    inside = offsets[np.arange(len(points)), nearest]
    np.testing.assert_allclose(inside.std(axis=0), 0.02, rtol=0.02)
    np.testing.assert_allclose(inside.mean(axis=0), 0, atol=5e-4)
    np.testing.assert_array_equal(points, toys.ring_of_gaussians(40_000, seed=1))


def test_centres_of_a_square():
    np.testing.assert_allclose(toys.ring_centres(4, 3.0), [[3, 0], [0, 3], [-3, 0], [0, -3]], atol=1e-12)


def test_shares_count_points_near_a_centre_and_no_others():
    points = [[3, 0], [2.9, 0], [0, 3], [0, 0], [0, -3.3]]
    np.testing.assert_allclose(toys.mode_shares(points, modes=4, radius=3.0, within=0.2), [0.4, 0.2, 0, 0])
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        toys.mode_shares(np.zeros((3, 3)))
