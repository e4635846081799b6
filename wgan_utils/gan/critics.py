"""Critics between two clouds of points that stand still: small networks, trained in seconds, to see what they learn.

A GAN's critic chases a generator. Here nothing moves but the critic, so that what it ends with can be held against the
exact answer: the optimal discriminator, the transport distance, the direction of the transport.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.gan import losses
from wgan_utils.gan.backend import input_gradient, value_and_gradients
from wgan_utils.gan.loops import Loop

# How a critic is kept from growing for ever, and what `strength` means there.
KINDS = {
    "discriminator": "no limit, for its loss is the GAN's cross-entropy; strength unused",
    "clipped": "every kernel and bias stays within ± strength (Arjovsky et al. 2017)",
    "penalised": "strength · E[(|∇f(x̂)| − 1)²] (Gulrajani et al. 2017, eq. 3)",
    "one_sided": "strength · E[max(0, |∇f(x̂)| − 1)²] (Petzka et al. 2018, eq. 8)",
    "spectral": "every kernel is divided by its largest singular value (Miyato et al. 2018); f times strength",
}
POWER_STEPS = 3  # of the power iteration, after each update, each from where the last one ended


def fit_critic(
    real: np.ndarray,
    fake: np.ndarray,
    kind: str = "penalised",
    strength: float = 10.0,
    hidden: Sequence[int] = (64, 64),
    steps: int = 500,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    optimizer: str = "adam",
    paired: bool = False,
    seed: int = 0,
) -> keras.Model:
    """Train a critic between two clouds of points that stand still.

    Args:
        real: points, shape (n, d).
        fake: points of the other cloud, shape (m, d).
        kind: what keeps the critic in bounds, one of `KINDS`.
        strength: how strongly, see `KINDS`.
        hidden: units of each hidden layer, ReLU between them.
        steps: updates.
        batch_size: points of each cloud in an update, drawn with replacement.
        learning_rate: of the optimizer, with a linear decay to 0 over the last half.
        optimizer: "adam" or "rmsprop".
        paired: draw row i of `real` together with row i of `fake`, for a penalty between chosen partners; by default
            partners are random.
        seed: fixes initial weights and batches.

    Returns:
        The critic: maps points (n, d) to scores (n, 1), logits for a discriminator.

    Raises:
        ValueError: an unknown kind or optimizer, or clouds that do not fit.
    """
    real, fake = (np.asarray(points, np.float32) for points in (real, fake))
    if kind not in KINDS or optimizer not in ("adam", "rmsprop"):
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, optimizer adam or rmsprop; not {kind}, {optimizer}.")
    if real.ndim != 2 or real.shape[1:] != fake.shape[1:] or (paired and len(real) != len(fake)):
        raise ValueError(f"Clouds must be (n, d) and (m, d), with n = m where paired, not {real.shape}, {fake.shape}.")
    trainer = _trainer(kind, real.shape, fake.shape, tuple(hidden), batch_size, optimizer, paired)
    return trainer.fit(real, fake, strength, steps, learning_rate, seed)


def dense_network(dimensions: int, hidden: Sequence[int], outputs: int = 1) -> keras.Model:
    """Make a network of dense layers with ReLU between them, from points (n, dimensions) to (n, outputs)."""
    relu = [layers.Dense(units, "relu", kernel_initializer="he_normal") for units in hidden]
    return keras.Sequential([keras.Input((dimensions,)), *relu, layers.Dense(outputs)])


def reading(critic: Callable, real: np.ndarray, fake: np.ndarray) -> float:
    """Return the critic's estimate of the distance: mean score of real points minus that of generated ones."""
    return float(np.mean(scores(critic, real)) - np.mean(scores(critic, fake)))


def scores(critic: Callable, points: np.ndarray) -> np.ndarray:
    """Return what a critic makes of each point: float32 of shape (n,)."""
    return ops.convert_to_numpy(critic(ops.convert_to_tensor(np.asarray(points, np.float32)))).ravel()


def slopes(critic: Callable, points: np.ndarray) -> np.ndarray:
    """Return the critic's gradient at each point: float32 of the points' shape (n, d)."""
    return ops.convert_to_numpy(input_gradient(critic, np.asarray(points, np.float32)))


def cosine(critic: Callable, points: np.ndarray, ways: np.ndarray) -> float:
    """Return the mean cosine between the critic's gradient at each point and the way that it should go.

    Args:
        critic: a function from points (n, d) to scores.
        points: where, shape (n, d).
        ways: from each point to its partner, shape (n, d).
    """
    pull = slopes(critic, points)
    lengths = np.linalg.norm(pull, axis=1) * np.linalg.norm(ways, axis=1)
    return float(np.mean(np.sum(pull * ways, axis=1) / (lengths + 1e-12)))


