"""Wasserstein distances: exact between clouds of points, sliced between the patches of images, scale by scale.

The sliced one needs neither labels nor a network, so it does for images of any kind, size and number of channels. Its
definition is that of Karras et al. 2018 ("Progressive growing of GANs", sec. 5); the code is our own.
"""

from collections.abc import Iterator

import numpy as np

from wgan_utils.metrics.distances import check_features

PATCH = 7
BLOCK = 256  # images whose pyramids are held at once


def earth_movers_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Exact Wasserstein-1 distance between two clouds of equally many points, with Euclidean cost.

    The least mean length, over all one-to-one assignments, of the way from a point to its partner: an
    assignment reaches the optimum, for the doubly stochastic matrices' corners are permutations. Time grows
    as n³: 1,000 points take a fraction of a second, 5,000 many.

    Args:
        a: points, shape (n, d), or (n,) on a line.
        b: points, of the same shape.

    Raises:
        ValueError: not two clouds of equally many points, of finite numbers.
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (a, b))
    a, b = check_features(a, b, rows=1)
    if len(a) != len(b):
        raise ValueError(f"The clouds must have equally many points, not {len(a)} and {len(b)}: draw as many of each.")
    if a.shape[1] == 1:
        from scipy.stats import wasserstein_distance

        return float(wasserstein_distance(a[:, 0], b[:, 0]))
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    cost = cdist(a, b)
    return float(cost[linear_sum_assignment(cost)].mean())


def sliced_wasserstein(
    a: np.ndarray, b: np.ndarray, patches: int = 32, projections: int = 128, seed: int = 0
) -> dict[int, float]:
    """The distance at each level of the pyramid, ×10³, keyed by the level's smaller side in pixels.

    From each level of each image, patches of 7×7 pixels are cut at random places. Each set's patches are
    standardised: per channel, its own mean is taken off and its own standard deviation divided out, so
    brightness and contrast as such don't count. The Wasserstein-1 distances of their projections onto random
    directions of unit length are averaged (Rabin et al. 2011). 0 or more, lower is better: fine levels show
    texture and sharpness, the last one composition.

    Both sets' patches are cut at the same places, so the distance of a set to itself is 0.

    Args:
        a: uint8, shape (n, height, width, channels); height and width 7 at least.
        b: uint8, as many images of the same shape.
        patches: patches per image and level.
        projections: random directions.
        seed: what places and directions are drawn from.

    Raises:
        ValueError: the images aren't uint8 of equal shapes, or are smaller than a patch.
    """
    if a.shape != b.shape or a.ndim != 4 or a.dtype != np.uint8 or b.dtype != np.uint8 or not len(a):
        raise ValueError(
            "Two sets of equally many uint8 images of shape (n, height, width, channels) are needed, "
            f"not {a.dtype} {a.shape} and {b.dtype} {b.shape}."
        )
    if min(a.shape[1:3]) < PATCH:
        raise ValueError(f"Images of {a.shape[1]}×{a.shape[2]} pixels are too small: patches are {PATCH}×{PATCH}.")
    directions = np.random.default_rng(seed).normal(size=(PATCH * PATCH * a.shape[3], projections))
    directions = (directions / np.linalg.norm(directions, axis=0)).astype(np.float32)
    levels = zip(_patches_by_level(a, patches, seed), _patches_by_level(b, patches, seed), strict=True)
    return {side: 1e3 * _mean_distance(x, y, directions) for (side, x), (_, y) in levels}


def _mean_distance(x: np.ndarray, y: np.ndarray, directions: np.ndarray) -> float:
    """Mean over the directions of the Wasserstein-1 distance of projected patches (n, 7, 7, channels)."""
    x, y = (_standardised(p).reshape(len(p), -1) for p in (x, y))
    distances = []
    for some in np.array_split(directions, -(-directions.shape[1] // 16), axis=1):
        # On a line the optimal transport pairs points in order: equally many, so no weights are needed.
        columns_x, columns_y = (np.sort((some.T @ p.T), axis=1) for p in (x, y))
        distances.append(np.abs(columns_x - columns_y).mean(axis=1))
    return float(np.concatenate(distances).mean())


def _standardised(patches: np.ndarray) -> np.ndarray:
    mean = patches.mean(axis=(0, 1, 2), dtype=np.float64)
    deviation = patches.std(axis=(0, 1, 2), dtype=np.float64)
    # A channel that never varies stays 0.
    return ((patches - mean) / np.where(deviation > 1e-6, deviation, 1)).astype(np.float32)


def _patches_by_level(images: np.ndarray, patches: int, seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """(smaller side, patches float32 (n·patches, 7, 7, channels)) of each level, finest first."""
    rng = np.random.default_rng([seed, 1])
    blocks = []
    for start in range(0, len(images), BLOCK):
        pyramid = laplacian_pyramid(images[start : start + BLOCK])
        blocks.append([(min(level.shape[1:3]), _cut(level, patches, rng)) for level in pyramid])
    for level in zip(*blocks, strict=True):
        yield level[0][0], np.concatenate([cut for _, cut in level])


def _cut(level: np.ndarray, patches: int, rng: np.random.Generator) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
    count, height, width = windows.shape[:3]
    image = np.repeat(np.arange(count), patches)
    cut = windows[image, rng.integers(height, size=image.size), rng.integers(width, size=image.size)]
    return np.moveaxis(cut, 1, -1)


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """The images' Laplacian pyramid (Burt & Adelson 1983): float32 (n, h, w, channels), finest level first.

    Each level is what is lost by halving and doubling again; the last is what remains. Halving goes on while
    the smaller side stays at 14 pixels or more, twice a patch: 64 → 32 → 16, and 28 → 14.

    Args:
        images: shape (n, height, width, channels).
    """
    level = images.astype(np.float32)
    pyramid = []
    while min(-(-side // 2) for side in level.shape[1:3]) >= 2 * PATCH:
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
