"""Distances between features: closed forms, other implementations, and the directions they must move in."""

import numpy as np
import pytest

from tests.metrics.samples import known_pair, normal
from tests.refused import refused
from wgan_utils.metrics.distances import class_histogram_kl, frechet_distance, ink_density, kernel_distance

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


def test_ink_density_is_the_share_of_full_brightness():
    images = np.zeros((2, 4, 4, 1), np.uint8)
    images[1, :2] = 255
    assert ink_density(images) == pytest.approx([0, 0.5])


@pytest.mark.parametrize(("a", "b"), [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,)), ((5, 3), np.nan)])
@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_wrong_features_are_refused(distance, a, b):
    with refused():
        distance(normal(*a), np.full(a, b) if np.isscalar(b) else normal(*b))
