"""Five ways to say how far apart two distributions are, where the answer is known, and how each changes with a shift.

Values in nats (KL, JS), as a share (total variation), in the points' unit (Wasserstein), without a unit (MMD).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wgan_utils.errors import Refused

NAMES = ("KL", "JS", "total variation", "MMD", "Wasserstein")


@dataclass(frozen=True)
class Curves:
    """What `shifted_gaussians` and `parallel_lines` return: for each name, one number a shift.

    Attributes:
        values: the distances.
        derivatives: their derivatives with respect to the shift; nan where there is none.
    """

    values: Mapping[str, np.ndarray]
    derivatives: Mapping[str, np.ndarray]


def kl_divergence(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """∫ p log(p/q), of densities given on a grid x of at least two points; 0·log 0 counts as 0, in nats."""
    p, q, x = np.asarray(p, float), np.asarray(q, float), np.asarray(x, float)
    inside = p > 0
    with np.errstate(divide="ignore"):
        logarithm = np.log(p, where=inside, out=np.zeros_like(p)) - np.log(q, where=inside, out=np.zeros_like(q))
    return float(np.trapezoid(p * logarithm, x))


def js_divergence(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """½ KL(p‖m) + ½ KL(q‖m) with m the mean of the two densities (Goodfellow et al. 2014, eq. 6); at most log 2."""
    middle = (np.asarray(p, float) + np.asarray(q, float)) / 2
    return (kl_divergence(p, middle, x) + kl_divergence(q, middle, x)) / 2


def gaussian_density(x: ArrayLike, mean: float = 0.0, std: float = 1.0) -> np.ndarray:
    """The density of N(mean, std²) at x."""
    z = (np.asarray(x, float) - mean) / std
    return np.exp(-(z**2) / 2) / (std * np.sqrt(2 * np.pi))


def shifted_gaussians(shifts: ArrayLike, std: float = 1.0, bandwidth: float = 1.0) -> Curves:
    """The five distances between N(0, std²) and N(θ, std²), and their derivatives for θ.

    Closed forms, but for JS, an integral over a fine grid. MMD has the kernel exp(−|x − y|²/2·bandwidth²).

    Args:
        shifts: θ, above 0.
        std: of both.
        bandwidth: of MMD's kernel.

    Raises:
        ValueError: a shift of 0 or less, where some of them have a kink.
    """
    from scipy.special import erf

    theta = np.atleast_1d(np.asarray(shifts, float))
    if not (theta > 0).all():
        raise Refused("Shifts must be above 0: at 0 the Wasserstein distance and MMD have a kink.")
    js, js_slope = np.transpose([_js_of_a_shift(shift, std) for shift in theta])
    spread = bandwidth**2 + 2 * std**2
    mmd, mmd_slope = _mmd_of_a_shift(theta, 2 * bandwidth / np.sqrt(spread), spread)
    values = (theta**2 / (2 * std**2), js, erf(theta / (2**1.5 * std)), mmd, theta)
    slopes = (theta / std**2, js_slope, gaussian_density(theta / 2, 0, std), mmd_slope, np.ones_like(theta))
    return Curves(dict(zip(NAMES, values, strict=True)), dict(zip(NAMES, slopes, strict=True)))


def parallel_lines(shifts: ArrayLike, bandwidth: float = 1.0) -> Curves:
    """The five distances between a segment of length 1 and its copy θ > 0 beside it (Arjovsky et al. 2017, example 1).

    They share no point: KL is infinite, JS log 2 and total variation 1 however near they are. MMD and the Wasserstein
    distance alone go to 0 with θ.

    Raises:
        ValueError: a shift of 0 or less.
    """
    from scipy.special import erf

    theta = np.atleast_1d(np.asarray(shifts, float))
    if not (theta > 0).all():
        raise Refused("Shifts must be above 0: at 0 all five are 0.")
    # The mean of the kernel over two heights from U(0, 1).
    h = bandwidth
    along = h * np.sqrt(2 * np.pi) * erf(1 / (h * 2**0.5)) - 2 * h**2 * (1 - np.exp(-1 / (2 * h**2)))
    mmd, mmd_slope = _mmd_of_a_shift(theta, 2 * along, h**2)
    flat = np.zeros_like(theta)
    values = (flat + np.inf, flat + np.log(2), flat + 1, mmd, theta)
    slopes = (flat + np.nan, flat, flat, mmd_slope, flat + 1)
    return Curves(dict(zip(NAMES, values, strict=True)), dict(zip(NAMES, slopes, strict=True)))


def _mmd_of_a_shift(theta: np.ndarray, factor: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """MMD and its derivative where MMD² = factor · (1 − exp(−θ²/2·spread))."""
    overlap = np.exp(-(theta**2) / (2 * spread))
    mmd = np.sqrt(factor * (1 - overlap))
    return mmd, factor * overlap * theta / spread / (2 * mmd)


def _js_of_a_shift(shift: float, std: float) -> tuple[float, float]:
    """JS of N(0, std²) and N(shift, std²), and its derivative, ½ ∫ ∂q/∂θ · log(q/m)."""
    x = np.linspace(-9 * std, shift + 9 * std, 4001)
    p, q = gaussian_density(x, 0, std), gaussian_density(x, shift, std)
    # log(q / m), from the exponents: far out both densities underflow.
    difference = (x**2 - (x - shift) ** 2) / (2 * std**2)
    log_ratio = np.log(2) - np.logaddexp(0, -difference)
    slope = np.trapezoid(q * (x - shift) / std**2 * log_ratio, x) / 2
    return js_divergence(p, q, x), float(slope)
