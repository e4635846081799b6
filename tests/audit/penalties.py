"""Penalties for whichever backend runs, in parts: a planted bug has another of one part."""

import keras
import numpy as np
from keras import ops

from wgan_utils.gan import losses
from wgan_utils.gan.backend import input_gradient

BACKEND = keras.backend.backend()
CHANNELS = 1 if BACKEND == "torch" else 3
IMAGE = (1, 2, 3)


def uniform(*shape, **options):
    return lambda real: keras.random.uniform((len(real), *shape), **options)


def fixed(value):
    return lambda real: value * ops.ones((len(real), 1, 1, 1))


def root(axis=IMAGE, total=ops.sum, inside=1e-12):
    return lambda g: ops.sqrt(total(g**2, axis=axis) + inside)


def squared(n):
    return ops.mean((n - 1) ** 2)


ONE_EACH, NORM = uniform(1, 1, 1), root()


def penalty(
    epsilon=ONE_EACH,
    between=lambda e, real, fake: e * real + (1 - e) * fake,
    gradient=input_gradient,
    norm=NORM,
    cost=squared,
):
    return lambda critic, real, fake: cost(norm(gradient(critic, between(epsilon(real), real, fake))))


def shuffled(critic, real, fake):
    return penalty()(critic, real, ops.take(fake, np.random.permutation(len(fake)), axis=0))  # noqa: NPY002


def from_numpy(real):
    return ops.convert_to_tensor(np.random.rand(len(real), 1, 1, 1).astype("float32"))  # noqa: NPY002


RIGHT = {  # penalties, or (penalty, settings)
    "ours": losses.gradient_penalty,
    "ours, one-sided": (lambda *given: losses.gradient_penalty(*given, one_sided=True), {"one_sided": True}),
    "λ": (penalty(cost=lambda n: 10 * squared(n)), {"weight": 10}),
    "the other way round": penalty(between=lambda e, real, fake: real + e * (fake - real)),
    "ε from NumPy": penalty(epsilon=from_numpy),
    "other pairs": shuffled,
    "a larger constant in the root": penalty(norm=root(inside=1e-7)),
    "points": (penalty(epsilon=uniform(1), norm=root(1)), {"shape": (2,)}),
    "under ascent": (penalty(cost=lambda n: -10 * squared(n)), {"weight": -10}),
}
WRONG = {  # what has to be found → penalties, or (penalty, settings)
    "not_asked": lambda critic, real, fake: ops.mean((real - fake) ** 2),
    "off_the_line": [
        penalty(between=lambda e, real, fake: e * real - (1 - e) * fake),
        penalty(between=lambda e, real, fake: e * real + e * fake),
        penalty(between=lambda e, real, fake: real + 0.5 * keras.random.normal(real.shape)),
    ],
    "epsilon_fixed": [penalty(fixed(0.5)), penalty(fixed(1)), penalty(fixed(0))],
    "epsilon_shared": penalty(lambda real: keras.random.uniform((1, 1, 1, 1))),
    "epsilon_per_pixel": [
        penalty(lambda real: keras.random.uniform(real.shape)),
        penalty(uniform(3, 1, 1) if CHANNELS == 1 else uniform(1, 1, 3)),
    ],
    "epsilon_repeats": penalty(uniform(1, 1, 1, seed=1)),
    "epsilon_not_uniform": [
        penalty(lambda real: keras.random.normal((len(real), 1, 1, 1))),
        penalty(uniform(1, 1, 1, minval=-1)),
        penalty(uniform(1, 1, 1, maxval=0.5)),
        penalty(lambda real: uniform(1, 1, 1)(real) ** 2),
    ],
    "norm_axes": [penalty(norm=root(axes)) for axes in (CHANNELS, 0, None, 2, tuple({*IMAGE} - {CHANNELS}))],
    "norm_missing": penalty(norm=lambda g: g),
    "norm_squared": penalty(norm=lambda g: ops.sum(g**2, axis=IMAGE)),
    "norm_mean": penalty(norm=root(total=ops.mean)),
    "mean_score": penalty(gradient=lambda critic, x: input_gradient(lambda x: ops.mean(critic(x)), x)),
    "one_sided": penalty(cost=lambda n: ops.mean(ops.relu(n - 1) ** 2)),
    "two_sided": [(penalty(), {"one_sided": True})],
    "mean_first": penalty(cost=lambda n: (ops.mean(n) - 1) ** 2),
    "not_squared": penalty(cost=lambda n: ops.mean(n - 1)),
    "absolute": penalty(cost=lambda n: ops.mean(ops.abs(n - 1))),
    "zero_centred": penalty(cost=lambda n: ops.mean(n**2)),
    "sum": penalty(cost=lambda n: ops.sum((n - 1) ** 2)),
    "no_mean": penalty(cost=lambda n: (n - 1) ** 2),
    "weight": [penalty(cost=lambda n: 10 * squared(n)), penalty(cost=lambda n: squared(n) / 2)],
    "weight_twice": [(penalty(cost=lambda n: 100 * squared(n)), {"weight": 10})],
    "negative": penalty(cost=lambda n: -squared(n)),
    "cost": penalty(cost=lambda n: ops.mean((n - 1) ** 4)),
    "detached": [
        penalty(gradient=lambda critic, x: ops.stop_gradient(input_gradient(critic, x))),
    ],
    "root": penalty(norm=root(inside=0)),
}
