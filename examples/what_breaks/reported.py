"""Bugs that people report most: what the penalty reaches, what the critic's output is, what the images are."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

import wgan_utils as wu
from examples.what_breaks.toy import Measured, estimate, linear_critic, network, train_critic, two_clouds
from wgan_utils import labs
from wgan_utils.gan.backend import compiled, value_and_gradients
from wgan_utils.gan.losses import gradient_norms


def penalise(
    critic: Any,
    real: np.ndarray,
    fake: np.ndarray,
    updates: int,
    optimizer: keras.Optimizer,
    where: Callable[[Any, Any], Any] = lambda real, fake: (real + fake) / 2,
    enters: Callable[[Any], Any] = lambda penalty: 10 * penalty,
) -> list[float]:
    """Train a critic; `where` says at which points its penalty is measured, `enters` what the loss gets of it.

    Returns:
        The mean gradient norm in the middle between real and generated points, after each update.
    """
    real, fake = map(ops.convert_to_tensor, (real, fake))
    optimizer.build(critic.trainable_variables)

    def update() -> Any:
        def loss() -> tuple[Any, dict]:
            penalty = ops.mean((gradient_norms(critic, where(real, fake)) - 1) ** 2)
            return wu.losses.wasserstein_critic_loss(critic(real), critic(fake)) + enters(penalty), {}

        _, _, gradients = value_and_gradients(loss, critic.trainable_variables, critic.variables)
        optimizer.apply(gradients, critic.trainable_variables)
        return ops.mean(gradient_norms(critic, (real + fake) / 2))

    run = compiled(update)
    return [float(run()) for _ in range(updates)]


def measure_activation(wrong: bool, updates: int = 150) -> Measured:
    """Train a critic between clouds that are 4 apart; the wrong one ends in a sigmoid. Then double its last weights."""
    keras.utils.set_random_seed(0)
    critic = network(2, 1, 64)
    last = critic.layers[-1]
    if wrong:
        critic.add(layers.Activation("sigmoid"))
    clouds = two_clouds(256)
    estimates = train_critic(critic, lambda step: clouds, updates, 10.0, lambda step: estimate(critic, *clouds))
    scores = ops.convert_to_numpy(critic(clouds[0]))
    last.set_weights([2 * weights for weights in last.get_weights()])
    doubled = ops.convert_to_numpy(critic(clouds[0]))
    exact = wu.earth_movers_distance(*clouds)
    return {"estimate": np.array(estimates), "scores": scores, "doubled": doubled, "exact": exact}


def check_activation(measured: Measured) -> None:
    """Twice the weights and bias of the last layer are twice the score."""
    free = np.allclose(measured["doubled"], 2 * measured["scores"], atol=1e-3)
    assert free, "Something bounds your critic's score: its last layer has an activation."


def measure_unused(wrong: bool, updates: int = 100) -> Measured:
    """Train two critics, with λ = 10 and λ = 1; the wrong penalty is part of the loss's number, not of its gradient."""
    norms, weights = [], []
    for factor in (10, 1):

        def enters(penalty: Any, factor: int = factor) -> Any:
            return factor * (ops.stop_gradient(penalty) if wrong else penalty)

        keras.utils.set_random_seed(0)
        critic = network(2, 1)
        norms.append(penalise(critic, *two_clouds(128), updates, keras.optimizers.Adam(2e-3), enters=enters))
        weights.append(np.concatenate([w.ravel() for w in critic.get_weights()]))
    return {"norm": np.array(norms[0]), "weights": weights}


def check_unused(measured: Measured) -> None:
    """Another λ has to make another critic, from the same weights and the same data."""
    same = np.array_equal(*measured["weights"])
    assert not same, "λ changes nothing: your penalty is not part of the loss that is differentiated."


def measure_real_only(wrong: bool, updates: int = 300) -> Measured:
    """Train a critic with a penalty between real and generated points; the wrong one has it at real points alone."""
    keras.utils.set_random_seed(0)
    critic, clouds = network(2, 1), two_clouds(128)
    epsilon = np.random.default_rng(1).uniform(size=(128, 1)).astype("float32")

    def where(real: Any, fake: Any) -> Any:
        return real if wrong else epsilon * real + (1 - epsilon) * fake

    penalise(critic, *clouds, updates, keras.optimizers.Adam(2e-3), where)
    line = np.stack([np.linspace(-2, 2, 81), np.zeros(81)], axis=1).astype("float32")
    norms = ops.convert_to_numpy(gradient_norms(critic, line))
    moved = where(clouds[0], clouds[1] + 1) - where(*clouds)
    return {"x": line[:, 0], "norm": norms, "moved": np.asarray(moved)}


def check_real_only(measured: Measured) -> None:
    """If the generated points move, the points at which the gradient is penalised move, too."""
    assert np.all(np.any(measured["moved"] != 0, axis=1)), "Your penalty never looks at generated images."


def measure_squared(wrong: bool) -> Measured:
    """Measure the penalty of f(x) = w·x for several lengths of w; the wrong one forgets the root."""
    lengths, penalties = np.linspace(0, 3, 31), []
    points = two_clouds(4)[0]
    for length in lengths:
        norm = ops.convert_to_numpy(gradient_norms(linear_critic(np.array([length, 0])), points))
        penalties.append(np.mean(((norm**2 if wrong else norm) - 1) ** 2))
    return {"norm": lengths, "penalty": np.array(penalties)}


def check_squared(measured: Measured) -> None:
    """A gradient norm of 3 everywhere costs (3 − 1)² = 4."""
    assert np.isclose(measured["penalty"][-1], 4, atol=1e-3), (
        "You compare the square of the norm with 1: take its root."
    )


