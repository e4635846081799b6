"""Critics between two clouds of points that stand still: small networks, trained in seconds, to see what they learn.

A GAN's critic chases a generator. Here nothing moves but the critic, so that what it ends with can be held against the
exact answer: the optimal discriminator, the transport distance, the direction of the transport.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import input_gradient
from wgan_utils.labs.critic_trainer import CONSTRAINTS, CriticTrainer

_trainer = functools.lru_cache(maxsize=32)(CriticTrainer)


def fit_critic(
    real: np.ndarray,
    fake: np.ndarray,
    constraint: str = "gradient_penalty",
    strength: float = 10.0,
    hidden: Sequence[int] = (64, 64),
    steps: int = 500,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    optimizer: str = "adam",
    paired: bool = False,
    seed: int = 0,
    epsilon: float = 1e-8,
) -> keras.Model:
    """Train a critic between two clouds of points that stand still.

    Args:
        real: points, shape (n, d).
        fake: points of the other cloud, shape (m, d).
        constraint: what keeps the critic in bounds, one of `CONSTRAINTS`.
        strength: how strongly, see `CONSTRAINTS`.
        hidden: units of each hidden layer, ReLU between them.
        steps: updates; 0 leaves the initial weights, within the constraint's bounds.
        batch_size: points of each cloud in an update, drawn with replacement.
        learning_rate: of the optimizer, which falls in three steps to a tenth over the last half.
        optimizer: "adam"; or "rmsprop", the paper's.
        paired: draw row i of `real` together with row i of `fake`, for a penalty between chosen partners; by default
            partners are random.
        seed: fixes initial weights and batches.
        epsilon: RMSProp's, outside of the root; the paper's by default.

    Returns:
        The critic: maps points (n, d) to scores (n, 1), logits for a discriminator.

    Raises:
        ValueError: an unknown constraint or optimizer, or clouds that do not fit.
    """
    real, fake = (np.asarray(points, np.float32) for points in (real, fake))
    if constraint not in CONSTRAINTS or optimizer not in ("adam", "rmsprop"):
        known = f"constraint must be one of {', '.join(CONSTRAINTS)}, optimizer adam or rmsprop"
        raise Refused(f"{known}; not {constraint}, {optimizer}.")
    if real.ndim != 2 or real.shape[1:] != fake.shape[1:] or (paired and len(real) != len(fake)):
        raise Refused(f"Clouds must be (n, d) and (m, d), with n = m where paired, not {real.shape}, {fake.shape}.")
    trainer = _trainer(constraint, real.shape, fake.shape, tuple(hidden), batch_size, optimizer, paired, epsilon)
    return trainer.fit(real, fake, strength, steps, learning_rate, seed)


def estimate(critic: Callable, real: np.ndarray, fake: np.ndarray) -> float:
    """Return the critic's estimate of the distance: mean score of real points minus that of generated ones."""
    return float(np.mean(scores(critic, real)) - np.mean(scores(critic, fake)))


def scores(critic: Callable, points: np.ndarray) -> np.ndarray:
    """Return what a critic makes of each point: float32 of shape (n,)."""
    return ops.convert_to_numpy(critic(ops.convert_to_tensor(np.asarray(points, np.float32)))).ravel()


def probabilities(discriminator: Callable, points: np.ndarray) -> np.ndarray:
    """Return how sure a discriminator is that each point is real: the sigmoid of its logits, float32 of shape (n,)."""
    return ops.convert_to_numpy(ops.sigmoid(scores(discriminator, points)))


def gradients(critic: Callable, points: np.ndarray) -> np.ndarray:
    """Return the critic's gradient at each point: float32 of the points' shape (n, d)."""
    return ops.convert_to_numpy(input_gradient(critic, np.asarray(points, np.float32)))


def cosine(critic: Callable, points: np.ndarray, ways: np.ndarray) -> float:
    """Return the mean cosine between the critic's gradient at each point and the way that it should go.

    Args:
        critic: a function from points (n, d) to scores.
        points: where, shape (n, d).
        ways: from each point to its partner, shape (n, d).
    """
    there = gradients(critic, points)
    lengths = np.linalg.norm(there, axis=1) * np.linalg.norm(ways, axis=1)
    return float(np.mean(np.sum(there * ways, axis=1) / (lengths + 1e-12)))


def gradient_norms_between(critic: Callable, starts: np.ndarray, ends: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return the critic's gradient norm at a random point of the line between each pair, and its part along that line.

    Args:
        critic: a function from points (n, d) to scores.
        starts: points, shape (n, d).
        ends: their partners, shape (n, d).
        seed: of the places on the lines, from U(0, 1).

    Returns:
        The norm of the gradient, and its component from start to end: float64 (2, n).
    """
    ways = np.asarray(ends, float) - starts
    weight = np.random.default_rng(seed).random((len(ways), 1))
    there = gradients(critic, starts + weight * ways)
    along = np.sum(there * ways, axis=1) / (np.linalg.norm(ways, axis=1) + 1e-12)
    return np.stack([np.linalg.norm(there, axis=1), along])


def batch_sensitivity(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Measure how strongly each image of a batch moves the score of each, in training mode.

    Args:
        network: maps a batch of images to scores (n, 1).
        images: floats, shape (n, ...).

    Returns:
        The norm of the gradient of image i's score for image j: float32 (n, n). Off its diagonal it is 0 unless the
        network mixes the images of a batch.
    """

    def score(pictures: Any, i: int) -> Any:
        return network(pictures, training=True)[i]

    rows = [input_gradient(functools.partial(score, i=i), images, network.variables) for i in range(len(images))]
    return np.stack([np.linalg.norm(ops.convert_to_numpy(row).reshape(len(images), -1), axis=1) for row in rows])
