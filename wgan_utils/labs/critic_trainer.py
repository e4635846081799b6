"""How small networks of points are trained: what is compiled once and used again, `fit_critic` of critics too."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.gan import losses
from wgan_utils.gan.backend import compiled_loop, value_and_gradients
from wgan_utils.models import GAN, PaperRMSprop

# How a critic is kept from growing for ever, and what `strength` means there.
CONSTRAINTS = {
    "discriminator": "no limit, for its loss is the GAN's cross-entropy; strength unused",
    "clipping": "every kernel and bias stays within ± strength (Arjovsky et al. 2017)",
    "gradient_penalty": "strength · E[(|∇f(x̂)| − 1)²] (Gulrajani et al. 2017, eq. 3)",
    "one_sided_penalty": "strength · E[max(0, |∇f(x̂)| − 1)²] (Petzka et al. 2018, eq. 8)",
    "spectral_normalisation": "each kernel over its largest singular value (Miyato et al. 2018); f times strength",
}
POWER_STEPS = 3  # of the power iteration, after each update, each from where the last one ended


def dense_network(dimensions: int, hidden: Sequence[int], outputs: int = 1) -> keras.Model:
    """Make a network of dense layers with ReLU between them, from points (n, dimensions) to (n, outputs).

    In float32 whatever Keras's policy is, for it is held against exact answers.
    """
    relu = [layers.Dense(units, "relu", kernel_initializer="he_normal", dtype="float32") for units in hidden]
    return keras.Sequential([keras.Input((dimensions,)), *relu, layers.Dense(outputs, dtype="float32")])


class CriticTrainer:
    """Trains critics of one architecture between clouds of one shape: compiled once, used again and again."""

    def __init__(
        self,
        constraint: str,
        real_shape: tuple[int, int],
        fake_shape: tuple[int, int],
        hidden: tuple[int, ...],
        batch_size: int,
        optimizer: str,
        paired: bool,
        epsilon: float = 1e-8,
    ) -> None:
        self.constraint, self.batch_size, self.paired = constraint, batch_size, paired
        self.critic = dense_network(real_shape[1], hidden)
        self.real = keras.Variable(np.zeros(real_shape, "float32"), trainable=False)
        self.fake = keras.Variable(np.zeros(fake_shape, "float32"), trainable=False)
        self.strength = keras.Variable(1.0, trainable=False)
        self.random = keras.random.SeedGenerator(0)
        kernels = [v for v in self.critic.trainable_variables if len(v.shape) == 2]
        self.singular = [(v, keras.Variable(np.ones((1, v.shape[0]), "float32"), trainable=False)) for v in kernels]
        # A clipped critic's gradients are small beside the ε of Keras's own RMSProp.
        make = {
            "adam": partial(keras.optimizers.Adam, beta_1=0.5, beta_2=0.9),
            "rmsprop": partial(PaperRMSprop, rho=0.99, epsilon=epsilon),
        }
        self.optimizer = make[optimizer](1e-3)
        self.optimizer.build(self.critic.trainable_variables)
        self.loop = CompiledLoop(self.step, [self.critic], [self.optimizer], [self.random])

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
            if steps:
                self.loop(max(1, steps // 2 if share == 1.0 else steps // 6))
        fitted = keras.models.clone_model(self.critic)
        fitted.set_weights(self.critic.get_weights())
        if self.constraint == "spectral_normalisation":
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
        """What the critic minimises."""
        real_scores, fake_scores = ops.split(self.critic(ops.concatenate([real, fake])), 2)
        if self.constraint == "discriminator":
            return losses.gan_discriminator_loss(real_scores, fake_scores)
        loss = losses.wasserstein_critic_loss(real_scores, fake_scores)
        if self.constraint in ("gradient_penalty", "one_sided_penalty"):
            one_sided = self.constraint == "one_sided_penalty"
            loss += self.strength * losses.gradient_penalty(self.critic, real, fake, self.random, one_sided)
        return loss

    def constrain(self) -> None:
        """Clip, or divide by the largest singular value, where the constraint asks for it."""
        if self.constraint == "clipping":
            bound = ops.convert_to_tensor(self.strength)
            for variable in self.critic.trainable_variables:
                variable.assign(ops.clip(variable, -bound, bound))
        if self.constraint == "spectral_normalisation":
            for kernel, vector in self.singular:
                for _ in range(POWER_STEPS):
                    vector.assign(_unit(ops.matmul(_unit(ops.matmul(vector, kernel)), ops.transpose(kernel))))
                kernel.assign(kernel / ops.norm(ops.matmul(vector, kernel)))


def _unit(vector: Any) -> Any:
    return vector / (ops.norm(vector) + 1e-12)


# ---- many short updates in a row: of small networks, whose steps take less time than starting them


def train_on_points(
    model: GAN, points: np.ndarray, batch_size: int, critic_updates: int, generator_updates: int = 1
) -> "CompiledLoop":
    """Let the two players of a GAN of points play round after round, also such as `GAN.step` does not have.

    Args:
        model: compiled; its generator makes points of shape (batch, d).
        points: real ones, float32 (n, d).
        batch_size: points in each update, drawn with replacement.
        critic_updates: a round.
        generator_updates: a round; more than one let the generator move against a critic that stands still.
    """
    real = ops.convert_to_tensor(points)

    def one_round() -> None:
        for _ in range(critic_updates):
            rows = keras.random.randint((batch_size,), 0, len(points), seed=model.seed_generator)
            model.update_critic(ops.take(real, rows, axis=0))
        for _ in range(generator_updates):
            model.update_generator(batch_size)

    optimizers = [model.optimizer, model.generator_optimizer]
    return CompiledLoop(one_round, [model.generator, model.critic], optimizers, [model.seed_generator])


class CompiledLoop:
    """Run one step over and over; compiled once, however often it is called and restarted.

    Args:
        step: changes Keras variables and returns nothing: updates of one or two networks. It may not decide
            anything in Python that changes from step to step.
        networks: those that it updates.
        optimizers: the optimizers it uses, built.
        seeds: the random states it draws from.
    """

    def __init__(
        self,
        step: Callable[[], None],
        networks: Iterable[keras.Model],
        optimizers: Iterable[keras.Optimizer],
        seeds: Iterable[keras.random.SeedGenerator] = (),
    ) -> None:
        self.networks, self.optimizers, self.seeds = list(networks), list(optimizers), list(seeds)
        self._run = compiled_loop(step)

    def __call__(self, times: int) -> None:
        """Take so many steps."""
        self._run(times)

    def restart(self, seed: int) -> None:
        """Draw all initial weights anew, from a seed, and forget what optimizers and random states have gathered."""
        keras.utils.set_random_seed(seed)
        for network in self.networks:
            network.set_weights(keras.models.clone_model(network).get_weights())
        for optimizer in self.optimizers:
            for variable in optimizer.variables:
                if variable is not optimizer._learning_rate:
                    variable.assign(np.zeros(variable.shape, variable.dtype))
        for number, random_state in enumerate(self.seeds):
            random_state.state.assign(np.array([seed, number], random_state.state.dtype))
