"""Wrong answers to lesson 05's exercises."""

import numpy as np
from keras import ops

import wgan_utils as wu


def pairs(ahead, behind):
    return ops.mean(ops.softplus(behind - ahead))


def hinged(real, fake, margin=1):
    return ops.mean(ops.relu(margin - real)) + ops.mean(ops.relu(margin + fake))


AXES = (1, 2, 3)
COSTS = {  # of a batch of gradients
    "factor": lambda g: ops.mean(ops.sum(g**2, AXES)),
    "root": lambda g: ops.mean(ops.sqrt(ops.sum(g**2, AXES))) / 2,
    "norm 1": lambda g: ops.mean((ops.sqrt(ops.sum(g**2, AXES)) - 1) ** 2) / 2,
    "pixels": lambda g: ops.mean(g**2) / 2,
    "pixels and factor": lambda g: ops.mean(g**2),
    "batch": lambda g: ops.sum(g**2) / 2,
    "twice": lambda g: 3 * ops.mean(ops.sum(g**2, AXES)) / 2,
    "mean of norms": lambda g: ops.mean(ops.sqrt(ops.sum(g**2, AXES))) ** 2 / 2,
    "mean gradient": lambda g: ops.sum(ops.mean(g, axis=0) ** 2) / 2,
    "no mean": lambda g: ops.sum(g**2, AXES) / 2,
    "NumPy": lambda g: float(ops.mean(ops.sum(g**2, AXES))) / 2,
}


def costing(cost):
    return lambda critic, images: cost(wu.input_gradient(critic, images))


WRONG = {
    "05.1": {
        **{name: costing(cost) for name, cost in COSTS.items()},
        "elsewhere": lambda critic, images: costing(COSTS["factor"])(critic, 2 * images) / 2,
    },
    "05.2": {
        "signs": lambda r, f: (pairs(f, r), pairs(r, f)),
        "sum": lambda r, f: (pairs(r, f), ops.sum(ops.softplus(r - f))),
        "each alone": lambda r, f: (ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), pairs(f, r)),
        "means first": lambda r, f: (pairs(ops.mean(r), ops.mean(f)), pairs(f, r)),
        "relu": lambda r, f: (pairs(r, f), ops.mean(ops.relu(r - f))),
        "NumPy": lambda r, f: (np.mean(np.logaddexp(0, f - r)), np.mean(np.logaddexp(0, r - f))),
    },
    "05.3": {
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
