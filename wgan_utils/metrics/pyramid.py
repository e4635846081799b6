"""Images taken apart into levels of detail, and the sliced Wasserstein distance between sets of them, by level."""

import numpy as np

from wgan_utils.errors import Refused

PATCH = 7  # pixels
SMALLEST = 2 * PATCH
BLOCK = 256  # images whose pyramids are held at once


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
    for start in range(0, len(images), BLOCK):
        for level in laplacian_pyramid(images[start : start + BLOCK]):
            windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
            count, height, width = windows.shape[:3]
            image = np.repeat(np.arange(count), patches)
            cut = windows[image, rng.integers(height, size=image.size), rng.integers(width, size=image.size)]
            found.setdefault(min(level.shape[1:3]), []).append(np.moveaxis(cut, 1, -1))
    return {side: np.concatenate(cut) for side, cut in found.items()}
