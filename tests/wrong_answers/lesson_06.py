"""Wrong answers to lesson 06's exercises."""

import keras
import numpy as np
from keras import ops

from tests.wrong_answers.lesson_04 import SQUARED_WRONGLY, norms_along, penalised, plus, uniform


def walk(product=lambda a, b: np.linalg.norm(a) * np.linalg.norm(b)):
    def slerp(a, b, t):
        omega = np.arccos(np.clip(np.sum(a * b) / product(a, b), -1, 1))
        return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)

    return slerp


def line(a, b, t):
    return (1 - t) * a + t * b


def between(real, fake, shape):
    epsilon = keras.random.uniform(shape, seed=1)
    return epsilon * real + (1 - epsilon) * fake


WRONG = {
    "06.2": {
        "long vectors": [walk(lambda a, b: 1), walk(lambda a, b: np.sum(a * a) * np.sum(b * b))],
        "straight": line,
        "stretched": lambda a, b, t: line(a, b, t) / np.linalg.norm(line(a, b, t)),
        "backwards": lambda a, b, t: line(b, a, t),
    },
    "06.3": {
        "no penalty": plus(lambda self: 0),
        "norm over channels": penalised(norm=norms_along(-1)),
        "norm without channels": penalised(norm=norms_along((1, 2))),
        "one ε": penalised(epsilon=uniform(1, 1, 1, 1)),
        "ε by channel or pixel": [
            penalised(between=lambda e, real, fake: between(real, fake, (len(real), 1, 1, real.shape[3]))),
            penalised(between=lambda e, real, fake: between(real, fake, (*real.shape[:3], 1))),
        ],
        **SQUARED_WRONGLY,
        "bare root": penalised(
            between=lambda e, real, fake: fake, norm=lambda g: ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)))
        ),
    },
}
