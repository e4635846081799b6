"""Checks of lesson 01: a loss with smoothed labels, and the step of a GAN."""

from keras import ops

from wgan_utils.exercises.answers import GAN, Answer, check_step, compare, loss
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
    # Real images that are surely generated cost 0.9 · 100, and generated ones that are surely real 100.
    compare(edge, 190, {}, "Your loss is not right at logits of ±100: use `tf.nn.softplus`, not a logarithm.")
    return "Right, also at logits of ±100."


def exercise_3(MyGAN: Answer) -> str:
    """Two compiled steps."""
    check_step(MyGAN, GAN, ["discriminator_loss", "generator_loss"], "discriminator", updates=1)
    return "Right: one update of the discriminator on both kinds of images, then one of the generator."
