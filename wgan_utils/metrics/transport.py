"""Wasserstein distances: exact between clouds of points, with the plan; sliced between images' patches, scale by scale.

The sliced one needs neither labels nor a network, so it does for images of any kind, size and number of channels. Its
definition is that of Karras et al. 2018 ("Progressive growing of GANs", sec. 5); the code is our own.
"""

import os
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import check_features
from wgan_utils.metrics.pyramid import laplacian_pyramid

PATCH = 7
BLOCK = 256  # images whose pyramids are held at once


def earth_movers_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Exact Wasserstein-1 distance between two clouds of equally many points, with Euclidean cost.

    The least mean length, over all one-to-one assignments, of the way from a point to its partner. Time grows about as
    n³: 1,000 points take a fraction of a second. `transport_plan` also says who goes where.

    Args:
        a: points, shape (n, d), or (n,) on a line.
        b: points, of the same shape.

    Raises:
        ValueError: not two clouds of equally many points, of finite numbers.
    """
    a, b = _clouds(a, b)
    if len(a) != len(b):
        raise Refused(f"The clouds must have equally many points, not {len(a)} and {len(b)}: draw as many of each.")
    if a.shape[1] == 1:
        return float(_pot().emd2_1d(a, b, metric="euclidean"))
    return transport_plan(a, b)[1]


def transport_plan(
    a: np.ndarray, b: np.ndarray, weights_a: np.ndarray | None = None, weights_b: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
    """Exact optimal transport between two weighted clouds of points: who sends how much to whom, and how far.

    The plan P solves Kantorovich's linear program, min Σᵢⱼ Pᵢⱼ |aᵢ − bⱼ| over P ≥ 0 with Σⱼ Pᵢⱼ the weight of aᵢ
    and Σᵢ Pᵢⱼ that of bⱼ (Peyré & Cuturi 2019, "Computational Optimal Transport", eq. 2.11; Arjovsky et al. 2017,
    eq. 1); its value is the Wasserstein-1 distance. Of several optimal plans, one is found.

    Found by POT (Flamary et al. 2021): on a line by sorting, else by the network simplex.

    Args:
        a: points, shape (n, d), or (n,) on a line.
        b: points, shape (m, d), or (m,).
        weights_a: of each point of `a`, shape (n,): 0 or more, 1 in all. Equal ones by default.
        weights_b: the same of `b`, shape (m,).

    Returns:
        The plan, float64 (n, m), and the distance, in the points' unit.

    Raises:
        ValueError: the points are not finite, or not of one dimension; or the weights are not shares of 1.
    """
    a, b = _clouds(a, b)
    share_a, share_b = _shares(weights_a, len(a), "weights_a"), _shares(weights_b, len(b), "weights_b")
    from scipy.spatial.distance import cdist

    ot = _pot()
    cost = cdist(a, b)
    if a.shape[1] == 1:
        plan = ot.emd_1d(a, b, share_a, share_b, metric="euclidean")
    else:
        # Its tolerance is absolute, so costs are given in units of the longest way; and it ends by itself.
        plan = ot.emd(share_a, share_b, cost / (cost.max() or 1), numItermax=10**9)
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
    if weights is None:
        return np.full(n, 1 / n)
    shares = np.asarray(weights, np.float64)
    if shares.shape != (n,) or not np.isfinite(shares).all() or shares.min() < 0 or abs(shares.sum() - 1) > 1e-6:
        raise Refused(
            f"{name} must be {n} numbers, one a point, of 0 or more that add up to 1; not an array of shape "
            f"{shares.shape} with sum {shares.sum():g}."
        )
    return shares / shares.sum()


def sliced_wasserstein(
    a: np.ndarray, b: np.ndarray, patches: int = 32, projections: int = 128, seed: int = 0
) -> dict[int, float]:
    """The distance at each level of the pyramid, ×10³, keyed by the level's smaller side in pixels.

    From each level of each image, patches of 7×7 pixels are cut at random places. Each set's patches are
    standardised: per channel, its own mean is taken off and its own standard deviation divided out, so
    brightness and contrast as such don't count. The Wasserstein-1 distances of their projections onto random
    directions of unit length are averaged (Rabin et al. 2011). 0 or more, lower is better: fine levels show
    texture and sharpness, the last one composition.

    Both sets' patches are cut at the same places, so the distance of a set to itself is 0.

    Args:
        a: uint8, shape (n, height, width, channels); height and width 7 at least.
        b: uint8, as many images of the same shape.
        patches: patches per image and level.
        projections: random directions.
        seed: what places and directions are drawn from.

    Raises:
        ValueError: the images aren't uint8 of equal shapes, or are smaller than a patch.
    """
    if a.shape != b.shape or a.ndim != 4 or a.dtype != np.uint8 or b.dtype != np.uint8 or not len(a):
        raise Refused(
            "Two sets of equally many uint8 images of shape (n, height, width, channels) are needed, "
            f"not {a.dtype} {a.shape} and {b.dtype} {b.shape}."
        )
    if min(a.shape[1:3]) < PATCH:
        raise Refused(f"Images of {a.shape[1]}×{a.shape[2]} pixels are too small: patches are {PATCH}×{PATCH}.")
    directions = np.random.default_rng(seed).normal(size=(PATCH * PATCH * a.shape[3], projections))
    directions = (directions / np.linalg.norm(directions, axis=0)).astype(np.float32)
    levels = zip(_patches_by_level(a, patches, seed), _patches_by_level(b, patches, seed), strict=True)
    return {side: 1e3 * _mean_distance(x, y, directions) for (side, x), (_, y) in levels}


def _mean_distance(x: np.ndarray, y: np.ndarray, directions: np.ndarray) -> float:
    """Mean over the directions of the Wasserstein-1 distance of projected patches (n, 7, 7, channels)."""
    x, y = (_standardised(p).reshape(len(p), -1) for p in (x, y))
    distances = []
    for some in np.array_split(directions, -(-directions.shape[1] // 16), axis=1):
        # On a line the optimal transport pairs points in order: equally many, so no weights are needed.
        columns_x, columns_y = (np.sort((some.T @ p.T), axis=1) for p in (x, y))
        distances.append(np.abs(columns_x - columns_y).mean(axis=1))
    return float(np.concatenate(distances).mean())


def _standardised(patches: np.ndarray) -> np.ndarray:
    mean = patches.mean(axis=(0, 1, 2), dtype=np.float64)
    deviation = patches.std(axis=(0, 1, 2), dtype=np.float64)
    # A channel that never varies stays 0.
    return ((patches - mean) / np.where(deviation > 1e-6, deviation, 1)).astype(np.float32)


def _patches_by_level(images: np.ndarray, patches: int, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """(smaller side, patches float32 (n·patches, 7, 7, channels)) of each level, finest first."""
    rng = np.random.default_rng([seed, 1])
    blocks = []
    for start in range(0, len(images), BLOCK):
        pyramid = laplacian_pyramid(images[start : start + BLOCK])
        blocks.append([(min(level.shape[1:3]), _cut(level, patches, rng)) for level in pyramid])
    for level in zip(*blocks, strict=True):
        yield level[0][0], np.concatenate([cut for _, cut in level])


def _cut(level: np.ndarray, patches: int, rng: np.random.Generator) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
    count, height, width = windows.shape[:3]
    image = np.repeat(np.arange(count), patches)
    cut = windows[image, rng.integers(height, size=image.size), rng.integers(width, size=image.size)]
    return np.moveaxis(cut, 1, -1)
