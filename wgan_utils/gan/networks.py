"""Each lesson's generator and critic.

Generators map latent vectors (batch, latent_dim) to images in [−1, 1]; critics map images to one number each,
without an activation. `width` scales every hidden layer's number of filters; the weight counts given here
belong to width 1.
"""

import random
from functools import reduce
from typing import Any

import keras
from keras import layers, ops

from wgan_utils.errors import Refused

# Of the normal distribution that DCGAN's and the sevens' networks start from (Radford et al. 2016).
INIT_STDDEV = 0.02


def camel_discriminator(width: float = 1.0, dropout: float = 0.4) -> keras.Model:
    """Build lesson 01's discriminator of (28, 28, 1) images: 720,833 weights."""
    stack = [keras.Input((28, 28, 1))]
    for filters, stride in ((64, 2), (64, 2), (128, 2), (128, 1)):
        stack += [_conv(filters, width, 5, stride), layers.ReLU(), _dropout(dropout)]
    return _model("camel_discriminator", *stack, layers.Flatten(), layers.Dense(1))


def camel_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 01's generator of (28, 28, 1) images: 844,161 weights, 837,377 of them trainable."""
    stack = [keras.Input((latent_dim,)), *_to_map(7, 64, width, _batch_norm(0.9), layers.ReLU())]
    for filters, scale in ((128, 2), (64, 2), (64, 1)):
        if scale == 2:
            stack.append(layers.UpSampling2D())
        stack += [_conv(filters, width, 5), _batch_norm(0.9), layers.ReLU()]
    return _model("camel_generator", *stack, _to_pixels(1, 5, activation="tanh"))


def sevens_critic(width: float = 1.0, batch_norm: bool = True, last_layer: str | None = None) -> keras.Model:
    """Build the published recipe's critic of (28, 28, 1) images: 70,337 weights.

    Lesson 02's own has no `batch_norm`, and 69,825. `last_layer` is the initializer of the last one: the source
    leaves it to Keras, whose default is "glorot_uniform"; by default here it is that of the others.
    """
    stack = [keras.Input((28, 28, 1))]
    for _ in range(2):
        stack.append(_conv(64, width, 4, 2, kernel_initializer=_normal()))
        if batch_norm:
            stack.append(_batch_norm())
        stack.append(_leaky())
    last = layers.Dense(1, kernel_initializer=last_layer or _normal())
    return _model("sevens_critic", *stack, layers.Flatten(), last)


def sevens_generator(width: float = 1.0, latent_dim: int = 50) -> keras.Model:
    """Build lesson 02's generator of (28, 28, 1) images: 851,713 weights."""
    stack = [keras.Input((latent_dim,)), *_to_map(7, 128, width, _leaky(), kernel_initializer=_normal())]
    for _ in range(2):
        stack.append(_conv_transpose(128, width, 4, kernel_initializer=_normal()))
        stack += [_batch_norm(), _leaky()]
    last = column_convolution(_to_pixels(1, 7, activation="tanh", kernel_initializer=_normal()))
    return _model("sevens_generator", *stack, last)


def horse_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 03's critic of (32, 32, 3) images: 670,401 weights."""
    stack = [keras.Input((32, 32, 3))]
    for filters, stride in ((32, 2), (64, 2), (128, 2), (128, 1)):
        stack += [_conv(filters, width, 5, stride), _leaky()]
    return _model("horse_critic", *stack, layers.Flatten(), layers.Dense(1))


def horse_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 03's generator of (32, 32, 3) images: 884,163 weights."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 128, width, _batch_norm(0.8), _leaky())]
    for filters in (128, 64, 32):
        stack += [layers.UpSampling2D(), _conv(filters, width, 5), _batch_norm(0.8)]
        stack.append(_leaky())
    return _model("horse_generator", *stack, _to_pixels(3, 5, activation="tanh"))


def digit_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 04's critic of (28, 28, 1) images: 4,305,409 weights. The penalty forbids BatchNorm.

    Its source has dropout too, which we leave out: each pass would score, and penalise, another function.
    """
    stack = [keras.Input((28, 28, 1)), layers.ZeroPadding2D(2)]
    for filters in (64, 128, 256, 512):
        stack += [_conv(filters, width, 5, 2), _leaky()]
    return _model("digit_critic", *stack, layers.Flatten(), layers.Dense(1))


def digit_generator(width: float = 1.0, latent_dim: int = 128) -> keras.Model:
    """Build lesson 04's generator of (28, 28, 1) images: 910,660 weights. Made at 32×32 and cropped."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 256, width, _batch_norm(), _leaky(), use_bias=False)]
    for filters in (128, 64):
        stack += [layers.UpSampling2D(), _conv(filters, width, 3, use_bias=False), _batch_norm()]
        stack.append(_leaky())
    stack += [layers.UpSampling2D(), _to_pixels(1, 3, use_bias=False)]
    return _model("digit_generator", *stack, _batch_norm(), layers.Activation("tanh"), layers.Cropping2D(2))


