"""Wrong answers to lesson 06's exercises."""

import numpy as np

from tests.wrong_answers.lesson_04 import PENALTIES, each, penalised, plus


def walk(product=lambda a, b: np.linalg.norm(a) * np.linalg.norm(b), angle=np.arccos):
    def slerp(a, b, t):
        omega = angle(np.clip(np.sum(a * b) / product(a, b), -1, 1))
        return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)

    return slerp


def line(a, b, t):
    return (1 - t) * a + t * b


WRONG = {
    "06.2": {
        "long vectors": [walk(lambda *pair: 1), walk(lambda a, b: np.sum(a * a))],
        "cosine": walk(angle=lambda cosine: cosine),
        "degrees": walk(angle=lambda cosine: np.degrees(np.arccos(cosine))),
        "one number": lambda a, b, t: t,
        "straight": line,
        "stretched": lambda a, b, t: line(a, b, t) / np.linalg.norm(line(a, b, t)),
        "backwards": lambda a, b, t: line(b, a, t),
    },
    "06.3": {
        "no penalty": plus(lambda self: 0),
        **each(penalised, {name: PENALTIES[name] for name in ("norm over -1", "mean inside the root", "bare root")}),
    },
}
