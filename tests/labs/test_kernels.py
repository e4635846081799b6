"""Random features: their scalar products are the kernel, whatever the bandwidth."""

import keras
import numpy as np
import pytest
from keras import ops

from wgan_utils.labs.kernels import FourierFeatures, kernel_network


@pytest.mark.parametrize("bandwidth", [1.0, 3.0])
def test_scalar_products_of_features_are_the_gaussian_kernel(bandwidth):
    keras.utils.set_random_seed(0)
    layer = FourierFeatures(20_000)
    points = np.random.default_rng(0).normal(size=(6, 2)).astype("float32")
    layer(points)
    layer.widen(bandwidth)
    features = ops.convert_to_numpy(layer(points))
    squares = ((points[:, None] - points) ** 2).sum(axis=2)
    # Each product is a mean of 20,000 bounded terms.
    np.testing.assert_allclose(features @ features.T, np.exp(-squares / (2 * bandwidth**2)), atol=0.04)


def test_the_network_trains_its_readout_alone_and_can_be_copied():
    network = kernel_network(3, 8)
    assert [weights.shape for weights in network.trainable_variables] == [(8, 1)]
    assert keras.models.clone_model(network).layers[0].units == 8
