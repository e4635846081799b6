"""Penalties for whichever backend runs, in parts: a planted bug has another of one part."""

import keras
import numpy as np
from keras import ops

import wgan_utils as wu

CHANNELS = 1 if keras.backend.backend() == "torch" else -1
IMAGE = (1, 2, 3)


def uniform(*shape):
    return lambda real: keras.random.uniform((len(real), *shape))


def along(axis=IMAGE, inside=1e-12):
    return lambda g: ops.sqrt(ops.sum(g**2, axis=axis) + inside)


ONE_EACH, NORM = uniform(1, 1, 1), along()


def squared(n):
    return ops.mean((n - 1) ** 2)


def penalty(
    epsilon=ONE_EACH,
    between=lambda e, real, fake: e * real + (1 - e) * fake,
    gradient=wu.input_gradient,
    norm=NORM,
    cost=squared,
):
    return lambda critic, real, fake: cost(norm(gradient(critic, between(epsilon(real), real, fake))))


def normal(real):
    return keras.random.normal((len(real), 1, 1, 1))


def narrow(low, high):
    return lambda real: keras.random.uniform((len(real), 1, 1, 1), low, high)


def fixed(value):
    return lambda real: value * ops.ones((len(real), 1, 1, 1))


def from_numpy(real):
    return ops.convert_to_tensor(np.random.rand(len(real), 1, 1, 1).astype("float32"))  # noqa: NPY002


def of_the_mean(critic, x):
    return wu.input_gradient(lambda x: ops.mean(critic(x)), x)


def stopped(critic, x):
    return ops.stop_gradient(wu.input_gradient(critic, x))


def partly_stopped(n):
    return ops.mean(ops.stop_gradient(n - 1) * (n - 1))


def behind(end):
    """The gradient for an image that x̂ is made of."""

    def gradient_penalty(critic, real, fake):
        e = uniform(1, 1, 1)(real)
        x = real if end == "real" else fake
        other = fake if end == "real" else real
        share = e if end == "real" else 1 - e
        g = wu.input_gradient(lambda x: critic(share * x + (1 - share) * other), x)
        return squared(along()(g))

    return gradient_penalty


def scores_between_slopes_at_real(critic, real, fake):
    critic(uniform(1, 1, 1)(real) * (real - fake) + fake)
    return squared(along()(wu.input_gradient(critic, real)))


def shuffled(critic, real, fake):
    return penalty()(critic, real, ops.take(fake, np.random.permutation(len(fake)), axis=0))  # noqa: NPY002


def mean_of(n, cost):
    return ops.mean(cost(n))


