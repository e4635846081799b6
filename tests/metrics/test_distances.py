"""Metrics against closed forms, against other implementations, and in the directions they must move."""

import numpy as np
import pytest
from scipy import ndimage, stats

from wgan_utils.metrics import distances, neighbours, transport


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def with_moments(mean, covariance, n=200, seed=0):
    """Rows with exactly this mean and (unbiased) covariance."""
    x = normal(n, len(mean), seed=seed)
    x -= x.mean(0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


@pytest.fixture(scope="module")
def known():
    """Two sets on which other implementations were run: prdc 0.2, clean-fid 0.1.35, POT."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(600, 16)), rng.normal(size=(600, 16)) * 1.2 + 0.15
    b[:, 0] += a[:, 1]
    return a, b


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


def test_frechet_distance_floor_falls_with_the_number_of_rows():
    floors = {n: distances.frechet_distance(*normal(2, n, 64, seed=n)) for n in (1000, 5000)}
    assert floors[1000] == pytest.approx(2.2, abs=0.15)
    assert floors[5000] == pytest.approx(0.44, abs=0.03)


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


# Precision, recall, density, coverage


def test_precision_recall_density_coverage_agree_with_prdc(known):
    assert neighbours.precision_recall(*known) == pytest.approx((277 / 600, 569 / 600))
    assert neighbours.density_coverage(*known) == pytest.approx((0.36866666666666664, 0.775))


def test_the_floor_of_identical_gaussians():
    a, b = normal(2, 4000, 64)
    assert neighbours.precision_recall(a, b) == pytest.approx((0.6, 0.6), abs=0.03)
    assert neighbours.density_coverage(a, b) == pytest.approx((1.0, 0.969), abs=0.06)


def test_coverage_of_equal_distributions_has_its_expectation():
    # Of the 2n − 1 others around a real point, the k nearest are all real with (n−1)…(n−k) / (2n−1)…(2n−k).
    n, k = 30, 5
    expected = 1 - np.prod([(n - i) / (2 * n - i) for i in range(1, k + 1)])
    values = [neighbours.density_coverage(*normal(2, n, 3, seed=seed))[1] for seed in range(50)]
    assert np.mean(values) == pytest.approx(expected, abs=4 * stats.sem(values))


def test_a_dropped_mode_lowers_recall_and_coverage_but_not_precision_and_density():
    centres = np.eye(4) * 20
    real = normal(800, 4) + centres.repeat(200, axis=0)
    all_modes, one_mode = (
        normal(800, 4, seed=1) + centres.repeat(200, axis=0),
        normal(800, 4, seed=1) + centres[0],
    )
    full = (*neighbours.precision_recall(real, all_modes), *neighbours.density_coverage(real, all_modes))
    dropped = (*neighbours.precision_recall(real, one_mode), *neighbours.density_coverage(real, one_mode))
    assert dropped[0] > full[0] - 0.05
    assert dropped[1] < 0.3 < 0.8 < full[1]
    assert dropped[2] > full[2] - 0.1
    assert dropped[3] < 0.26 < 0.9 < full[3]


def test_outliers_lower_precision_and_not_recall():
    real, generated = normal(500, 4), normal(500, 4, seed=1)
    before = neighbours.precision_recall(real, generated)
    generated[:250] += 100
    precision, recall = neighbours.precision_recall(real, generated)
    assert precision == pytest.approx(before[0] / 2, abs=0.05)
    assert recall > before[1] - 0.15


def test_copies_are_precise_and_cover_everything():
    real = normal(100, 3)
    assert neighbours.precision_recall(real, real.copy()) == (1, 1)
    assert neighbours.density_coverage(real, real.copy())[1] == 1


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


# Earth mover's distance


def test_earth_movers_distance_agrees_with_pot(known):
    a, b = (x[:, :2] for x in known)
    assert transport.earth_movers_distance(a, b) == pytest.approx(0.5382089646969374)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_earth_movers_distance_of_a_shift_is_its_length(dimensions):
    a, shift = normal(60, dimensions), np.full(dimensions, 0.3)
    assert transport.earth_movers_distance(a, a[::-1] + shift) == pytest.approx(np.linalg.norm(shift))


def test_earth_movers_distance_on_a_line():
    a, b = normal(2, 50)
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    assert transport.earth_movers_distance(a, b) == pytest.approx(expected)
    flat = np.stack([a, np.zeros(50)], 1), np.stack([b, np.zeros(50)], 1)
    assert transport.earth_movers_distance(*flat) == pytest.approx(expected)


def test_earth_movers_distance_of_parallel_lines():
    # WGAN's Example 1: the segment at 0 and the segment at θ are |θ| apart.
    height = np.random.default_rng(0).random(100)
    lines = (np.stack([np.full(100, theta), height], axis=1) for theta in (0, -0.7))
    assert transport.earth_movers_distance(*lines) == pytest.approx(0.7)


# Sliced Wasserstein


def drawings(n=64, size=32, channels=1, seed=0):
    """Smooth blobs with sharp edges, uint8."""
    noise = ndimage.gaussian_filter(normal(n, size, size, channels, seed=seed), (0, 3, 3, 0))
    return np.where(noise > 0, 220, 30).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "sides"),
    [
        ((28, 28, 1), [28, 14]),
        ((32, 32, 3), [32, 16]),
        ((64, 64, 3), [64, 32, 16]),
        ((109, 89, 3), [89, 45, 23]),
        ((9, 40, 2), [9]),
    ],
)
def test_sliced_wasserstein_takes_any_shape(shape, sides):
    a, b = np.random.default_rng(0).integers(0, 256, (2, 4, *shape), dtype=np.uint8)
    distance = transport.sliced_wasserstein(a, b)
    assert list(distance) == sides
    assert all(value > 0 for value in distance.values())


def test_the_pyramid_adds_up_to_the_image():
    images = drawings(n=2, size=45, channels=3)
    levels = transport.laplacian_pyramid(images)
    assert [level.shape[1] for level in levels] == [45, 23]
    doubled = np.zeros((2, 45, 45, 3), np.float32)
    doubled[:, ::2, ::2] = 4 * levels[1]
    np.testing.assert_allclose(levels[0] + transport._smooth(doubled), images, atol=1e-3)


def test_the_pyramid_of_a_plain_image_is_empty_but_for_its_last_level():
    *fine, last = transport.laplacian_pyramid(np.full((1, 64, 50, 1), 120, np.uint8))
    assert all(np.abs(level).max() < 1e-4 for level in fine)
    np.testing.assert_allclose(last, 120, rtol=1e-6)


def test_sliced_wasserstein_agrees_with_scipy_on_one_direction():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 300, 7, 7, 1))
    y = y**2
    direction = rng.normal(size=(49, 3))
    direction /= np.linalg.norm(direction, axis=0)
    flat = [((z - z.mean()) / z.std()).reshape(300, 49) @ direction for z in (x, y)]
    expected = np.mean([stats.wasserstein_distance(flat[0][:, i], flat[1][:, i]) for i in range(3)])
    assert transport._mean_distance(x, y, direction) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_is_symmetric_zero_for_itself_and_small_for_its_like():
    a, b = drawings(128), drawings(128, seed=1)
    assert set(transport.sliced_wasserstein(a, a.copy()).values()) == {0}
    there, back = transport.sliced_wasserstein(a, b), transport.sliced_wasserstein(b, a)
    assert there == pytest.approx(back)
    noise = np.random.default_rng(0).integers(0, 256, a.shape, dtype=np.uint8)
    for side, value in transport.sliced_wasserstein(a, noise).items():
        assert value > 3 * there[side]


def test_blur_shows_at_the_fine_level_first():
    a, b = drawings(256), drawings(256, seed=1)
    blurred = ndimage.gaussian_filter(b, (0, 0.8, 0.8, 0))
    floor, distance = transport.sliced_wasserstein(a, b), transport.sliced_wasserstein(a, blurred)
    assert distance[32] > 2 * floor[32]
    assert distance[32] - floor[32] > 3 * abs(distance[16] - floor[16])


def test_sliced_wasserstein_does_not_see_brightness_and_contrast_but_does_see_structure():
    a, b = drawings(128), drawings(128, seed=1)
    distance = transport.sliced_wasserstein(a, b)
    assert transport.sliced_wasserstein(a, b // 2 + 40) == pytest.approx(distance, rel=0.05)
    squeezed = b[:, :, np.argsort(np.arange(32) % 2, kind="stable")]  # twice side by side, half as wide
    assert transport.sliced_wasserstein(a, squeezed)[32] > 2 * distance[32]


def test_sliced_wasserstein_of_plain_images_is_finite():
    plain = np.full((8, 28, 28, 1), 7, np.uint8)
    assert all(np.isfinite(value) for value in transport.sliced_wasserstein(plain, drawings(8, 28)).values())


# Memorisation


@pytest.fixture(scope="module")
def sets():
    train, test, new = (drawings(n, 28, seed=seed) for n, seed in ((300, 0), (100, 1), (100, 2)))
    return train, test, new


def test_copies_have_ratio_zero_and_are_found(sets):
    train, test, _ = sets
    chosen = np.random.default_rng(0).integers(300, size=50)
    found = neighbours.memorisation(train[chosen], train, test)
    assert found.ratio == 0
    np.testing.assert_array_equal(found.indices, chosen)
    assert found.distances.max() == 0
    assert found.test_distances.shape == (100,)


def test_near_copies_have_a_small_ratio_and_new_images_about_one(sets):
    train, test, new = sets
    noisy = np.clip(train[:50] + np.random.default_rng(0).normal(0, 5, (50, 28, 28, 1)), 0, 255).astype(np.uint8)
    assert neighbours.memorisation(noisy, train, test).ratio < 0.1
    assert neighbours.memorisation(new, train, test).ratio == pytest.approx(1, abs=0.05)
    assert neighbours.memorisation(test, train, test).ratio == 1
    assert neighbours.memorisation(255 - test, train // 2, test // 2).ratio > 1.2


def test_neighbours_are_the_nearest_across_blocks(sets, monkeypatch):
    train, test, new = sets
    whole = neighbours.memorisation(new, train, test)
    distances = np.linalg.norm(new.reshape(100, 1, -1) - train.reshape(1, 300, -1).astype(float), axis=2)
    np.testing.assert_array_equal(whole.indices, distances.argmin(1))
    np.testing.assert_allclose(whole.distances, distances.min(1))
    monkeypatch.setattr(neighbours, "BLOCK", 70)
    parts = neighbours.memorisation(new, train, test)
    np.testing.assert_array_equal(parts.indices, whole.indices)
    assert parts.ratio == pytest.approx(whole.ratio)


# Wrong input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distances.frechet_distance(normal(5, 3), normal(5, 4)), "equally wide"),
        (lambda: distances.frechet_distance(normal(1, 3), normal(5, 3)), "2 rows at least"),
        (lambda: distances.frechet_distance(normal(5, 3), np.full((5, 3), np.nan)), "NaN"),
        (lambda: distances.kernel_distance(normal(5, 3), normal(5, 3), subsets=0), "at least, not 0 of 1000"),
        (lambda: neighbours.precision_recall(normal(9, 3), normal(3, 3)), "4 rows at least"),
        (lambda: neighbours.density_coverage(normal(5, 3), normal(9, 3)), "6 rows at least"),
        (
            lambda: transport.earth_movers_distance(normal(5, 2), normal(6, 2)),
            "equally many points, not 5 and 6",
        ),
        (lambda: transport.sliced_wasserstein(drawings(4), drawings(5)), "equally many uint8 images"),
        (lambda: transport.sliced_wasserstein(*np.zeros((2, 4, 32, 32, 1))), "float64"),
        (
            lambda: transport.sliced_wasserstein(*np.zeros((2, 4, 32, 5, 1), np.uint8)),
            "32×5 pixels are too small",
        ),
        (lambda: neighbours.memorisation(drawings(4), drawings(4), drawings(4, 28)), "one shape"),
        (lambda: neighbours.memorisation(drawings(4), drawings(4), drawings(4)), "held out"),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
