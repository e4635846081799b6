"""Critics between clouds that stand still: in bounds, at the known distance, and the same from the same seed.

The bounds of what is trained come from six seeds (0 to 5); the tests use the first.
"""

import keras
import numpy as np
import pytest
from keras import layers, ops

from wgan_utils.gan.backend import BACKEND
from wgan_utils.labs import critics, toys
from wgan_utils.labs.critic_trainer import CriticTrainer, dense_network, train_on_points
from wgan_utils.models import GAN

# A thousand updates in a Python loop take a minute.
in_a_compiled_loop = pytest.mark.skipif(BACKEND != "tensorflow", reason="trains for long")


@pytest.fixture(scope="module")
def line():
    """N(2, ¼) and N(−2, ¼), whose distance is 4."""
    rng = np.random.default_rng(0)
    return tuple(rng.normal(centre, 0.5, (2000, 1)) for centre in (2, -2))


@pytest.mark.parametrize("constraint", critics.CONSTRAINTS)
def test_a_few_steps_change_the_critic_and_the_seed_decides_how(constraint, line):
    given = {"constraint": constraint, "strength": 0.1, "hidden": (8,), "steps": 8}
    first, again, other = (critics.fit_critic(*line, **given, seed=seed) for seed in (1, 1, 2))
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.abs(first.get_weights()[0] - other.get_weights()[0]).max() > 1e-3


def test_rmsprops_epsilon_is_the_one_given(line):
    given = {"constraint": "clipping", "strength": 0.1, "hidden": (8,), "steps": 8, "optimizer": "rmsprop"}
    one, other = (critics.fit_critic(*line, **given, epsilon=epsilon).get_weights()[0] for epsilon in (1e-8, 1.0))
    assert np.abs(one - other).max() > 1e-4


def test_a_clipped_critic_stays_within_its_bound_and_computes_in_float32_whatever_the_policy(line):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        critic = critics.fit_critic(*line, constraint="clipping", strength=0.03, hidden=(7,), steps=20)
        assert critics.scores(critic, line[0]).dtype == np.float32
    finally:
        keras.config.set_dtype_policy("float32")
    assert max(np.abs(weights).max() for weights in critic.get_weights()) <= np.float32(0.03)


def test_a_spectral_critic_has_kernels_of_norm_one(line):
    critic = critics.fit_critic(*line, constraint="spectral_normalisation", strength=1.0, hidden=(16, 16), steps=80)
    largest = [np.linalg.norm(weights, 2) for weights in critic.get_weights() if weights.ndim == 2]
    np.testing.assert_allclose(largest, 1, atol=0.02)
    scaled = critics.fit_critic(*line, constraint="spectral_normalisation", strength=3.0, hidden=(16, 16), steps=80)
    assert critics.estimate(scaled, *line) == pytest.approx(3 * critics.estimate(critic, *line), rel=1e-4)


def test_what_is_asked_of_a_critic_is_known_for_a_linear_one():
    """w·x with w = (3, 4): slope 5 everywhere, 3 along the first axis, −4 against the second."""
    network = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    network.set_weights([np.array([[3.0], [4.0]]), np.zeros(1)])
    points, ends = np.zeros((3, 2), "float32"), np.array([[2.0, 0], [0, -1], [0, 0]])
    norm, along = critics.gradient_norms_between(network, points, ends, seed=1)
    np.testing.assert_allclose(norm, 5, rtol=1e-6)
    np.testing.assert_allclose(along, [3, -4, 0], rtol=1e-6)
    np.testing.assert_allclose(critics.batch_sensitivity(network, points), 5 * np.eye(3), rtol=1e-6)
    np.testing.assert_allclose(critics.gradients(network, points), np.tile([3.0, 4.0], (3, 1)))
    for way, cosine in (([0.6, 0.8], 1), ([-8.0, 6.0], 0)):
        assert critics.cosine(network, points, np.tile(way, (3, 1))) == pytest.approx(cosine, abs=1e-6)


@in_a_compiled_loop
@pytest.mark.parametrize(("half", "low", "high"), [(False, 3.9, 4.1), (True, 1.3, 1.6)])
def test_what_lambda_does_can_be_undone_where_all_points_move_by_the_same(half, low, high):
    # Right would be 4, and 1 where half of the points move by 2: 3.99 to 4.01; 1.44 to 1.49.
    real, fake = toys.groups_on_a_line([2], 2000, 0.5), toys.groups_on_a_line([-2], 2000, 0.5)
    if half:
        fake = toys.groups_on_a_line([0, 12], 1000, 0.3)
        real = fake + np.repeat(np.float32([[2], [0]]), 1000, axis=0)
    critic = critics.fit_critic(real, fake, strength=1.0, steps=900, batch_size=256, learning_rate=3e-3)
    assert low < np.sqrt(1 + 2 * critics.estimate(critic, real, fake)) - 1 < high


@pytest.mark.parametrize("paired", [True, False])
def test_partners_are_drawn_together_where_they_are_paired(paired):
    ways = np.arange(100, dtype="float32")[:, None]
    trainer = CriticTrainer("gradient_penalty", (100, 1), (100, 1), (4,), 64, "adam", paired)
    trainer.real.assign(ways + 0.5)
    trainer.fake.assign(ways)
    real, fake = (ops.convert_to_numpy(batch) for batch in trainer.batches())
    assert np.ptp(real) > 50
    assert np.allclose(real - fake, 0.5) == paired


def test_wrong_input_is_refused_by_name(line):
    with pytest.raises(ValueError, match="constraint"):
        critics.fit_critic(*line, constraint="clip")
    with pytest.raises(ValueError, match=r"\(5, 2\)"):
        critics.fit_critic(line[0], np.zeros((5, 2)))


def test_rounds_update_each_player_as_often_as_asked_for_and_start_anew():
    keras.utils.set_random_seed(0)
    model = GAN(dense_network(3, (8,), 2), dense_network(2, (8,)), latent_dim=3)
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    play = train_on_points(model, toys.ring_of_gaussians(50), 9, critic_updates=2, generator_updates=3)
    found = []
    for seed in (1, 1, 2):
        play.restart(seed)
        play(4)
        assert (int(model.optimizer.iterations), int(model.generator_optimizer.iterations)) == (8, 12)
        found.append(model.generator.get_weights()[0])
    np.testing.assert_array_equal(found[0], found[1])
    assert np.abs(found[0] - found[2]).max() > 1e-3
