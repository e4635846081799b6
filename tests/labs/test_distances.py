"""What lesson 00 shows, at its own sizes: each claim with bounds that five seeds keep with room to spare.

Seeds 0 to 4 of data, initial weights and batches; what they gave stands beside each bound. The tests run the first.
"""

from functools import partial
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from keras import layers, ops
from scipy import stats
from scipy.optimize import linprog

from wgan_utils.gan import losses
from wgan_utils.gan.sampling import latent_vectors
from wgan_utils.labs import critics, toys
from wgan_utils.labs.critics import fit_critic
from wgan_utils.labs.loops import train_on_points
from wgan_utils.metrics.transport import earth_movers_distance, transport_plan
from wgan_utils.models import GAN, WGANGP

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
fit = partial(fit_critic, steps=1500, learning_rate=3e-3)


@pytest.fixture(scope="module")
def apart():
    """N(2, ¼) and N(−2, ¼): every point has to move by 4."""
    return toys.groups_on_a_line([2], 2000, 0.5, 0), toys.groups_on_a_line([-2], 2000, 0.5, 1)


def test_prices_and_plan_meet_and_price_differences_are_the_ways_used():
    rng = np.random.default_rng(3)
    for _ in range(5):
        a, b, m, n = rng.normal(size=(6, 2)), rng.normal(size=(6, 2)), *rng.dirichlet(np.ones(6), 2)
        cost = np.linalg.norm(a[:, None] - b, axis=2)
        plan, primal = transport_plan(a, b, m, n)
        rows = [np.concatenate([np.eye(6)[i], -np.eye(6)[j]]) for i in range(6) for j in range(6)]
        solved = linprog(-np.concatenate([m, -n]), A_ub=rows, b_ub=cost.ravel(), bounds=[(None, None)] * 12)
        assert -solved.fun == pytest.approx(primal, abs=1e-9)
        slack = cost - (solved.x[:6, None] - solved.x[6:])
        assert np.max(plan * slack) < 1e-9
        assert slack.min() > -1e-9


def test_a_trained_discriminator_has_the_loss_that_js_gives():
    # Five seeds: 0.003 above the densities' value, on one sample of 4,000.
    real, fake = toys.groups_on_a_line([1.0], 4000, 1.0, 0), toys.groups_on_a_line([-1.0], 4000, 0.7, 1)
    x = np.linspace(-9, 9, 3001)
    p, q = stats.norm.pdf(x, 1.0, 1.0), stats.norm.pdf(x, -1.0, 0.7)
    expected = -np.trapezoid(p * np.log(p / (p + q)) + q * np.log(q / (p + q)), x)  # log 4 − 2 JS
    discriminator = fit_critic(real, fake, "discriminator", steps=1500)
    loss = losses.gan_discriminator_loss(*(critics.scores(discriminator, cloud) for cloud in (real, fake)))
    assert float(loss) == pytest.approx(expected, abs=0.015)


def test_of_a_sure_discriminator_one_loss_is_flat_and_the_other_steep_and_a_critic_has_slope_one(apart):
    discriminator, clipped, penalised = (
        fit(*apart, *constraint) for constraint in (("discriminator", 0), ("clipping", 0.01), ("gradient_penalty", 10))
    )
    certainty = critics.probabilities(discriminator, apart[1])
    slope = np.abs(critics.gradients(discriminator, apart[1])[:, 0])
    # Five seeds: 0 to 2e-20; 22 to 48; 0.0007 to 0.0012; 1.18 to 1.21, which is 1 + 4/(2·10).
    assert np.median(slope * certainty) < 1e-15
    assert np.median(slope * (1 - certainty)) > 15
    assert 2e-4 < np.abs(critics.gradients(clipped, apart[1])).mean() < 4e-3
    assert np.abs(critics.gradients(penalised, apart[1])).mean() == pytest.approx(1.2, abs=0.08)


@pytest.mark.parametrize(("dimensions", "factor"), [(1, 3.0), (8, 1.38), (64, 1.08)])
def test_batches_of_one_distribution_are_apart_by_what_dimension_makes_of_their_size(dimensions, factor):
    rng, sizes = np.random.default_rng(0), np.array([16, 64, 256])
    mean = [
        np.mean([earth_movers_distance(*rng.normal(size=(2, n, dimensions))) for _ in range(2048 // n)]) for n in sizes
    ]
    assert 10 ** -np.polyfit(np.log(sizes), np.log(mean), 1)[0] == pytest.approx(factor, rel=0.12)


def test_only_the_game_with_r1_comes_to_rest_at_the_data():
    """The lesson's own games, from eight starts around the rest."""
    lesson = nbformat.read(ROOT / "notebooks" / "00_distances.ipynb", as_version=4)
    (source,) = (cell.source for cell in lesson.cells if "def gan_with_r1(" in cell.source)
    names: dict = {"np": np}
    exec(source, names)
    for angle in np.arange(8) * np.pi / 4:
        ends = {}
        for game in ("gan", "wgan", "wgan_gp", "gan_with_r1"):
            theta, psi, furthest = np.cos(angle), np.sin(angle), 0.0
            for step in range(1000):
                psi += 0.1 * names[game](theta, psi)[1]
                psi = np.clip(psi, -1, 1) if game == "wgan" else psi
                theta += 0.1 * names[game](theta, psi)[0]
                furthest = max(furthest, abs(theta)) if step >= 800 else 0.0
            ends[game] = furthest
        assert ends["gan_with_r1"] < 1e-6
        assert min(ends[game] for game in ("gan", "wgan", "wgan_gp")) > 0.5


def contestant(kind, **options):
    def network(inputs, outputs):
        hidden = [layers.Dense(64, "relu") for _ in range(2)]
        return keras.Sequential([keras.Input((inputs,)), *hidden, layers.Dense(outputs)])

    model = kind(network(16, 2), network(2, 1), latent_dim=16, **options)
    model.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)))
    return model


def modes_hit(model, critic_updates, generator_updates, seed, steps):
    ring = toys.ring_of_gaussians(10_000, seed=0)
    play = train_on_points(model, ring, 128, critic_updates, generator_updates)
    play.restart(seed)
    play(steps)
    made = ops.convert_to_numpy(model.generator(latent_vectors(1000, 16, 0)))
    return int((toys.mode_shares(made, within=0.5) > 0.02).sum())


def test_a_strong_discriminator_collapses_the_generator_and_the_penalised_wasserstein_loss_does_not():
    # Five seeds: 1 or 2 modes of 8; none or 1; 8 each.
    assert modes_hit(contestant(GAN), 5, 1, seed=0, steps=1500) <= 2
    assert modes_hit(contestant(GAN), 1, 10, seed=0, steps=600) <= 2
    assert modes_hit(contestant(WGANGP, penalty_weight=1.0), 5, 1, seed=0, steps=1500) == 8
