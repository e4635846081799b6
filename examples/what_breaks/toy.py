"""What the bugs are shown on: small clouds of points, small networks, a critic between clouds that stand still."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

import wgan_utils as wu
from wgan_utils import labs
from wgan_utils.gan.backend import compiled, value_and_gradients

Measured = dict[str, Any]


def network(inputs: int, outputs: int, hidden: int = 32, middle: tuple = ()) -> keras.Model:
    """Make a multilayer perceptron from points of one dimension to points of another.

    Args:
        inputs: dimensions of a point.
        outputs: likewise.
        hidden: units in each of two layers with ReLU.
        middle: makers of layers to put before each ReLU.
    """
    stack: list = [keras.Input((inputs,))]
    for _ in range(2):
        stack += [layers.Dense(hidden), *(make() for make in middle), layers.ReLU()]
    return keras.Sequential([*stack, layers.Dense(outputs)])


def linear_critic(weights: np.ndarray) -> keras.Model:
    """Make f(x) = w·x, whose gradient norm is the length of w wherever you look."""
    critic = keras.Sequential([keras.Input((len(weights),)), layers.Dense(1, use_bias=False)])
    critic.set_weights([np.asarray(weights, "float32")[:, np.newaxis]])
    return critic


def two_clouds(n: int, seed: int = 0, apart: float = 4.0, dimensions: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Draw two Gaussian clouds of spread ½ whose distance is exactly `apart`: float32 (n, dimensions) each."""
    rng = np.random.default_rng(seed)
    real, fake = (0.5 * rng.standard_normal((n, dimensions)).astype("float32") for _ in range(2))
    real[:, 0] += apart / 2
    fake[:, 0] -= apart / 2
    return real, fake


def train_critic(
    critic: keras.Model,
    batches: Callable[[int], tuple[np.ndarray, np.ndarray]],
    steps: int,
    penalty_weight: float = 0.0,
    after: Callable[[int], Any] = lambda step: None,
    optimizer: keras.Optimizer | None = None,
    loss_of: Callable[[Any, Any], Any] = wu.losses.wasserstein_critic_loss,
) -> list[Any]:
    """Train a critic between clouds, and collect what `after(step)` returns after each update.

    Args:
        critic: maps points to scores.
        batches: step → real and generated points, of the same shape at every step.
        steps: updates.
        penalty_weight: λ of the gradient penalty; 0 leaves it out.
        after: called after each update.
        optimizer: of the critic; Adam at 2e-3 if None.
        loss_of: real and generated scores → loss.
    """
    optimizer = optimizer or keras.optimizers.Adam(2e-3, beta_1=0.5, beta_2=0.9)
    optimizer.build(critic.trainable_variables)
    seed = keras.random.SeedGenerator(0)

    def update(real: Any, fake: Any) -> Any:
        def loss() -> tuple[Any, dict]:
            value = loss_of(critic(real, training=True), critic(fake, training=True))
            if penalty_weight:
                value = value + penalty_weight * wu.losses.gradient_penalty(critic, real, fake, seed)
            return value, {}

        _, _, gradients = value_and_gradients(loss, critic.trainable_variables, [*critic.variables, seed.state])
        optimizer.apply(gradients, critic.trainable_variables)

    run, collected = compiled(update), []
    for step in range(steps):
        run(*map(ops.convert_to_tensor, batches(step)))
        collected.append(after(step))
    return collected


def estimate(critic: Callable, real: np.ndarray, fake: np.ndarray) -> float:
    """Return what the critic says the distance is: mean score of real points minus that of generated ones."""
    return labs.estimate(critic, real, fake)