RIGHT = {
    "ours": (wu.losses.gradient_penalty, {}),
    "ours, one-sided": (lambda *given: wu.losses.gradient_penalty(*given, one_sided=True), {"one_sided": True}),
    "in parts": (penalty(), {}),
    "λ included": (penalty(cost=lambda n: 10 * squared(n)), {"weight": 10}),
    "λ = .1": (penalty(cost=lambda n: 0.1 * squared(n)), {"weight": 0.1}),
    "the other way round": (penalty(between=lambda e, real, fake: real + e * (fake - real)), {}),
    "ε from NumPy": (penalty(epsilon=from_numpy), {}),
    "other pairs": (shuffled, {}),
    "a larger constant in the root": (penalty(norm=along(inside=1e-7)), {}),
    "points": (penalty(epsilon=uniform(1), norm=along(1)), {"shape": (2,)}),
    "one axis": (penalty(epsilon=uniform(1), norm=along(1)), {"shape": (7,)}),
    "under ascent": (penalty(cost=lambda n: -10 * squared(n)), {"weight": -10}),
}
# name → (penalty, settings, what has to be found)
WRONG = {
    "ε normal": (penalty(epsilon=normal), {}, "epsilon_outside"),
    "ε from −1 to 1": (penalty(epsilon=narrow(-1, 1)), {}, "epsilon_outside"),
    "ε in (0, ½)": (penalty(epsilon=narrow(0, 0.5)), {}, "epsilon_not_uniform"),
    "ε in (¼, ¾)": (penalty(epsilon=narrow(0.25, 0.75)), {}, "epsilon_not_uniform"),
    "ε squared": (penalty(epsilon=lambda real: narrow(0, 1)(real) ** 2), {}, "epsilon_not_uniform"),
    "ε shared": (penalty(epsilon=lambda real: keras.random.uniform((1, 1, 1, 1))), {}, "epsilon_shared"),
    "ε per pixel": (penalty(epsilon=lambda real: keras.random.uniform(real.shape)), {}, "epsilon_per_pixel"),
    "ε per column": (penalty(epsilon=uniform(1, 5, 1)), {"shape": (5, 5, 5)}, "epsilon_per_pixel"),
    "ε per channel": (
        penalty(epsilon=uniform(3, 1, 1) if CHANNELS == 1 else uniform(1, 1, 3)),
        {},
        "epsilon_per_pixel",
    ),
    "ε = ½": (penalty(epsilon=fixed(0.5)), {}, "epsilon_fixed"),
    "ε with a fixed seed": (
        penalty(epsilon=lambda real: keras.random.uniform((len(real), 1, 1, 1), seed=1)),
        {},
        "epsilon_repeats",
    ),
    "at real images": (penalty(epsilon=fixed(1)), {}, "at_real"),
    "at generated images": (penalty(epsilon=fixed(0)), {}, "at_fake"),
    "slopes at real images": (scores_between_slopes_at_real, {}, "at_real"),
    "minus in place of plus": (penalty(between=lambda e, real, fake: e * real - (1 - e) * fake), {}, "off_the_line"),
    "both shares ε": (penalty(between=lambda e, real, fake: e * real + e * fake), {}, "off_the_line"),
    "around real images": (
        penalty(between=lambda e, real, fake: real + 0.5 * keras.random.normal(real.shape)),
        {},
        "off_the_line",
    ),
    "slopes for real images": (behind("real"), {}, "behind"),
    "slopes for generated images": (behind("fake"), {}, "behind"),
    "norm over the batch": (penalty(norm=along(0)), {}, "norm_batch"),
    "one norm": (penalty(norm=along(None)), {}, "norm_all"),
    "norm over channels": (penalty(norm=along(CHANNELS)), {}, "norm_channels"),
    "norm over one axis": (penalty(norm=along(2)), {}, "norm_axes"),
    "norm without channels": (
        penalty(norm=along(tuple(axis for axis in IMAGE if axis != CHANNELS % 4))),
        {},
        "norm_axes",
    ),
    "no norm": (penalty(norm=lambda g: g), {}, "norm_missing"),
    "absolute values for a norm": (penalty(norm=ops.abs), {}, "norm_missing"),
    "no root": (penalty(norm=lambda g: ops.sum(g**2, axis=IMAGE)), {}, "norm_squared"),
    "norm of absolute values": (penalty(norm=lambda g: ops.sum(ops.abs(g), axis=IMAGE)), {}, "norm_l1"),
    "mean of squares": (penalty(norm=lambda g: ops.sqrt(ops.mean(g**2, axis=IMAGE) + 1e-12)), {}, "norm_mean"),
    "slope of the mean score": (penalty(gradient=of_the_mean), {}, "mean_score"),
    "one-sided unasked": (penalty(cost=lambda n: ops.mean(ops.relu(n - 1) ** 2)), {}, "one_sided"),
    "two-sided unasked": (penalty(), {"one_sided": True}, "two_sided"),
    "square after the mean": (penalty(cost=lambda n: (ops.mean(n) - 1) ** 2), {}, "mean_first"),
    "not squared": (penalty(cost=lambda n: ops.mean(n - 1)), {}, "not_squared"),
    "absolute deviation": (penalty(cost=lambda n: ops.mean(ops.abs(n - 1))), {}, "absolute"),
    "norm held at 0": (penalty(cost=lambda n: ops.mean(n**2)), {}, "zero_centred"),
    "sum over the batch": (penalty(cost=lambda n: ops.sum((n - 1) ** 2)), {}, "sum"),
    "no mean": (penalty(cost=lambda n: (n - 1) ** 2), {}, "no_mean"),
    "another cost": (penalty(cost=lambda n: ops.mean((n - 1) ** 4)), {}, "cost"),
    "λ unasked": (penalty(cost=lambda n: 10 * squared(n)), {}, "weight"),
    "halved": (penalty(cost=lambda n: squared(n) / 2), {}, "weight"),
    "λ twice": (penalty(cost=lambda n: 100 * squared(n)), {"weight": 10}, "weight_twice"),
    "negative": (penalty(cost=lambda n: -squared(n)), {}, "negative"),
    "bare root": (penalty(norm=along(inside=0)), {}, "root"),
    "gradient stopped": (penalty(gradient=stopped), {}, "detached"),
    "gradient stopped in part": (penalty(cost=partly_stopped), {}, "detached_in_part"),
    "a number": (penalty(cost=lambda n: float(squared(n))), {}, "detached"),
    "NumPy": (penalty(cost=lambda n: np.mean((ops.convert_to_numpy(n) - 1) ** 2)), {}, "detached"),
    "critic not asked": (lambda critic, real, fake: ops.mean((real - fake) ** 2), {}, "not_asked"),
}
