"""Distances between sets of images and of features: closed forms, other implementations, and where they must move."""

import numpy as np
import prdc
import pytest
from scipy import ndimage, stats

from tests.metrics.samples import drawings, known_pair, normal
from tests.refused import refused
from wgan_utils.metrics import distances
from wgan_utils.metrics.distances import (
    _projected,
    _smooth,
    class_histogram_kl,
    density_coverage,
    frechet_distance,
    kernel_distance,
    laplacian_pyramid,
    memorisation,
    precision_recall,
    sliced_wasserstein,
)

A, FEW, LINE = normal(300, 5), normal(10, 64), np.outer(normal(50), np.ones(3))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (A, A[::-1], 0),
        (A, A + np.array([3, 0, 4, 0, 0]), 25),
        # Tr(C + s²C − 2sC) = (s − 1)² Tr C, and the mean shifts by (s − 1) m.
        (A, 3 * A, 4 * (np.trace(np.cov(A.T)) + np.sum(A.mean(0) ** 2))),
        # Singular covariances: ten rows in 64 dimensions, and features that never vary.
        (FEW, FEW + 1, 64),
        (LINE, 2 * LINE, 3 * (LINE[:, 0].var(ddof=1) + LINE[:, 0].mean() ** 2)),
        (FEW, np.zeros((20, 64)), np.sum(FEW.mean(0) ** 2) + np.sum(FEW.var(0, ddof=1))),
        (*known_pair(), 1.511406048111283),  # clean-fid's
    ],
)
def test_frechet_distance_has_its_closed_forms_and_is_symmetric(a, b, expected):
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert frechet_distance(b, a) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_kernel_distance_agrees_with_clean_fid():
    assert kernel_distance(*known_pair()) == pytest.approx((0.13242433687195937, 0), rel=1e-9)  # one subset: all rows


def test_kernel_distance_over_subsets_varies_about_that_of_whole_sets_and_repeats_with_its_seed():
    sets = [rows[np.argsort(rows[:, 0])] for rows in known_pair()]  # of which the first rows are not typical
    mean, deviation = kernel_distance(*sets, subset_size=200)
    assert abs(mean - kernel_distance(*sets)[0]) < 4 * deviation / np.sqrt(100) < mean / 2
    first, again, other = (kernel_distance(*sets, 1, 200, seed)[0] for seed in (0, 0, 1))
    assert first == again != other
    mean, deviation = kernel_distance(*sets, 2, 200)
    assert abs(first - mean) == pytest.approx(deviation)


EVEN = np.eye(8)[np.arange(800) % 8]


@pytest.mark.parametrize(
    ("classes", "expected"), [(np.full(800, 3), np.log(8)), (np.arange(800) % 8, 0), (np.arange(400) % 4, np.log(2))]
)
def test_class_histogram_of_collapse_is_log_of_the_number_of_classes(classes, expected):
    assert class_histogram_kl(np.eye(8)[classes], EVEN) == pytest.approx(expected)


def test_class_histogram_stays_finite_for_classes_the_data_lacks():
    assert 1 < class_histogram_kl(EVEN, np.eye(8)[np.full(1000, 7)]) < np.inf


@pytest.mark.parametrize(("a", "b"), [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,)), ((5, 3), np.nan)])
@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_wrong_features_are_refused(distance, a, b):
    with refused():
        distance(normal(*a), np.full(a, b) if np.isscalar(b) else normal(*b))


# Nearest neighbours


@pytest.mark.parametrize("k", [1, 3, 5])
def test_they_agree_with_prdc(k):
    """Our balls have a border, theirs (Naeem et al.'s own code) have none; of random rows none lies on it."""
    expected = prdc.compute_prdc(*known_pair(), nearest_k=k)
    expected = [expected[name] for name in ("precision", "recall", "density", "coverage")]
    found = [*precision_recall(*known_pair(), k=k), *density_coverage(*known_pair(), k=k)]
    assert found == pytest.approx(expected)
    assert 0.1 < min(expected) < max(expected) < 1


# Memorisation

TRAIN, TEST, NEW = (drawings(n, seed=seed) for n, seed in ((300, 0), (100, 1), (100, 2)))


def test_near_copies_have_a_small_ratio_and_new_images_about_one():
    noisy = np.clip(TRAIN[:50] + np.random.default_rng(0).normal(0, 5, (50, 28, 28, 1)), 0, 255).astype(np.uint8)
    assert memorisation(noisy, TRAIN, TEST).ratio < 0.1
    assert memorisation(NEW, TRAIN, TEST).ratio == pytest.approx(1, abs=0.05)
    assert memorisation(TEST, TRAIN, TEST).ratio == 1
    assert memorisation(255 - TEST, TRAIN // 2, TEST // 2).ratio > 1.2


@pytest.mark.parametrize("block", [4096, 70])
def test_neighbours_are_the_nearest_across_blocks(monkeypatch, block):
    monkeypatch.setattr(distances, "BLOCK", block)
    found = memorisation(NEW, TRAIN, TEST)
    expected = np.linalg.norm(NEW.reshape(100, 1, -1) - TRAIN.reshape(1, 300, -1).astype(float), axis=2)
    np.testing.assert_array_equal(found.indices, expected.argmin(1))
    np.testing.assert_allclose(found.distances, expected.min(1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: precision_recall(normal(9, 3), normal(3, 3)),
        lambda: density_coverage(normal(5, 3), normal(9, 3)),
        lambda: memorisation(drawings(4, 32), drawings(4, 32), drawings(4, 28)),
        lambda: memorisation(drawings(4), drawings(4), drawings(4)),
        lambda: sliced_wasserstein(drawings(4), drawings(5)),
        lambda: sliced_wasserstein(*np.zeros((2, 4, 32, 32, 1))),
        lambda: sliced_wasserstein(*np.zeros((2, 4, 32, 5, 1), np.uint8)),
    ],
)
def test_too_few_rows_what_was_not_held_out_and_sets_of_other_images_are_refused(call):
    with refused():
        call()


# Levels of detail


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


ONE, OTHER = (drawings(128, 32, seed=seed) for seed in (0, 1))
USUAL = sliced_wasserstein(ONE, OTHER)


def test_sliced_wasserstein_is_symmetric_zero_for_itself_and_large_for_noise():
    assert set(sliced_wasserstein(ONE, ONE.copy()).values()) == {0}
    assert sliced_wasserstein(OTHER, ONE) == pytest.approx(USUAL)
    assert np.isfinite(list(sliced_wasserstein(ONE, np.full_like(ONE, 7)).values())).all()  # of plain images, too
    noise = np.random.default_rng(0).integers(0, 256, ONE.shape, dtype=np.uint8)
    assert all(value > 3 * USUAL[side] for side, value in sliced_wasserstein(ONE, noise).items())


def test_blur_shows_at_the_fine_level_first():
    distance = sliced_wasserstein(ONE, ndimage.gaussian_filter(OTHER, (0, 0.8, 0.8, 0)))
    assert distance[32] > 2 * USUAL[32]
    assert distance[32] - USUAL[32] > 3 * abs(distance[16] - USUAL[16])


def test_sliced_wasserstein_does_not_see_brightness_and_contrast():
    assert sliced_wasserstein(ONE, OTHER // 2 + 40) == pytest.approx(USUAL, rel=0.05)
