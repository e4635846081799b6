"""How far a set of generated images is from one of real ones, by their features, matrices (n, d), or by their pixels.

A number from here means something beside its baseline alone: the same between held-out and training images.
"""

import os
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from wgan_utils.errors import Refused

BLOCK = 4096  # training items turned into floats at once
PATCH = 7  # pixels
SMALLEST = 2 * PATCH
PYRAMIDS = 256  # held at once


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Fréchet distance between the Gaussians fitted to two sets of features (Heusel et al. 2017, eq. 6).

    |m_a − m_b|² + Tr(C_a + C_b − 2 (C_a C_b)^½), with means m and covariances C; 0 or more, lower is better. On the
    features of a small classifier, as in most lessons, it is the *Fréchet classifier distance*. It is no FID: that is
    the same on features of Inception, and the two must not be compared. The value is biased upwards, the more so the
    fewer the rows: compare equal numbers of rows only.

    With C = RᵀR the eigenvalues of C_a C_b are the squared singular values of R_a R_bᵀ, so the trace of the root is
    their sum. ValueError unless a, (n, d), and b, (m, d), are of finite numbers and two rows at least.
    """
    a, b = check_features(a, b, rows=2)
    root_a, root_b = (np.linalg.qr(x - x.mean(0), mode="r") / np.sqrt(len(x) - 1) for x in (a, b))
    shift = np.sum((a.mean(0) - b.mean(0)) ** 2)
    spread = np.sum(root_a**2) + np.sum(root_b**2) - 2 * np.linalg.norm(root_a @ root_b.T, "nuc")
    return float(max(shift + spread, 0.0))  # rounding can leave −1e-15


def kernel_distance(
    a: np.ndarray, b: np.ndarray, subsets: int = 100, subset_size: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Kernel distance, "KID" (Bińkowski et al. 2018, sec. 4): mean and standard deviation over subsets.

    The unbiased estimate (Gretton et al. 2012, eq. 3) of the squared maximum mean discrepancy of features (n, d) and
    (m, d) under the kernel (x·y/d + 1)³. Lower is better; equal distributions average 0, so it may be negative. The
    deviation says how much subsets differ, not how sure the mean is. ValueError as `frechet_distance`.
    """
    a, b = check_features(a, b, rows=2)
    size = min(subset_size, len(a), len(b))
    rng = np.random.default_rng(seed)
    draws = [
        _squared_mmd(rng.choice(a, size, replace=False), rng.choice(b, size, replace=False))
        for _ in range(1 if size == len(a) == len(b) else subsets)  # whole sets would be the same each time
    ]
    return float(np.mean(draws)), float(np.std(draws))


def _squared_mmd(a: np.ndarray, b: np.ndarray) -> float:
    n, d = a.shape
    within = sum(_cubes(x @ x.T / d + 1) - np.sum((np.sum(x * x, axis=1) / d + 1) ** 3) for x in (a, b))
    return float(within / (n * (n - 1)) - 2 * _cubes(a @ b.T / d + 1) / n**2)


def _cubes(matrix: np.ndarray) -> float:
    return float(np.vdot(matrix * matrix, matrix))  # six times as fast as summing matrix**3


def class_histogram_kl(probabilities: np.ndarray, reference: np.ndarray) -> float:
    """Σ p log(p/q) in nats; p, q: shares of the most probable class of generated (n, k) and of real images (m, k).

    0 for equal shares, log k where one of k equally frequent classes is left; lower is better. Half an image is added
    to each real class, so that an empty one gives no infinite value. Chance alone gives about (k − 1)/2n, twice.
    """
    p, q = (np.bincount(x.argmax(1), minlength=x.shape[1]) for x in (probabilities, reference))
    p, q = p / p.sum(), (q + 0.5) / (q + 0.5).sum()
    present = p > 0
    return float(np.sum(p[present] * np.log(p[present] / q[present])))


