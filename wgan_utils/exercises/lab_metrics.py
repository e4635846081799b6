"""Check of the lab on metrics: precision by hand."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, scalar


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a[:, None] - b[None], axis=2)


def exercise_1(precision: Answer) -> str:
    """Two clouds in the plane, one of them narrower and with a far point, whose ball is large; and two values of k."""
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(40, 2)), 1.5 * rng.normal(size=(30, 2)) + 1
    real = np.concatenate([real, [[5, 4]]])
    radii, own = (np.sort(_distances(points, points), axis=1) for points in (real, generated))
    across = _distances(generated, real)
    for k in (3, 10):
        inside, around = across <= radii[:, k], across <= own[:, [k]]
        right = inside.any(axis=1).mean()
        smaller, fixed = ((across <= radii[:, other]).any(axis=1).mean() for other in (k - 1, 3))
        nearest = across.argmin(axis=1)[:, None]
        counted = "a generated point counts once, in however many balls it lies."
        mistakes = {
            "Each ball is one neighbour too small: a point is not its own neighbour.": smaller,
            "You look into the nearest real point's ball alone.": np.take_along_axis(inside, nearest, 1).mean(),
            "This is recall: the balls belong around the real points.": around.any(axis=0).mean(),
            "The radii are those of the generated points: they belong to the real ones.": around.any(axis=1).mean(),
            "You count the real points with a generated one in their ball.": inside.any(axis=0).mean(),
            f"You count all pairs: {counted}": inside.mean(),
            f"This is density: {counted}": inside.sum(axis=1).mean() / k,
            "You return a number of points: divide it by how many generated ones there are.": len(generated) * right,
            "This is the share outside all balls.": 1 - right,
            "The balls do not depend on k: they reach to the k-th nearest other real point.": fixed,
        }
        otherwise = "This is not the share of generated points that lie in the ball of at least one real point."
        compare(scalar(precision(real.copy(), generated.copy(), k)), right, mistakes, otherwise)
    return "Right: a generated point counts if it lies in the ball of any real one."
