"""BatchNormalization as one operation against Keras's own."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.tiny import LATENT_DIM, bfloat16_networks, dense_networks, needs_bfloat16, tiny_images
from wgan_utils.gan import batch_norm
from wgan_utils.gan.backend import fused_batch_norm, has_fused_batch_norm, value_and_gradients
from wgan_utils.gan.models import WGAN
from wgan_utils.training.batches import RealImages

needs_fused = pytest.mark.skipif(not has_fused_batch_norm(), reason="only TensorFlow on a processor has the operation")
SHAPES = [(6, 5, 4, 16), (16, 32), (1, 2, 2, 48)]


def network(shape: tuple, **options) -> keras.Model:
    """One layer with scale, offset and statistics that are not those it starts with."""
    layer = layers.BatchNormalization(momentum=0.8, **options)
    model = keras.Sequential([keras.Input(shape[1:]), layer])
    random = np.random.default_rng(3)
    model.set_weights([random.uniform(0.5, 2, shape[-1]) * sign for sign in (-1, 1, -1, 1)])
    return model


def results(model: keras.Model, shape: tuple, training: bool = True) -> list[np.ndarray]:
    """Outputs, moving statistics, and the gradients for γ, β and the input of a loss without symmetry."""
    values = np.random.default_rng(0).normal(0.7, 2, shape).astype("float32")
    inputs, places = keras.Variable(values), [*model.trainable_variables]
    parts = {}

    def loss():
        parts["outputs"] = model(inputs.value, training=training)
        return ops.sum(ops.sin(ops.cast(parts["outputs"], "float32"))), {}

    _, _, gradients = value_and_gradients(loss, [*places, inputs])
    found = [parts["outputs"], *model.non_trainable_variables, *gradients]
    return [ops.convert_to_numpy(ops.cast(one, "float32")) for one in found]


@needs_fused
@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_outputs_statistics_and_gradients_in_float32(shape, monkeypatch):
    monkeypatch.setattr(batch_norm, "DTYPES", ("float32",))
    plain, fused = network(shape), network(shape)
    expected = results(plain, shape)
    with batch_norm.fused_batch_norms(fused):
        assert "call" in vars(fused.layers[0])
        found = results(fused, shape)
    assert len(found) == 6
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@needs_fused
@needs_bfloat16
@pytest.mark.parametrize("shape", SHAPES[:2])
def test_the_same_to_the_digits_of_bfloat16(shape):
    plain, fused = (network(shape, dtype="mixed_bfloat16") for _ in range(2))
    expected = results(plain, shape)
    with batch_norm.fused_batch_norms(fused):
        found = results(fused, shape)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other).max() <= 0.02 * np.abs(other).max()


@needs_fused
def test_the_variance_is_divided_by_n():
    maps = np.random.default_rng(1).normal(3, 2, (2, 1, 2, 5)).astype("float32")
    _, mean, variance = fused_batch_norm(maps, np.ones(5, "float32"), np.zeros(5, "float32"), 1e-3)
    np.testing.assert_allclose(ops.convert_to_numpy(mean), maps.mean(axis=(0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(variance), maps.var(axis=(0, 1, 2)), rtol=1e-5)


@needs_fused
def test_statistics_are_used_and_kept_where_it_does_not_train(monkeypatch):
    monkeypatch.setattr(batch_norm, "DTYPES", ("float32",))
    plain, fused = network(SHAPES[0]), network(SHAPES[0])
    expected = results(plain, SHAPES[0], training=False)
    with batch_norm.fused_batch_norms(fused):
        found = results(fused, SHAPES[0], training=False)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("channels", "options"),
    [
        (16, {}),  # float32: stored runs were made by Keras's own operations
        (16, {"dtype": "bfloat16"}),
        (16, {"dtype": "mixed_bfloat16", "axis": 1}),
        (16, {"dtype": "mixed_bfloat16", "scale": False}),
        (3, {"dtype": "mixed_bfloat16"}),
    ],
)
def test_other_layers_are_left_alone(channels, options):
    model = keras.Sequential([keras.Input((3, 3, channels)), layers.BatchNormalization(**options)])
    with batch_norm.fused_batch_norms(model):
        assert not any("call" in vars(layer) for layer in model.layers)


@needs_fused
@needs_bfloat16
def test_a_step_in_bfloat16_uses_it_and_leaves_plain_layers(monkeypatch):
    calls = []
    monkeypatch.setattr(batch_norm, "fused_batch_norm", lambda *args: calls.append(args) or fused_batch_norm(*args))
    for networks, wanted in ((bfloat16_networks(dense=True), True), (dense_networks(), False)):
        calls.clear()
        model = WGAN(*networks, LATENT_DIM, critic_steps=1)
        model.compile(keras.optimizers.RMSprop(1e-3), keras.optimizers.RMSprop(1e-3))
        model.fit(RealImages(tiny_images().train, 4, 1, 5, 0, 2), shuffle=False, verbose=0)
        assert bool(calls) == wanted
        assert not any("call" in vars(layer) for layer in model.generator.layers)
