"""Which of many images are nearly the same: the sign of a generator that repeats itself."""

import numpy as np
from numpy.typing import ArrayLike

from wgan_utils.errors import Refused

SHIFTS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))  # pixels down and right


def closest_pairs(items: np.ndarray, k: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """The k pairs of different items that lie closest together, the closest first.

    A generator whose modes have collapsed repeats itself, and has pairs far closer than real images ever come. How
    close is close depends on how many items there are: compare with equally many real ones (the idea is the birthday
    paradox test of Arora & Zhang 2017, "Do GANs actually learn the distribution?").

    Args:
        items: images (n, height, width, channels) or features (n, d), at least two.
        k: how many pairs; fewer if there are fewer.

    Returns:
        Places of the two items of each pair, int (k, 2), and their Euclidean distances, float (k,).
    """
    rows = _rows(items)
    if len(rows) < 2:
        raise Refused(f"A pair needs two items at least, not {len(rows)}.")
    squares = np.sum(rows**2, axis=1)
    distances = squares[:, None] + squares - 2 * rows @ rows.T
    first, second = np.triu_indices(len(rows), 1)
    among = distances[first, second]
    nearest = np.argpartition(among, min(k, len(among)) - 1)[:k]
    nearest = nearest[np.argsort(among[nearest], kind="stable")]
    pairs = np.stack([first[nearest], second[nearest]], axis=1)
    # The expansion above loses digits where two items are nearly the same; those few are worth an exact look.
    exact = np.linalg.norm(rows[pairs[:, 0]] - rows[pairs[:, 1]], axis=1)
    order = np.argsort(exact, kind="stable")
    return pairs[order], exact[order]


def nearest_of_variants(
    items: np.ndarray, train: np.ndarray, shifts: ArrayLike = SHIFTS, block: int = 2048
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distance to the nearest training image when mirrored and shifted ones count as well.

    A generator that copies need not copy to the pixel: trained on mirrored images it may return a mirrored one, and its
    convolutions may shift it. The border that a shift uncovers is left out of every distance.

    Args:
        items: uint8, shape (n, height, width, channels).
        train: uint8, shape (N, height, width, channels).
        shifts: (down, right) in pixels, the unshifted (0, 0) among them.
        block: training images turned into floats at once.

    Returns:
        The place of the nearest training image, int (n,); whether it is nearest when mirrored, bool (n,); and the
        Euclidean distance, float (n,), of the pixels within the border.
    """
    from sklearn.metrics import pairwise_distances_argmin_min

    moves = np.atleast_2d(np.asarray(shifts, int))
    border = int(np.abs(moves).max())
    height, width = items.shape[1] - border, items.shape[2] - border
    inside = _rows(items[:, border:height, border:width])
    index, mirrored, distance = (np.zeros(len(items), kind) for kind in (int, bool, float))
    distance[:] = np.inf
    for start in range(0, len(train), block):
        some = train[start : start + block]
        for mirror in (False, True):
            images = some[:, :, ::-1] if mirror else some
            for down, right in moves:
                moved = images[:, border + down : height + down, border + right : width + right]
                found, how_far = pairwise_distances_argmin_min(inside, _rows(moved))
                closer = how_far < distance
                index[closer], mirrored[closer], distance[closer] = start + found[closer], mirror, how_far[closer]
    return index, mirrored, distance


def _rows(items: np.ndarray) -> np.ndarray:
    return items.reshape(len(items), -1).astype(np.float32)
