"""Wrong answers to the exercise of the lab on metrics."""

import numpy as np


def distances(a, b):
    return np.linalg.norm(a[:, None] - b[None], axis=2)


def radii(points, k):
    return np.sort(distances(points, points), axis=1)[:, k]


def inside(real, generated, k, less=0):
    return distances(generated, real) <= radii(real, k - less)


def around_generated(real, generated, k):
    return distances(generated, real) <= radii(generated, k)[:, None]


def nearest(real, generated, within):
    return within[np.arange(len(generated)), distances(generated, real).argmin(axis=1)]


WRONG = {
    "metrics.1": {
        "nothing returned": lambda real, generated, k: None,
        "no number": lambda real, generated, k: inside(real, generated, k).any(axis=1),
        "its own neighbour": lambda real, generated, k: inside(real, generated, k, 1).any(axis=1).mean(),
        "recall": lambda real, generated, k: around_generated(real, generated, k).any(axis=0).mean(),
        "radii of the generated": lambda real, generated, k: around_generated(real, generated, k).any(axis=1).mean(),
        "real ones counted": lambda real, generated, k: inside(real, generated, k).any(axis=0).mean(),
        "nearest": lambda real, generated, k: nearest(real, generated, inside(real, generated, k)).mean(),
        "pairs": lambda real, generated, k: inside(real, generated, k).mean(),
        "density": lambda real, generated, k: inside(real, generated, k).sum(axis=1).mean() / k,
        "not divided": lambda real, generated, k: inside(real, generated, k).any(axis=1).sum(),
        "outside": lambda real, generated, k: 1 - inside(real, generated, k).any(axis=1).mean(),
        "k not used": lambda real, generated, k: inside(real, generated, 3).any(axis=1).mean(),
        "something else": [
            lambda real, generated, k: 1.0,
            lambda real, generated, k: inside(real, generated, k).all(axis=1).mean(),
        ],
    },
}
