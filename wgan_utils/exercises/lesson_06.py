"""Checks of lesson 06: the walk along a great circle, and the two closest of many items."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, given, require
from wgan_utils.metrics.pairs import closest_pairs


def exercise_2(slerp: Answer) -> str:
    """Nine points of an arc, and longer vectors."""
    a, b = (v / np.linalg.norm(v) for v in np.random.default_rng(0).normal(size=(2, 100)))
    points = [given(slerp(a, b, t)) for t in np.linspace(0, 1, 9)]
    pace = np.linalg.norm(np.diff(points, axis=0), axis=1)
    require(np.allclose(points[::8], [a, b], atol=1e-5), "It does not go from a (t = 0) to b (t = 1).")
    require(np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5), "It leaves the sphere: a straight walk does.")
    require(np.allclose(pace, pace[0], atol=1e-5), "It hurries: equal steps, unequal ways.")
    longer = np.allclose(slerp(3 * a, 3 * b, 0.25), 3 * points[2], atol=1e-5)
    require(longer, "Vectors of length 3 go wrong: cos ω = a·b / (|a| |b|), and a and b stay long.")
    return "slerp is right"


def exercise_3(closest: Answer) -> str:
    """Images in uint8, whose differences wrap around; the library must agree."""
    some = np.random.default_rng(1).integers(0, 256, (40, 4, 4, 3), dtype="uint8")
    pair = [int(place) for place in given(closest(some))]
    require(pair[0] != pair[1], "Each item is closest to itself: leave it out.")

    def nearest(differences: np.ndarray) -> list[np.intp]:
        distances = differences.sum(axis=2).astype(float) + np.diag(np.full(len(some), np.inf))
        return sorted(np.unravel_index(distances.argmin(), distances.shape))

    rows = some.reshape(len(some), -1)
    wrapped, apart = rows[:, None] - rows, rows[:, None].astype(float) - rows
    mistakes = {
        "Do your uint8 differences wrap around at 256?": nearest(wrapped.astype(float) ** 2),
        "Your uint8 squares wrap around at 256, too.": nearest(wrapped**2),
        "Square the differences: absolute ones are another distance.": nearest(np.abs(apart)),
    }
    compare(sorted(pair), list(closest_pairs(some, k=1)[0][0]), mistakes, "Others are closer: compare all pairs.")
    return "closest is right"
