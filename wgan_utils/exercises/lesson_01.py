"""Checks of lesson 01: smoothed losses from logits, a simultaneous step, and the R1 penalty."""

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, loss, require
from wgan_utils.gan.backend import value_and_gradients
from wgan_utils.gan.losses import gan_discriminator_loss, gan_generator_loss


def exercise_2(smooth_discriminator_loss: Answer, logits_generator_loss: Answer) -> str:
    """Some logits, also such at which a naive formula overflows."""
    real, fake, far = ops.array([[2.0], [0.5]]), ops.array([[-1.0], [0.25]]), ops.array([[-100.0], [-100.0]])
    low, high = (loss(logits_generator_loss(logits)) for logits in (far, -far))
    require(np.isfinite([low, high]).all(), "Your loss overflows at −100.")
    require(low > high, "The sign of the generator's loss is turned.")
    require(not np.isclose(high, 10), "The generator's label stays 1.")
    require(np.isclose(low, 100), "At −100 it is 100 nats: is yours log(1 − D), or a sum?")
    several = (real, fake, 1.0), (real, fake), (far, -far)
    sure, smooth, edge = (loss(smooth_discriminator_loss(*logits)) for logits in several)
    plain, swapped = float(gan_discriminator_loss(real, fake)), float(gan_discriminator_loss(fake, real))
    aim = plain + 0.1 * float(ops.mean(real))
    mistakes = {
        "Your label is always 0.9: use `label`.": aim,
        "Add the two means, do not halve them.": plain / 2,
        "Take means over the batch, not sums.": 2 * plain,
        "The sign of the discriminator's loss is turned.": -plain,
        "Your labels are swapped: real is 1, generated is 0.": swapped,
    }
    compare(sure, plain, mistakes, "With label 1 it is not the lesson's loss.")
    mistakes = {"You smooth the label of generated images too.": aim - 0.1 * float(ops.mean(fake))}
    compare(smooth, aim, mistakes, "The label 0.9 is not used rightly.")
    require(np.isfinite(edge), "The discriminator's loss overflows.")
    return "Right: both losses, also at ±100."


def exercise_3(simultaneous_step: Answer) -> str:
    """Two tiny networks, and how far each moves against the other as it was, and as it has become."""
    rng = np.random.default_rng(0)
    z, real = (ops.array(rng.normal(size=(8, size)), "float32") for size in (3, 2))
    hidden, score, point = (layers.Dense(*size, dtype="float32") for size in ((4, "tanh"), (1,), (2,)))
    discriminator = keras.Sequential([keras.Input((2,)), hidden, score])
    generator = keras.Sequential([keras.Input((3,)), point])
    both = [*discriminator.variables, *generator.variables]
    gan = SimpleNamespace(generator=generator, critic=discriminator, variables=both)
    gan.optimizer, gan.generator_optimizer = keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5)

    def moves() -> list[np.ndarray]:  # how far both gradients lead from here
        def told_apart() -> tuple[Any, dict]:
            return gan_discriminator_loss(discriminator(real), discriminator(generator(z))), {}

        told = value_and_gradients(told_apart, discriminator.weights)
        fooled = value_and_gradients(lambda: (gan_generator_loss(discriminator(generator(z))), {}), generator.weights)
        return [-0.5 * ops.convert_to_numpy(gradients[0]) for _, _, gradients in (told, fooled)]

    for variable in gan.variables:
        variable.assign(rng.normal(size=variable.shape))
    start = discriminator.get_weights(), generator.get_weights()
    right, early = moves()
    simultaneous_step(gan, real, z)
    end = discriminator.get_weights(), generator.get_weights()
    generator.set_weights(start[1])
    _, late = moves()
    discriminator.set_weights(start[0])
    generator.set_weights(end[1])
    after, _ = moves()
    of_discriminator, of_generator = (new[0] - old[0] for old, new in zip(start, end, strict=True))
    require(np.any(of_discriminator), "Your discriminator does not move: apply its gradients.")
    require(np.any(of_generator), "Your generator does not move.")
    mistakes = {
        "The sign of the discriminator's loss is turned.": -right,
        "The discriminator met the generator after its update.": after,
    }
    wrong = "The discriminator's gradient is another: is it of real, and of generated images?"
    compare(of_discriminator, right, mistakes, wrong)
    mistakes = {"Your step alternates.": late, "The sign of the generator's loss is turned.": -early}
    compare(of_generator, early, mistakes, "The generator's gradient is another: use `z`.")
    return "Right: both answer the other as it was."


def exercise_4(r1_penalty: Answer) -> str:
    """Lesson 01 counts the whole mean squared norm, lesson 05 half of it."""
    check_squared_norms(r1_penalty, 1)
    return "Right: 1² + 2² + 2² = 9, for every image."


def check_squared_norms(penalty: Answer, factor: float) -> None:
    """Check a function for factor · E‖∇f(x)‖² at a plane of slope 3, and at a bowl whose gradient is the image."""
    slope = np.array([[[1], [2]], [[2], [0]]], "float32")
    images = np.random.default_rng(0).normal(size=(5, 2, 2, 1)).astype("float32")
    x, axes, half = ops.convert_to_tensor(images), (1, 2, 3), "no factor ½" if factor == 1 else "a factor ½"
    plane = loss(penalty(lambda v, training=False: ops.sum(v * slope, axes), x))
    mistakes = {
        f"Here R1 has {half}.": 9 * (1.5 - factor),
        "R1 squares the norm: no root.": 3 * factor,
        "(norm − 1)² is WGAN-GP's penalty: R1 wants slope 0.": 4 * factor,
        "You took a mean over the pixels: sum them.": 9 / 4 * factor,
        f"You took a mean over the pixels: sum them; and R1 has {half}.": 9 / 4 * (1.5 - factor),
        "Your sum runs over the batch: take a mean there.": 45 * factor,
    }
    compare(plane, 9 * factor, mistakes, f"A slope of (1, 2, 2, 0) costs {9 * factor}, not {plane:.3g}.")
    squares = np.sum(images**2, axis=axes)
    mistakes = {
        "Square each image's norm by itself, then take the mean.": factor * np.sqrt(squares).mean() ** 2,
        "Square before you take the mean.": factor * np.sum(images.mean(axis=0) ** 2),
    }
    bowl = loss(penalty(lambda v, training=False: ops.sum(v * v, axes) / 2, x))
    compare(bowl, factor * squares.mean(), mistakes, "Not at the real images.")
