"""A convolution to very few filters, such as an image's one or three channels, arranged for speed.

CPU kernels compute eight filters at a time or more, so that a convolution to one channel leaves most of their work
unused. Here the columns of a kernel become filters of their own, whose outputs are then shifted and added: the same
sums in another order. For the last layer of the sevens' generator that is three times as fast.
"""

from functools import reduce
from typing import Any

import keras
from keras import ops


def few_filters(layer: keras.layers.Conv2D) -> keras.layers.Conv2D:
    """Let a convolution with stride 1 and padding "same" compute column by column; its result stays the same.

    What changes is one method of this one layer, not its class, so that a saved network is plain Keras's.

    Raises:
        ValueError: for a layer with other strides or padding.
    """
    if layer.strides != (1, 1) or layer.dilation_rate != (1, 1) or layer.padding != "same":
        raise ValueError(
            f'few_filters computes convolutions with stride 1 and padding "same"; {layer.name} has strides '
            f'{layer.strides}, dilation {layer.dilation_rate} and padding "{layer.padding}". Leave that layer as it is.'
        )
    layer.convolution_op = convolve_by_columns
    return layer


def convolve_by_columns(images: Any, kernel: Any) -> Any:
    """Convolve with stride 1 and padding "same".

    Args:
        images: (batch, height, width, channels).
        kernel: (rows, columns, channels, filters).

    Returns:
        (batch, height, width, filters).
    """
    rows, columns, channels, filters = kernel.shape
    width = images.shape[2]
    columns_as_filters = ops.reshape(ops.transpose(kernel, (0, 2, 1, 3)), (rows, 1, channels, columns * filters))
    stripes = ops.conv(images, columns_as_filters, padding="same")
    stripes = ops.pad(stripes, [(0, 0), (0, 0), ((columns - 1) // 2, columns // 2), (0, 0)])
    shifted = [stripes[:, :, j : j + width, j * filters : (j + 1) * filters] for j in range(columns)]
    return reduce(ops.add, shifted)
