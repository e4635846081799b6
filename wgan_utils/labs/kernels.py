"""The critic of the maximum mean discrepancy (MMD): linear in random features of a kernel."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable("wgan_utils")
class FourierFeatures(layers.Layer):
    """Random features of the Gaussian kernel: φ(x)·φ(y) is near exp(−|x − y|²/2·bandwidth²) (Rahimi & Recht 2007).

    Maps points (n, d) to features (n, units). The bandwidth is 1 until `widen` changes it.
    """

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units

    def build(self, input_shape: tuple) -> None:
        """Draw frequencies and phases."""
        phases = keras.initializers.RandomUniform(0.0, 2 * np.pi)
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.frequencies = self.add_weight(shape=(input_shape[-1], self.units), initializer=normal, trainable=False)
        self.phases = self.add_weight(shape=(self.units,), initializer=phases, trainable=False)

    def widen(self, bandwidth: float) -> None:
        """Give the kernel another bandwidth, once."""
        self.frequencies.assign(self.frequencies / bandwidth)

    def call(self, points: Any) -> Any:
        """Return the features."""
        return ops.cos(ops.matmul(points, self.frequencies) + self.phases) * (2 / self.units) ** 0.5

    def get_config(self) -> dict[str, Any]:
        """What makes another layer like this one."""
        return {**super().get_config(), "units": self.units}


def kernel_network(dimensions: int, features: int) -> keras.Model:
    """Make a linear function of random features, from points (n, dimensions) to scores (n, 1), in float32."""
    readout = layers.Dense(1, use_bias=False, kernel_initializer="zeros", dtype="float32")
    return keras.Sequential([keras.Input((dimensions,)), FourierFeatures(features, dtype="float32"), readout])