def check_features(a: np.ndarray, b: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64 matrices; ValueError unless finite, equally wide and of so many rows at least."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < rows:
        raise Refused(f"Two equally wide matrices of {rows} rows at least are needed, not {a.shape} and {b.shape}.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise Refused("The features contain NaN or infinite numbers: look at what made them.")
    return a, b


# ---- nearest neighbours: are generated images good, varied, and not learned by heart?


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


def memorisation(generated: np.ndarray, train: np.ndarray, test: np.ndarray) -> Memorisation:
    """Nearest training items of generated ones, against those of held-out real ones (after Meehan et al. 2020).

    Generated, all training and test items are images (n, height, width, channels) or features (n, d). ValueError where
    shapes differ, or half the test items are training items.
    """
    if not generated.shape[1:] == train.shape[1:] == test.shape[1:]:
        shapes = f"{generated.shape}, {train.shape} and {test.shape}"
        raise Refused(f"Generated, training and test items must have one shape, not {shapes}.")
    return Memorisation(*nearest(generated, train), nearest(test, train)[1])


def nearest(items: np.ndarray, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of, and Euclidean distance to, the nearest training item: int (n,), float (n,)."""
    from sklearn.metrics import pairwise_distances_argmin_min

    rows = items.reshape(len(items), -1).astype(np.float32)
    indices, distances = np.zeros(len(rows), int), np.full(len(rows), np.inf)
    for start in range(0, len(train), BLOCK):
        block = train[start : start + BLOCK]
        others = block.reshape(len(block), -1).astype(np.float32)
        index, distance = pairwise_distances_argmin_min(rows, others)
        closer = distance < distances
        indices[closer], distances[closer] = start + index[closer], distance[closer]
    return indices, distances


# ---- levels of detail


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """The Laplacian pyramid (Burt & Adelson 1983) of images (n, height, width, channels), finest level first, float32.

    Each level is what is lost by halving and doubling again; the last is what remains. Halving goes on while the
    smaller side stays at 14 pixels or more: 64 → 32 → 16, and 28 → 14.
    """
    level = images.astype(np.float32)
    pyramid = []
    while -(-min(level.shape[1:3]) // 2) >= SMALLEST:
        half = _smooth(level)[:, ::2, ::2]
        doubled = np.zeros_like(level)
        doubled[:, ::2, ::2] = 4 * half
        pyramid.append(level - _smooth(doubled))
        level = half
    return [*pyramid, level]


def _smooth(images: np.ndarray) -> np.ndarray:
    from scipy.ndimage import correlate1d

    kernel = np.array([1, 4, 6, 4, 1]) / 16
    return correlate1d(correlate1d(images, kernel, axis=1, mode="mirror"), kernel, axis=2, mode="mirror")


def sliced_wasserstein(
    a: np.ndarray, b: np.ndarray, patches: int = 32, projections: int = 128, seed: int = 0
) -> dict[int, float]:
    """Sliced Wasserstein distance ×10³ of uint8 images (n, height, width, channels) by level (Karras et al. 2018).

    From each level of each image's Laplacian pyramid, patches of 7×7 pixels are cut at random places, the same in both
    sets, and standardised per channel: brightness and contrast as such don't count. The Wasserstein-1 distances of
    their projections onto random directions are averaged (Rabin et al. 2011). Lower is better: fine levels show texture
    and sharpness, the last one composition. Returned are {level's smaller side, in pixels: distance}, finest first;
    ValueError unless the images are uint8 of equal shapes, a patch at least.
    """
    if a.shape != b.shape or a.dtype != np.uint8 or b.dtype != np.uint8 or min(a.shape[1:3]) < PATCH:
        found = f"{a.dtype} {a.shape} and {b.dtype} {b.shape}"
        raise Refused(f"Two sets of as many uint8 images of {PATCH}×{PATCH} pixels at least are needed, not {found}.")
    directions = np.random.default_rng(seed).normal(size=(PATCH * PATCH * a.shape[3], projections))
    directions = (directions / np.linalg.norm(directions, axis=0)).astype(np.float32)
    of_a, of_b = (_patches_by_level(images, patches, seed) for images in (a, b))
    # On a line the optimal transport pairs points in order.
    gaps = {side: np.abs(_projected(of_a[side], directions) - _projected(of_b[side], directions)) for side in of_a}
    return {side: 1e3 * float(gap.mean(axis=1).mean()) for side, gap in gaps.items()}


def _projected(patches: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Standardised patches, from (n, 7, 7, channels) to (directions, n), in order along each direction."""
    mean, deviation = (f(patches, axis=(0, 1, 2), dtype=np.float64) for f in (np.mean, np.std))
    patches = (patches - mean) / np.where(deviation > 1e-6, deviation, 1)  # a channel that never varies stays 0
    return np.sort(directions.T @ patches.astype(np.float32).reshape(len(patches), -1).T, axis=1)


def _patches_by_level(images: np.ndarray, patches: int, seed: int) -> dict[int, np.ndarray]:
    """The level's smaller side → its patches, float32 (n·patches, 7, 7, channels), finest level first."""
    rng = np.random.default_rng([seed, 1])
    found: dict[int, list[np.ndarray]] = {}
    for start in range(0, len(images), PYRAMIDS):
        for level in laplacian_pyramid(images[start : start + PYRAMIDS]):
            windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
            count, height, width = windows.shape[:3]
            image = np.repeat(np.arange(count), patches)
            cut = windows[image, rng.integers(height, size=image.size), rng.integers(width, size=image.size)]
            found.setdefault(min(level.shape[1:3]), []).append(np.moveaxis(cut, 1, -1))
    return {side: np.concatenate(cut) for side, cut in found.items()}


# ---- exact optimal transport between clouds of points: the distance, and the plan


def earth_movers_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Exact Wasserstein-1 distance between clouds a and b of equally many points (n, d), or (n,) on a line.

    The least mean distance, over all one-to-one assignments, of a point to its partner. Time grows about as n³: 1,000
    points take a fraction of a second. ValueError unless both have equally many points, of finite numbers.
    """
    a, b = _clouds(a, b)
    if len(a) != len(b):
        raise Refused(f"The clouds must have equally many points, not {len(a)} and {len(b)}: draw as many of each.")
    return float(_pot().emd2_1d(a, b, metric="euclidean")) if a.shape[1] == 1 else transport_plan(a, b)[1]


def transport_plan(
    a: np.ndarray, b: np.ndarray, weights_a: np.ndarray | None = None, weights_b: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
    """Exact optimal transport between two weighted clouds of points: who sends how much to whom, and how far.

    The plan P solves Kantorovich's linear program, min Σᵢⱼ Pᵢⱼ |aᵢ − bⱼ| over P ≥ 0 with Σⱼ Pᵢⱼ the weight of aᵢ and
    Σᵢ Pᵢⱼ that of bⱼ (Peyré & Cuturi 2019, "Computational Optimal Transport", eq. 2.11; Arjovsky et al. 2017, eq. 1);
    its value is the Wasserstein-1 distance. POT (Flamary et al. 2021) finds one, on a line by sorting.

    Args:
        a, b: points, shapes (n, d) and (m, d), or (n,) and (m,) on a line.
        weights_a, weights_b: of each point, shapes (n,) and (m,): 0 or more, 1 in all. Equal ones by default.

    Returns:
        The plan, float64 (n, m), and the distance, in the points' unit.

    Raises:
        ValueError: the points are not finite, or not of one dimension; or the weights are not shares of 1.
    """
    from scipy.spatial.distance import cdist

    a, b = _clouds(a, b)
    share_a, share_b = _shares(weights_a, len(a), "weights_a"), _shares(weights_b, len(b), "weights_b")
    cost = cdist(a, b)
    if a.shape[1] == 1:
        plan = _pot().emd_1d(a, b, share_a, share_b, metric="euclidean")
    else:
        # Its tolerance is absolute, so costs are given in units of the longest way; and it ends by itself.
        plan = _pot().emd(share_a, share_b, cost / (cost.max() or 1), numItermax=10**9)
    plan[plan < 1e-15] = 0  # what rounding leaves where two points should be full at once
    return plan, float(np.vdot(plan, cost))


def _pot() -> ModuleType:
    """Import POT without the frameworks that it would otherwise load where it finds them."""
    for framework in ("PYTORCH", "TENSORFLOW", "JAX", "CUPY"):
        os.environ.setdefault(f"POT_BACKEND_DISABLE_{framework}", "1")
    import ot

    return ot


def _clouds(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as matrices (n, d); points on a line, shape (n,), become a column."""
    a, b = (x[:, None] if np.ndim(x) == 1 else x for x in (np.asarray(a), np.asarray(b)))
    return check_features(a, b, rows=1)


def _shares(weights: np.ndarray | None, n: int, name: str) -> np.ndarray:
    shares = np.full(n, 1 / n) if weights is None else np.asarray(weights, np.float64)
    if shares.shape != (n,) or not (shares >= 0).all() or not np.isclose(shares.sum(), 1, rtol=0, atol=1e-6):
        raise Refused(f"{name} must be {n} numbers, one a point, of 0 or more that add up to 1.")
    return shares / shares.sum()