def layer_gradients(critic: keras.Model, real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    """Measure how strongly the critic's Wasserstein loss pulls at the output of each layer (Gulrajani et al., fig. 1b).

    Args:
        critic: a stack of layers.
        real: points, shape (n, d).
        fake: as many.

    Returns:
        Norms of the loss's gradients, from the input's to the last layer's output: float64 (layers + 1,).
    """
    outputs = [ops.convert_to_tensor(np.concatenate([real, fake]).astype(np.float32))]
    for layer in critic.layers:
        outputs.append(layer(outputs[-1]))
    sign = np.repeat([[-1.0 / len(real)], [1.0 / len(fake)]], (len(real), len(fake)), axis=0).astype(np.float32)

    def loss_of(output: Any, first: int) -> Any:
        for layer in critic.layers[first:]:
            output = layer(output)
        return output * sign

    gradients = [input_gradient(functools.partial(loss_of, first=i), output) for i, output in enumerate(outputs)]
    # In float64: what has vanished in float32 is 0, what is about to has squares that would vanish.
    return np.array([np.linalg.norm(ops.convert_to_numpy(gradient).astype(float)) for gradient in gradients])


class _Trainer:
    """Trains critics of one architecture between clouds of one shape: compiled once, used again and again."""

    def __init__(
        self,
        kind: str,
        real_shape: tuple[int, int],
        fake_shape: tuple[int, int],
        hidden: tuple[int, ...],
        batch_size: int,
        optimizer: str,
        paired: bool,
    ) -> None:
        self.kind, self.batch_size, self.paired = kind, batch_size, paired
        self.critic = dense_network(real_shape[1], hidden)
        self.real = keras.Variable(np.zeros(real_shape, "float32"), trainable=False)
        self.fake = keras.Variable(np.zeros(fake_shape, "float32"), trainable=False)
        self.strength = keras.Variable(1.0, trainable=False)
        self.random = keras.random.SeedGenerator(0)
        kernels = [v for v in self.critic.trainable_variables if len(v.shape) == 2]
        self.singular = [(v, keras.Variable(np.ones((1, v.shape[0]), "float32"), trainable=False)) for v in kernels]
        betas = {"beta_1": 0.5, "beta_2": 0.9} if optimizer == "adam" else {}
        self.optimizer = keras.optimizers.get({"class_name": optimizer, "config": betas})
        self.optimizer.build(self.critic.trainable_variables)
        self.loop = Loop(self.step, [self.critic], [self.optimizer], [self.random])

    def fit(
        self, real: np.ndarray, fake: np.ndarray, strength: float, steps: int, learning_rate: float, seed: int
    ) -> keras.Model:
        """Train from fresh weights, and return a copy of the critic."""
        self.real.assign(real)
        self.fake.assign(fake)
        self.strength.assign(strength)
        self.loop.restart(seed)
        for _, vector in self.singular:
            vector.assign(np.ones(vector.shape, "float32"))
        self.constrain()
        for share in (1.0, 0.5, 0.25, 0.1):  # the last half slower and slower
            self.optimizer.learning_rate = share * learning_rate
            self.loop(max(1, steps // 2 if share == 1.0 else steps // 6))
        fitted = keras.models.clone_model(self.critic)
        fitted.set_weights(self.critic.get_weights())
        if self.kind == "spectral":
            fitted.layers[-1].set_weights([strength * w for w in self.critic.layers[-1].get_weights()])
        return fitted

    def step(self) -> None:
        """One update, on fresh batches."""
        real, fake = self.batches()
        _, _, gradients = value_and_gradients(
            lambda: (self.loss(real, fake), {}), self.critic.trainable_variables, self.variables()
        )
        self.optimizer.apply(gradients, self.critic.trainable_variables)
        self.constrain()

    def variables(self) -> list:
        """What the loss may read or change."""
        return [*self.critic.variables, self.strength, self.random.state]

    def batches(self) -> tuple[Any, Any]:
        """Draw points of both clouds: partners where they are paired, else each by itself."""
        rows, others = (
            keras.random.randint((self.batch_size,), 0, cloud.shape[0], seed=self.random)
            for cloud in (self.real, self.fake)
        )
        return ops.take(self.real, rows, axis=0), ops.take(self.fake, rows if self.paired else others, axis=0)

    def loss(self, real: Any, fake: Any) -> Any:
        """What the kind of critic minimises."""
        real_scores, fake_scores = ops.split(self.critic(ops.concatenate([real, fake])), 2)
        if self.kind == "discriminator":
            return losses.gan_discriminator_loss(real_scores, fake_scores)
        loss = losses.wasserstein_critic_loss(real_scores, fake_scores)
        if self.kind in ("penalised", "one_sided"):
            one_sided = self.kind == "one_sided"
            loss += self.strength * losses.gradient_penalty(self.critic, real, fake, self.random, one_sided)
        return loss

    def constrain(self) -> None:
        """Clip, or divide by the largest singular value, where the kind of critic asks for it."""
        if self.kind == "clipped":
            bound = ops.convert_to_tensor(self.strength)
            for variable in self.critic.trainable_variables:
                variable.assign(ops.clip(variable, -bound, bound))
        if self.kind == "spectral":
            for kernel, vector in self.singular:
                for _ in range(POWER_STEPS):
                    vector.assign(_unit(ops.matmul(_unit(ops.matmul(vector, kernel)), ops.transpose(kernel))))
                kernel.assign(kernel / ops.norm(ops.matmul(vector, kernel)))


_trainer = functools.lru_cache(maxsize=32)(_Trainer)


def _unit(vector: Any) -> Any:
    return vector / (ops.norm(vector) + 1e-12)
