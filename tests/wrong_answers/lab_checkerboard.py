"""Wrong answers to the exercise of the lab on checkerboards."""

import numpy as np


def each(change):
    return lambda kernel, stride: [change(kernel[r::stride]) for r in range(stride)]


WRONG = {
    "checkerboard.1": {
        "nothing returned": lambda kernel, stride: None,
        "as many": lambda kernel, stride: [kernel.sum()],
        "their mean": each(np.mean),
        "count": each(len),
        "side by side": lambda kernel, stride: [part.sum() for part in np.array_split(kernel, stride)],
        "another order": lambda kernel, stride: [kernel[r::stride].sum() for r in range(stride)][::-1],
        "first weight": lambda kernel, stride: kernel[:stride],
        "your sums": lambda kernel, stride: np.zeros(stride),
    },
}
