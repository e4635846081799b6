"""Checks of lesson 04: both Wasserstein losses, the gradient penalty, and the step of a WGAN-GP."""

import keras
import numpy as np
from keras import ops

from wgan_utils.exercises.answers import (
    BARE_ROOT,
    LATENT,
    PENALTIES,
    WGAN,
    Answer,
    check_step,
    compare,
    gradients,
    loss,
    networks,
    read_epsilon,
    real_images,
    require,
    several,
)
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
    """Images that show ε, and a critic that notes where it is asked; then one that is constant."""
    (critic, generator, events), n, drawn = networks(), 201, []
    real = ops.convert_to_tensor(real_images(n, 1)[:, 0])
    fake = generator(np.random.default_rng(0).normal(size=(n, LATENT)).astype("float32"))
    for seed in (1, keras.random.SeedGenerator(2), keras.random.SeedGenerator(3)):
        events.clear()
        paid = loss(gradient_penalty(critic, real, fake, seed=seed))
        require(events, "Your penalty never asks the critic.")
        require(all(training for _, training, _ in events), "Call the critic with `training=True`.")
        points = np.concatenate([images for *_, (images,) in events])
        drawn.append(read_epsilon(points, {0}))
        slopes = gradients(critic, points)
        right, *mistakes = ((message, float(wrong(slopes))) for message, wrong in PENALTIES.items())
        mistakes.append(("Your penalty is ten times too large: leave λ out.", 10 * right[1]))
        compare(paid, right[1], dict(mistakes), f"Your penalty is {paid:.4f}, not the mean of (norm − 1)².")
    require(not np.array_equal(drawn[1], drawn[2]), "Your ε are the same at every call: draw them, with `seed`.")
    centred = np.concatenate(drawn) - 0.5
    # A right answer fails once in two million times.
    errors = abs(centred.mean()) / 0.2887, abs(np.mean(centred**2) - 1 / 12) / 0.0745
    require(max(errors) < 5.2 / np.sqrt(centred.size), "Your ε are not drawn from U(0, 1).")

    def taught() -> list[np.ndarray]:
        _, _, parts = value_and_gradients(lambda: (gradient_penalty(critic, real, fake, seed=1), {}), weights)
        return [ops.convert_to_numpy(part) for part in parts]

    weights = critic.trainable_variables
    require(np.any(taught()[0]), "Your penalty has no gradient and teaches nothing: keep to `ops` or TensorFlow.")
    critic.set_weights([0 * weight for weight in critic.get_weights()])
    require(all(np.isfinite(part).all() for part in taught()), BARE_ROOT)
    return "Right: one ε an image, from U(0, 1); norms per image; finite everywhere."


def exercise_4(MyWGANGP: Answer) -> str:
    """Two compiled steps, and one with a constant critic."""
    logged = ["real_score", "fake_score", "gradient_penalty", "generator_loss"]
    check_step(MyWGANGP, WGAN, logged, penalty_weight=3.0)
    return "Right: other real images for every critic update, the penalty in its loss, then one generator update."
