"""Precision, recall, density, coverage and memorisation: closed forms, prdc, and the directions they must move."""

import numpy as np
import prdc
import pytest
from scipy import stats

from tests.metrics.samples import drawings, known_pair, normal
from tests.refused import refused
from wgan_utils.metrics import neighbours


@pytest.fixture(scope="module")
def known():
    return known_pair()


@pytest.mark.parametrize("k", [1, 3, 5])
def test_they_agree_with_prdc(known, k):
    """Our balls have a border, theirs (Naeem et al.'s own code) have none; of random rows none lies on it."""
    real, generated = known
    expected = prdc.compute_prdc(real, generated, nearest_k=k)
    precision, recall = neighbours.precision_recall(real, generated, k)
    density, coverage = neighbours.density_coverage(real, generated, k)
    assert precision == pytest.approx(expected["precision"])
    assert recall == pytest.approx(expected["recall"])
    assert density == pytest.approx(expected["density"])
    assert coverage == pytest.approx(expected["coverage"])
    assert 0.1 < min(expected.values()) < max(expected.values()) < 1


def test_identical_gaussians_do_not_score_one():
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


# Memorisation


@pytest.fixture(scope="module")
def sets():
    train, test, new = (drawings(n, seed=seed) for n, seed in ((300, 0), (100, 1), (100, 2)))
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


def test_nearest_by_absolute_differences_may_be_another():
    train = np.array([[0.0, 6.0], [4.0, 4.0]])
    found = {
        name: neighbours.memorisation(np.zeros((1, 2)), train, train + 1, name) for name in ("euclidean", "manhattan")
    }
    assert (found["euclidean"].indices[0], found["manhattan"].indices[0]) == (1, 0)
    assert found["manhattan"].ratio == pytest.approx(6 / 2)
    assert found["euclidean"].ratio == pytest.approx(np.sqrt(32) / np.sqrt(2))


# Wrong input


@pytest.mark.parametrize(
    "call",
    [
        lambda: neighbours.precision_recall(normal(9, 3), normal(3, 3)),
        lambda: neighbours.density_coverage(normal(5, 3), normal(9, 3)),
        lambda: neighbours.memorisation(drawings(4, 32), drawings(4, 32), drawings(4, 28)),
        lambda: neighbours.memorisation(drawings(4), drawings(4), drawings(4)),
        lambda: neighbours.memorisation(drawings(4), drawings(4), drawings(4), "cosine"),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(call):
    with refused():
        call()
