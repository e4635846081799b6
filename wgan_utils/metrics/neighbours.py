"""What nearest neighbours tell: are generated images good, varied, and not learned by heart?"""

from dataclasses import dataclass

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import check_features

BLOCK = 4096  # training items turned into floats at once


def precision_recall(real: np.ndarray, generated: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Improved precision and recall (Kynkäänniemi et al. 2019, eqs. 1, 2), both in [0, 1]; higher is better.

    Around each row of a set lies the ball that reaches to its kth neighbour in the same set. Precision is the share of
    generated rows in some real row's ball: are the images good? Recall is the share of real rows in some generated
    row's ball: are they varied? Neither reaches 1 for a perfect generator. ValueError as `frechet_distance`.
    """
    real, generated = check_features(real, generated, rows=k + 1)
    precision = _in_balls(generated, real, k).any(axis=1).mean()
    recall = _in_balls(real, generated, k).any(axis=1).mean()
    return float(precision), float(recall)


def density_coverage(real: np.ndarray, generated: np.ndarray, k: int = 5) -> tuple[float, float]:
    """Density and coverage (Naeem et al. 2020, sec. 3.2) of features as in `precision_recall`; higher is better.

    Density is the number of real balls around a generated row, on average, over k: about 1 for equal distributions, and
    more where the generated rows keep to the densest places. Coverage is the share of real rows that have a generated
    row in their ball; for equal distributions and equally many rows near 1 − 2⁻ᵏ. Outliers affect neither much.
    """
    real, generated = check_features(real, generated, rows=k + 1)
    inside = _in_balls(generated, real, k)
    return float(inside.sum(axis=1).mean() / k), float(inside.any(axis=0).mean())


def _in_balls(rows: np.ndarray, centres: np.ndarray, k: int) -> np.ndarray:
    """Whether each row lies in each centre's ball, bool (rows, centres)."""
    from sklearn.metrics import pairwise_distances
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(centres)
    radii = search.kneighbors()[0][:, -1]  # asked for no rows in particular, it leaves each row itself out
    return pairwise_distances(rows, centres) <= radii


@dataclass(frozen=True)
class Memorisation:
    """How near generated items come to training items, compared with held-out real ones."""

    indices: np.ndarray  # (n,): `train[indices]` are the training items nearest to the generated ones
    distances: np.ndarray  # to them, float (n,)
    test_distances: np.ndarray  # of each test item to its nearest training item, float (m,)

    def __post_init__(self) -> None:
        if np.median(self.test_distances) == 0:
            raise Refused("Half the test items are also training items: the test items must be held out of training.")

    @property
    def ratio(self) -> float:
        """Median distance of generated items over that of test items: 0 of copies, about 1 of new items.

        A median overlooks a few copies among many: look at the smallest `distances` too. Blur lowers the ratio as well.
        """
        return float(np.median(self.distances) / np.median(self.test_distances))


def memorisation(
    generated: np.ndarray, train: np.ndarray, test: np.ndarray, distance: str = "euclidean"
) -> Memorisation:
    """Nearest training items of generated ones, against those of held-out real ones (after Meehan et al. 2020).

    Generated, all training and test items are images (n, height, width, channels) or features (n, d); the distance is
    "euclidean" (L2) or "manhattan" (L1). ValueError where shapes differ, or half the test items are training items.
    """
    if not generated.shape[1:] == train.shape[1:] == test.shape[1:]:
        shapes = f"{generated.shape}, {train.shape} and {test.shape}"
        raise Refused(f"Generated, training and test items must have one shape, not {shapes}.")
    return Memorisation(*nearest(generated, train, distance), nearest(test, train, distance)[1])


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
