"""Wrong answers to lesson 07's exercises."""

import numpy as np
import tensorflow as tf

import wgan_utils as wu


def rule(side=min, least=4, rounded=np.floor, up=True, bare=False, turn=1):
    def layers_for(height, width):
        n = int(rounded(np.log2(side(height, width) / least)))
        maps = [-(-one // 2**n) if up else one // 2**n for one in (height, width)]
        more = [0 if bare else cells * 2**n - one for cells, one in zip(maps, (height, width), strict=True)]
        return n, tuple(maps[::turn]), tuple(more[::turn])

    return layers_for


def windows(fill=-1.0, sign=1, swapped=False, alike=False):
    def shift(images, down, right):
        if swapped:
            down, right = right, down
        height, width = images.shape[1:3]
        wide = tf.pad(images, [[0, 0], [9, 9], [9, 9], [0, 0]], constant_values=fill)
        starts = [(9 - sign * int(y), 9 - sign * int(x)) for y, x in zip(down, right, strict=True)]
        starts = starts[:1] * len(images) if alike else starts
        return tf.stack([one[y : y + height, x : x + width] for one, (y, x) in zip(wide, starts, strict=True)])

    return shift


def rolled(images, down, right):
    return tf.stack([tf.roll(one, (y, x), (0, 1)) for one, y, x in zip(images, down, right, strict=True)])


def gan(of_critic, of_generator=lambda self, fake: self.augment(fake)):
    class AugmentedGAN(wu.WGANGP):
        def augment(self, images):
            return images

        def critic_loss(self, real, fake):
            return super().critic_loss(*of_critic(self, real, fake))

        def loss_of_generated(self, fake, real=None):
            return super().loss_of_generated(of_generator(self, fake))

    return AugmentedGAN


def both(self, real, fake):
    return self.augment(real), self.augment(fake)


class BarePenalty(gan(both)):
    def critic_loss(self, real, fake):
        loss, logs = wu.WGAN.critic_loss(self, self.augment(real), self.augment(fake))
        penalty = wu.losses.gradient_penalty(self.critic, real, fake, self.seed_generator)
        return loss + self.penalty_weight * penalty, logs | {"gradient_penalty": penalty}


class Alone(gan(both)):
    def critic_loss(self, real, fake):
        return super().critic_loss(real, fake)[0]


class Turned(gan(both)):
    def loss_of_generated(self, fake, real=None):
        return -super().loss_of_generated(fake, real)


WRONG = {
    "07.2": {
        "longer side": rule(side=max),
        "nearest whole number": rule(rounded=np.round),
        "8 left": rule(least=8),
        "2 left": rule(least=2),
        "map rounded down": rule(up=False),
        "nothing padded": rule(bare=True),
        "swapped": rule(turn=-1),
        "n alone": lambda height, width: 3,
        "five numbers": lambda height, width: (3, (6, 6), (0, 0)),
    },
    "07.3": {
        "rolled": rolled,
        "grey": windows(fill=0.0),
        "other way": windows(sign=-1),
        "swapped": windows(swapped=True),
        "alike": windows(alike=True),
        "cut": lambda images, down, right: windows()(images, down, right)[:, 1:],
        "white": windows(fill=1.0),
        "NumPy": lambda images, down, right: windows()(images, down, right).numpy(),
    },
    "07.4": {
        "no class of the library": type("AugmentedGAN", (), {}),
        "leaks": gan(lambda self, real, fake: (self.augment(real), fake)),
        "generated alone": gan(lambda self, real, fake: (real, self.augment(fake))),
        "none": wu.WGANGP,
        "twice": gan(lambda self, real, fake: both(self, *both(self, real, fake))),
        "bare penalty": BarePenalty,
        "loss alone": Alone,
        "swapped": gan(lambda self, real, fake: both(self, fake, real)),
        "generator as it is": gan(both, lambda self, fake: fake),
        "no gradient": gan(both, lambda self, fake: tf.stop_gradient(self.augment(fake))),
        "sign": Turned,
        "generator twice": gan(both, lambda self, fake: self.augment(self.augment(fake))),
    },
}
