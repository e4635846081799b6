"""What nearest neighbours tell: are generated images good, varied, and not learned by heart?"""

from dataclasses import dataclass

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import check_features

BLOCK = 4096  # training items turned into floats at once


def precision_recall(real: np.ndarray, generated: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Improved precision and recall (Kynkäänniemi et al. 2019, eqs. 1, 2), both in [0, 1]; higher is better.

    Around each row of a set lies the ball that reaches to its kth neighbour in the same set. Precision is the
    share of generated rows in some real row's ball: are the images good? Recall is the share of real rows in
    some generated row's ball: are they varied? Neither reaches 1 for a perfect generator: compare with the
    baseline.

    Args:
        real: features, shape (n, d).
        generated: features, shape (m, d); m = n, for the radii depend on how dense a set is.
        k: which neighbour.

    Raises:
        ValueError: as `frechet_distance`, or not more than k rows.
    """
    real, generated = check_features(real, generated, rows=k + 1)
    precision = np.mean(_balls_around(generated, real, k) > 0)
    recall = np.mean(_balls_around(real, generated, k) > 0)
    return float(precision), float(recall)


def density_coverage(real: np.ndarray, generated: np.ndarray, k: int = 5) -> tuple[float, float]:
    """Density and coverage (Naeem et al. 2020, sec. 3.2); higher is better.

    Density is the number of real balls (as in `precision_recall`) around a generated row, on average, over k:
    about 1 for equal distributions, and more where the generated rows keep to the densest places. Coverage is
    the share of real rows that have a generated row in their ball, in [0, 1]; its expectation for equal
    distributions is in their sec. 3.3, near 1 − 2⁻ᵏ for equally many rows. Outliers among the generated rows
    affect neither much.

    Args:
        real: features, shape (n, d).
        generated: features, shape (m, d).
        k: which neighbour.

    Raises:
        ValueError: as `precision_recall`.
    """
    real, generated = check_features(real, generated, rows=k + 1)
    from sklearn.metrics import pairwise_distances_argmin_min

    density = np.mean(_balls_around(generated, real, k)) / k
    closest = pairwise_distances_argmin_min(real, generated)[1]
    return float(density), float(np.mean(closest <= _radii(real, k)))


def _radii(rows: np.ndarray, k: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(rows)
    return search.kneighbors()[0][:, -1]  # asked for no rows in particular, it leaves each row itself out


def _balls_around(rows: np.ndarray, centres: np.ndarray, k: int) -> np.ndarray:
    """How many of the centres' balls each row lies in; the distances are made and used a block at a time."""
    from sklearn.metrics import pairwise_distances_chunked

    radii = _radii(centres, k)
    blocks = pairwise_distances_chunked(rows, centres, reduce_func=lambda d, start: (d <= radii).sum(axis=1))
    return np.concatenate(list(blocks))


@dataclass(frozen=True)
class Memorisation:
    """How near generated items come to training items, compared with held-out real ones.

    Attributes:
        ratio: median distance generated → nearest training item, over the same of the test items. About 1:
            new items, as near to the training set as unseen real ones. Near 0: copies. Above 1: further away
            than real ones are.
        indices: the training item nearest to each generated one, int (n,): `train[indices]` are the
            neighbours.
        distances: distance to it, float (n,).
        test_distances: of each test item to its nearest training item, float (m,).
    """

    ratio: float
    indices: np.ndarray
    distances: np.ndarray
    test_distances: np.ndarray


def memorisation(
    generated: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    distance: str = "euclidean",
    test_distances: np.ndarray | None = None,
) -> Memorisation:
    """Nearest training items of generated ones, against those of held-out real ones.

    The measure compares distances to the nearest training item as Meehan et al. 2020 ("A non-parametric test
    to detect data-copying") do, reduced to the ratio of the medians. A median overlooks a few copies among
    many: look at the smallest `distances` too.

    Args:
        generated: images (n, height, width, channels) or features (n, d).
        train: all the items trained on, (N, …).
        test: held-out real items, (m, …).
        distance: "euclidean" (L2) or "manhattan" (L1, the sum of absolute differences).
        test_distances: the test items' from `nearest`, where they are known already.

    Raises:
        ValueError: the items' shapes differ, there are none, or half the test items are training items; or another
            distance.
    """
    if not (generated.shape[1:] == train.shape[1:] == test.shape[1:]) or 0 in (
        len(generated),
        len(train),
        len(test),
    ):
        raise Refused(
            "Generated, training and test items must have one shape, and there must be some of each, "
            f"not {generated.shape}, {train.shape} and {test.shape}."
        )
    if distance not in ("euclidean", "manhattan"):
        raise Refused(f'distance must be "euclidean" or "manhattan", not {distance!r}.')
    indices, distances = nearest(generated, train, distance)
    if test_distances is None:
        test_distances = nearest(test, train, distance)[1]
    usual = np.median(test_distances)
    if usual == 0:
        raise Refused("Half the test items are also training items: the test items must be held out of training.")
    return Memorisation(float(np.median(distances) / usual), indices, distances, test_distances)


def nearest(items: np.ndarray, train: np.ndarray, metric: str = "euclidean") -> tuple[np.ndarray, np.ndarray]:
    """Index of, and "euclidean" or "manhattan" distance to, the nearest training item: int (n,), float (n,)."""
    from sklearn.metrics import pairwise_distances_argmin_min

    rows = items.reshape(len(items), -1).astype(np.float32)
    indices, distances = np.zeros(len(rows), int), np.full(len(rows), np.inf)
    for start in range(0, len(train), BLOCK):
        block = train[start : start + BLOCK]
        others = block.reshape(len(block), -1).astype(np.float32)
        index, distance = pairwise_distances_argmin_min(rows, others, metric=metric)
        closer = distance < distances
        indices[closer], distances[closer] = start + index[closer], distance[closer]
    return indices, distances
