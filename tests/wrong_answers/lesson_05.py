"""Wrong answers to lesson 05's exercises."""

import numpy as np
from keras import ops

from tests.wrong_answers.lesson_01 import squared_norms


def pairs(ahead, behind):
    return ops.mean(ops.softplus(behind - ahead))


def hinged(real, fake, margin=1):
    return ops.mean(ops.relu(margin - real)) + ops.mean(ops.relu(margin + fake))


WRONG = {
    "05.3": squared_norms(0.5),
    "05.4": {
        "signs": lambda r, f: (pairs(f, r), pairs(r, f)),
        "sum": lambda r, f: (pairs(r, f), ops.sum(ops.softplus(r - f))),
        "each alone": lambda r, f: (ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), pairs(f, r)),
        "means first": lambda r, f: (pairs(ops.mean(r), ops.mean(f)), pairs(f, r)),
        "relu": lambda r, f: (pairs(r, f), ops.mean(ops.relu(r - f))),
        "NumPy": lambda r, f: (np.mean(np.logaddexp(0, f - r)), np.mean(np.logaddexp(0, r - f))),
    },
    "05.5": {
        "generator's relu": lambda r, f: (hinged(r, f), ops.mean(ops.relu(-f))),
        "generator's sign": lambda r, f: (hinged(r, f), ops.mean(f)),
        "generator's margin": lambda r, f: (hinged(r, f), ops.mean(ops.relu(1 - f))),
        "generator's sum": lambda r, f: (hinged(r, f), -ops.sum(f)),
        "means first": lambda r, f: (hinged(ops.mean(r), ops.mean(f)), -ops.mean(f)),
        "no relu": lambda r, f: (ops.mean(1 - r) + ops.mean(1 + f), -ops.mean(f)),
        "critic's signs": lambda r, f: (hinged(-r, -f), -ops.mean(f)),
        "margin 0": lambda r, f: (hinged(r, f, 0), -ops.mean(f)),
        "margin 2": lambda r, f: (hinged(r, f, 2), -ops.mean(f)),
        "NumPy": lambda r, f: (hinged(r, f), -np.mean(f)),
    },
}
