"""The losses against closed forms and independent NumPy."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import stats

from tests.refused import refused
from wgan_utils.gan import losses
from wgan_utils.gan.backend import value_and_gradients


def number(tensor) -> float:
    return float(ops.convert_to_numpy(tensor))


def linear_critic(weights: np.ndarray):
    """f(x) = w·x for inputs of the shape of w; its gradient is w everywhere."""
    return lambda x: ops.sum(x * ops.convert_to_tensor(weights), axis=tuple(range(1, len(x.shape))))


def random_pair(shape, seed=0) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.random.default_rng(seed).uniform(-1, 1, (2, *shape)).astype("float32"))


# ---- cross-entropy and Wasserstein losses


def cross_entropy(logits: np.ndarray, label: int) -> float:
    """The textbook's −y·log p − (1 − y)·log(1 − p), in float64."""
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    return float(np.mean(-label * np.log(p) - (1 - label) * np.log(1 - p)))


@pytest.mark.parametrize("shape", [(7,), (7, 1), (1, 1)])
def test_gan_losses_are_the_textbooks_cross_entropy(shape):
    real, fake = random_pair(shape)
    real, fake = 5 * real, 5 * fake
    expected = cross_entropy(real, 1) + cross_entropy(fake, 0)
    assert number(losses.gan_discriminator_loss(real, fake)) == pytest.approx(expected, rel=1e-5)
    assert number(losses.gan_generator_loss(fake)) == pytest.approx(cross_entropy(fake, 1), rel=1e-5)


def test_gan_losses_stay_exact_at_extreme_logits():
    high, low = np.full((3, 1), 1e4, "float32"), np.full((3, 1), -1e4, "float32")
    assert number(losses.gan_discriminator_loss(high, low)) == 0  # as right as can be
    assert number(losses.gan_discriminator_loss(low, high)) == pytest.approx(2e4)  # as wrong as can be
    assert number(losses.gan_generator_loss(high)) == 0
    assert number(losses.gan_generator_loss(low)) == pytest.approx(1e4)


def test_wasserstein_losses_are_differences_of_means():
    real, fake = random_pair((9, 1))
    critic_loss = number(losses.wasserstein_critic_loss(real, fake))
    assert critic_loss == pytest.approx(fake.mean() - real.mean(), abs=1e-6)
    assert number(losses.wasserstein_generator_loss(fake)) == pytest.approx(-fake.mean(), abs=1e-6)


# ---- interpolation


@pytest.mark.parametrize("rest", [(), (5,), (4, 3, 2)])
def test_each_image_has_exactly_one_interpolation_weight_from_the_uniform_distribution(rest):
    """And lies on the line between its pair."""
    real, apart = random_pair((5000, *rest))
    fake = real + 2 + apart  # by 1 or more, so that the weights can be read off the points
    points = losses.interpolate(ops.convert_to_tensor(real), ops.convert_to_tensor(fake), 2)
    weights = ((fake - ops.convert_to_numpy(points)) / (fake - real)).reshape(5000, -1)
    assert np.ptp(weights, axis=1).max() < 1e-5
    assert (weights.min() > -1e-5, weights.max() < 1 + 1e-5) == (True, True)
    # A correct generator fails this once in a million seeds, and this one is fixed.
    assert stats.kstest(weights[:, 0], "uniform").pvalue > 1e-6


def test_a_seed_generator_gives_new_weights_each_time_and_an_integer_the_same():
    generator, pair = keras.random.SeedGenerator(4), (ops.ones((5, 1)), ops.zeros((5, 1)))
    seeds = generator, generator, 4, 4
    first, second, *same = (ops.convert_to_numpy(losses.interpolate(*pair, seed)) for seed in seeds)
    assert not np.array_equal(first, second)
    assert np.array_equal(*same)


@pytest.mark.parametrize("fake_shape", [(1, 4), (3, 4, 1)])
def test_unequal_batches_are_refused_instead_of_broadcast(fake_shape):
    with refused(naming="(3, 4)"):
        losses.gradient_penalty(linear_critic(np.ones(4, "float32")), ops.ones((3, 4)), ops.ones(fake_shape))


# ---- gradient penalty

SHAPES = [(), (5,), (4, 4, 3)]


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("shape", SHAPES)
def test_penalties_of_a_linear_critic_are_their_closed_forms(shape, batch):
    direction = np.random.default_rng(0).normal(size=shape)
    direction /= np.linalg.norm(direction)
    real, fake = random_pair((batch, *shape))
    for norm, two_sided, one_sided in ((0.25, 0.5625, 0), (1, 0, 0), (3, 4, 4)):
        critic = linear_critic(np.asarray(norm * direction, "float32"))
        assert number(losses.gradient_penalty(critic, real, fake, seed=0)) == pytest.approx(two_sided, abs=1e-5)
        penalty = losses.gradient_penalty(critic, real, fake, seed=0, one_sided=True)
        assert number(penalty) == pytest.approx(one_sided, abs=1e-5)
        assert number(losses.zero_centred_penalty(critic, real)) == pytest.approx(norm**2 / 2, rel=1e-5)


