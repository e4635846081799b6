"""Wrong answers to lesson 03's exercises."""

from itertools import pairwise

import numpy as np


def hue(angle=lambda y, x: np.degrees(np.arctan2(y, x)) % 360, radians=np.radians, weigh=True):
    def mean_hue(degrees, weights):
        weights = weights if weigh else 1
        y, x = np.sum(weights * np.sin(radians(degrees))), np.sum(weights * np.cos(radians(degrees)))
        return angle(y, x)

    return mean_hue


def bound(factor, whole=np.prod):
    return lambda sizes, c: whole([factor(m, n, c) for m, n in pairwise(sizes)])


def exact(m, n, c):
    return c * (m * n) ** 0.5


WRONG = {
    "03.2": {
        "numbers averaged": lambda degrees, weights: np.average(degrees, weights=weights),
        "radians": hue(lambda y, x: np.arctan2(y, x)),
        "negative": hue(lambda y, x: np.degrees(np.arctan2(y, x))),
        "degrees into sin": hue(radians=lambda degrees: degrees),
        "x and y swapped": hue(lambda y, x: np.degrees(np.arctan2(x, y)) % 360),
        "no weights": hue(weigh=False),
        "angles weighted": lambda degrees, weights: (np.average((degrees + 180) % 360, weights=weights) - 180) % 360,
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
