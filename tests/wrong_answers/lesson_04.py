"""Wrong answers to lesson 04's exercises."""

from functools import partial

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


def norms_along(axis, small=1e-12, total=ops.sum):
    return lambda g: ops.sqrt(total(g**2, axis=axis) + small)


def asked(critic, points):
    return wu.input_gradient(partial(critic, training=True), points)


def bare_root(g):
    return ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)))


def penalty(
    epsilon=lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=seed),
    between=lambda e, real, fake: e * real + (1 - e) * fake,
    norm=lambda g: norms_along((1, 2, 3))(g),
    cost=lambda norms: ops.mean((norms - 1) ** 2),
    gradient=asked,
):
    def gradient_penalty(critic, real, fake, seed=None):
        return cost(norm(gradient(critic, between(epsilon(real.shape[0], seed), real, fake))))

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
    self.descend("critic", lambda: self.difference(real, fake) + cost)


AXES = (1, 2, 3)
PENALTIES = {  # the parts in which each is wrong
    **{f"norm over {axis}": {"norm": norms_along(axis)} for axis in (0, None, -1, 1, (1, 2))},
    "mean inside the root": {"norm": norms_along(AXES, total=ops.mean)},
    "mean score": {"norm": lambda g: norms_along(AXES)(g / len(g))},
    "no root": {"norm": lambda g: ops.sum(g**2, axis=AXES)},
    "absolute values": {"norm": lambda g: ops.sum(ops.abs(g), axis=AXES)},
    "large number": {"norm": norms_along(AXES, small=1e-2)},
    "bare root": {"norm": bare_root},
    "mean first": {"cost": lambda norms: (ops.mean(norms) - 1) ** 2},
    "one norm": {"cost": lambda norms: (ops.sqrt(ops.mean(norms**2)) - 1) ** 2},
    "one-sided": {"cost": lambda norms: ops.mean(ops.relu(norms - 1) ** 2)},
    "zero-centred": {"cost": lambda norms: ops.mean(norms**2)},
    "not squared": {"cost": lambda norms: ops.mean(norms - 1)},
    "not squared, but positive": {"cost": lambda norms: ops.mean(ops.abs(norms - 1))},
    "sum": {"cost": lambda norms: ops.sum((norms - 1) ** 2)},
    "halved": {"cost": lambda norms: ops.mean((norms - 1) ** 2) / 2},
    "one ε": {"epsilon": uniform(1, 1, 1, 1)},
    "shares": {"between": lambda e, real, fake: e * real + e * fake},
    "outside": [{"epsilon": normal}, {"between": lambda e, real, fake: real - e * (fake - real)}],
    "not watched": {"gradient": unwatched},
    "a Keras seed for TensorFlow": {"epsilon": lambda n, seed: tf.random.uniform((n, 1, 1, 1), seed=seed)},
}


def each(make, parts):
    """Make wrong answers of the parts in which they are wrong."""
    several = {name: wrong if isinstance(wrong, list) else [wrong] for name, wrong in parts.items()}
    return {name: [make(**one) for one in wrong] for name, wrong in several.items()}


def drawn(draw):
    return lambda n, seed: draw((n, 1, 1, 1), seed=seed)


STEP_PENALTIES = {
    **each(penalised, PENALTIES),
    "fixed ε": penalised(epsilon=lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=0)),
    "ε by NumPy": penalised(
        epsilon=lambda n, seed: tf.constant(np.random.default_rng().uniform(size=(8, 1, 1, 1)), "float32")
    ),
    "other real images": wgan_gp(
        batch=lambda self, real, i: setattr(self, "whole", real) or real[:, i],
        penalty=lambda self, real, fake: penalty()(self.critic, self.whole[:, 0], fake, self.seed_generator),
    ),
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
        **each(penalty, PENALTIES),
        "one ε per pixel or channel": [penalty(uniform(201, *shape)) for shape in ((2, 3, 3), (2, 3, 1), (1, 1, 3))],
        "another distribution": [
            penalty(drawn(partial(keras.random.uniform, maxval=0.5))),
            penalty(drawn(partial(keras.random.beta, alpha=2.0, beta=2.0))),
        ],
        "fixed ε": penalty(lambda n, seed: keras.random.uniform((n, 1, 1, 1), seed=1)),
        "one kind": [penalty(between=lambda e, real, fake: real), penalty(between=lambda e, real, fake: fake)],
        "critic not asked": lambda critic, real, fake, seed: ops.mean(real),
        "critic not in training": penalty(gradient=wu.input_gradient),
        "λ included": penalty(cost=lambda norms: 10 * ops.mean((norms - 1) ** 2)),
        "another": penalty(cost=lambda norms: ops.mean(ops.abs(norms - 1) ** 3)),
        "no mean": penalty(cost=lambda norms: (norms - 1) ** 2),
        "gradient cut": penalty(gradient=lambda *given: ops.convert_to_numpy(asked(*given))),
        "NumPy": penalty(cost=lambda norms: np.mean((norms - 1) ** 2)),
    },
    "04.4": {
        **{name: wrong for name, wrong in wrong_steps(wgan_gp).items() if name != "latent vectors too few"},
        "no penalty": [plus(lambda self: 0), wgan_gp(update_critic=penalty_before_tape)],
        "no λ": plus(lambda self: 1),
        "fixed λ": plus(lambda self: 10),
        "subtracted": plus(lambda self: -self.penalty_weight),
        "clipped as well": wgan_gp(clip=Step.clip),
        **STEP_PENALTIES,
        "at real or at generated images": [
            penalised(between=lambda e, real, fake: real),
            penalised(between=lambda e, real, fake: fake),
        ],
        "λ in the log": wgan_gp(
            penalty=lambda self, *images: self.see(penalty()(self.critic, *images, self.seed_generator)),
            see=lambda self, paid: setattr(self, "paid", paid) or paid,
            logs=lambda self, real: Step.logs(self, real) | {"gradient_penalty": self.penalty_weight * self.paid},
        ),
        "ε per pixel or channel": penalised(epsilon=uniform(8, 1, 1, 3)),
    },
}
