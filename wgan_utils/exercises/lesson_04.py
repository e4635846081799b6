"""Checks of lesson 04: the gradient penalty, and both Wasserstein losses."""

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, loss, require, several
from wgan_utils.gan.backend import value_and_gradients


def exercise_3(gradient_penalty: Answer) -> str:
    """Between ones and threes ε can be seen: x̂ = 3 − 2ε."""
    seen, real, fake = [], ops.ones((64, 4, 4, 1)), 3 * ops.ones((64, 4, 4, 1))

    def bowl(pictures, training=False):  # its gradient is the picture
        seen.append(ops.convert_to_numpy(pictures))
        return ops.sum(pictures**2, axis=(1, 2, 3)) / 2

    penalty = gradient_penalty(bowl, real, fake, seed=1)
    require(seen, "Your penalty never asks the critic.")
    at, epsilon = seen[0], (3 - seen[0]) / 2
    require(at.shape == (64, 4, 4, 1), f"Your points have the shape {at.shape}: an ε for each image has (n, 1, 1, 1).")
    require(np.abs(epsilon - 0.5).max() < 0.5 + 1e-6, "Your ε leaves [0, 1], or ε and 1 − ε are not the shares.")
    require(epsilon.mean() not in (0, 1), "You ask at one kind of image: go between.")
    require(np.ptp(epsilon, axis=(1, 2, 3)).max() < 1e-6, "You have one ε per pixel.")
    require(np.ptp(epsilon) > 0, "Your penalty has one ε for the whole batch.")
    paid, norms = loss(penalty), np.linalg.norm(at.reshape(64, -1), axis=1)
    right = np.mean((norms - 1) ** 2)
    mistakes = {
        "Your norm runs over the batch.": np.mean((np.linalg.norm(at, axis=0) - 1) ** 2),
        "Your norm runs over the batch, too.": (np.linalg.norm(at) - 1) ** 2,
        "Your norm runs over the channels alone: add up height and width, too.": np.mean((np.abs(at) - 1) ** 2),
        "Square each deviation, then take the mean.": (norms.mean() - 1) ** 2,
        "Square the deviations: (norm − 1)².": norms.mean() - 1,
        "A norm has a root: yours is its square.": np.mean((norms**2 - 1) ** 2),
        "A norm adds squares.": np.mean((np.abs(at).sum(axis=(1, 2, 3)) - 1) ** 2),
        "Your penalty is ten times too large: leave λ out.": 10 * right,
    }
    compare(paid, right, mistakes, f"Your penalty is {paid:.4f}, not the mean of (norm − 1)².")
    critic = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1, dtype="float32")])

    def taught(weight: float) -> tuple:  # what a critic pays whose weights are all this, and the gradient for them
        critic.set_weights([np.full((16, 1), weight), np.zeros(1)])
        paid, _, gradients = value_and_gradients(
            lambda: (gradient_penalty(critic, real, fake, seed=1), {}), critic.weights
        )
        return float(paid), ops.convert_to_numpy(gradients[0])

    constant, gradient = taught(0.0)
    require(np.isfinite(gradient).all(), "The gradient at a constant critic is infinite.")
    require(np.isclose(constant, 1, atol=1e-3), "A critic of slope 0 should pay 1.")
    require(np.any(taught(1.0)[1]), "Your penalty has no gradient and teaches nothing: keep to `ops` or TensorFlow.")
    return "Right: one ε an image, from U(0, 1); norms per image; finite everywhere."


def exercise_4(wasserstein_losses: Answer) -> str:
    """Mean scores of 3 and 0.5, and the other way round."""
    high, low = ops.array([[2.0], [4.0]]), ops.array([[1.0], [0.0]])
    critic, generator = several(wasserstein_losses(high, low), 2, loss)
    mistakes = {"The sign of the critic's loss is turned.": 2.5, "Use means over the batch.": -5}
    compare(critic, -2.5, mistakes, "The critic's loss is minus its reading: −2.5.")
    mistakes = {
        "The sign of the generator's loss is turned.": 0.5,
        "Use means over the batch.": -1,
        "Real scores are not the generator's.": 2.5,
    }
    compare(generator, -0.5, mistakes, "The generator's loss is minus the mean score of its images: −0.5.")
    critic, generator = several(wasserstein_losses(low, high), 2, loss)
    compare(critic, 2.5, {"A reading may be negative, too.": -2.5}, "The critic's loss is minus its reading.")
    require(np.isclose(generator, -3), "The generator's loss is a mean, and nothing more.")
    return "Right: the critic pulls the scores apart, the generator raises its own."
