"""The convolution to few filters against Keras's own."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from wgan_utils.gan import networks
from wgan_utils.gan.backend import value_and_gradients
from wgan_utils.gan.networks import convolve_by_columns, few_filters

KERNELS = [(7, 7, 8, 1), (5, 5, 4, 3), (4, 6, 3, 2), (2, 3, 1, 1), (3, 1, 2, 1)]


def data(kernel_shape: tuple) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    images = random.normal(size=(2, 9, 12, kernel_shape[2])).astype("float32")
    return images, random.normal(size=kernel_shape).astype("float32")


@pytest.mark.parametrize("shape", KERNELS)
def test_the_same_sums_as_keras(shape):
    images, kernel = data(shape)
    ours, expected = convolve_by_columns(images, kernel), ops.conv(images, kernel, padding="same")
    np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(expected), atol=1e-4)


@pytest.mark.parametrize("shape", KERNELS[:3])
def test_the_same_gradients_as_keras(shape):
    images, kernel = data(shape)
    places = [keras.Variable(images), keras.Variable(kernel)]

    def gradients(convolve):
        _, _, values = value_and_gradients(lambda: (ops.sum(ops.sin(convolve(*places))), {}), places)
        return map(ops.convert_to_numpy, values)

    plain = gradients(lambda x, k: ops.conv(x, k, padding="same"))
    for ours, expected in zip(gradients(convolve_by_columns), plain, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-3)


@pytest.mark.parametrize("name", ["camel_generator", "sevens_generator", "horse_generator", "digit_generator"])
def test_generators_end_in_one_and_a_saved_one_is_plain_keras(name, tmp_path):
    generator = getattr(networks, name)(width=0.0625, latent_dim=4)
    last = [layer for layer in generator.layers if type(layer) is layers.Conv2D][-1]
    assert last.convolution_op is convolve_by_columns
    generator.save(tmp_path / "generator.keras")
    loaded = keras.models.load_model(tmp_path / "generator.keras", safe_mode=True)
    assert not any(layer.__dict__.get("convolution_op") for layer in loaded.layers)
    latent = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    ours, theirs = generator(latent, training=False), loaded(latent, training=False)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), atol=1e-5)


@pytest.mark.parametrize("options", [{"strides": 2, "padding": "same"}, {"padding": "valid"}])
def test_a_layer_that_it_cannot_compute_is_refused(options):
    with pytest.raises(ValueError, match='stride 1 and padding "same"'):
        few_filters(layers.Conv2D(1, 3, **options))
