"""Bugs in who is updated with what: signs, batches, generated images."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

import wgan_utils as wu
from examples.what_breaks.toy import Measured, estimate, network, train_critic, two_clouds
from wgan_utils import labs


class TurnedRound(wu.WGANGP):
    """A WGAN-GP whose generator minimises +E[f(G(z))]."""

    def generator_loss(self, fake_scores: Any) -> Any:
        """Return the mean score of generated points, where it should be the negative one."""
        return ops.mean(fake_scores)


def measure_sign(wrong: bool, rounds: int = 12, each: int = 25) -> Measured:
    """Train a WGAN-GP on the ring; the wrong generator's loss has its sign turned."""
    keras.utils.set_random_seed(0)
    real = labs.toys.ring_of_gaussians(2000)
    kind = TurnedRound if wrong else wu.WGANGP
    model = kind(network(4, 2, 64), network(2, 1, 64), latent_dim=4, penalty_weight=1.0)
    model.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9) for _ in range(2)))
    play = labs.train_on_points(model, real, 128, critic_updates=5)
    latent = np.random.default_rng(0).standard_normal((300, 4)).astype("float32")
    distances = []
    for _ in range(rounds):
        points = ops.convert_to_numpy(model.generator(latent))
        distances.append(wu.earth_movers_distance(real[:300], points))
        play(each)
    before = float(ops.mean(model.critic(model.generator(latent))))
    model.generator_optimizer.learning_rate = 1e-5
    model.update_generator(300)
    after = float(ops.mean(model.critic(model.generator(latent))))
    return {"step": each * np.arange(rounds), "distance": np.array(distances), "before": before, "after": after}


def check_sign(measured: Measured) -> None:
    """One small step of the generator, the critic standing still, raises the mean score of what it makes."""
    assert measured["after"] > measured["before"], "The sign of the generator's loss is turned."


def measure_same_batch(wrong: bool, updates: int = 100, seeds: int = 2) -> Measured:
    """Train critics in 8 dimensions; the wrong loop takes 3, 10 or 100 updates on one batch before the next."""
    fresh = two_clouds(2000, seed=9, apart=1.0, dimensions=8)
    clouds = two_clouds(20_000, seed=1, apart=1.0, dimensions=8)
    used = []

    def excess(size: int, each: int, seed: int) -> float:
        """Return the estimate on the critic's batch minus that on new points, after the last update on each batch."""
        keras.utils.set_random_seed(seed)
        critic, rng, found = network(8, 1, 64), np.random.default_rng(seed), []
        chosen = [rng.integers(20_000, size=size) for _ in range(0, updates, each)]

        def batches(step: int) -> tuple[np.ndarray, np.ndarray]:
            used.append(chosen[step // each])
            return clouds[0][used[-1]], clouds[1][used[-1]]

        def after(step: int) -> None:
            if step + 1 == updates or (step >= updates // 2 and (step + 1) % each == 0):
                found.append(estimate(critic, *batches(step)) - estimate(critic, *fresh))

        train_critic(critic, batches, updates, 10.0, after)
        return float(np.mean(found))

    grid = (3, 10, 100) if wrong else (1,)
    means = {
        size: np.array([np.mean([excess(size, each, seed) for seed in range(seeds)]) for each in grid])
        for size in (16, 512)
    }
    return {"updates on a batch": np.array(grid), "excess": means, "first": used[0], "second": used[1]}


def check_same_batch(measured: Measured) -> None:
    """Two updates of the critic in a row see different real images."""
    same = np.array_equal(measured["first"], measured["second"])
    assert not same, "Every critic update of a step sees the same batch: draw one for each."


def measure_predict(wrong: bool, rounds: int = 40) -> Measured:
    """Make the critic's generated points; the wrong way calls the generator, which has BatchNorm, as in inference."""
    keras.utils.set_random_seed(0)
    real = labs.toys.ring_of_gaussians(2000)
    generator = network(4, 2, 64, middle=(layers.BatchNormalization,))
    model = wu.WGANGP(generator, network(2, 1, 64), latent_dim=4, penalty_weight=1.0)
    model.compile(*(keras.optimizers.Adam(2e-3, beta_1=0.5, beta_2=0.9) for _ in range(2)))
    labs.train_on_points(model, real, 128, critic_updates=3)(rounds)
    latent = np.random.default_rng(0).standard_normal((300, 4)).astype("float32")
    scored = generator(latent, training=not wrong)  # generator.predict(latent) computes with training=False
    updated = generator(latent, training=True)
    return {"scored": ops.convert_to_numpy(scored), "updated": ops.convert_to_numpy(updated), "real": real[:300]}


def check_predict(measured: Measured) -> None:
    """The critic learns about the points that the generator is then updated for."""
    same = np.allclose(measured["scored"], measured["updated"], atol=1e-4)
    assert same, "The critic sees another generator than the one that is trained: BatchNorm in inference mode."
