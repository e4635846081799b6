"""Wrong answers to lesson 01's exercises."""

import numpy as np
from keras import ops

import wgan_utils as wu


def smoothed(r, f, y=0.9):
    return ops.mean(y * ops.softplus(-r) + (1 - y) * ops.softplus(r)) + ops.mean(ops.softplus(f))


def fools(f):
    return ops.mean(ops.softplus(-f))


def overflowing(f):
    return ops.mean(ops.log1p(ops.exp(f)))


GENERATOR = {
    "generator's sign": lambda f: ops.mean(ops.softplus(f)),
    "generator overflows": lambda f: overflowing(-f),
    "log(1 − D)": lambda f: -ops.mean(ops.softplus(f)),
    "generator smoothed": lambda f: fools(f) + 0.1 * ops.mean(f),
    "no mean": lambda f: ops.softplus(-f),
    "NumPy": lambda f: np.mean(np.logaddexp(0, -f)),
}
DISCRIMINATOR = {
    "halved": lambda r, f, y=0.9: smoothed(r, f, y) / 2,
    "summed": lambda r, f, y=0.9: 2 * smoothed(r, f, y),
    "discriminator's sign": lambda r, f, y=0.9: -smoothed(r, f, y),
    "label fixed": lambda r, f, y=0.9: smoothed(r, f),
    "labels swapped": lambda r, f, y=0.9: smoothed(f, r, y),
    "label not used": lambda r, f, y=0.9: y * fools(r) + ops.mean(ops.softplus(f)) + 1 - y,
    "label turned": lambda r, f, y=0.9: smoothed(r, f, 1 - y),
    "both smoothed": lambda r, f, y=0.9: smoothed(r, f, y) - (1 - y) * ops.mean(f),
    "discriminator overflows": lambda r, f, y=0.9: smoothed(r, f, y) - ops.mean(ops.softplus(f)) + overflowing(f),
}


def step(*turns, discriminator=1, generator=1, latent=1, order=1):
    def simultaneous_step(gan, real, z):
        def told():
            logits = gan.critic(real), gan.critic(gan.generator(z))
            return discriminator * wu.losses.gan_discriminator_loss(*logits[::order]), {}

        def fooled():
            return generator * fools(gan.critic(gan.generator(latent * z))), {}

        players = {
            "D": (told, gan.critic.trainable_variables, gan.optimizer),
            "G": (fooled, gan.generator.trainable_variables, gan.generator_optimizer),
        }
        for turn in turns:
            gradients = [wu.value_and_gradients(*players[player][:2])[2] for player in turn]
            for player, gradient in zip(turn, gradients, strict=True):
                players[player][2].apply(gradient, players[player][1])

    return simultaneous_step


def squared_norms(factor):
    """Wrong answers where factor · E‖∇f(x)‖² is right, in lessons 01 and 05."""
    axes = (1, 2, 3)
    costs = {
        "factor": lambda g: (1.5 - factor) * ops.mean(ops.sum(g**2, axes)),
        "root": lambda g: factor * ops.mean(ops.sqrt(ops.sum(g**2, axes))),
        "slope 1": lambda g: factor * ops.mean((ops.sqrt(ops.sum(g**2, axes)) - 1) ** 2),
        "pixels": lambda g: factor * ops.mean(g**2),
        "pixels and factor": lambda g: (1.5 - factor) * ops.mean(g**2),
        "batch": lambda g: factor * ops.sum(g**2),
        "twice": lambda g: 3 * factor * ops.mean(ops.sum(g**2, axes)),
        "mean of norms": lambda g: factor * ops.mean(ops.sqrt(ops.sum(g**2, axes))) ** 2,
        "mean gradient": lambda g: factor * ops.sum(ops.mean(g, axis=0) ** 2),
        "no mean": lambda g: factor * ops.sum(g**2, axes),
        "NumPy": lambda g: factor * float(ops.mean(ops.sum(g**2, axes))),
    }
    return {
        name: lambda critic, images, cost=cost: cost(wu.input_gradient(critic, images)) for name, cost in costs.items()
    }


WRONG = {
    "01.2": {
        **{name: (smoothed, wrong) for name, wrong in GENERATOR.items()},
        **{name: (wrong, fools) for name, wrong in DISCRIMINATOR.items()},
    },
    "01.3": {
        "in turn": step("D", "G"),
        "generator first": step("G", "D"),
        "discriminator alone": step("D"),
        "generator alone": step("G"),
        "generator's sign": step("DG", generator=-1),
        "discriminator's sign": step("DG", discriminator=-1),
        "discriminator's images": step("DG", order=-1),
        "other latent vectors": step("DG", latent=-1),
    },
    "01.4": {
        **squared_norms(1),
        "not at the images": lambda critic, real: ops.mean(wu.input_gradient(critic, ops.zeros_like(real)) ** 2) * 4,
    },
}
