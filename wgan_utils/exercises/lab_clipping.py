"""Check of the lab on clipping: a critic's shape within any bound."""

from collections.abc import Sequence

import numpy as np

from wgan_utils.exercises.answers import Answer, given, require


def _scores(kernels: Sequence[np.ndarray], points: np.ndarray) -> np.ndarray:
    for kernel in kernels[:-1]:
        points = np.maximum(points @ kernel, 0)
    return (points @ kernels[-1]).ravel()


def exercise_1(within_bound: Answer) -> str:
    """Three kernels, one of them small from the start."""
    rng, c = np.random.default_rng(0), 0.01
    kernels = [size * rng.normal(size=shape) for size, shape in ((1, (2, 5)), (1e-3, (5, 4)), (1, (4, 1)))]
    small = [np.asarray(kernel) for kernel in given(within_bound([kernel.copy() for kernel in kernels], c))]
    require(
        [kernel.shape for kernel in small] == [kernel.shape for kernel in kernels],
        "Return one kernel for each that you get, of the same shape.",
    )
    require(max(np.abs(kernel).max() for kernel in small) < 1.001 * c, "A weight is still beyond the bound.")
    clipped = all(np.allclose(one, np.clip(kernel, -c, c)) for one, kernel in zip(small, kernels, strict=True))
    require(not clipped, "You clipped the kernels, which changes the shape: multiply each by one number.")
    points = rng.normal(size=(50, 2))
    before, after = (_scores(some, points) for some in (kernels, small))
    require(np.abs(after).max() > 0, "All scores have become 0.")
    before, after = (scores / np.abs(scores).max() for scores in (before, after))
    require(not np.allclose(after, -before, atol=1e-4), "The scores have changed their sign: multiply by c / largest.")
    require(np.allclose(after, before, atol=1e-4), "The shape has changed: all of a kernel needs the same factor > 0.")
    return "Right: no weight is beyond the bound, and the shape is the same."
