"""Checks of lesson 06: the walk along a great circle, and the whole step of a WGAN-GP."""

import numpy as np

from wgan_utils.exercises.answers import Answer, check_penalised_step, given, require


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


def exercise_3(FaceGAN: Answer) -> str:
    """As in lesson 04, where the penalty had an exercise of its own."""
    check_penalised_step(FaceGAN)
    return "Right: this is the training step of a WGAN-GP, for images with any number of channels."
