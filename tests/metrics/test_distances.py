"""Distances between features: closed forms, other implementations, and the directions they must move in."""

import numpy as np
import pytest

from tests.metrics.samples import known_pair, normal
from tests.refused import refused
from wgan_utils.metrics.distances import class_histogram_kl, frechet_distance, ink_density, kernel_distance


def with_moments(mean, covariance, n=200, seed=0):
    """Rows with exactly this mean and (unbiased) covariance."""
    x = normal(n, len(mean), seed=seed)
    x -= x.mean(0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


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


def test_frechet_distance_of_covariances_that_do_not_commute():
    # For 2×2: Tr (C_a C_b)^½ = √(Tr(C_a C_b) + 2 √det(C_a C_b)).
    first, second = np.array([[2.0, 0.9], [0.9, 1.0]]), np.array([[1.0, -0.6], [-0.6, 3.0]])
    product = first @ second
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    a, b = with_moments([0, 0], first), with_moments([1, 2], second, n=300, seed=1)
    assert frechet_distance(a, b) == pytest.approx(5 + np.trace(first) + np.trace(second) - 2 * root)


@pytest.mark.parametrize(("n", "expected"), [(1000, 2.2), (5000, 0.44)])
def test_frechet_distance_of_equal_distributions_falls_with_the_number_of_rows(n, expected):
    assert frechet_distance(*normal(2, n, 64, seed=n)) == pytest.approx(expected, rel=0.07)


def test_kernel_distance_agrees_with_clean_fid():
    assert kernel_distance(*known_pair()) == pytest.approx((0.13242433687195937, 0), rel=1e-9)  # one subset: all rows


def test_kernel_distance_is_the_unbiased_estimate_written_out():
    a, b = normal(6, 3), normal(6, 3, seed=1) + 0.5

    def k(x, y):
        return (x @ y / 3 + 1) ** 3

    pairs = [(i, j) for i in range(6) for j in range(6)]
    within = np.mean([k(a[i], a[j]) + k(b[i], b[j]) for i, j in pairs if i != j])
    across = np.mean([k(a[i], b[j]) for i, j in pairs])
    assert kernel_distance(a, b)[0] == pytest.approx(within - 2 * across)


def test_kernel_distance_repeats_with_its_seed():
    a, b = normal(2, 50, 4)
    draws = [kernel_distance(a, b, subsets=5, subset_size=20, seed=seed) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


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


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (normal(5, 3), normal(5, 4)),
        (normal(1, 3), normal(5, 3)),
        (normal(5), normal(5)),
        (normal(5, 3), np.full((5, 3), np.nan)),
    ],
)
@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_wrong_features_are_refused(distance, a, b):
    with refused():
        distance(a, b)
