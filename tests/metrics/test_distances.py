"""Distances between features: closed forms, other implementations, and the directions they must move in."""

import numpy as np
import pytest
from scipy import stats

from tests.metrics.samples import known_pair, normal
from tests.refused import refused
from wgan_utils.metrics import distances


def with_moments(mean, covariance, n=200, seed=0):
    """Rows with exactly this mean and (unbiased) covariance."""
    x = normal(n, len(mean), seed=seed)
    x -= x.mean(0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


@pytest.fixture(scope="module")
def known():
    return known_pair()


# Fréchet distance


def test_frechet_distance_of_a_shift_is_its_squared_length():
    a = normal(300, 5)
    assert distances.frechet_distance(a, a + np.array([3, 0, 4, 0, 0])) == pytest.approx(25)


def test_frechet_distance_of_scaled_features():
    # Tr(C + s²C − 2sC) = (s − 1)² Tr C, and the mean shifts by (s − 1) m.
    a = normal(300, 5)
    expected = 4 * (np.trace(np.cov(a.T)) + np.sum(a.mean(0) ** 2))
    assert distances.frechet_distance(a, 3 * a) == pytest.approx(expected)


def test_frechet_distance_of_covariances_that_do_not_commute():
    # For 2×2: Tr (C_a C_b)^½ = √(Tr(C_a C_b) + 2 √det(C_a C_b)).
    first, second = np.array([[2.0, 0.9], [0.9, 1.0]]), np.array([[1.0, -0.6], [-0.6, 3.0]])
    product = first @ second
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    a, b = with_moments([0, 0], first), with_moments([1, 2], second, n=300, seed=1)
    expected = 5 + np.trace(first) + np.trace(second) - 2 * root
    assert distances.frechet_distance(a, b) == pytest.approx(expected)


def test_frechet_distance_agrees_with_clean_fid(known):
    assert distances.frechet_distance(*known) == pytest.approx(1.511406048111283, rel=1e-9)


def test_frechet_distance_is_symmetric_and_zero_only_for_equal_moments(known):
    a, b = known
    assert distances.frechet_distance(a, b) == pytest.approx(distances.frechet_distance(b, a), rel=1e-12)
    assert distances.frechet_distance(a, a[::-1]) == pytest.approx(0, abs=1e-9)
    assert distances.frechet_distance(a, a * np.array([-1] + 15 * [1])) > 0


def test_frechet_distance_with_singular_covariances():
    # Ten rows in 64 dimensions, and features that never vary, as those of a collapsed generator.
    few, line = normal(10, 64), np.outer(normal(50), np.ones(3))
    assert distances.frechet_distance(few, few + 1) == pytest.approx(64)
    assert distances.frechet_distance(line, 2 * line) == pytest.approx(
        3 * (line[:, 0].var(ddof=1) + line[:, 0].mean() ** 2)
    )
    constant = np.zeros((20, 64))
    value = distances.frechet_distance(few, constant)
    assert value == pytest.approx(np.sum(few.mean(0) ** 2) + np.sum(few.var(0, ddof=1)))


def test_frechet_distance_of_equal_distributions_falls_with_the_number_of_rows():
    found = {n: distances.frechet_distance(*normal(2, n, 64, seed=n)) for n in (1000, 5000)}
    assert found[1000] == pytest.approx(2.2, abs=0.15)
    assert found[5000] == pytest.approx(0.44, abs=0.03)


# Kernel distance


def test_kernel_distance_agrees_with_clean_fid(known):
    value, deviation = distances.kernel_distance(*known)
    assert value == pytest.approx(0.13242433687195937, rel=1e-9)
    assert deviation == 0  # 600 rows: one subset, the whole set


def test_kernel_distance_is_the_unbiased_estimate_written_out():
    a, b = normal(6, 3), normal(6, 3, seed=1) + 0.5

    def k(x, y):
        return (x @ y / 3 + 1) ** 3

    pairs = [(i, j) for i in range(6) for j in range(6)]
    within = np.mean([k(a[i], a[j]) + k(b[i], b[j]) for i, j in pairs if i != j])
    across = np.mean([k(a[i], b[j]) for i, j in pairs])
    assert distances.kernel_distance(a, b)[0] == pytest.approx(within - 2 * across)


def test_kernel_distance_averages_zero_for_equal_distributions():
    values = [distances.kernel_distance(*normal(2, 100, 8, seed=seed))[0] for seed in range(200)]
    assert min(values) < 0 < max(values)
    assert abs(np.mean(values)) < 3 * stats.sem(values)


def test_kernel_distance_of_a_shift_in_one_dimension():
    # E(1 + xy)³ of independent x and y is a sum over products of their raw moments.
    def expected_kernel(m1, m2):
        x, y = (np.array([1, m, m**2 + 1, m**3 + 3 * m]) for m in (m1, m2))  # raw moments 0 to 3
        return float(np.sum(np.array([1, 3, 3, 1]) * x * y))

    expected = expected_kernel(0, 0) + expected_kernel(0.5, 0.5) - 2 * expected_kernel(0, 0.5)
    draws = [distances.kernel_distance(x, y + 0.5)[0] for x, y in normal(100, 2, 200, 1)]
    assert np.mean(draws) == pytest.approx(expected, abs=3 * stats.sem(draws))
    assert np.mean(draws) > 10 * stats.sem(draws)


def test_kernel_distance_repeats_with_its_seed():
    a, b = normal(2, 50, 4)
    draws = [distances.kernel_distance(a, b, subsets=5, subset_size=20, seed=seed) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


# Class histogram, ink


def test_class_histogram_of_collapse_is_log_of_the_number_of_classes():
    even, one = np.eye(8)[np.arange(800) % 8], np.eye(8)[np.full(800, 3)]
    assert distances.class_histogram_kl(one, even) == pytest.approx(np.log(8))
    assert distances.class_histogram_kl(even, even) == pytest.approx(0)
    assert distances.class_histogram_kl(np.eye(8)[np.arange(400) % 4], even) == pytest.approx(np.log(2))


def test_class_histogram_stays_finite_for_classes_the_data_lacks():
    sevens, others = np.eye(10)[np.full(1000, 7)], np.eye(10)[np.arange(1000) % 10]
    value = distances.class_histogram_kl(others, sevens)
    assert 1 < value < np.inf


def test_class_histogram_noise_is_nine_over_two_n():
    even, rng = np.eye(10)[np.arange(100_000) % 10], np.random.default_rng(0)
    values = [distances.class_histogram_kl(np.eye(10)[rng.integers(10, size=500)], even) for _ in range(200)]
    assert np.mean(values) == pytest.approx(9 / 1000, rel=0.15)


def test_mean_confidence_and_ink():
    assert distances.mean_confidence(np.array([[0.9, 0.1], [0.4, 0.6]])) == pytest.approx(0.75)
    images = np.zeros((2, 4, 4, 1), np.uint8)
    images[1, :2] = 255
    assert distances.ink_density(images) == pytest.approx([0, 0.5])


# Wrong input


@pytest.mark.parametrize(
    "call",
    [
        lambda: distances.frechet_distance(normal(5, 3), normal(5, 4)),
        lambda: distances.frechet_distance(normal(1, 3), normal(5, 3)),
        lambda: distances.frechet_distance(normal(5, 3), np.full((5, 3), np.nan)),
        lambda: distances.kernel_distance(normal(5, 3), normal(5, 3), subsets=0),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(call):
    with refused():
        call()
