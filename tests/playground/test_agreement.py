"""The playground's losses, penalties, gradients, distances and optimizers, held to the library, SciPy and Keras."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import wgan_utils as wu
from tests.playground.node import answer, needs_node
from wgan_utils import labs
from wgan_utils.gan.backend import value_and_gradients

pytestmark = needs_node
BATCH, LATENT, LAMBDA, SEED = 23, 3, 1.7, 5  # the page multiplies two rows and four columns at a time


def network(inputs: int, outputs: int, seed: int) -> keras.Model:
    """Two hidden layers, with weights large enough that slopes lie on both sides of 1."""
    hidden = [layers.Dense(units, "relu") for units in (9, 9)]
    model = keras.Sequential([keras.Input((inputs,)), *hidden, layers.Dense(outputs)])
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.7, w.shape).astype("float32") for w in model.get_weights()])
    return model


def as_in_the_page(arrays: list) -> list[float]:
    """Kernels and offsets in one row, each kernel as (outputs, inputs): Keras has (inputs, outputs)."""
    return np.concatenate([ops.convert_to_numpy(a).T.ravel() for a in arrays]).astype(float).tolist()


@pytest.fixture(scope="module")
def players():
    random = np.random.default_rng(0)
    real, latent = random.normal(size=(BATCH, 2)).astype("f"), random.normal(size=(BATCH, LATENT)).astype("f")
    generator, critic = network(LATENT, 2, 1), network(2, 1, 2)
    return generator, critic, real, latent, ops.convert_to_numpy(generator(latent))


def in_the_page(players, method: str) -> dict:
    generator, critic, real, latent, _ = players
    epsilon = ops.convert_to_numpy(keras.random.uniform((BATCH, 1), seed=keras.random.SeedGenerator(SEED))).ravel()
    sizes = {f"{who}{what}": n for who in ("critic", "generator") for what, n in (("Width", 9), ("Layers", 2))}
    return answer(
        "training",
        settings={"method": method, "batch": BATCH, "latentDim": LATENT, "lambda": LAMBDA, **sizes},
        criticWeights=as_in_the_page(critic.get_weights()),
        generatorWeights=as_in_the_page(generator.get_weights()),
        real=real.tolist(),
        latent=latent.tolist(),
        epsilon=epsilon.tolist(),
    )


MODELS = {
    "nonsaturating": (wu.GAN, {}),
    "saturating": (wu.GAN, {}),
    "r1": (wu.R1GAN, {"gamma": LAMBDA}),
    "clip": (wu.WGAN, {}),
    "gp": (wu.WGANGP, {"penalty_weight": LAMBDA}),
    "onesided": (wu.WGANGP, {"penalty_weight": LAMBDA, "one_sided": True}),
}


def in_the_library(players, method: str) -> dict:
    generator, critic, real, latent, fake = players
    kind, settings = MODELS[method]
    model = kind(generator, critic, LATENT, seed=SEED, **settings)

    def generator_loss():
        if method == "saturating":  # E[log(1 − D)], with D the score's sigmoid
            return -ops.mean(ops.softplus(critic(generator(latent)))), {}
        return model.loss_of_generated(generator(latent)), {}

    losses = (critic, lambda: model.critic_loss(real, fake)), (generator, generator_loss)
    (_, logs, of_critic), (value, _, of_generator) = (
        value_and_gradients(loss, network.trainable_variables, model.variables) for network, loss in losses
    )
    result = {"critic": logs.get("critic_loss", logs.get("discriminator_loss")), "generator": value}
    result |= {"criticGradient": as_in_the_page(of_critic), "generatorGradient": as_in_the_page(of_generator)}
    return result | {"penalty": logs.get("gradient_penalty", logs.get("r1_penalty"))}


@pytest.mark.parametrize("method", MODELS)
def test_losses_penalties_and_gradients_are_the_librarys(players, method):
    found, expected = in_the_page(players, method), in_the_library(players, method)
    assert np.allclose(found["fake"], players[-1].ravel(), atol=1e-5)
    for name in ("critic", "penalty", "generator"):
        right = expected[name]
        assert found[name] == (right if right is None else pytest.approx(float(right), abs=1e-4))
    if expected["penalty"] is not None:
        assert float(expected["penalty"]) > 0.01  # else a penalty that is missing would agree
    for name in ("criticGradient", "generatorGradient"):
        gap = np.abs(np.array(found[name]) - expected[name])
        assert np.max(np.abs(expected[name])) > 0.01  # something to compare
        assert gap.max() < 1e-4


def test_the_exact_distance_is_scipys():
    random = np.random.default_rng(3)
    pairs = [(labs.toys.ring_of_gaussians(256, seed=0), labs.toys.swiss_roll(256))]
    for n in (1, 2, 7, 64):
        a, b = random.normal(size=(2, n, 2))
        pairs += [(a, b), (a, a + np.array([3, 4])), (np.round(a), np.round(b))]  # rounded: many ties
    pairs = [[np.asarray(points, float) for points in pair] for pair in pairs]
    found = answer("distances", pairs=[[points.tolist() for points in pair] for pair in pairs])
    assert found == pytest.approx([wu.earth_movers_distance(*pair) for pair in pairs], abs=1e-9)


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd"])
def test_optimizers_are_keras(name):
    random = np.random.default_rng(4)
    start, gradients = random.normal(size=6), random.normal(size=(30, 6))
    betas = {"beta_1": 0.5, "beta_2": 0.9} if name == "adam" else {}
    optimizer = keras.optimizers.get({"class_name": name, "config": {"learning_rate": 0.01, **betas}})
    variable = keras.Variable(start.astype("float32"))
    for gradient in gradients:
        optimizer.apply([ops.convert_to_tensor(gradient.astype("float32"))], [variable])
    settings = {"optimizer": name, "beta1": 0.5, "beta2": 0.9}
    found = answer("optimizer", settings=settings, values=start.tolist(), gradients=gradients.tolist(), rate=0.01)
    assert np.allclose(found, ops.convert_to_numpy(variable), atol=1e-5)
