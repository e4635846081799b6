"""What a penalised critic estimates, where the best one is known."""

import numpy as np


def penalised_optimum_1d(real: np.ndarray, fake: np.ndarray, penalty_weight: float, seed: int = 0) -> float:
    """What the best critic with a gradient penalty estimates on a line: W + ∫ h²/p / 2λ.

    A slope s(x) earns ∫ h·s and costs λ ∫ p·(s − 1)²: the best is s = 1 + h/2λp, with h the absolute difference of the
    distribution functions and p the density of the points between random pairs, estimated from a million of them.

    Args:
        real: points on a line, (n, 1).
        fake: points, (m, 1).
        penalty_weight: λ.
        seed: of the random pairs.
    """
    rng, n = np.random.default_rng(seed), 10**6
    weight = rng.random(n)
    between = weight * rng.choice(np.ravel(real), n) + (1 - weight) * rng.choice(np.ravel(fake), n)
    counts, edges = np.histogram(between, 200)
    middle, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    below = [np.searchsorted(np.sort(np.ravel(cloud)), middle) / len(cloud) for cloud in (real, fake)]
    h, p = np.abs(below[0] - below[1]), counts / n / width
    enough = counts > 100  # in the tails h²/p is small, and noise where only single points were drawn
    return float(np.sum(h[enough] * (1 + h[enough] / (2 * penalty_weight * p[enough]))) * width)
