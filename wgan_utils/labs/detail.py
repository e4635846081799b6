"""How good pictures are, and what the eye sees at once and a distance may not: blur, and checkerboards."""

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.distances import frechet_distance
from wgan_utils.metrics.features import Featurise
from wgan_utils.metrics.neighbours import precision_recall
from wgan_utils.metrics.pyramid import laplacian_pyramid

WINDOW_REACH = 2  # frequencies to either side that the window spreads a wave over, and one to spare
NEIGHBOURS = 2  # frequencies beyond them, to either side, that a wave is compared with


def detail_energy(images: np.ndarray) -> np.ndarray:
    """Energy of the finest level of the Laplacian pyramid, of each image: float (n,), in squared grey levels.

    What is lost by halving an image and doubling it again: edges, hair, pores. Blur has little of it. So has a
    smooth sky, and noise has much: compare sets of images of one kind, by their means.

    Args:
        images: uint8, shape (n, height, width, channels), of 28 pixels a side at least.
    """
    if min(images.shape[1:3]) < 28:
        raise Refused(f"Images of {images.shape[1]}×{images.shape[2]} pixels have one level only: 28 are needed.")
    return np.mean(np.square(laplacian_pyramid(images)[0]), axis=(1, 2, 3))


def peak_ratio(images: np.ndarray, period: int = 2) -> float:
    """How much power waves of exactly `period` pixels have, over that of waves of nearly that length.

    A photograph has no preference for exactly two pixels, so that its ratio is about 1 or less; a checkerboard of that
    period makes a peak in the power spectrum, and a ratio of 10 is plain to see (Odena et al. 2016). The mean of three
    ratios: of the waves across, down and diagonal. Four layers with stride 2 can make periods 2, 4, 8 and 16.

    Args:
        images: uint8, shape (n, height, width, channels), with sides that the period divides.
        period: in pixels, 2 or more. A side must hold 8 periods or more.
    """
    height, width = images.shape[1:3]
    if period < 2 or height % period or width % period or min(height, width) < 8 * period:
        raise Refused(f"Images of {height}×{width} pixels must hold 8 whole periods or more, not of {period} pixels.")
    power = power_spectrum(images)
    down, right = height // period, width // period
    waves = [(down, 0), (0, right), (down, right)]
    return float(np.mean([power[wave] / _around(power, *wave) for wave in waves]))


def power_spectrum(images: np.ndarray) -> np.ndarray:
    """Mean power of each wave, float (height, width): row u, column v is u waves down and v waves across an image.

    Over all images and channels, without each one's mean, and under a Hann window, which lets an image fade to its
    mean at its edges, for a spectrum sees them as a jump.

    Args:
        images: shape (n, height, width, channels).
    """
    height, width = images.shape[1:3]
    window = np.outer(np.hanning(height + 1)[:-1], np.hanning(width + 1)[:-1])[:, :, np.newaxis]
    centred = images - images.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    return np.mean(np.abs(np.fft.fft2(centred * window, axes=(1, 2))) ** 2, axis=(0, 3))


def quality(images: np.ndarray, real: np.ndarray, features: Featurise) -> dict[str, float]:
    """Hold images against as many real ones: `frechet`, `precision`, `recall`, and `detail`.

    The last is the mean detail energy, in units of the real images'.

    Args:
        images: uint8, shape (n, height, width, channels).
        real: as many real ones.
        features: what turns either into features, see `wu.fit_pca_features`.
    """
    made, wanted = features(images), features(real)
    precision, recall = precision_recall(wanted, made)
    detail = float(detail_energy(images).mean() / detail_energy(real).mean())
    return {"frechet": frechet_distance(made, wanted), "precision": precision, "recall": recall, "detail": detail}


def _around(power: np.ndarray, row: int, column: int) -> float:
    """Geometric mean, for power falls steeply, near a wave: along the axis of a wave across or down, else around."""
    away = [sign * (WINDOW_REACH + step) for sign in (-1, 1) for step in range(1, NEIGHBOURS + 1)]
    rows = [row] if row == 0 else [(row + step) % len(power) for step in away]
    columns = [column] if column == 0 else [(column + step) % power.shape[1] for step in away]
    return float(np.exp(np.mean(np.log(power[np.ix_(rows, columns)] + 1e-12))))
