"""Each lesson's generator and critic.

Generators map latent vectors (batch, latent_dim) to images in [−1, 1]; critics map images to one number each,
without an activation. `width` scales every hidden layer's number of filters; the weight counts given here
belong to width 1.
"""

import random
import zipfile
from functools import partial, reduce
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.errors import Refused
from wgan_utils.files import read_array_file
from wgan_utils.pixels import as_pixels

# Of the normal distribution that DCGAN's and the sevens' networks start from (Radford et al. 2016).
INIT_STDDEV = 0.02

_leaky = partial(layers.LeakyReLU, negative_slope=0.2)
_batch_norm = layers.BatchNormalization
_to_pixels = partial(layers.Conv2D, padding="same")
# A new one for each layer: an initializer object gives the same values every time it is used.
_normal = partial(keras.initializers.RandomNormal, stddev=INIT_STDDEV)


def camel_discriminator(width: float = 1.0) -> keras.Model:
    """Build lesson 01's discriminator of (28, 28, 1) images: 720,833 weights."""
    stack = [keras.Input((28, 28, 1))]
    for filters, stride in ((64, 2), (64, 2), (128, 2), (128, 1)):
        # Dropout's seed is one that `keras.utils.set_random_seed` decides, as it would if none were given; but then, on
        # PyTorch, it would draw from a state that no checkpoint holds.
        stack += [_conv(filters, width, 5, stride), layers.ReLU(), layers.Dropout(0.4, seed=random.randint(1, 10**9))]
    return _model("camel_discriminator", *stack, layers.Flatten(), layers.Dense(1))


def camel_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 01's generator of (28, 28, 1) images: 844,161 weights, 837,377 of them trainable."""
    stack = [keras.Input((latent_dim,)), *_to_map(7, 64, width, _batch_norm(momentum=0.9), layers.ReLU())]
    for filters, scale in ((128, 2), (64, 2), (64, 1)):
        if scale == 2:
            stack.append(layers.UpSampling2D())
        stack += [_conv(filters, width, 5), _batch_norm(momentum=0.9), layers.ReLU()]
    return _model("camel_generator", *stack, _to_pixels(1, 5, activation="tanh"))


def sevens_critic(width: float = 1.0, batch_norm: bool = True, last_layer: str | None = None) -> keras.Model:
    """Build the published recipe's critic of (28, 28, 1) images: 70,337 weights.

    Lesson 02's own has no `batch_norm`, and 69,825. `last_layer` is the initializer of the last one: the source
    leaves it to Keras, whose default is "glorot_uniform"; by default here it is that of the others.
    """
    stack = [keras.Input((28, 28, 1))]
    for _ in range(2):
        stack.append(_conv(64, width, 4, 2, kernel_initializer=_normal()))
        stack += [_batch_norm(), _leaky()] if batch_norm else [_leaky()]
    last = layers.Dense(1, kernel_initializer=last_layer or _normal())
    return _model("sevens_critic", *stack, layers.Flatten(), last)


def sevens_generator(width: float = 1.0, latent_dim: int = 50) -> keras.Model:
    """Build lesson 02's generator of (28, 28, 1) images: 851,713 weights."""
    stack = [keras.Input((latent_dim,)), *_to_map(7, 128, width, _leaky(), kernel_initializer=_normal())]
    for _ in range(2):
        stack += [_conv_transpose(128, width, 4, kernel_initializer=_normal()), _batch_norm(), _leaky()]
    last = column_convolution(_to_pixels(1, 7, activation="tanh", kernel_initializer=_normal()))
    return _model("sevens_generator", *stack, last)


def horse_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 03's critic of (32, 32, 3) images: 670,401 weights."""
    stack = [keras.Input((32, 32, 3)), *_down(width, 32, 64, 128), _conv(128, width, 5), _leaky()]
    return _model("horse_critic", *stack, layers.Flatten(), layers.Dense(1))


def horse_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 03's generator of (32, 32, 3) images: 884,163 weights."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 128, width, _batch_norm(momentum=0.8), _leaky())]
    for filters in (128, 64, 32):
        stack += [layers.UpSampling2D(), _conv(filters, width, 5), _batch_norm(momentum=0.8), _leaky()]
    return _model("horse_generator", *stack, _to_pixels(3, 5, activation="tanh"))