@pytest.mark.parametrize("one_sided", [False, True])
def test_a_zero_critic_has_a_finite_penalty_and_finite_gradients(one_sided):
    stack = [layers.Conv2D(2, 3, kernel_initializer="zeros"), layers.LeakyReLU(negative_slope=0.2), layers.Flatten()]
    critic = keras.Sequential([keras.Input((4, 4, 1)), *stack, layers.Dense(1, kernel_initializer="zeros")])
    real, fake = random_pair((3, 4, 4, 1))

    def loss():
        return losses.gradient_penalty(critic, real, fake, 0, one_sided), {}

    value, _, gradients = value_and_gradients(loss, critic.trainable_variables, critic.variables)
    assert number(value) == pytest.approx(0 if one_sided else 1, abs=1e-5)
    assert all(np.isfinite(ops.convert_to_numpy(g)).all() for g in gradients)


def test_the_penalty_uses_the_critic_in_the_mode_that_gives_the_scores():
    """Dropout changes the slope of a linear critic from one image to the next, in training mode only."""
    critic = keras.Sequential([keras.Input((50,)), layers.Dropout(0.5), layers.Dense(1, kernel_initializer="ones")])
    norms = ops.convert_to_numpy(losses.gradient_norms(critic, np.ones((8, 50), "float32")))
    kept = (norms / 2) ** 2  # each weight that is kept counts twice
    assert len(np.unique(norms)) > 1
    np.testing.assert_allclose(kept, np.round(kept), atol=1e-3)


# ---- second derivatives


def numpy_slopes(weights: np.ndarray, offset: np.ndarray, out: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The slopes of f(x) = out·tanh(x·weights + offset) at given points, by hand, in float64."""
    slope = out[:, 0] * (1 - np.tanh(x @ weights + offset) ** 2)  # (n, hidden)
    return np.linalg.norm(slope @ weights.T, axis=1)


PENALTIES = {
    "two-sided": (
        lambda critic, points: losses.gradient_penalty(critic, points, points, 0),
        lambda slopes: np.mean((slopes - 1) ** 2),
    ),
    "one-sided": (
        lambda critic, points: losses.gradient_penalty(critic, points, points, 0, one_sided=True),
        lambda slopes: np.mean(np.maximum(slopes - 1, 0) ** 2),
    ),
    "zero-centred": (losses.zero_centred_penalty, lambda slopes: np.mean(slopes**2) / 2),
}


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("wrapped", [False, True], ids=["model", "any callable"])
def test_weight_gradients_of_the_penalties_agree_with_finite_differences(name, wrapped):
    penalty, of_slopes = PENALTIES[name]
    rng = np.random.default_rng(1)
    values = [rng.normal(size=shape).astype("float32") for shape in ((3, 5), (5,), (5, 1))]
    points = rng.normal(size=(4, 3)).astype("float32")
    critic = keras.Sequential([keras.Input((3,)), layers.Dense(5, activation="tanh"), layers.Dense(1, use_bias=False)])
    critic.set_weights(values)
    function = (lambda x: critic(x)) if wrapped else critic

    def loss():
        return penalty(function, points), {}

    value, _, gradients = value_and_gradients(loss, critic.trainable_variables, critic.variables)

    def by_hand(arrays):
        return float(of_slopes(numpy_slopes(*arrays, points.astype("float64"))))

    exact = [v.astype("float64") for v in values]
    assert number(value) == pytest.approx(by_hand(exact), rel=1e-5)
    assert by_hand(exact) > 0.1  # the one-sided penalty has something to punish
    for k, gradient in enumerate(gradients):
        expected = np.zeros_like(exact[k])
        for index in np.ndindex(expected.shape):
            up, down = [v.copy() for v in exact], [v.copy() for v in exact]
            up[k][index] += 1e-5
            down[k][index] -= 1e-5
            expected[index] = (by_hand(up) - by_hand(down)) / 2e-5
        assert np.abs(expected).max() > 1e-2
        np.testing.assert_allclose(ops.convert_to_numpy(gradient), expected, atol=1e-4 * np.abs(expected).max())


# ---- weight clipping


@pytest.mark.parametrize("normalization", [layers.BatchNormalization, layers.LayerNormalization])
def test_clipping_reaches_kernels_and_biases_and_nothing_else(normalization):
    stack = [layers.Conv2D(3, 3), normalization(), layers.Conv2DTranspose(2, 3), layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential([keras.Input((5, 5, 1)), *stack])
    for variable in model.variables:
        variable.assign(np.linspace(-2, 3, int(np.prod(variable.shape))).reshape(variable.shape))
    before = {v.path: ops.convert_to_numpy(v) for v in model.variables}
    losses.clip_weights(model, 0.5)
    clipped = {v.path: ops.convert_to_numpy(v) for v in model.variables}
    reached = {path for path in before if path.rsplit("/", 1)[1] in ("kernel", "bias")}
    assert len(reached) == 6
    for path, value in clipped.items():
        expected = np.clip(before[path], -0.5, 0.5) if path in reached else before[path]
        np.testing.assert_array_equal(value, expected, err_msg=path)
