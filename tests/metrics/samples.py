"""What the metrics are tried on: rows with known moments, and drawings of blobs."""

import numpy as np
from scipy import ndimage


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def known_pair():
    """Two sets of 600 rows, 16 wide, on which other implementations were run."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(600, 16)), rng.normal(size=(600, 16)) * 1.2 + 0.15
    b[:, 0] += a[:, 1]
    return a, b


def drawings(n=64, size=28, channels=1, seed=0):
    """Smooth blobs with sharp edges, uint8."""
    noise = ndimage.gaussian_filter(normal(n, size, size, channels, seed=seed), (0, 3, 3, 0))
    return np.where(noise > 0, 220, 30).astype(np.uint8)
