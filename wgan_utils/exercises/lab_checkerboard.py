"""Check of the lab on checkerboards: what a transposed convolution makes of a constant input."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, given, require


def exercise_1(sums: Answer) -> str:
    """Kernels that the stride divides, that it does not, and that are shorter than it."""
    rng = np.random.default_rng(0)
    for length, stride in ((5, 2), (4, 2), (7, 3)):
        kernel = rng.normal(size=length)
        found = np.asarray(given(sums(kernel.copy(), stride)), dtype=float)
        require(found.shape == (stride,), f"There are {stride} kinds of pixels with stride {stride}: return as many.")
        right = [kernel[r::stride].sum() for r in range(stride)]
        mistakes = {
            "Add the weights of a kind; you took their mean.": [kernel[r::stride].mean() for r in range(stride)],
            "You count the products: with other weights than ones, add the weights.": [
                len(kernel[r::stride]) for r in range(stride)
            ],
            "A kind uses weights that lie `stride` apart, not ones that lie side by side.": [
                part.sum() for part in np.array_split(kernel, stride)
            ],
            "The kinds are in another order: that of number r begins with weight number r.": right[::-1],
            "You take the first weight of each kind alone.": kernel[:stride],
        }
        compare(found, right, mistakes, f"Of {kernel.round(2)} and stride {stride} your sums are {found.round(2)}.")
    return "Right: each kind of pixel has the sum of its own weights."
