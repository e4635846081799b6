"""Check of the lab on metrics: precision by hand."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, scalar


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a[:, None] - b[None], axis=2)


def exercise_1(precision: Answer) -> str:
    """Two clouds in the plane, one of them narrower, and two values of k."""
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(40, 2)), 1.5 * rng.normal(size=(30, 2)) + 1
    for k in (3, 10):
        radii, across = np.sort(_distances(real, real), axis=1), _distances(generated, real)
        own = np.sort(_distances(generated, generated), axis=1)
        inside = across <= radii[:, k]
        compare(
            scalar(precision(real.copy(), generated.copy(), k)),
            inside.any(axis=1).mean(),
            {
                "Each ball is one neighbour too small: a point is not its own neighbour.": (
                    (across <= radii[:, k - 1]).any(axis=1).mean()
                ),
                "This is recall: the balls belong around the real points.": (
                    (across <= own[:, [k]]).any(axis=0).mean()
                ),
                "The radii are those of the generated points: they belong to the real ones.": (
                    (across <= own[:, [k]]).any(axis=1).mean()
                ),
                "You count the real points that have a generated one in their ball: count the generated ones.": (
                    inside.any(axis=0).mean()
                ),
                "You count all pairs: a generated point counts once, in however many balls it lies.": inside.mean(),
                "This is density: a generated point counts once, in however many balls it lies.": (
                    inside.sum(axis=1).mean() / k
                ),
                "You return a number of points: divide it by how many generated ones there are.": (
                    inside.any(axis=1).sum()
                ),
                "This is the share outside all balls.": 1 - inside.any(axis=1).mean(),
                "The balls do not depend on k: they reach to the k-th nearest other real point.": (
                    (across <= radii[:, 3]).any(axis=1).mean()
                ),
            },
            "This is not the share of generated points that lie in the ball of at least one real point.",
        )
    return "Right: a generated point counts if it lies in the ball of any real one."
