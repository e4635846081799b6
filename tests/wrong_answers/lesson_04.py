"""Wrong answers to lesson 04's exercises."""

import keras
import numpy as np
from keras import ops

import wgan_utils as wu


def uniform(*shape):
    return lambda n, seed: keras.random.uniform(shape, seed=seed)


def penalty(
    epsilon=lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=seed),
    between=lambda e, real, fake: e * real + (1 - e) * fake,
    norm=lambda g: ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)) + 1e-12),
    cost=lambda norms: ops.mean((norms - 1) ** 2),
    gradient=wu.input_gradient,
):
    def gradient_penalty(critic, real, fake, seed):
        return cost(norm(gradient(critic, between(epsilon(len(real), seed), real, fake))))

    return gradient_penalty


def in_numpy(critic, points):
    return ops.convert_to_numpy(wu.input_gradient(critic, points))


def reading(real, fake):
    return ops.mean(fake) - ops.mean(real)


WRONG = {
    "04.3": {
        "one ε for the batch": penalty(uniform(1, 1, 1, 1)),
        "one ε per pixel": penalty(uniform(64, 4, 4, 1)),
        "ε of shape (n,)": penalty(uniform(64)),
        "shares": [
            penalty(lambda n, seed: keras.random.normal((n, 1, 1, 1), seed=seed)),
            penalty(between=lambda e, real, fake: e * real),
            penalty(between=lambda e, real, fake: e * real + (1 + e) * fake),
            penalty(between=lambda e, real, fake: e * real - (1 - e) * fake),
        ],
        "one kind": [penalty(between=lambda e, real, fake: real), penalty(between=lambda e, real, fake: fake)],
        "critic not asked": lambda critic, real, fake, seed: ops.mean(real),
        "norm over the batch": penalty(norm=lambda g: ops.sqrt(ops.sum(g**2, axis=0) + 1e-12)),
        "norm over all": penalty(norm=lambda g: ops.sqrt(ops.sum(g**2) + 1e-12)),
        "norm over channels": penalty(norm=lambda g: ops.sqrt(ops.sum(g**2, axis=-1) + 1e-12)),
        "not squared": penalty(cost=lambda norms: ops.mean(norms - 1)),
        "mean first": penalty(cost=lambda norms: (ops.mean(norms) - 1) ** 2),
        "one-sided": penalty(cost=lambda norms: ops.mean(ops.relu(norms - 1) ** 2)),
        "λ included": penalty(cost=lambda norms: 10 * ops.mean((norms - 1) ** 2)),
        "halved": penalty(cost=lambda norms: ops.mean((norms - 1) ** 2) / 2),
        "no mean": penalty(cost=lambda norms: (norms - 1) ** 2),
        "absolute values": penalty(norm=lambda g: ops.sum(ops.abs(g), axis=(1, 2, 3))),
        "no root": penalty(norm=lambda g: ops.sum(g**2, axis=(1, 2, 3))),
        "bare root": penalty(norm=lambda g: ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)))),
        "gradient cut": penalty(gradient=in_numpy),
        "NumPy": [
            penalty(cost=lambda norms: np.mean((norms - 1) ** 2)),
            penalty(cost=lambda norms: float(ops.mean((norms - 1) ** 2))),
        ],
    },
    "04.4": {
        "critic's sign": lambda real, fake: (-reading(real, fake), -ops.mean(fake)),
        "generator's sign": lambda real, fake: (reading(real, fake), ops.mean(fake)),
        "generator's real scores": lambda real, fake: (reading(real, fake), -reading(real, fake)),
        "generator's mean and more": lambda real, fake: (reading(real, fake), 2.5 - 6 * ops.mean(fake)),
        "generator shifted": lambda real, fake: (reading(real, fake), 2 - ops.mean(fake)),
        "absolute": lambda real, fake: (-ops.abs(reading(real, fake)), -ops.mean(fake)),
        "one loss": reading,
        "sums": lambda real, fake: (reading(real, fake), -ops.sum(fake)),
        "twice": lambda real, fake: (ops.mean(fake) - 2 * ops.mean(real), -ops.mean(fake)),
        "no mean": lambda real, fake: (fake - real, -fake),
        "NumPy": lambda real, fake: (np.mean(fake) - np.mean(real), -np.mean(fake)),
    },
}
