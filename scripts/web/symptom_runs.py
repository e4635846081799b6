"""Small trainings whose curves show one symptom each: seconds on a CPU, on points in the plane."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from examples.what_breaks.penalty import measure_root
from examples.what_breaks.readings import measure_merged
from examples.what_breaks.toy import estimate, network, train_critic, two_clouds
from wgan_utils import labs

Curves = dict[str, Any]


def watch(model: wu.GAN, rates: tuple[float, float], blocks: int, each: int, updates: tuple[int, int]) -> Curves:
    """Train on the ring of eight Gaussians and look at it from outside, after every few rounds.

    Args:
        model: not yet compiled.
        rates: learning rates of critic and generator.
        blocks: how often it is looked at.
        each: rounds between two looks.
        updates: of the critic and of the generator in a round.
    """
    real = labs.toys.ring_of_gaussians(2000)
    model.compile(*(keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.9) for rate in rates))
    play = labs.train_on_points(model, real, 128, *updates)
    latent = np.random.default_rng(0).standard_normal((400, model.latent_dim)).astype("float32")
    rows = []
    for _ in range(blocks):
        points = ops.convert_to_numpy(model.generator(latent))
        scores = labs.scores(model.critic, real[:400]), labs.scores(model.critic, points)
        logits = [ops.convert_to_tensor(score) for score in scores]
        rows.append(
            {
                "exact": wu.earth_movers_distance(real[:400], points),
                "estimate": float(scores[0].mean() - scores[1].mean()),
                "modes": int((labs.toys.mode_shares(points) > 0.01).sum()),
                "discriminator": float(wu.losses.gan_discriminator_loss(*logits)),
                "generator": float(wu.losses.gan_generator_loss(logits[1])),
            }
        )
        play(each)
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {"step": each * np.arange(blocks), **columns}


def collapse(blocks: int = 40, each: int = 15) -> Curves:
    """A GAN whose generator moves five times for each move of the discriminator."""
    keras.utils.set_random_seed(0)
    model = wu.GAN(network(16, 2, 64), network(2, 1, 64), latent_dim=16)
    return watch(model, (1e-3, 1e-3), blocks, each, (1, 5))


def undertrained(blocks: int = 30, each: int = 10) -> Curves:
    """A WGAN-GP whose critic learns ten times slower than its generator, one update each."""
    keras.utils.set_random_seed(0)
    model = wu.WGANGP(network(4, 2, 64), network(2, 1, 64), latent_dim=4, penalty_weight=1.0)
    return watch(model, (3e-5, 3e-4), blocks, each, (1, 1))


def too_fast(blocks: int = 30, each: int = 10) -> Curves:
    """A WGAN-GP with a hundred times the usual rate."""
    keras.utils.set_random_seed(0)
    model = wu.WGANGP(network(4, 2, 64), network(2, 1, 64), latent_dim=4, penalty_weight=1.0)
    return watch(model, (0.1, 0.1), blocks, each, (5, 1))


def _between_clouds(
    after: Callable[[keras.Model], Any], updates: int, penalty_weight: float = 0.0, **options: Any
) -> np.ndarray:
    """Train a critic between two clouds that are 4 apart; returns what `after` measures, (updates, …)."""
    keras.utils.set_random_seed(0)
    critic, clouds = network(2, 1, 64), two_clouds(256)
    found = train_critic(critic, lambda step: clouds, updates, penalty_weight, lambda step: after(critic), **options)
    return np.array(found)


def clipped(updates: int = 200) -> Curves:
    """Clipped critics' estimates of a distance of 4."""

    def with_bound(bound: float) -> np.ndarray:
        def after(critic: keras.Model) -> float:
            wu.losses.clip_weights(critic, bound)
            return estimate(critic, *two_clouds(256))

        return _between_clouds(after, updates)

    return {f"c = {bound:g}": with_bound(bound) for bound in (0.01, 0.1, 1.0)}


def penalised(updates: int = 300) -> Curves:
    """Penalised critics' estimates of a distance of 4."""
    clouds = two_clouds(256)
    return {
        f"λ = {weight:g}": _between_clouds(lambda critic: estimate(critic, *clouds), updates, weight)
        for weight in (0.1, 1.0, 10.0)
    }


def clipped_and_penalised(updates: int = 150) -> Curves:
    """A critic that is clipped and penalised at once, and one that is penalised only: their penalties."""
    real, fake = map(ops.convert_to_tensor, two_clouds(256))

    def penalty(critic: keras.Model) -> float:
        return float(wu.losses.gradient_penalty(critic, real, fake, seed=0))

    def clip_first(critic: keras.Model) -> float:
        wu.losses.clip_weights(critic, 0.01)
        return penalty(critic)

    return {
        "penalty and clipping": _between_clouds(clip_first, updates, 10.0),
        "penalty alone": _between_clouds(penalty, updates, 10.0),
    }


def discriminator_wins(updates: int = 200) -> Curves:
    """A discriminator between clouds that are 4 apart: its loss, and the gradients that both generator losses have."""
    clouds = two_clouds(256)

    def after(critic: keras.Model) -> tuple[float, float, float]:
        scores = [labs.scores(critic, cloud) for cloud in clouds]
        norms, real = np.linalg.norm(labs.gradients(critic, clouds[1]), axis=1), labs.probabilities(critic, clouds[1])
        loss = float(wu.losses.gan_discriminator_loss(*map(ops.convert_to_tensor, scores)))
        return loss, float((norms * real).mean()), float((norms * (1 - real)).mean())

    found = _between_clouds(after, updates, loss_of=wu.losses.gan_discriminator_loss)
    names = ("discriminator's loss", "gradient of log(1 − D)", "gradient of −log D")
    return dict(zip(names, found.T, strict=True))


def overfitting(updates: int = 150) -> Curves:
    """A critic that learns 64 points by heart."""
    measured = measure_merged(False, updates)
    return {name: measured[name] for name in ("training points", "held-out points")}


def not_a_number() -> Curves:
    """A loss with a bare root in it, and the same with a small number inside."""
    sound, broken = (measure_root(bug)["loss"] for bug in (False, True))
    # The one that ends comes last, so that its only point lies on top.
    return {"1e-12 inside it": sound, "the root alone": broken}
