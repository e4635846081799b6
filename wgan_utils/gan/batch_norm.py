"""BatchNormalization as one operation while a step runs in bfloat16: the same function, sooner.

Keras normalises a batch in a dozen operations over whole feature maps, and raises a bfloat16 map to float32 for
them. On a processor these wait for memory more than they compute. TensorFlow has it all in one operation, whose sums
are in float32 too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import keras
from keras import layers, ops

from wgan_utils.gan.backend import fused_batch_norm, has_fused_batch_norm

# Layers that compute in these. The order of the sums is another, so that float32, in which runs and lessons are stored,
# is left as it is.
DTYPES = ("bfloat16",)
# TensorFlow's kernel computes so many channels at a time. Where their number is no multiple of it, such as an image's
# 1 or 3, it takes twice as long as Keras's operations.
CHANNELS_AT_ONCE = 16


@contextmanager
def fused_batch_norms(*networks: keras.Model) -> Iterator[None]:
    """Let the networks' layers normalise in one operation within the block, where that is known to be faster.

    Only a method of the layers is exchanged, and put back: what a network is, and how it is saved, stays.
    """
    chosen = [layer for network in networks for layer in network._flatten_layers() if _is_fused(layer)]
    for layer in chosen:
        layer.call = MethodType(_call, layer)
    try:
        yield
    finally:
        for layer in chosen:
            del layer.call


def _is_fused(layer: keras.Layer) -> bool:
    return (
        type(layer) is layers.BatchNormalization
        and (layer.compute_dtype, layer.variable_dtype) in [(dtype, "float32") for dtype in DTYPES]
        and (layer.scale, layer.center, getattr(layer, "renorm", False)) == (True, True, False)
        and not layer.synchronized
        and layer.input_spec.ndim in (2, 4)
        and layer.axis in (-1, layer.input_spec.ndim - 1)
        and layer.gamma.shape[0] % CHANNELS_AT_ONCE == 0
        and has_fused_batch_norm()
    )


def _call(self: layers.BatchNormalization, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
    """Do what `BatchNormalization.call` does."""
    if not training or not self.trainable or mask is not None:
        return layers.BatchNormalization.call(self, inputs, training=training, mask=mask)
    maps = inputs if len(inputs.shape) == 4 else ops.expand_dims(inputs, (1, 2))
    outputs, mean, variance = fused_batch_norm(maps, self.gamma, self.beta, self.epsilon)
    for average, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
        average.assign(average * self.momentum + new * (1.0 - self.momentum))
    return ops.reshape(outputs, ops.shape(inputs))
