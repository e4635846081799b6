"""What the site's JavaScript makes of an exported generator is what Keras makes of it."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from tests.backends.reference import set_weights
from tests.playground.node import needs_node, run_node
from wgan_utils.gan.networks import latent_vectors
from wgan_utils.zoo.generators import load_pretrained, pretrained

GENERATE = Path(__file__).parents[2] / "site" / "explorer" / "tests" / "generate.mjs"
export_for_browser = runpy.run_path(str(GENERATE.parents[1] / "export.py"))["export_for_browser"]
TOLERANCE = 1e-3  # of outputs between −1 and 1
ROUNDING = 1e-5  # of float32 sums in another order, where float16 holds the weights exactly


def in_javascript(folder: Path, latents: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What Node makes of latent vectors with exported networks; each output is flat."""
    for name, latent in latents.items():
        latent.astype("<f4").tofile(folder / f"{name}.latent")
    run_node(str(GENERATE), str(folder))
    return {name: np.fromfile(folder / f"{name}.output", "<f4") for name in latents}


def chain(*stack: keras.Layer, latent_dim: int = 6) -> keras.Model:
    """A network whose weights, moving statistics and biases too, are random and held exactly by float16."""
    network = keras.Sequential([keras.Input((latent_dim,)), *stack], name="small")
    set_weights(network, seed=0)
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    return network


def to_map(rows: int, columns: int, channels: int) -> list[keras.Layer]:
    return [layers.Dense(rows * columns * channels), layers.Reshape((rows, columns, channels))]


def assert_same(cases: dict[str, keras.Model], folder: Path, tolerance: float, number: int = 2) -> None:
    """Export networks, and compare what JavaScript and Keras make of a few latent vectors."""
    latents, expected = {}, {}
    for name, network in cases.items():
        export_for_browser(network, folder, name)
        latents[name] = latent_vectors(number, network.input_shape[1], seed=2)
        expected[name] = keras.ops.convert_to_numpy(network(latents[name], training=False))
    found = in_javascript(folder, latents)
    for name, values in expected.items():
        assert values.std() > 0.01, f"{name} says the same to everything"
        limit = tolerance * max(1, np.abs(values).max())
        np.testing.assert_allclose(found[name].reshape(values.shape), values, rtol=0, atol=limit, err_msg=name)


@needs_node
@pytest.mark.parametrize("name", sorted(pretrained()))
def test_a_shipped_generator_answers_as_in_keras(name, tmp_path):
    assert export_for_browser(name, tmp_path) == tmp_path / f"{name}.json"
    by_name = (tmp_path / f"{name}.bin").read_bytes()
    assert_same({name: load_pretrained(name)[0]}, tmp_path, TOLERANCE, number=4)
    assert (tmp_path / f"{name}.bin").read_bytes() == by_name


UP = layers.UpSampling2D
# Sizes that leave odd rows over, other numbers of channels than a multiple of four, rows unlike columns.
CASES = {
    **{
        f"{kind.__name__}_{kernel}_{stride}_{padding}": [*to_map(9, 8, 3), kind(5, (kernel, 3), (stride, 2), padding)]
        for kind in (layers.Conv2D, layers.Conv2DTranspose)
        for kernel in (1, 4, 5)
        for stride in (1, 2, 3)
        for padding in ("same", "valid")
    },
    **{
        f"upsampling_before_{kernel}_{padding}": [*to_map(4, 5, 3), UP(), layers.Conv2D(6, (kernel, 3), 1, padding)]
        for kernel in (1, 4, 5)
        for padding in ("same", "valid")
    },
    "upsampling": [*to_map(4, 5, 3), UP((3, 2))],
    "upsampling_before_strides": [*to_map(4, 5, 3), UP(), layers.Conv2D(6, 3, 2, "same")],
    "dense": [layers.Dense(7, use_bias=False), layers.Dense(5, activation="sigmoid")],
    "dense_of_pixels": [*to_map(2, 3, 4), layers.Dense(5)],
    "batch_norm_folded": [layers.Dense(8), layers.BatchNormalization(epsilon=0.01), layers.BatchNormalization()],
    "batch_norm_without_bias": [layers.Dense(8, use_bias=False), layers.BatchNormalization(scale=False)],
    "batch_norm_after_an_activation": [layers.Dense(8, activation="relu"), layers.BatchNormalization(center=False)],
    "batch_norm_of_maps": [
        *(*to_map(3, 3, 2), layers.BatchNormalization()),
        *(layers.Conv2DTranspose(5, 4, 2, "same", use_bias=False), layers.BatchNormalization()),
    ],
    "activations": [
        *(layers.Dense(9), layers.LeakyReLU(negative_slope=0.3), layers.Dense(9), layers.ReLU(negative_slope=0.1)),
        *(layers.Dense(9), layers.Activation("leaky_relu"), layers.Dense(9, activation="tanh")),
    ],
    "cropping": [*to_map(6, 7, 2), layers.Cropping2D(((1, 2), (3, 0)))],
    "flatten_and_drop_out": [*to_map(3, 2, 2), layers.Flatten(), layers.Dropout(0.5), layers.Dense(3)],
}


@needs_node
def test_every_layer_answers_as_in_keras(tmp_path):
    assert_same({name: chain(*stack) for name, stack in CASES.items()}, tmp_path, ROUNDING)


REFUSED = {
    "axis": [*to_map(4, 4, 2), layers.BatchNormalization(axis=1)],
    "Conv1D": [layers.Reshape((3, 2)), layers.Conv1D(2, 2)],
    "dilation_rate": [*to_map(8, 8, 2), layers.Conv2D(2, 3, dilation_rate=2)],
    "groups": [*to_map(4, 4, 2), layers.Conv2D(2, 3, groups=2)],
    "interpolation": [*to_map(4, 4, 2), layers.UpSampling2D(interpolation="bilinear")],
    "max_value": [layers.ReLU(max_value=6)],
    "gelu": [layers.Dense(2, activation="gelu")],
    "data_format": [*to_map(4, 4, 4), layers.Cropping2D(1, data_format="channels_first")],
    "output_padding": [*to_map(4, 4, 2), layers.Conv2DTranspose(2, 3, strides=2, output_padding=1)],
}


def other_networks() -> list[tuple[str, keras.Model]]:
    """Networks that the format can't hold, with what is named; shared or branching layers are no chain."""
    inputs, shared = keras.Input((3,)), layers.Dense(3)
    hidden = layers.Dense(3)(inputs)
    outputs = (layers.Add()([hidden, inputs]), shared(shared(inputs)), [hidden, layers.ReLU()(hidden)])
    large = chain(layers.Dense(2))
    large.set_weights([np.full((6, 2), 1e6), np.zeros(2)])
    found = [("chain", keras.Model(inputs, output)) for output in outputs] + [("float16", large)]
    return found + [(name, chain(*stack)) for name, stack in REFUSED.items()]


def test_a_network_that_the_format_can_not_hold_is_refused_by_what_is_odd(tmp_path):
    for name, network in other_networks():
        with pytest.raises(ValueError, match=name):
            export_for_browser(network, tmp_path)
    assert not list(tmp_path.iterdir())