def dcgan_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 05's critic of (32, 32, 1) images: 1,030,145 weights. No BatchNorm, so that any loss can use it."""
    stack = [keras.Input((32, 32, 1))]
    for filters in (64, 128, 256):
        stack += [_conv(filters, width, 5, 2), _leaky()]
    return _model("dcgan_critic", *stack, layers.Flatten(), layers.Dense(1))


def dcgan_generator(width: float = 1.0, latent_dim: int = 128, batch_norm: bool = True) -> keras.Model:
    """Build lesson 05's generator of (32, 32, 1) images: 1,202,113 weights (after Radford et al. 2016)."""

    def normalised() -> list[keras.Layer]:
        return [_batch_norm()] if batch_norm else []

    stack = [keras.Input((latent_dim,)), *_to_map(4, 256, width, *normalised(), _leaky())]
    for filters in (128, 64):
        stack += [_conv_transpose(filters, width, 4), *normalised()]
        stack.append(_leaky())
    last = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")
    return _model("dcgan_generator", *stack, last)


def face_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 06's critic of (64, 64, 3) images: 4,314,753 weights. The penalty forbids BatchNorm."""
    stack = [keras.Input((64, 64, 3))]
    for filters in (64, 128, 256, 512):
        stack += [_conv(filters, width, 5, 2), _leaky()]
    return _model("face_critic", *stack, layers.Flatten(), layers.Dense(1))


def face_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 06's generator of (64, 64, 3) images: 5,168,003 weights, 5,150,723 of them trainable."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 512, width, _batch_norm(0.9), _leaky())]
    for filters in (256, 128, 64):
        stack += [_conv_transpose(filters, width, 5), _batch_norm(0.9), _leaky()]
    return _model("face_generator", *stack, layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh"))


def _conv(filters: int, width: float, kernel_size: int, stride: int = 1, **kwargs: object) -> keras.Layer:
    return layers.Conv2D(_scaled(filters, width), kernel_size, strides=stride, padding="same", **kwargs)


def _conv_transpose(filters: int, width: float, kernel_size: int, **kwargs: object) -> keras.Layer:
    return layers.Conv2DTranspose(_scaled(filters, width), kernel_size, strides=2, padding="same", **kwargs)


def _to_pixels(channels: int, kernel_size: int, **kwargs: object) -> keras.Layer:
    return layers.Conv2D(channels, kernel_size, padding="same", **kwargs)


def _to_map(side: int, filters: int, width: float, *between: keras.Layer, **kwargs: object) -> list[keras.Layer]:
    filters = _scaled(filters, width)
    return [layers.Dense(side * side * filters, **kwargs), *between, layers.Reshape((side, side, filters))]


def _batch_norm(momentum: float = 0.99) -> keras.Layer:
    return layers.BatchNormalization(momentum=momentum)


def _leaky() -> keras.Layer:
    return layers.LeakyReLU(negative_slope=0.2)


def _dropout(rate: float) -> keras.Layer:
    # With a seed that `keras.utils.set_random_seed` decides, as it would without; but on PyTorch a layer that was
    # given none draws from a state that no checkpoint holds.
    return layers.Dropout(rate, seed=random.randint(1, 10**9))


def _normal() -> keras.Initializer:
    # A new one for each layer: an initializer object gives the same values every time it is used.
    return keras.initializers.RandomNormal(stddev=INIT_STDDEV)


def _scaled(filters: int, width: float) -> int:
    if not width > 0:
        raise Refused(f"width must be a positive number, not {width!r}; 1 gives the lesson's full network.")
    return max(1, round(filters * width))


def _model(name: str, *stack: keras.Layer) -> keras.Model:
    inputs, *rest = stack
    outputs = inputs
    for layer in rest:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs, name=name)


def column_convolution(layer: keras.layers.Conv2D) -> keras.layers.Conv2D:
    """Let a convolution with stride 1 and padding "same" compute column by column; its result stays the same.

    CPU kernels leave most of their work unused where there is one filter. Here the columns of its kernel become filters
    of their own, whose outputs are shifted and added: the same sums in another order. It takes a third of the sevens'
    step off. Only a method of this one layer changes, so that a saved network is plain Keras's.

    Raises:
        ValueError: for a layer with other strides, dilation or padding.
    """
    if (layer.strides, layer.dilation_rate, layer.padding) != ((1, 1), (1, 1), "same"):
        raise Refused(f'column_convolution takes layers with stride 1 and padding "same"; {layer.name} has others.')
    layer.convolution_op = _by_columns
    return layer


def _by_columns(images: Any, kernel: Any) -> Any:
    """Convolve images (batch, height, width, channels) with a kernel (rows, columns, channels, filters)."""
    rows, columns, channels, filters = kernel.shape
    width = images.shape[2]
    columns_as_filters = ops.reshape(ops.transpose(kernel, (0, 2, 1, 3)), (rows, 1, channels, columns * filters))
    stripes = ops.conv(images, columns_as_filters, padding="same")
    stripes = ops.pad(stripes, [(0, 0), (0, 0), ((columns - 1) // 2, columns // 2), (0, 0)])
    shifted = [stripes[:, :, j : j + width, j * filters : (j + 1) * filters] for j in range(columns)]
    return reduce(ops.add, shifted)