def digit_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 04's critic of (28, 28, 1) images: 4,305,409 weights. The penalty forbids BatchNorm.

    Its source has dropout too, which we leave out: each pass would score, and penalise, another function.
    """
    stack = [keras.Input((28, 28, 1)), layers.ZeroPadding2D(2), *_down(width, 64, 128, 256, 512)]
    return _model("digit_critic", *stack, layers.Flatten(), layers.Dense(1))


def digit_generator(width: float = 1.0, latent_dim: int = 128) -> keras.Model:
    """Build lesson 04's generator of (28, 28, 1) images: 910,660 weights. Made at 32×32 and cropped."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 256, width, _batch_norm(), _leaky(), use_bias=False)]
    for filters in (128, 64):
        stack += [layers.UpSampling2D(), _conv(filters, width, 3, use_bias=False), _batch_norm(), _leaky()]
    stack += [layers.UpSampling2D(), _to_pixels(1, 3, use_bias=False)]
    return _model("digit_generator", *stack, _batch_norm(), layers.Activation("tanh"), layers.Cropping2D(2))


def dcgan_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 05's critic of (32, 32, 1) images: 1,030,145 weights. No BatchNorm, so that any loss can use it."""
    stack = [keras.Input((32, 32, 1)), *_down(width, 64, 128, 256)]
    return _model("dcgan_critic", *stack, layers.Flatten(), layers.Dense(1))


def dcgan_generator(width: float = 1.0, latent_dim: int = 128) -> keras.Model:
    """Build lesson 05's generator of (32, 32, 1) images: 1,202,113 weights (after Radford et al. 2016)."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 256, width, _batch_norm(), _leaky())]
    for filters in (128, 64):
        stack += [_conv_transpose(filters, width, 4), _batch_norm(), _leaky()]
    last = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")
    return _model("dcgan_generator", *stack, last)


def face_critic(width: float = 1.0) -> keras.Model:
    """Build lesson 06's critic of (64, 64, 3) images: 4,314,753 weights. The penalty forbids BatchNorm."""
    stack = [keras.Input((64, 64, 3)), *_down(width, 64, 128, 256, 512)]
    return _model("face_critic", *stack, layers.Flatten(), layers.Dense(1))


