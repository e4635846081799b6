"""Checks of lesson 01: a loss with smoothed labels, and the step of a GAN."""

import numpy as np
from keras import ops

from wgan_utils.exercises.answers import (
    BATCH,
    FAKE,
    RATE,
    REAL,
    START,
    Answer,
    compare,
    linear_critic,
    loss,
    require,
    take_step,
)
from wgan_utils.gan.losses import gan_discriminator_loss


def exercise_2(smooth_discriminator_loss: Answer) -> str:
    """Some logits, also such at which a naive formula overflows."""
    real, fake, far = ops.array([[2.0], [0.5]]), ops.array([[-1.0], [0.25]]), ops.array([[-100.0], [-100.0]])
    several = (real, fake, 1.0), (real, fake), (far, -far)
    sure, smooth, edge = (loss(smooth_discriminator_loss(*logits)) for logits in several)
    plain, swapped = float(gan_discriminator_loss(real, fake)), float(gan_discriminator_loss(fake, real))
    aim = plain + 0.1 * float(ops.mean(real))
    mistakes = {
        "Your label is always 0.9: use `label`.": aim,
        "Add the two means, do not halve them.": plain / 2,
        "Take means over the batch, not sums.": 2 * plain,
        "The sign of the loss is turned.": -plain,
        "Your labels are swapped: real is 1, generated is 0.": swapped,
    }
    compare(sure, plain, mistakes, "With label 1 it is not the lesson's loss.")
    mistakes = {"You smooth the label of generated images too.": aim - 0.1 * float(ops.mean(fake))}
    compare(smooth, aim, mistakes, "The label 0.9 is not used rightly.")
    require(np.isfinite(edge), "Your loss overflows at logits of ±100: use `tf.nn.softplus`.")
    return "Right, also at logits of ±100."


def exercise_3(MyGAN: Answer) -> str:
    """One step with a linear discriminator, whose gradients are known."""
    offset, real = 0.5, REAL[:, :1]
    model, _ = take_step(MyGAN, linear_critic(offset), real=real, name="discriminator")
    images, fake, start = real.reshape(BATCH, -1), FAKE.ravel(), START.ravel()
    discriminator, generator = (int(o.iterations) for o in (model.discriminator_optimizer, model.generator_optimizer))
    apply = "`self.{}_optimizer.apply(gradients, weights)`."
    require(discriminator, f"The discriminator is never updated: {apply.format('discriminator')}")
    require(generator, f"The generator is never updated: {apply.format('generator')}")
    require(discriminator == 1, "The discriminator is updated more than once: take one loss of both kinds of images.")
    require(generator == 1, "The generator is updated more than once: once a step.")
    sure_real, sure_fake = sigmoid(images @ start + offset), sigmoid(fake @ start + offset)
    of_real, of_fake = np.mean((sure_real - 1)[:, None] * images, axis=0), sure_fake * fake
    moved = model.discriminator.get_weights()[0].ravel() - start
    shifted = (ops.convert_to_numpy(model.generator.weights[1]) - fake) / RATE
    early = (1 - sure_fake) * start  # where the discriminator at the start sends the generator
    first = np.allclose(shifted, early, 1e-4) and not np.allclose(-moved / RATE, of_real + of_fake, 1e-4)
    require(not first, "The generator is updated before the discriminator.")
    mistakes = {
        "The sign of the discriminator's loss is turned.": -of_real - of_fake,
        "The discriminator's loss has sums over the batch: take means.": BATCH * (of_real + of_fake),
        "Add the two means of the discriminator's loss, do not halve them.": (of_real + of_fake) / 2,
        "The discriminator's loss lacks the generated images.": of_real,
        "The discriminator's loss lacks the real images.": of_fake,
        "The labels are swapped: real is 1, generated is 0.": of_real + images.mean(axis=0) + of_fake - fake,
        "The discriminator's loss needs the softplus of the logits.": fake - images.mean(axis=0),
    }
    wrong = "The discriminator ends at other weights than the two losses of the lesson give."
    compare(-moved / RATE, of_real + of_fake, mistakes, wrong)
    end, shift = start + moved, offset - RATE * (np.mean(sure_real - 1) + sure_fake)
    late = sigmoid(fake @ end + shift)
    mistakes = {
        "The sign of the generator's loss is turned.": (late - 1) * end,
        "The generator answers the discriminator as it was before its update.": early,
        "The generator minimises log(1 − D): take −log D, the label 1.": late * end,
        "The generator minimises the discriminator's loss: it needs a loss of its own.": -late * end,
        "The generator's loss has a sum over the batch: take the mean.": BATCH * (1 - late) * end,
        "The generator's loss needs the softplus of the logits.": end,
    }
    compare(shifted, (1 - late) * end, mistakes, "The generator ends at other weights than −log D gives.")
    return "Right: one update of the discriminator on both kinds of images, then one of the generator."


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The probability of a logit."""
    return 1 / (1 + np.exp(-a))
