"""Exact optimal transport between clouds of points: the distance, and the plan."""

import os
from types import ModuleType

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import check_features


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