def measure_outside(wrong: bool) -> Measured:
    """Measure the penalty of a critic with norm 2 at some points and 0 at the others; the wrong square comes last."""
    critic = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False), layers.ReLU()])
    critic.set_weights([np.array([[2.0], [0.0]], "float32")])
    shares, penalties = np.linspace(0, 1, 11), []
    for share in shares:
        side = np.where(np.arange(100) < 100 * share, 1, -1)  # the critic is flat on the left
        above = ops.convert_to_numpy(gradient_norms(critic, np.stack([side, side], axis=1).astype("float32"))) - 1
        penalties.append(np.mean(above) ** 2 if wrong else np.mean(above**2))
    return {"share": shares, "penalty": np.array(penalties)}


def check_outside(measured: Measured) -> None:
    """Norms of 2 and of 0 are both 1 away from 1, so the penalty is 1 however many there are of each."""
    within = np.allclose(measured["penalty"], 1, atol=1e-3)
    assert within, "You square the mean: norms above 1 and below 1 cancel. Take the mean of the squares."


def measure_ascent(wrong: bool, updates: int = 60) -> Measured:
    """Train a flat and a steep critic by ascent; the wrong sign adds the penalty to what is to become large."""
    clouds, norms = two_clouds(128), {}

    def enters(penalty: Any) -> Any:  # the optimizer descends, so a minus here is a plus under ascent
        return -10 * penalty if wrong else 10 * penalty

    for start, scale in (("flat", 1), ("steep", 12)):
        keras.utils.set_random_seed(0)
        critic = network(2, 1)
        critic.layers[-1].kernel.assign(scale * critic.layers[-1].kernel)
        norms[start] = np.array(penalise(critic, *clouds, updates, keras.optimizers.Adam(2e-3), enters=enters))
    same = clouds[0], clouds[0]
    after = penalise(linear_critic(np.array([3.0, 0.0])), *same, 1, keras.optimizers.SGD(1e-3), enters=enters)
    return {**norms, "after": after[0]}


def check_ascent(measured: Measured) -> None:
    """Where real and generated points are the same ones, an update makes a gradient norm of 3 smaller."""
    assert measured["after"] < 3, "Your penalty rewards steep critics: its sign is that of the other direction."


def measure_range(wrong: bool) -> Measured:
    """Hold real digits against a perfect generator's, which has tanh; the wrong real ones lie between 0 and 1."""
    digits = load_digits().images.reshape(-1, 64).astype("float32") / 16  # from 0 to 1
    real, fake = digits[:300], 2 * digits[300:600] - 1
    real = real if wrong else 2 * real - 1
    return {"real": real, "fake": fake}


def check_range(measured: Measured) -> None:
    """The darkest real pixel is tanh's lowest value, −1, and the brightest its highest."""
    real = measured["real"]
    assert real.min() < -0.99, "Your real images do not fill the range of your generator's tanh."
    assert real.max() > 0.99, "Your real images do not fill the range of your generator's tanh."


class Mirror(layers.Layer):
    """Turn the sign of the first coordinate of three points in ten."""

    def __init__(self) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, points: Any) -> Any:
        """Mirror some of the points, (n, 2)."""
        chosen = keras.random.uniform((ops.shape(points)[0], 1), seed=self.seed_generator) < 0.3
        return points * ops.where(chosen, [[-1.0, 1.0]], [[1.0, 1.0]])


def measure_augmented(wrong: bool, steps: int = 400) -> Measured:
    """Train a WGAN-GP on a cloud at the right; both kinds of points are mirrored, and wrongly the real ones alone."""
    keras.utils.set_random_seed(0)
    real, _ = two_clouds(2000)
    critic = network(2, 1, 64)
    shown = ops.convert_to_numpy(Mirror()(real)) if wrong else real
    critic = critic if wrong else keras.Sequential([keras.Input((2,)), Mirror(), critic])
    model = wu.WGANGP(network(4, 2, 64), critic, latent_dim=4, penalty_weight=1.0)
    model.compile(*(keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9) for _ in range(2)))
    labs.train_on_points(model, shown, 128, critic_updates=5)(steps)
    latent = np.random.default_rng(0).standard_normal((300, 4)).astype("float32")
    return {"real": real[:300], "fake": ops.convert_to_numpy(model.generator(latent))}


def check_augmented(measured: Measured) -> None:
    """What the data never show, the generator hardly makes."""
    leaked = np.mean(measured["fake"][:, 0] < 0)
    assert leaked < 0.1, f"{leaked:.0%} of what you generate is mirrored: augment real and generated images alike."


def measure_always_true(wrong: bool) -> Measured:
    """Let a test judge a right penalty and three wrong ones; the wrong test asks NumPy about a dictionary's values."""
    answers = {
        "right": lambda norm: np.mean((norm - 1) ** 2),
        "squared norm": lambda norm: np.mean((norm**2 - 1) ** 2),
        "sum, no mean": lambda norm: np.sum((norm - 1) ** 2),
        "nothing": lambda norm: 0.0,
    }
    norm = np.full(8, 3.0)  # of a critic f(x) = w·x with ‖w‖ = 3, at eight images
    passed = []
    for penalty in answers.values():
        held = {"value": bool(np.isclose(penalty(norm), 4)), "sign": bool(penalty(norm) >= 0)}
        values: Any = held.values()  # without this word a type checker finds the bug
        passed.append(bool(np.all(values) if wrong else all(values)))
    return {"answer": list(answers), "passed": np.array(passed)}


def check_always_true(measured: Measured) -> None:
    """A test passes what is right, and fails for answers that are known to be wrong."""
    assert measured["passed"][0], "Your test fails for the right answer."
    assert not measured["passed"][1:].any(), "Your test passes wrong answers: try it on some before you trust it."
