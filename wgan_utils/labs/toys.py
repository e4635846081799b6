"""Distributions of points on a line and in the plane, small enough to see all of."""

import hashlib
from collections.abc import Sequence

import numpy as np

from wgan_utils.data.datasets import Images
from wgan_utils.errors import Refused


def ring_of_gaussians(n: int, modes: int = 8, radius: float = 2.0, std: float = 0.02, seed: int = 0) -> np.ndarray:
    """Draw n points around `modes` equally spaced centres on a circle (Metz et al. 2017, section 3.1).

    `std` is the standard deviation around a centre, in each direction. Returns float32 of shape (n, 2).
    """
    rng = np.random.default_rng(seed)
    centres = ring_centres(modes, radius)[rng.integers(modes, size=n)]
    return (centres + std * rng.standard_normal((n, 2))).astype("float32")


def ring_centres(modes: int = 8, radius: float = 2.0) -> np.ndarray:
    """Return the centres that `ring_of_gaussians` draws around: (modes, 2), the first on the x axis."""
    angles = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def mode_shares(points: np.ndarray, modes: int = 8, radius: float = 2.0, within: float = 0.2) -> np.ndarray:
    """Count which share of the points, (n, 2), lies at each centre of the ring, no farther than `within`.

    Returns shape (modes,), with a sum of less than 1 where points lie off every centre.

    Raises:
        ValueError: points of another shape, or none.
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise Refused(f"Points must have the shape (n, 2) with n ≥ 1, not {points.shape}.")
    distances = np.linalg.norm(points[:, np.newaxis] - ring_centres(modes, radius), axis=2)
    return (distances <= within).mean(axis=0)


def mode_kl(points: np.ndarray, modes: int = 8, radius: float = 2.0) -> float:
    """KL divergence of the modes' shares from equal ones, each point counted to its nearest centre, in nats.

    0 where all modes are hit equally often, log(modes) where one gets everything.
    """
    points = np.asarray(points, float)
    nearest = np.linalg.norm(points[:, np.newaxis] - ring_centres(modes, radius), axis=2).argmin(axis=1)
    shares = np.bincount(nearest, minlength=modes) / len(points)
    return float(np.sum(shares * np.log(np.maximum(shares, 1e-300) * modes)))


def swiss_roll(n: int, std: float = 0.25 / 7.5, seed: int = 0) -> np.ndarray:
    """Draw n points along a spiral of one and a half turns, 1.9 across at most (Gulrajani et al. 2017, fig. 1).

    `std` is the standard deviation around the spiral, in each direction. Returns float32 of shape (n, 2).
    """
    rng = np.random.default_rng(seed)
    angle = 1.5 * np.pi * (1 + 2 * rng.random(n))
    spiral = angle[:, np.newaxis] / 7.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (spiral + std * rng.standard_normal((n, 2))).astype("float32")


def groups_on_a_line(centres: Sequence[float], n: int, std: float, seed: int = 0) -> np.ndarray:
    """Draw n points around each of some places on a line, with the standard deviation `std`.

    Returns float32 of shape (n · len(centres), 1).
    """
    noise = std * np.random.default_rng(seed).standard_normal((n, len(centres)))
    return (np.asarray(centres, float) + noise).T.reshape(-1, 1).astype("float32")


def points_dataset(points: np.ndarray, name: str) -> Images:
    """Give points, (n, dimensions) in random order, the form that `wu.train` takes, the last tenth held out.

    `name` is what config.json calls them.
    """
    points = np.ascontiguousarray(points, np.float32)
    held_out = max(1, len(points) // 10)
    digest = hashlib.sha256(str(points.shape).encode() + points.tobytes()).hexdigest()
    train, test = points[:-held_out], points[-held_out:]
    return Images(train, test, None, None, name, "drawn by program", digest, is_standin=False, note="")
