"""Checks of lesson 04: both Wasserstein losses, the gradient penalty, and the step of a WGAN-GP."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, check_penalised_step, compare, loss, require, several
from wgan_utils.gan.backend import value_and_gradients


def exercise_2(wasserstein_losses: Answer) -> str:
    """Mean scores of 3 and 0.5, and the other way round."""
    high, low = ops.array([[2.0], [4.0]]), ops.array([[1.0], [0.0]])
    critic, generator = several(wasserstein_losses(high, low), 2, loss)
    mistakes = {"The sign of the critic's loss is turned.": 2.5, "Use means over the batch.": -5}
    compare(critic, -2.5, mistakes, "The critic's loss is minus the estimate: −2.5.")
    mistakes = {
        "The sign of the generator's loss is turned.": 0.5,
        "Use means over the batch.": -1,
        "Real scores are not the generator's.": 2.5,
    }
    compare(generator, -0.5, mistakes, "The generator's loss is minus the mean score of its images: −0.5.")
    critic, generator = several(wasserstein_losses(low, high), 2, loss)
    compare(critic, 2.5, {"An estimate may be negative, too.": -2.5}, "The critic's loss is minus the estimate.")
    require(np.isclose(generator, -3), "The generator's loss is a mean, and nothing more.")
    return "Right: the critic's loss moves the two mean scores apart, the generator's raises its own."


def exercise_3(gradient_penalty: Answer) -> str:
    """Between ones and threes ε can be seen: x̂ = 3 − 2ε."""
    shape, axes = (64, 4, 4, 1), (1, 2, 3)
    seen, real, fake = [], ops.ones(shape), 3 * ops.ones(shape)

    def bowl(pictures: Any, training: bool = False) -> Any:  # its gradient is the picture
        seen.append(ops.convert_to_numpy(pictures))
        return ops.sum(pictures**2, axis=axes) / 2

    try:
        penalty = gradient_penalty(bowl, real, fake, seed=1)
    except (TypeError, ValueError) as error:
        require(
            "None" not in str(error), "The tape has no gradient for x̂: `tape.watch` it, and score it inside `with`."
        )
        raise
    require(seen, "Your penalty never asks the critic.")
    at, epsilon = seen[0], (3 - seen[0]) / 2
    require(at.shape == shape, f"Your points have the shape {at.shape}: an ε for each image has (n, 1, 1, 1).")
    low, high = epsilon.min(), epsilon.max()
    require(low > -0.01 or high < 1.01, "Your ε lie on both sides of [0, 1]: draw them from U(0, 1), not from N(0, 1).")
    require(low > -0.01 and high < 1.01, "Your points lie beyond both images: the shares are ε and 1 − ε.")
    require(epsilon.mean() not in (0, 1), "You ask at one kind of image: go between.")
    require(np.ptp(epsilon, axis=axes).max() < 1e-6, "You have one ε per pixel.")
    paid, norms = loss(penalty), np.linalg.norm(at.reshape(64, -1), axis=1)
    seen.clear()
    gradient_penalty(bowl, real, fake, seed=keras.random.SeedGenerator(2))
    require(np.any(seen[0] != at), "Your ε are the same at every call: draw them, with `seed`.")
    require(np.ptp(epsilon) > 0, "Your penalty has one ε for the whole batch.")

    def paid_along(axis: Any) -> float:  # with norms over these axes
        return np.mean((np.sqrt(np.sum(at**2, axis=axis)) - 1) ** 2)

    right = paid_along(axes)
    mistakes = {
        "Your norm runs over the batch.": paid_along(0),
        "Your norm runs over the batch, too.": paid_along(None),
        "Your norm runs over the channels alone: add up height and width, too.": paid_along(-1),
        "Your norm runs over the height alone.": paid_along(1),
        "Square each deviation, then take the mean.": (norms.mean() - 1) ** 2,
        "Square the deviations: (norm − 1)².": norms.mean() - 1,
        "A norm has a root: yours is its square.": np.mean((norms**2 - 1) ** 2),
        "A norm adds squares.": np.mean((np.abs(at).sum(axis=axes) - 1) ** 2),
        "Your penalty is ten times too large: leave λ out.": 10 * right,
    }
    compare(paid, right, mistakes, f"Your penalty is {paid:.4f}, not the mean of (norm − 1)².")
    critic = keras.Sequential([keras.Input(shape[1:]), layers.Flatten(), layers.Dense(1, dtype="float32")])

    def taught(weight: float) -> tuple:  # what a critic pays whose weights are all this, and the gradient for them
        critic.set_weights([np.full((16, 1), weight), np.zeros(1)])
        paid, _, gradients = value_and_gradients(
            lambda: (gradient_penalty(critic, real, fake, seed=1), {}), critic.weights
        )
        return float(paid), ops.convert_to_numpy(gradients[0])

    constant, gradient = taught(0.0)
    require(np.isfinite(gradient).all(), "The gradient at a constant critic is infinite: add 1e-12 inside the root.")
    require(np.isclose(constant, 1, atol=1e-3), "A critic of gradient norm 0 should pay 1.")
    require(np.any(taught(1.0)[1]), "Your penalty has no gradient and teaches nothing: keep to `ops` or TensorFlow.")
    return "Right: one ε an image, from U(0, 1); norms per image; finite everywhere."


def exercise_4(MyWGANGP: Answer) -> str:
    """A step with a linear critic, whose gradient norm is known; then one with a critic that tells each ε."""
    check_penalised_step(MyWGANGP)
    return "Right: other real images for every critic update, the penalty in its loss, then one generator update."
