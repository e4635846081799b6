"""Wrong answers to lesson 03's exercises."""

from itertools import pairwise

import numpy as np


def distance(kernel=lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3, within=None, between=-2, mean=np.mean):
    def kernel_distance(real, fake):
        groups = [(within or without_diagonal)(kernel(x, x)) for x in (real, fake)]
        return sum(groups) + between * mean(kernel(real, fake))

    return kernel_distance


def without_diagonal(similar):
    return (similar.sum() - np.trace(similar)) / (len(similar) * (len(similar) - 1))


def bound(factor, whole=np.prod):
    return lambda sizes, c: whole([factor(m, n, c) for m, n in pairwise(sizes)])


def exact(m, n, c):
    return c * (m * n) ** 0.5


WRONG = {
    "03.2": {
        "diagonal": distance(within=np.mean),
        "diagonal in the sum": distance(within=lambda k: k.sum() / (len(k) * (len(k) - 1))),
        "pairs": distance(within=lambda k: (k.sum() - np.trace(k)) / k.size),
        "no d": distance(lambda a, b: (a @ b.T + 1) ** 3),
        "images for d": distance(lambda a, b: (a @ b.T / len(a) + 1) ** 3),
        "square": distance(lambda a, b: (a @ b.T / a.shape[1] + 1) ** 2),
        "once": distance(between=-1),
        "added": distance(between=2),
        "sums": distance(within=lambda k: k.sum() - np.trace(k), mean=np.sum),
        "no within": distance(within=lambda k: 0),
    },
    "03.3": {
        "no root": bound(lambda m, n, c: c * m * n),
        "added": bound(exact, np.sum),
        "last layer": bound(exact, lambda factors: np.prod(factors[:-1])),
        "one c": lambda sizes, c: c * bound(lambda m, n, c: (m * n) ** 0.5)(sizes, c),
        "too small": bound(lambda m, n, c: c * n**0.5),
        "too large": bound(lambda m, n, c: c * max(m, n)),
        "first and last": lambda sizes, c: exact(*sizes[:2], c) * exact(*sizes[-2:], c),
    },
}
