"""Distributions of points in the plane, small enough to see all of."""

import numpy as np


def ring_of_gaussians(n: int, modes: int = 8, radius: float = 2.0, std: float = 0.02, seed: int = 0) -> np.ndarray:
    """Draw points around equally spaced centres on a circle (Metz et al. 2017, section 3.1).

    Args:
        n: how many points.
        modes: how many centres.
        radius: of the circle.
        std: standard deviation of the points around their centre, in each direction.
        seed: integer.

    Returns:
        float32 of shape (n, 2).
    """
    rng = np.random.default_rng(seed)
    centres = ring_centres(modes, radius)[rng.integers(modes, size=n)]
    return (centres + std * rng.standard_normal((n, 2))).astype("float32")


def ring_centres(modes: int = 8, radius: float = 2.0) -> np.ndarray:
    """Return the centres that `ring_of_gaussians` draws around: (modes, 2), the first on the x axis."""
    angles = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def mode_shares(points: np.ndarray, modes: int = 8, radius: float = 2.0, within: float = 0.2) -> np.ndarray:
    """Count which share of the points lies at each centre of the ring, no farther than `within`.

    Args:
        points: (n, 2).
        modes: see `ring_of_gaussians`.
        radius: see `ring_of_gaussians`.
        within: distance from a centre that still counts.

    Returns:
        Shares of all points, shape (modes,); they sum to less than 1 where points lie off every centre.
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise ValueError(f"Points must have the shape (n, 2) with n ≥ 1, not {points.shape}.")
    distances = np.linalg.norm(points[:, np.newaxis] - ring_centres(modes, radius), axis=2)
    return (distances <= within).mean(axis=0)
