"""Images taken apart into levels of detail: what sliced Wasserstein distances and descriptors look at."""

import numpy as np

SMALLEST = 14  # pixels: twice a patch of the sliced Wasserstein distance


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
