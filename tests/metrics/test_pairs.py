"""Closest pairs among items, and nearest training images when mirrored and shifted ones count."""

import numpy as np

from tests.refused import refused
from wgan_utils.metrics.pairs import closest_pairs, nearest_of_variants


def pictures(n: int, seed: int = 0, side: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, side, side, 3), dtype=np.uint8)


def test_the_closest_pairs_are_those_that_brute_force_finds():
    rows = np.random.default_rng(0).normal(size=(30, 4))
    pairs, distances = closest_pairs(rows, k=7)
    every = sorted((np.linalg.norm(rows[i] - rows[j]), i, j) for i in range(30) for j in range(i + 1, 30))[:7]
    np.testing.assert_allclose(distances, [distance for distance, _, _ in every], rtol=1e-5)
    assert pairs.tolist() == [[i, j] for _, i, j in every]


def test_a_repeated_image_is_a_pair_at_no_distance():
    images = pictures(9)
    images[7] = images[2]
    pairs, distances = closest_pairs(images, k=1)
    assert (pairs.tolist(), distances.tolist()) == ([[2, 7]], [0.0])


def test_there_are_no_more_pairs_than_there_are():
    assert len(closest_pairs(np.eye(3), k=10)[0]) == 3
    with refused():
        closest_pairs(np.eye(1))


def test_a_mirrored_and_shifted_copy_is_found_out():
    train, items = pictures(20), pictures(3, seed=1)
    items[0] = train[11]
    items[1] = train[4, :, ::-1]
    items[2, :, :-1] = train[8, :, 1:]  # one pixel to the left
    index, mirrored, distance = nearest_of_variants(items, train, block=7)
    assert index.tolist() == [11, 4, 8]
    assert mirrored.tolist() == [False, True, False]
    np.testing.assert_allclose(distance, 0, atol=1e-2)


def test_others_are_as_far_as_their_nearest_variant():
    train, items = pictures(6), pictures(4, seed=1)
    _, _, distance = nearest_of_variants(items, train, shifts=[(0, 0)])
    both = np.concatenate([train, train[:, :, ::-1]]).reshape(12, -1).astype(float)
    expected = [np.linalg.norm(both - item.ravel(), axis=1).min() for item in items]
    np.testing.assert_allclose(distance, expected, rtol=1e-4)
