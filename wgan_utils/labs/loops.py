"""Many short updates in a row: of small networks in the plane, whose steps take less time than starting them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

from wgan_utils.gan.backend import compiled_loop

if TYPE_CHECKING:
    from wgan_utils.models import GAN


def train_on_points(
    model: "GAN", points: np.ndarray, batch_size: int, critic_updates: int, generator_updates: int = 1
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
