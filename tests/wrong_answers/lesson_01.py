"""Wrong answers to lesson 01's exercises."""

import tensorflow as tf
from keras import ops

from tests.wrong_answers.steps import (
    Step,
    apart,
    clip_alone,
    generator_first,
    images_before_tape,
    loss_before_tape,
    one_tape,
)


def smoothed(r, f, y=0.9):
    return ops.mean(y * ops.softplus(-r) + (1 - y) * ops.softplus(r)) + ops.mean(ops.softplus(f))


def fools(f):
    return ops.mean(ops.softplus(-f))


def overflowing(f):
    return ops.mean(ops.log1p(ops.exp(f)))


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


def gan(**parts):
    return type("Answer", (GANStep,), parts)


STEPS = {
    "no class": lambda *networks: None,
    "no discriminator update": gan(update_critic=clip_alone),
    "no generator update": gan(update_generator=lambda self, real: None),
    "two discriminator updates": gan(update_critic=apart),
    "generator twice": gan(update_generator=lambda self, real: [Step.update_generator(self, real) for _ in range(2)]),
    "generator first": gan(step=generator_first),
    "one tape": gan(step=one_tape("generator", 1)),
    "discriminator's sign": gan(critic_loss=lambda self, *images: -self.difference(*images)),
    "discriminator's sums": gan(critic_loss=lambda self, *images: 4 * self.difference(*images)),
    "halved": gan(critic_loss=lambda self, *images: self.difference(*images) / 2),
    "real images alone": gan(critic_loss=lambda self, real, fake: GANStep.generator_loss(self, fake, real)),
    "generated images alone": gan(critic_loss=lambda self, real, fake: self.of_fake(fake)),
    "labels swapped": gan(critic_loss=lambda self, real, fake: self.difference(fake, real)),
    "scores": gan(critic_loss=Step.difference),
    "generator's sign": gan(generator_loss=lambda *images: -GANStep.generator_loss(*images)),
    "log(1 − D)": gan(generator_loss=lambda self, real, fake: -self.of_fake(fake)),
    "one loss": gan(generator_loss=lambda self, real, fake: self.of_fake(fake)),
    "generator's sum": gan(generator_loss=lambda *images: 4 * GANStep.generator_loss(*images)),
    "generator's score": gan(generator_loss=Step.generator_loss),
    "images before the tape": gan(update_generator=images_before_tape),
    "loss before the tape": gan(update_critic=loss_before_tape),
}


WRONG = {
    "01.2": DISCRIMINATOR,
    "01.3": STEPS,
}
