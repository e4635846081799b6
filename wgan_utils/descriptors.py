"""Features for images without labels: what is where, and how much detail there is in each place.

The first principal components of the pixels alone would not do: blur hardly moves an image in that space, and
noise lands in its middle, where precision takes it for the best of images.
"""

from collections.abc import Callable

import numpy as np

from wgan_utils.sliced import laplacian_pyramid

COMPONENTS = 32  # of either kind
CELLS = 4  # across and down
BLOCK = 512  # images turned into floats at once

Featurise = Callable[[np.ndarray], np.ndarray]


def fit_descriptors(train: np.ndarray, seed: int = 0, sample: int = 4096) -> Featurise:
    """Fit to training images; return what turns others of their shape into features, float32 (n, 64 at most).

    An image's Laplacian pyramid is cut in two: its last level, the picture at 14 to 27 pixels, and the finer
    ones, of which the mean magnitude in each of 4×4 cells is taken, per channel, in units of the level's own
    mean in training. Of either, the 32 first principal components are kept, scaled to a mean variance of 1.
    Images under 28 pixels have one level, and 32 features, only.

    Args:
        train: uint8, shape (n, height, width, channels).
        seed: what the fitted images are drawn from.
        sample: how many of them, at most.
    """
    from sklearn.decomposition import PCA

    chosen = np.random.default_rng(seed).choice(len(train), min(len(train), sample), replace=False)
    coarse, *fine = _describe(train[np.sort(chosen)])
    units = [float(level.mean()) for level in fine]
    fitted = []
    for group in _groups(coarse, fine, units):
        pca = PCA(min(COMPONENTS, *group.shape), svd_solver="randomized", random_state=seed).fit(group)
        fitted.append((pca, np.sqrt(pca.explained_variance_.mean())))

    def features(images: np.ndarray) -> np.ndarray:
        coarse, *fine = _describe(images)
        groups = zip(fitted, _groups(coarse, fine, units), strict=True)
        scaled = [pca.transform(group) / scale for (pca, scale), group in groups]
        return np.concatenate(scaled, axis=1).astype(np.float32)

    return features


def _groups(coarse: np.ndarray, fine: list[np.ndarray], units: list[float]) -> list[np.ndarray]:
    detail = [level / unit for level, unit in zip(fine, units, strict=True)]
    return [coarse, np.concatenate(detail, axis=1)] if detail else [coarse]


def _describe(images: np.ndarray) -> list[np.ndarray]:
    """The coarse picture, then each finer level's magnitudes by cell, all of shape (n, …)."""
    blocks = []
    for start in range(0, len(images), BLOCK):
        *fine, last = laplacian_pyramid(images[start : start + BLOCK])
        blocks.append([level.reshape(len(level), -1) for level in (last, *map(_by_cell, fine))])
    return [np.concatenate(level) for level in zip(*blocks, strict=True)]


def _by_cell(level: np.ndarray) -> np.ndarray:
    """Mean magnitude in each of 4×4 cells, shape (n, 4, 4, channels)."""
    found = np.abs(level)
    for axis in (1, 2):
        edges = np.linspace(0, level.shape[axis], CELLS + 1).astype(int)
        sums = np.add.reduceat(found, edges[:-1], axis=axis)
        found = sums / np.diff(edges).reshape([-1 if a == axis else 1 for a in range(4)])
    return found
