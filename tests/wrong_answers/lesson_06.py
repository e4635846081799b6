"""Wrong answers to lesson 06's exercises."""

import numpy as np


def walk(product=lambda a, b: np.linalg.norm(a) * np.linalg.norm(b)):
    def slerp(a, b, t):
        omega = np.arccos(np.clip(np.sum(a * b) / product(a, b), -1, 1))
        return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)

    return slerp


def line(a, b, t):
    return (1 - t) * a + t * b


def pair(distances, apart=True):
    def closest(items):
        rows = items.reshape(len(items), -1)
        found = np.array([distances(rows, row) for row in rows]).astype(float)
        if apart:
            np.fill_diagonal(found, np.inf)
        return np.unravel_index(found.argmin(), found.shape)

    return closest


WRONG = {
    "06.2": {
        "long vectors": [walk(lambda a, b: 1), walk(lambda a, b: np.sum(a * a) * np.sum(b * b))],
        "straight": line,
        "stretched": lambda a, b, t: line(a, b, t) / np.linalg.norm(line(a, b, t)),
        "backwards": lambda a, b, t: line(b, a, t),
    },
    "06.3": {
        "uint8 squares": pair(lambda rows, row: np.square(rows - row).sum(axis=1)),
        "uint8 differences": pair(lambda rows, row: np.square((rows - row).astype(float)).sum(axis=1)),
        "absolute": pair(lambda rows, row: np.abs(rows.astype(float) - row).sum(axis=1)),
        "first two": lambda items: [0, 1],
        "itself": pair(lambda rows, row: np.linalg.norm(rows.astype(float) - row, axis=1), apart=False),
    },
}