def face_generator(width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build lesson 06's generator of (64, 64, 3) images: 5,168,003 weights, 5,150,723 of them trainable."""
    stack = [keras.Input((latent_dim,)), *_to_map(4, 512, width, _batch_norm(momentum=0.9), _leaky())]
    for filters in (256, 128, 64):
        stack += [_conv_transpose(filters, width, 5), _batch_norm(momentum=0.9), _leaky()]
    return _model("face_generator", *stack, layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh"))


def networks_for(images: Any, width: float = 1.0, latent_dim: int = 100) -> tuple[keras.Model, keras.Model]:
    """Build a generator and a critic for images of any size: lesson 06's, with as many layers as the sides allow.

    The rule, for sides from 16 to 128 pixels, the longer at most four times the shorter, and one to four channels:

    - Each layer halves (critic) or doubles (generator) both sides. As many as leave 4 pixels or more of the shorter
      side: 2 layers from 16 pixels, 3 from 32, 4 from 64, 5 at 128. The generator's first map has side / 2ⁿ pixels.
    - The critic's layers have 64 filters, then twice as many each time, 512 at most; the generator's in reverse order.
    - Sides that 2ⁿ does not divide are rounded up within: the generator crops the surplus off, the critic pads it with
      mid-grey (0), at both edges alike; of an odd number the odd pixel lies below and on the right.
    - All kernels are 4×4, which the stride 2 divides, so that each pixel is reached equally often (Odena et al. 2016).
      BatchNorm in the generator alone: the gradient penalty forbids it in the critic.

    Args:
        images: `Images`, an array (N, height, width, channels), or the shape (height, width, channels) alone.
        width: scales each hidden layer's number of filters.
        latent_dim: length of the latent vectors.

    Returns:
        The generator, from (batch, latent_dim) to images in [−1, 1], and the critic, from images to (batch, 1).

    Raises:
        ValueError: a shape beyond these limits.
    """
    array = getattr(images, "train", images)
    shape = tuple(array) if isinstance(array, tuple | list) else tuple(array.shape[1:])
    if len(shape) != 3 or not all(isinstance(number, int | np.integer) for number in shape):
        raise Refused(f"networks_for needs images, or their shape (height, width, channels), not {shape}.")
    short, long = sorted(shape[:2])
    if short < 16 or long > 128 or long > 4 * short or shape[2] not in (1, 2, 3, 4):
        limits = "16 to 128 pixels a side, at most 4:1, and 1 to 4 channels"
        raise Refused(f"networks_for builds for {limits}, not for {shape}: crop, pad or resize first.")
    depth = int(np.log2(short // 4))
    first = [-(-side // 2**depth) for side in shape[:2]]
    surplus = [(cells * 2**depth - side) for cells, side in zip(first, shape[:2], strict=True)]
    edges = tuple((extra // 2, extra - extra // 2) for extra in surplus)
    filters = [min(64 * 2**i, 512) for i in range(depth)]

    name, top = "x".join(map(str, shape)), _scaled(filters[-1], width)
    stack = [keras.Input((latent_dim,)), layers.Dense(first[0] * first[1] * top), _batch_norm(momentum=0.9), _leaky()]
    stack.append(layers.Reshape((*first, top)))
    for number in filters[-2::-1]:
        stack += [_conv_transpose(number, width, 4), _batch_norm(momentum=0.9), _leaky()]
    stack.append(layers.Conv2DTranspose(shape[2], 4, strides=2, padding="same", activation="tanh"))
    generator = _model(f"generator_{name}", *stack, *[layers.Cropping2D(edges)] * any(surplus))

    stack = [keras.Input(shape), *[layers.ZeroPadding2D(edges)] * any(surplus)]
    for number in filters:
        stack += [_conv(number, width, 4, 2), _leaky()]
    return generator, _model(f"critic_{name}", *stack, layers.Flatten(), layers.Dense(1))


def _conv(filters: int, width: float, kernel_size: int, stride: int = 1, **kwargs: object) -> keras.Layer:
    return layers.Conv2D(_scaled(filters, width), kernel_size, strides=stride, padding="same", **kwargs)


def _conv_transpose(filters: int, width: float, kernel_size: int, **kwargs: object) -> keras.Layer:
    return layers.Conv2DTranspose(_scaled(filters, width), kernel_size, strides=2, padding="same", **kwargs)


def _down(width: float, *filters: int) -> list[keras.Layer]:
    return [layer for number in filters for layer in (_conv(number, width, 5, 2), _leaky())]


def _to_map(side: int, filters: int, width: float, *between: keras.Layer, **kwargs: object) -> list[keras.Layer]:
    filters = _scaled(filters, width)
    return [layers.Dense(side * side * filters, **kwargs), *between, layers.Reshape((side, side, filters))]


def _scaled(filters: int, width: float) -> int:
    if not width > 0:
        raise Refused(f"width must be positive, not {width!r}; 1 gives the lesson's full network.")
    return max(1, round(filters * width))


def _model(name: str, *stack: keras.Layer) -> keras.Model:
    outputs = reduce(lambda values, layer: layer(values), stack)
    return keras.Model(stack[0], outputs, name=name)


def column_convolution(layer: keras.layers.Conv2D) -> keras.layers.Conv2D:
    """Let a convolution with stride 1 and padding "same" compute column by column; its result stays the same.

    CPU kernels leave most of their work unused where there is one filter. Here the columns of its kernel become filters
    of their own, whose outputs are shifted and added: the same sums in another order. It takes a third of the sevens'
    step off. Only a method of this one layer changes, so that a saved network is plain Keras's.
    """
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


def read_weights(path: Path | zipfile.Path, network: keras.Model) -> list[np.ndarray]:
    """Read a network's weights, which ship as float16, and leave it as it is; a ValueError if they do not suit it."""
    arrays = [array.astype(np.float32) for array in read_array_file(path).values()]
    if [array.shape for array in arrays] != [tuple(weight.shape) for weight in network.weights]:
        raise Refused(f"{path.name} holds weights of other shapes than {network.name} has; build it as on its card.")
    return arrays


# ---- what goes in, and what comes out


def latent_vectors(n: int, latent_dim: int, seed: int) -> np.ndarray:
    """Draw fixed latent vectors, the same on every backend: float32 of shape (n, latent_dim)."""
    return np.random.default_rng(seed).standard_normal((n, latent_dim), dtype="float32")


def generate(generator: keras.Model, latent: np.ndarray, batch_size: int = 250) -> np.ndarray:
    """Let a generator make images in inference mode: uint8 of shape (n, height, width, channels).

    A generator of points gives them as they are: float32 of shape (n, dimensions).

    Raises:
        FloatingPointError: an image has pixels that are not finite, as after a training that diverged.
    """
    chunks = [generator(latent[i : i + batch_size], training=False) for i in range(0, len(latent), batch_size)]
    values = np.concatenate([ops.convert_to_numpy(ops.cast(chunk, "float32")) for chunk in chunks])
    if not np.isfinite(values).all():
        raise FloatingPointError("The generator makes images that are not finite numbers; its training has diverged.")
    return as_pixels(values) if values.ndim == 4 else values


def as_inputs(images: Any) -> Any:
    """Make what a critic takes: of uint8 images floats from −1 to 1; floats, such as points, stay as they are."""
    images = ops.convert_to_tensor(images)
    if keras.backend.standardize_dtype(images.dtype) != "uint8":
        return images
    return ops.cast(images, "float32") / 127.5 - 1.0
