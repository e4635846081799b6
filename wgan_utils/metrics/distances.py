"""Distances between sets of real and generated images, most of them between the images' features, matrices (n, d).

A number from here means something beside its baseline alone: the same between held-out and training images.
"""

import numpy as np

from wgan_utils.errors import Refused


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


def ink_density(images: np.ndarray) -> np.ndarray:
    """The share of full brightness in each of uint8 images (n, height, width, channels), bright on black: (n,)."""
    return np.mean(images, axis=(1, 2, 3)) / 255


def check_features(a: np.ndarray, b: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64 matrices; ValueError unless finite, equally wide and of so many rows at least."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < rows:
        raise Refused(f"Two equally wide matrices of {rows} rows at least are needed, not {a.shape} and {b.shape}.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise Refused("The features contain NaN or infinite numbers: look at what made them.")
    return a, b
