"""What a step of the sevens' networks cannot do without: its kernels, timed, and the rate of a matrix product."""

import time
from collections.abc import Callable
from functools import partial

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
import tensorflow as tf

from benchmarks.classic_loop import BATCH_SIZE, CRITIC_STEPS, LATENT_DIM


def matrix_rate(size: int = 2048, repeats: int = 10) -> float:
    """Measure float32 operations a second of a square matrix product."""
    product = tf.function(tf.linalg.matmul)
    matrix = tf.random.normal((size, size))
    return 2 * size**3 / median_seconds(lambda: product(matrix, matrix), repeats)


def kernel_seconds_a_step(width: float) -> float:
    """Time each convolution and dense layer by itself, forward and for either gradient, as often as a step runs it.

    What is left out: normalisation, activations, the optimizers, and everything around the step.
    """
    generator = layer_seconds(wu.networks.sevens_generator(width, LATENT_DIM))
    critic = layer_seconds(wu.networks.sevens_critic(width))
    critic_updates = CRITIC_STEPS * (sum(f for f, _, _ in generator) + 2 * (sum(map(sum, critic)) - critic[0][2]))
    generator_update = sum(map(sum, generator)) - generator[0][2] + sum(f + x for f, _, x in critic)
    return critic_updates + generator_update


def layer_seconds(network: keras.Model, repeats: int = 15) -> list[tuple[float, float, float]]:
    """List seconds for a batch: forward, gradient of the weights, gradient of the input."""
    rows = []
    for layer in network.layers:
        if not hasattr(layer, "kernel"):
            continue
        layer.activation = keras.activations.linear
        inputs = tf.random.normal((BATCH_SIZE, *layer.input.shape[1:]))
        from_above = tf.random.normal((BATCH_SIZE, *layer.output.shape[1:]))
        gradient = partial(layer_gradient, layer, inputs, from_above)
        forward, of_weights, of_input = (
            median_seconds(tf.function(work, autograph=False), repeats)
            for work in (partial(layer, inputs), partial(gradient, "weights"), partial(gradient, "input"))
        )
        rows.append((forward, of_weights, of_input))
    return rows


def layer_gradient(layer: keras.Layer, inputs: tf.Tensor, from_above: tf.Tensor, of: str) -> list[tf.Tensor]:
    """Differentiate one layer's output, weighted, for its weights or its input."""
    places = [inputs] if of == "input" else [variable.value for variable in layer.trainable_variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(places)
        outputs = layer(inputs)
    return tape.gradient(outputs, places, output_gradients=from_above)


def median_seconds(work: Callable, repeats: int) -> float:
    """Time a function, without its first call, which compiles it."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return float(np.median(times))
