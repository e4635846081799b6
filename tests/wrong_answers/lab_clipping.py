"""Wrong answers to the exercise of the lab on clipping."""

import numpy as np


def each(change):
    return lambda kernels, c: [change(kernel, c) for kernel in kernels]


def last_turned(kernels, c):
    *hidden, last = each(lambda kernel, c: kernel * c / np.abs(kernel).max())(kernels, c)
    return [*hidden, -last]


WRONG = {
    "clipping.1": {
        "nothing returned": lambda kernels, c: None,
        "the last alone": lambda kernels, c: kernels[-1:],
        "still beyond": [lambda kernels, c: kernels, each(lambda kernel, c: kernel * c)],
        "clipped": each(lambda kernel, c: np.clip(kernel, -c, c)),
        "zero": each(lambda kernel, c: 0 * kernel),
        "turned": last_turned,
        "another shape": [
            each(lambda kernel, c: c * np.sign(kernel)),
            each(lambda kernel, c: -kernel * c / np.abs(kernel).max()),
            each(lambda kernel, c: kernel * c / np.abs(kernel).max(axis=0)),
        ],
    },
}
