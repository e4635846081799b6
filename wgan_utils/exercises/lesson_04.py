"""Checks of lesson 04: both Wasserstein losses, the gradient penalty, and the step of a WGAN-GP."""

from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, loss, require, several
from wgan_utils.exercises.steps import BATCH, FAKE, OFFSET, RATE, REAL, START, check_moves, linear_critic, take_step
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
    λ = 3.0

    def update(w: np.ndarray, change: np.ndarray, weight: float = λ, axes: Any = (1, 2, 3)) -> np.ndarray:
        gradients = np.broadcast_to(w, (BATCH, *w.shape))
        norms = np.sqrt(np.sum(gradients**2, axis=axes, keepdims=True))
        of_penalty = np.sum(2 * (norms - 1) * gradients / norms, axis=0) / norms.size
        return w + RATE * (change - weight * of_penalty)

    model, logs = take_step(MyWGANGP, linear_critic(), penalty_weight=λ)
    clipped = model.critic.get_weights()[1] < OFFSET - 1
    require(not clipped, "You clip the weights, too: the penalty takes clipping's place.")
    *earlier, last = REAL.mean(axis=0) - FAKE
    w = START + RATE * np.sum(earlier, axis=0)  # before the last update, if no penalty acts
    total = λ * (np.linalg.norm(w) - 1) ** 2 - np.vdot(w, last)
    absent = "The penalty is not in the critic's loss, or is computed outside `with`."
    if any(np.isclose(float(value), total) for value in logs.values()):
        absent = "The penalty has no gradient: compute it inside `with`, in TensorFlow or `ops`."
    mistakes = {
        absent: partial(update, weight=0),
        "The penalty is not multiplied by λ, `self.penalty_weight`.": partial(update, weight=1),
        "Your λ is always 10: use `self.penalty_weight`.": partial(update, weight=10),
        "The penalty is subtracted: add it to the critic's loss.": partial(update, weight=-λ),
        "The penalty's norm runs over the batch.": partial(update, axes=0),
        "The penalty's norm runs over the batch, too.": partial(update, axes=None),
        "The penalty's norm runs over the channels alone.": partial(update, axes=-1),
        "The penalty's norm leaves out the channels.": partial(update, axes=(1, 2)),
    }
    check_moves(model, update, mistakes)
    epsilon = find_epsilon(MyWGANGP, λ)
    require(np.isfinite(epsilon).all(), "Your weights become NaN: add 1e-12 inside the root of the norm.")
    require(epsilon.max() > 0.01, "The penalty is taken at generated images alone: go between, by ε.")
    require(epsilon.min() < 0.99, "The penalty is taken at real images alone: go between, by ε.")
    require(np.ptp(epsilon) > 0.01, "The penalty has one ε for all images.")
    require(epsilon.max() < 1.01, "The penalty's points do not lie between both images: draw ε from U(0, 1).")
    return "Right: other real images for every critic update, the penalty in its loss, then one generator update."


def find_epsilon(answer: Answer, λ: float) -> np.ndarray:
    """Return |ε| of each image, by a step with f(x) = Σ wx²; real image i has only pixel i, generated ones are 0."""
    w, shape = 100.0, (4, 4, 1)
    image = keras.Input(shape)
    squares = layers.Multiply(dtype="float32")([layers.Flatten(dtype="float32")(image)] * 2)
    critic = keras.Model(image, layers.Dense(1, use_bias=False, dtype="float32")(squares))
    critic.set_weights([np.full((16, 1), w)])
    real = np.eye(16, dtype="float32").reshape(16, 1, *shape)
    take_step(answer, critic, np.zeros(shape, "float32"), real, penalty_weight=λ)
    # At x̂ the gradient has one entry, g = 2wε. The loss pulls at its weight by 2λ(g − 1)g/w − 1, over the batch of 16.
    pull = 16 * (w - critic.get_weights()[0]) / RATE
    return (0.5 + np.sqrt(np.maximum(0.25 + (pull + 1) * w / (2 * λ), 0))) / (2 * w)
