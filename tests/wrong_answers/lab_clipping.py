"""Wrong answers to the exercise of the lab on clipping."""

import numpy as np


def each(change):
    return lambda kernels, c: [change(kernel, c) for kernel in kernels]


def turned(kernel, c):
    return -kernel * c / np.abs(kernel).max()


WRONG = {
    "clipping.1": {
        "nothing returned": lambda kernels, c: None,
        "the last alone": lambda kernels, c: kernels[-1:],
        "still beyond": each(lambda kernel, c: kernel * c),
        "clipped": each(lambda kernel, c: np.clip(kernel, -c, c)),
        "zero": each(lambda kernel, c: 0 * kernel),
        "turned": lambda kernels, c: [*(-turned(kernel, c) for kernel in kernels[:-1]), turned(kernels[-1], c)],
        "another shape": [each(turned), each(lambda kernel, c: kernel * c / np.abs(kernel).max(axis=0))],
    },
}
