"""Wasserstein distances: exact between clouds of points, with the plan; sliced between images' patches, by scale."""

import os
from types import ModuleType

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import check_features
from wgan_utils.metrics.pyramid import laplacian_pyramid

PATCH = 7
BLOCK = 256  # images whose pyramids are held at once


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
        a: points, shape (n, d), or (n,) on a line.
        b: points, shape (m, d), or (m,).
        weights_a: of each point of `a`, shape (n,): 0 or more, 1 in all. Equal ones by default.
        weights_b: the same of `b`, shape (m,).

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


def sliced_wasserstein(
    a: np.ndarray, b: np.ndarray, patches: int = 32, projections: int = 128, seed: int = 0
) -> dict[int, float]:
    """Sliced Wasserstein distance ×10³ of uint8 images (n, height, width, channels) by level (Karras et al. 2018).

    From each level of each image's Laplacian pyramid, patches of 7×7 pixels are cut at random places, the same in both
    sets. Each set's patches are standardised per channel, so brightness and contrast as such don't count. The
    Wasserstein-1 distances of their projections onto random directions are averaged (Rabin et al. 2011). Lower is
    better: fine levels show texture and sharpness, the last one composition.

    Returns:
        The level's smaller side, in pixels → the distance; finest first.

    Raises:
        ValueError: the images aren't uint8 of equal shapes, or are smaller than a patch.
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
    for start in range(0, len(images), BLOCK):
        for level in laplacian_pyramid(images[start : start + BLOCK]):
            windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
            count, height, width = windows.shape[:3]
            image = np.repeat(np.arange(count), patches)
            cut = windows[image, rng.integers(height, size=image.size), rng.integers(width, size=image.size)]
            found.setdefault(min(level.shape[1:3]), []).append(np.moveaxis(cut, 1, -1))
    return {side: np.concatenate(cut) for side, cut in found.items()}
