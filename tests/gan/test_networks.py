"""The lessons' networks: the weight counts and shapes that the design fixes, and where they start from."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.refused import refused
from wgan_utils.gan import networks
from wgan_utils.gan.backend import value_and_gradients

SMALL = 0.0625

SIZES = {  # name: shapes of input and output, weights at width 1
    "camel_discriminator": ((28, 28, 1), (1,), 720_833),
    "sevens_critic": ((28, 28, 1), (1,), 70_337),
    "horse_critic": ((32, 32, 3), (1,), 670_401),
    "digit_critic": ((28, 28, 1), (1,), 4_305_409),
    "dcgan_critic": ((32, 32, 1), (1,), 1_030_145),
    "face_critic": ((64, 64, 3), (1,), 4_314_753),
    "camel_generator": ((100,), (28, 28, 1), 844_161),
    "sevens_generator": ((50,), (28, 28, 1), 851_713),
    "horse_generator": ((100,), (32, 32, 3), 884_163),
    "digit_generator": ((128,), (28, 28, 1), 910_660),
    "dcgan_generator": ((128,), (32, 32, 1), 1_202_113),
    "face_generator": ((100,), (64, 64, 3), 5_168_003),
}


@pytest.mark.parametrize("name", SIZES)
def test_networks_have_the_lessons_size_and_critics_batch_norm_in_the_published_recipe_alone(name):
    (inputs, outputs, weights), model = SIZES[name], getattr(networks, name)()
    assert (model.name, model.input_shape, model.output_shape) == (name, (None, *inputs), (None, *outputs))
    assert model.count_params() == weights
    ends = [getattr(layer, "activation", None) for layer in model.layers[-2:]]
    if outputs == (1,):
        assert ends[-1] is keras.activations.linear
        normalised = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
        assert len(normalised) == 2 * (name == "sevens_critic")
    else:
        assert keras.activations.tanh in ends


@pytest.mark.parametrize("width", [0, float("nan")])
def test_a_width_that_leaves_nothing_is_refused(width):
    with refused(naming="width"):
        networks.face_generator(width)


@pytest.mark.parametrize("name", ["sevens_critic", "sevens_generator", "camel_generator", "horse_critic"])
def test_layers_of_equal_shape_start_differently(name):
    """One initializer object for several layers would give them the same values (Keras warns of it only once)."""
    keras.utils.set_random_seed(0)
    model = getattr(networks, name)(width=SMALL)
    first = [ops.convert_to_numpy(v).ravel()[:8] for v in model.trainable_variables if v.name == "kernel"]
    # Glorot's limits differ between shapes; equal draws would still be proportional.
    assert np.abs(np.triu(np.corrcoef(first), 1)).max() < 0.999


def test_the_sevens_networks_start_from_a_narrow_normal_distribution():
    keras.utils.set_random_seed(0)
    for model in (networks.sevens_critic(), networks.sevens_generator()):
        for variable in model.trainable_variables:
            if variable.name == "kernel" and np.prod(variable.shape) > 1000:
                assert np.std(ops.convert_to_numpy(variable)) == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("shape", [(7, 7, 8, 1), (4, 6, 3, 2)])
def test_a_convolution_by_columns_has_the_sums_and_the_gradients_of_keras(shape):
    keras.utils.set_random_seed(0)
    plain, ours = (layers.Conv2D(shape[3], shape[:2], padding="same") for _ in range(2))
    images = keras.Variable(np.random.default_rng(0).normal(size=(2, 9, 12, shape[2])).astype("float32"))
    plain(images), networks.column_convolution(ours)(images)
    ours.set_weights(plain.get_weights())

    def gradients(layer) -> tuple:
        return value_and_gradients(lambda: (ops.mean(ops.sin(layer(images))), {}), [images, layer.kernel, layer.bias])

    found, expected = gradients(ours), gradients(plain)
    np.testing.assert_allclose(found[0], expected[0], atol=1e-6)
    for one, other in zip(found[2], expected[2], strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), ops.convert_to_numpy(other), atol=1e-5)


def test_a_saved_sevens_generator_is_plain_keras(tmp_path):
    generator = networks.sevens_generator(SMALL, latent_dim=4)
    generator.save(tmp_path / "generator.keras")
    loaded = keras.models.load_model(tmp_path / "generator.keras", safe_mode=True)
    latent = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    ours, theirs = (ops.convert_to_numpy(network(latent, training=False)) for network in (generator, loaded))
    assert not any("convolution_op" in vars(layer) for layer in loaded.layers)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
