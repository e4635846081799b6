"""Gradients on whichever backend runs, against closed forms; and what they do to everything else's state."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from wgan_utils.gan.backend import input_gradient, value_and_gradients


def numbers(*tensors) -> list[float]:
    return [float(ops.convert_to_numpy(t)) for t in tensors]


def test_value_extra_and_gradients_of_a_polynomial():
    a, b, unused = (keras.Variable(np.float32(x)) for x in (2, 3, 5))
    loss = lambda: (a * a * b, {"product": a * b})  # noqa: E731
    value, extra, gradients = value_and_gradients(loss, [a, b, unused])
    assert numbers(value, extra["product"], *gradients) == [12, 6, 12, 4, 0]  # 2ab, a², and zero instead of None
    _, _, gradients = value_and_gradients(loss, [b], state=[a, b])
    assert numbers(*gradients, a, b) == [4, 2, 3]


@pytest.mark.parametrize("columns", [(), (1,)], ids=["scores (n,)", "scores (n, 1)"])
def test_input_gradient_is_one_gradient_per_image(columns):
    """f(x) = ‖x‖² has the gradient 2x at each image, whatever the others are."""
    x = np.random.default_rng(0).normal(size=(5, 3, 2)).astype("float32")
    gradient = input_gradient(lambda x: ops.reshape(ops.sum(x * x, axis=(1, 2)), (5, *columns)), x)
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), 2 * x, rtol=1e-6)


def test_input_gradient_moves_batch_statistics_and_seeds_on_within_a_loss():
    """The penalty's pass through a critic with dropout: the next pass has to see other random numbers."""
    critic = keras.Sequential([keras.Input((30,)), layers.Dropout(0.5, seed=1), layers.Dense(1)])

    def once(x):
        return input_gradient(lambda x: critic(x, training=True), x, critic.variables)

    def loss():
        x = ops.ones((2, 30))
        first, second = once(x), once(x)
        return ops.mean(first) + ops.mean(second), {"first": first, "second": second}

    _, extra, _ = value_and_gradients(loss, critic.trainable_variables, critic.variables)
    passes = [ops.convert_to_numpy(x) for x in (extra["first"], extra["second"], once(ops.ones((2, 30))))]
    assert len({x.tobytes() for x in passes}) == 3
    assert (passes[0] == 0).any()
