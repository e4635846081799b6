"""Bugs in the gradient penalty: where it is measured, and what of."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

import wgan_utils as wu
from examples.what_breaks.toy import Measured, linear_critic, network, two_clouds
from wgan_utils.gan.backend import value_and_gradients


def measure_epsilon(wrong: bool) -> Measured:
    """Draw the points between 300 pairs; the wrong ways are one ε a coordinate, one a batch, and one from N(0, 1)."""
    real, fake = two_clouds(300)
    real[:, 1] += 1.5 * np.sign(real[:, 1])
    rng = np.random.default_rng(1)
    if wrong:
        epsilon = {
            "one a coordinate": rng.uniform(size=real.shape),
            "one a batch": np.full(real.shape, rng.uniform()),
            "from N(0, 1)": np.repeat(rng.standard_normal((len(real), 1)), 2, axis=1),
        }
    else:
        epsilon = {"one an image, from U(0, 1)": np.repeat(rng.uniform(size=(len(real), 1)), 2, axis=1)}
    between = {name: e * real + (1 - e) * fake for name, e in epsilon.items()}
    return {"real": real, "fake": fake, "between": between}


def check_epsilon(measured: Measured) -> None:
    """Recover each point's weight in each coordinate: equal within an image, other in the next, from 0 to 1."""
    real, fake = measured["real"], measured["fake"]
    for between in measured["between"].values():
        epsilon = (between - fake) / (real - fake)
        assert np.allclose(epsilon, epsilon[:, :1], atol=1e-3), "Your penalty has one ε for every pixel."
        assert np.std(epsilon[:, 0]) > 0.1, "Your penalty has one ε for the whole batch."
        assert epsilon.min() > -1e-3, "Your ε leaves the line between the images: draw it from U(0, 1)."
        assert epsilon.max() < 1 + 1e-3, "Your ε leaves the line between the images: draw it from U(0, 1)."


def measure_root(wrong: bool) -> Measured:
    """Take six steps from a critic that starts as a constant; the wrong root has an infinite derivative at 0."""
    keras.utils.set_random_seed(0)
    real, fake = map(ops.convert_to_tensor, two_clouds(64))
    critic = network(2, 1)
    critic.layers[-1].set_weights([np.zeros((32, 1)), np.zeros(1)])
    optimizer = keras.optimizers.Adam(0.02)
    inside = 0.0 if wrong else wu.losses.NORM_EPSILON

    def loss() -> tuple[Any, dict]:
        gradient = wu.input_gradient(critic, (real + fake) / 2, critic.variables)
        norm = ops.sqrt(ops.sum(gradient**2, axis=1) + inside)
        value = wu.losses.wasserstein_critic_loss(critic(real), critic(fake))
        return value + 10 * ops.mean((norm - 1) ** 2), {}

    losses, largest = [], []
    for _ in range(6):
        value, _, gradients = value_and_gradients(loss, critic.trainable_variables, critic.variables)
        losses.append(float(value))
        largest.append(max(float(ops.max(ops.abs(g))) if np.all(np.isfinite(g)) else np.nan for g in gradients))
        optimizer.apply(gradients, critic.trainable_variables)
    return {"loss": np.array(losses), "largest gradient": np.array(largest)}


def check_root(measured: Measured) -> None:
    """Loss *and* gradients must be finite for a critic that is constant; the loss alone is, at first, in both cases."""
    assert np.all(np.isfinite(measured["largest gradient"])), "The gradient at a constant critic is not a number."
    assert np.all(np.isfinite(measured["loss"])), "The loss is not a number."


def measure_axes(wrong: bool) -> Measured:
    """Measure the penalty of linear critics of images; the wrong norm runs over the channels, one value a pixel."""
    images = np.random.default_rng(0).standard_normal((4, 28, 28, 1)).astype("float32")
    wanted, penalties = np.array([0.25, 0.5, 1, 2, 4, 7, 14, 28, 56]), []
    for norm in wanted:
        critic = keras.Sequential([layers.Flatten(), linear_critic(np.full(28 * 28, norm / 28))])
        gradient = ops.convert_to_numpy(wu.input_gradient(critic, images, critic.variables))
        norms = np.sqrt(np.sum(gradient**2, axis=-1 if wrong else (1, 2, 3)))
        penalties.append(np.mean((norms - 1) ** 2))
    return {"gradient norm": wanted, "penalty": np.array(penalties)}


def check_axes(measured: Measured) -> None:
    """The gradient norm of f(x) = w·x is ‖w‖ at every image, so its penalty is (‖w‖ − 1)²."""
    right = (measured["gradient norm"] - 1) ** 2
    assert np.allclose(measured["penalty"], right, rtol=1e-4, atol=1e-6), (
        "Your norm is not that of an image's gradient."
    )


def measure_whole_batch(wrong: bool) -> Measured:
    """Measure the penalty of f(x) = w·x with ‖w‖ = 3 at several batch sizes; the wrong norm is one for the batch."""
    critic = linear_critic(np.array([2.0, -1.0, 2.0]))
    sizes, penalties = 2 ** np.arange(9), []
    for n in sizes:
        points = np.random.default_rng(0).standard_normal((n, 3)).astype("float32")
        gradient = ops.convert_to_numpy(wu.input_gradient(critic, points, critic.variables))
        norms = np.sqrt(np.sum(gradient**2, axis=None if wrong else 1))
        penalties.append(np.mean((norms - 1) ** 2))
    return {"batch size": sizes, "penalty": np.array(penalties)}


def check_whole_batch(measured: Measured) -> None:
    """A linear critic has one gradient norm everywhere, ‖w‖ = 3: the penalty is (3 − 1)² = 4 whatever the batch."""
    assert np.allclose(measured["penalty"], 4.0, atol=1e-4), "Your norm is one for the whole batch."


def measure_batch_norm(wrong: bool) -> Measured:
    """Measure how far the score of image i moves with image j; the wrong critic has BatchNorm, the right LayerNorm."""
    keras.utils.set_random_seed(0)
    normalise = layers.BatchNormalization if wrong else layers.LayerNormalization
    critic = network(2, 1, middle=(normalise,))
    points = np.concatenate(two_clouds(4))
    rows = []
    for i in range(len(points)):

        def one_score(inputs: Any, i: int = i) -> Any:
            return critic(inputs, training=True)[i : i + 1]

        rows.append(ops.convert_to_numpy(wu.input_gradient(one_score, points, critic.variables)))
    return {"influence": np.linalg.norm(np.stack(rows), axis=2)}


def check_batch_norm(measured: Measured) -> None:
    """The penalty needs one gradient an image, so no image's score may depend on another image."""
    influence = measured["influence"]
    others = influence[~np.eye(len(influence), dtype=bool)]
    assert others.max() == 0, "Your critic mixes the images of a batch: no BatchNorm under a gradient penalty."


def measure_dropout(wrong: bool) -> Measured:
    """Score the same 200 points twice, as the loss and the penalty do; the wrong critic has dropout."""
    keras.utils.set_random_seed(0)
    critic = network(2, 1, middle=(lambda: layers.Dropout(0.3, seed=1),) if wrong else ())
    points = np.concatenate(two_clouds(100))
    first, second = (ops.convert_to_numpy(critic(points, training=True)).ravel() for _ in range(2))
    return {"first": first, "second": second, "points": points}


def check_dropout(measured: Measured) -> None:
    """Loss and penalty speak of one function; who wants dropout in a critic does without this."""
    same = np.allclose(measured["first"], measured["second"], atol=1e-6)
    assert same, "Your critic is another function at each pass: its dropout reaches the penalty."
