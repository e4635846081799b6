"""Wrong answers to lesson 01's exercises."""

import tensorflow as tf
from keras import ops

from tests.wrong_answers.steps import DRAWS, Step, made_of, wrong_steps


def smoothed(r, f, y=0.9):
    return ops.mean(y * ops.softplus(-r) + (1 - y) * ops.softplus(r)) + ops.mean(ops.softplus(f))


def fools(f):
    return ops.mean(ops.softplus(-f))


def overflowing(f):
    return ops.mean(ops.log1p(ops.exp(f)))


class GANStep(Step):
    """A right step of a GAN, in parts."""

    def clip(self, weights):
        pass

    def difference(self, real, fake):
        return fools(self.critic(real, training=True)) + self.of_fake(fake)

    def of_fake(self, fake):
        return tf.reduce_mean(tf.nn.softplus(self.critic(fake, training=True)))

    def generator_loss(self, real, fake):
        return fools(self.critic(fake, training=True))


gan = made_of(GANStep)
SHARED = (
    *("no class", "no critic update", "no generator update", "two critic updates for one", "generator first"),
    *("critic as it was", "images before the tape", "loss before the tape", "not cut", "not compiled"),
    *(*(f"latent vectors {name}" for name in DRAWS), "generator not in training", "nothing returned", "a name missing"),
)
WRONG = {
    "01.2": {
        "halved": lambda r, f, y=0.9: smoothed(r, f, y) / 2,
        "summed": lambda r, f, y=0.9: 2 * smoothed(r, f, y),
        "discriminator's sign": lambda r, f, y=0.9: -smoothed(r, f, y),
        "label fixed": lambda r, f, y=0.9: smoothed(r, f),
        "labels swapped": lambda r, f, y=0.9: smoothed(f, r, y),
        "label not used": lambda r, f, y=0.9: y * fools(r) + ops.mean(ops.softplus(f)) + 1 - y,
        "label turned": lambda r, f, y=0.9: smoothed(r, f, 1 - y),
        "both smoothed": lambda r, f, y=0.9: smoothed(r, f, y) - (1 - y) * ops.mean(f),
        "far logits": [
            lambda r, f, y=0.9: smoothed(r, f, y) - ops.mean(ops.softplus(f)) + overflowing(f),
            lambda r, f, y=0.9: smoothed(ops.clip(r, -50, 50), ops.clip(f, -50, 50), y),
        ],
    },
    "01.3": {
        **{name: wrong for name, wrong in wrong_steps(gan).items() if name in SHARED},
        "generator twice": gan(order=lambda self: "cgg"),
        "discriminator's sign": gan(critic_loss=lambda self, *images: -self.difference(*images)),
        "discriminator's sums": gan(critic_loss=lambda self, *images: 8 * self.difference(*images)),
        "halved": gan(critic_loss=lambda self, *images: self.difference(*images) / 2),
        "real images alone": gan(critic_loss=lambda self, real, fake: GANStep.generator_loss(self, fake, real)),
        "generated images alone": gan(critic_loss=lambda self, real, fake: self.of_fake(fake)),
        "labels swapped": gan(critic_loss=lambda self, real, fake: self.difference(fake, real)),
        "scores": gan(critic_loss=Step.difference),
        "generator's sign": gan(generator_loss=lambda *images: -GANStep.generator_loss(*images)),
        "log(1 − D)": gan(generator_loss=lambda self, real, fake: -self.of_fake(fake)),
        "one loss": gan(generator_loss=lambda self, real, fake: self.of_fake(fake)),
        "generator's sum": gan(generator_loss=lambda *images: 8 * GANStep.generator_loss(*images)),
        "generator's score": gan(generator_loss=Step.generator_loss),
    },
}
