"""Precision, recall, density, coverage and memorisation: closed forms, prdc, and the directions they must move."""

import numpy as np
import prdc
import pytest

from tests.metrics.samples import drawings, known_pair, normal
from tests.refused import refused
from wgan_utils.metrics import neighbours
from wgan_utils.metrics.neighbours import density_coverage, memorisation, precision_recall


def all_four(real, generated, k=None):
    k = {} if k is None else {"k": k}
    return np.array([*precision_recall(real, generated, **k), *density_coverage(real, generated, **k)])


@pytest.mark.parametrize("k", [1, 3, 5])
def test_they_agree_with_prdc(k):
    """Our balls have a border, theirs (Naeem et al.'s own code) have none; of random rows none lies on it."""
    expected = prdc.compute_prdc(*known_pair(), nearest_k=k)
    expected = [expected[name] for name in ("precision", "recall", "density", "coverage")]
    assert all_four(*known_pair(), k) == pytest.approx(expected)
    assert 0.1 < min(expected) < max(expected) < 1


# Memorisation

TRAIN, TEST, NEW = (drawings(n, seed=seed) for n, seed in ((300, 0), (100, 1), (100, 2)))


def test_copies_have_ratio_zero_and_are_found():
    chosen = np.random.default_rng(0).integers(300, size=50)
    found = memorisation(TRAIN[chosen], TRAIN, TEST)
    assert found.ratio == found.distances.max() == 0
    np.testing.assert_array_equal(found.indices, chosen)
    assert found.test_distances.shape == (100,)


def test_near_copies_have_a_small_ratio_and_new_images_about_one():
    noisy = np.clip(TRAIN[:50] + np.random.default_rng(0).normal(0, 5, (50, 28, 28, 1)), 0, 255).astype(np.uint8)
    assert memorisation(noisy, TRAIN, TEST).ratio < 0.1
    assert memorisation(NEW, TRAIN, TEST).ratio == pytest.approx(1, abs=0.05)
    assert memorisation(TEST, TRAIN, TEST).ratio == 1
    assert memorisation(255 - TEST, TRAIN // 2, TEST // 2).ratio > 1.2


@pytest.mark.parametrize("block", [4096, 70])
def test_neighbours_are_the_nearest_across_blocks(monkeypatch, block):
    monkeypatch.setattr(neighbours, "BLOCK", block)
    found = memorisation(NEW, TRAIN, TEST)
    distances = np.linalg.norm(NEW.reshape(100, 1, -1) - TRAIN.reshape(1, 300, -1).astype(float), axis=2)
    np.testing.assert_array_equal(found.indices, distances.argmin(1))
    np.testing.assert_allclose(found.distances, distances.min(1))


@pytest.mark.parametrize(("distance", "index", "ratio"), [("euclidean", 1, 4), ("manhattan", 0, 3)])
def test_nearest_by_absolute_differences_may_be_another(distance, index, ratio):
    train = np.array([[0.0, 6.0], [4.0, 4.0]])
    found = memorisation(np.zeros((1, 2)), train, train + 1, distance)
    assert (found.indices[0], found.ratio) == (index, pytest.approx(ratio))


@pytest.mark.parametrize(
    "call",
    [
        lambda: precision_recall(normal(9, 3), normal(3, 3)),
        lambda: density_coverage(normal(5, 3), normal(9, 3)),
        lambda: memorisation(drawings(4, 32), drawings(4, 32), drawings(4, 28)),
        lambda: memorisation(drawings(4), drawings(4), drawings(4)),
    ],
)
def test_wrong_input_is_refused(call):
    with refused():
        call()
