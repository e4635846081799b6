"""Checks of lesson 06: the walk along a great circle, and the whole step of a WGAN-GP."""

import numpy as np

from wgan_utils.exercises.answers import WGAN, Answer, check_step, given, require


def exercise_2(slerp: Answer) -> str:
    """Nine points of an arc, then longer vectors, of one length and of two."""
    a, b = (v / np.linalg.norm(v) for v in np.random.default_rng(0).normal(size=(2, 100)))
    points = np.stack([np.asarray(given(slerp(a, b, t))) for t in np.linspace(0, 1, 9)])
    require(points.shape == (9, 100), f"Return one point of the shape (100,), as a and b have, not {points.shape[1:]}.")
    require(np.allclose(points[::8], [a, b], atol=1e-5), "It does not go from a (t = 0) to b (t = 1).")

    def near(point: np.ndarray, ω: float, long: float = 1, other: float = 1) -> bool:
        right = (np.sin(0.75 * ω) * long * a + np.sin(0.25 * ω) * other * b) / np.sin(ω)
        return np.allclose(point, right, atol=1e-5)

    angle = np.arccos(a @ b)
    require(not near(points[2], np.cos(angle)), "Is ω an angle? Yours is its cosine: take np.arccos.")
    require(not near(points[2], np.degrees(angle)), "Is ω an angle in radians? Yours is in degrees.")
    pace = np.linalg.norm(np.diff(points, axis=0), axis=1)
    require(np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5), "It leaves the sphere: a straight walk does.")
    require(np.allclose(pace, pace[0], atol=1e-5), "It hurries: equal steps, unequal ways.")
    for other in (3, 2):
        longer = near(slerp(3 * a, other * b, 0.25), angle, 3, other)
        require(longer, "Longer vectors go wrong: cos ω = a·b / (|a| |b|), and a and b stay long.")
    return "Right: equal steps along the arc, and the formula for longer vectors, too."


def exercise_3(FaceGAN: Answer) -> str:
    """As in lesson 04, where the penalty had an exercise of its own."""
    logged = ["real_score", "fake_score", "gradient_penalty", "generator_loss"]
    check_step(FaceGAN, WGAN, logged, penalty_weight=3.0)
    return "Right: this is the training step of a WGAN-GP, for images with any number of channels."
