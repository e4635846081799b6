"""Wrong answers to lesson 04's exercises."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import wgan_utils as wu
from tests.wrong_answers.steps import Step, made_of, wrong_steps


def uniform(*shape):
    return lambda n, seed: keras.random.uniform(shape, seed=seed)


def normal(n, seed):
    return keras.random.normal((n, 1, 1, 1), seed=seed)


def norms_along(axis):
    return lambda g: ops.sqrt(ops.sum(g**2, axis=axis) + 1e-12)


def bare_root(g):
    return ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)))


def penalty(
    epsilon=lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=seed),
    between=lambda e, real, fake: e * real + (1 - e) * fake,
    norm=lambda g: norms_along((1, 2, 3))(g),
    cost=lambda norms: ops.mean((norms - 1) ** 2),
    gradient=wu.input_gradient,
):
    def gradient_penalty(critic, real, fake, seed=None):
        return cost(norm(gradient(critic, between(epsilon(len(real), seed), real, fake))))

    return gradient_penalty


def unwatched(critic, points):
    with tf.GradientTape() as tape:
        scores = critic(points)
    return tape.gradient(scores, points)


def difference(real, fake):
    return ops.mean(fake) - ops.mean(real)


class Penalised(Step):
    penalty_weight = 10.0

    def critic_loss(self, real, fake):
        return self.difference(real, fake) + self.penalty_weight * self.penalty(real, fake)

    def penalty(self, real, fake):
        return penalty()(self.critic, real, fake, self.seed_generator)

    def clip(self, weights):
        pass


wgan_gp = made_of(Penalised)


def penalised(**parts):
    return wgan_gp(penalty=lambda self, *images: penalty(**parts)(self.critic, *images, self.seed_generator))


def plus(weight):
    return wgan_gp(critic_loss=lambda self, *images: self.difference(*images) + weight(self) * self.penalty(*images))


def penalty_before_tape(self, real):
    fake = self.fake(real)
    cost = self.penalty_weight * self.penalty(real, fake)
    return {"critic_loss": self.descend("critic", lambda: self.difference(real, fake) + cost)}


SQUARED_WRONGLY = {
    "mean first": penalised(cost=lambda norms: (ops.mean(norms) - 1) ** 2),
    "one norm": penalised(cost=lambda norms: (ops.sqrt(ops.mean(norms**2)) - 1) ** 2),
    "one-sided": penalised(cost=lambda norms: ops.mean(ops.relu(norms - 1) ** 2)),
}
WRONG = {
    "04.2": {
        "critic's sign": lambda real, fake: (-difference(real, fake), -ops.mean(fake)),
        "generator's sign": lambda real, fake: (difference(real, fake), ops.mean(fake)),
        "generator's real scores": lambda real, fake: (difference(real, fake), -difference(real, fake)),
        "generator's mean and more": lambda real, fake: (difference(real, fake), 2.5 - 6 * ops.mean(fake)),
        "generator shifted": lambda real, fake: (difference(real, fake), 2 - ops.mean(fake)),
        "absolute": lambda real, fake: (-ops.abs(difference(real, fake)), -ops.mean(fake)),
        "one loss": difference,
        "sums": lambda real, fake: (difference(real, fake), -ops.sum(fake)),
        "twice": lambda real, fake: (ops.mean(fake) - 2 * ops.mean(real), -ops.mean(fake)),
        "no mean": lambda real, fake: (fake - real, -fake),
        "NumPy": lambda real, fake: (np.mean(fake) - np.mean(real), -np.mean(fake)),
    },
    "04.3": {
        "one ε for the batch": penalty(uniform(1, 1, 1, 1)),
        "one ε per pixel": penalty(uniform(64, 4, 4, 1)),
        "ε of another shape": penalty(uniform(64)),
        "normal": penalty(normal),
        "fixed ε": penalty(lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=1)),
        "shares": penalty(between=lambda e, real, fake: e * real - (1 - e) * fake),
        "one kind": [penalty(between=lambda e, real, fake: real), penalty(between=lambda e, real, fake: fake)],
        "critic not asked": lambda critic, real, fake, seed: ops.mean(real),
        **{f"norm over {axis}": penalty(norm=norms_along(axis)) for axis in (0, None, -1, 1)},
        "not squared": penalty(cost=lambda norms: ops.mean(norms - 1)),
        "mean first": penalty(cost=lambda norms: (ops.mean(norms) - 1) ** 2),
        "one-sided": penalty(cost=lambda norms: ops.mean(ops.relu(norms - 1) ** 2)),
        "λ included": penalty(cost=lambda norms: 10 * ops.mean((norms - 1) ** 2)),
        "halved": penalty(cost=lambda norms: ops.mean((norms - 1) ** 2) / 2),
        "no mean": penalty(cost=lambda norms: (norms - 1) ** 2),
        "absolute values": penalty(norm=lambda g: ops.sum(ops.abs(g), axis=(1, 2, 3))),
        "no root": penalty(norm=lambda g: ops.sum(g**2, axis=(1, 2, 3))),
        "bare root": penalty(norm=bare_root),
        "not watched": penalty(gradient=unwatched),
        "gradient cut": penalty(gradient=lambda *given: ops.convert_to_numpy(wu.input_gradient(*given))),
        "NumPy": penalty(cost=lambda norms: np.mean((norms - 1) ** 2)),
    },
    "04.4": {
        **wrong_steps(wgan_gp),
        "no penalty": plus(lambda self: 0),
        "no λ": plus(lambda self: 1),
        "fixed λ": plus(lambda self: 10),
        "subtracted": plus(lambda self: -self.penalty_weight),
        "penalty not on the tape": wgan_gp(update_critic=penalty_before_tape),
        "clipped as well": wgan_gp(clip=Step.clip),
        **{f"norm over {axis}": penalised(norm=norms_along(axis)) for axis in (0, None, -1, (1, 2))},
        "at real images": penalised(between=lambda e, real, fake: real),
        "at generated images": penalised(between=lambda e, real, fake: fake),
        **SQUARED_WRONGLY,
        "one ε": penalised(epsilon=uniform(1, 1, 1, 1)),
        "normal ε": penalised(epsilon=normal),
        "bare root": penalised(between=lambda e, real, fake: fake, norm=bare_root),
    },
}
