"""The paper's RMSProp, against NumPy."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from wgan_utils.gan.optimizers import paper_rmsprop
from wgan_utils.training.config import optimizer_from, optimizer_settings

RATE = 5e-5


def updated(optimizer, gradients: list[np.ndarray]) -> np.ndarray:
    """Where a variable that began at 0 is after some updates."""
    variable = keras.Variable(np.zeros(len(gradients[0]), "float32"))
    for gradient in gradients:
        optimizer.apply([ops.convert_to_tensor(gradient)], [variable])
    return ops.convert_to_numpy(variable)


def test_an_update_is_the_papers_with_epsilon_outside_of_the_root():
    sizes = np.array([1.0, 1e-4, 1e-7, 1e-8, 1e-10, 0.0])  # a clipped critic's, and smaller ones than epsilon
    gradients = [(sizes * factor).astype("float32") for factor in (1.0, -0.5, 2.0)]
    place, mean_square = np.zeros(6), np.zeros(6)
    for gradient in gradients:
        mean_square = 0.99 * mean_square + 0.01 * gradient.astype("float64") ** 2
        place -= RATE * gradient / (np.sqrt(mean_square) + 1e-8)
    np.testing.assert_allclose(updated(paper_rmsprop(RATE), gradients), place, rtol=1e-4)
    kerass = updated(keras.optimizers.RMSprop(RATE), gradients)
    assert abs(kerass[1]) < 0.1 * abs(place[1])  # whose epsilon dwarfs such gradients


def test_the_rate_may_follow_a_schedule():
    falling = keras.optimizers.schedules.PiecewiseConstantDecay([0], [0.1, 0.0])
    one = np.ones(1, "float32")
    assert updated(paper_rmsprop(falling), [one]) == updated(paper_rmsprop(falling), [one, one])


def test_it_survives_json():
    settings = json.loads(json.dumps(optimizer_settings(paper_rmsprop(RATE))))
    again = optimizer_from(settings)
    assert type(again) is type(paper_rmsprop(RATE))
    assert (again.rho, again.epsilon, float(again.learning_rate)) == (0.99, 1e-8, pytest.approx(RATE))
