"""Seconds a training step of the sevens network: the classic loop against `wu.train`, on this machine, in this process.

    python benchmarks/step_time.py [--steps 10] [--rounds 3] [--width 1.0]

Both make one generator update and five critic updates a step, each of these on 64 real and 64 generated images.
The two take turns, so that a machine whose speed drifts treats them alike. Random pixels stand for images: speed does
not depend on them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
import tensorflow as tf

from wgan_utils.training import callbacks, critic_health
from wgan_utils.training.callbacks import StepCallback

BATCH_SIZE, CRITIC_STEPS, LATENT_DIM = 64, 5, 50
LEARNING_RATE, CLIP_VALUE = 5e-5, 0.01
# How often a run of 450 steps writes each.
STEPS_BETWEEN: dict[type[StepCallback], int] = {
    callbacks.WriteHistory: 1,
    callbacks.WriteSamples: 450 // 25,
    critic_health.WriteCriticHealth: 450 // 20,
    callbacks.WriteCheckpoint: 450 // 10,
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10, help="steps a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median counts")
    parser.add_argument("--width", type=float, default=1.0, help="the networks' width")
    arguments = parser.parse_args()

    pixels = np.random.default_rng(0).integers(0, 256, (6265, 28, 28, 1), dtype=np.uint8)
    classic = ClassicLoop(pixels, arguments.width)
    classic.seconds_a_step(1)  # compile
    with tempfile.TemporaryDirectory() as folder:
        ours = OurTraining(pixels, arguments.width, folder)
        ours.seconds_a_step(arguments.steps)
        rounds = [
            (classic.seconds_a_step(arguments.steps), *ours.seconds_a_step(arguments.steps), matrix_rate())
            for _ in range(arguments.rounds)
        ]
    old, new, callback_time, rate = np.median(rounds, axis=0)
    operations = 2 * multiply_adds_a_step(arguments.width)
    kernels = kernel_seconds_a_step(arguments.width)
    print(f"sevens network, width {arguments.width:g}, {CRITIC_STEPS} critic steps, batch {BATCH_SIZE}; {wu.machine()}")
    print(f"median of {arguments.rounds} rounds of {arguments.steps} steps")
    print(f"  classic loop (train_on_batch, predict)   {old:7.3f} s a step")
    print(f"  wu.train with its callbacks              {new:7.3f} s a step")
    print(f"  ratio                                    {old / new:7.2f}")
    print(f"  history, samples, health, checkpoints    {callback_time / new:7.1%} of the step")
    print(f"  float32 matrix product, 2048 x 2048      {rate / 1e9:7.1f} GFLOP/s")
    print(f"  wu.train                                 {operations / new / 1e9:7.1f} GFLOP/s")
    print(f"  share                                    {operations / new / rate:7.2f}")
    print(f"  the layers' kernels, each timed alone    {kernels:7.3f} s a step")
    print(f"  share if nothing else took any time      {operations / kernels / rate:7.2f}")


class ClassicLoop:
    """What most published code does: `train_on_batch` for each half of a critic update, `predict` for the images."""

    def __init__(self, pixels: np.ndarray, width: float) -> None:
        self.random = np.random.default_rng(0)
        self.images = pixels.astype("float32") / 127.5 - 1
        # A clone has plain Keras layers only, where ours may compute the same in a way of its own.
        self.generator = keras.models.clone_model(wu.networks.sevens_generator(width, LATENT_DIM))
        self.critic = keras.models.clone_model(wu.networks.sevens_critic(width))
        for layer in self.critic.layers:
            if isinstance(layer, keras.layers.Conv2D):
                layer.kernel_constraint = ClipConstraint()
                layer.kernel.constraint = layer.kernel_constraint
        self.critic.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss=signed_mean, jit_compile=False)
        self.both = keras.Sequential([keras.Input((LATENT_DIM,)), self.generator, self.critic])
        self.both.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss=signed_mean, jit_compile=False)

    def seconds_a_step(self, steps: int) -> float:
        """Run some steps."""
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - started) / steps

    def step(self) -> None:
        """Five critic updates, one generator update."""
        real_label, fake_label = -np.ones((BATCH_SIZE, 1)), np.ones((BATCH_SIZE, 1))
        self.critic.trainable = True
        for _ in range(CRITIC_STEPS):
            real = self.images[self.random.integers(0, len(self.images), BATCH_SIZE)]
            self.critic.train_on_batch(real, real_label)
            fake = self.generator.predict(self.random.standard_normal((BATCH_SIZE, LATENT_DIM)), verbose=0)
            self.critic.train_on_batch(fake, fake_label)
        self.critic.trainable = False
        self.both.train_on_batch(self.random.standard_normal((BATCH_SIZE, LATENT_DIM)), real_label)


class ClipConstraint(keras.constraints.Constraint):
    """Clip a kernel after each update."""

    def __call__(self, weights: tf.Tensor) -> tf.Tensor:
        """Return the clipped kernel."""
        return keras.ops.clip(weights, -CLIP_VALUE, CLIP_VALUE)


def signed_mean(label: tf.Tensor, score: tf.Tensor) -> tf.Tensor:
    """The Wasserstein loss written with labels −1 (real) and 1 (generated)."""
    return keras.ops.mean(label * score)


class OurTraining:
    """`wu.train` with everything on, stopping and going on between rounds.

    What its callbacks write is timed apart and charged as often as a run of 450 steps writes it: a round is too short
    to hold each kind in proportion.
    """

    def __init__(self, pixels: np.ndarray, width: float, folder: str) -> None:
        generator, critic = wu.networks.sevens_generator(width, LATENT_DIM), wu.networks.sevens_critic(width)
        self.model = wu.WGAN(generator, critic, LATENT_DIM, CRITIC_STEPS, CLIP_VALUE)
        self.model.compile(keras.optimizers.RMSprop(LEARNING_RATE), keras.optimizers.RMSprop(LEARNING_RATE))
        self.images = wu.Images(pixels, pixels[:1000], None, None, "noise", "random pixels", "-", True, "")
        self.run = wu.Run(folder)
        self.clock = Clock()
        for kind in STEPS_BETWEEN:
            kind.act = self.clock.timed(kind, kind.act)  # type: ignore[method-assign]

    def seconds_a_step(self, steps: int) -> tuple[float, float]:
        """Run some steps; returns seconds a step, and those of them that the callbacks take."""
        done = int(self.model.steps_done)
        self.clock.spent.clear()
        wu.train(self.model, self.images, self.run, done + steps, BATCH_SIZE, extra_callbacks=[self.clock])
        in_callbacks = sum(np.mean(self.clock.spent[kind]) / every for kind, every in STEPS_BETWEEN.items())
        return self.clock.seconds_without_callbacks() / (steps - 1) + in_callbacks, in_callbacks


class Clock(keras.callbacks.Callback):
    """Time from the end of a training's first step to the end of its last, with what callbacks spend set apart."""

    def __init__(self) -> None:
        super().__init__()
        self.spent: dict[type[StepCallback], list[float]] = {}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Read the clock."""
        self.last = time.perf_counter()
        if batch == 0:
            self.first, self.before_first = self.last, self._all_spent()

    def seconds_without_callbacks(self) -> float:
        """Return the time of all steps but the first."""
        return self.last - self.first - (self._all_spent() - self.before_first)

    def timed(self, kind: type[StepCallback], act: Callable) -> Callable:
        """Wrap a callback's method so that its time is recorded."""

        def timed_act(*args: object) -> None:
            started = time.perf_counter()
            act(*args)
            self.spent.setdefault(kind, []).append(time.perf_counter() - started)

        return timed_act

    def _all_spent(self) -> float:
        return sum(map(sum, self.spent.values()))


def matrix_rate(size: int = 2048, repeats: int = 10) -> float:
    """Measure float32 operations a second of a square matrix product."""
    product = tf.function(tf.linalg.matmul)
    matrix = tf.random.normal((size, size))
    return 2 * size**3 / median_seconds(lambda: product(matrix, matrix), repeats)


def multiply_adds_a_step(width: float) -> int:
    """Count the multiply-adds that one step needs, from the layers' shapes.

    A layer's backward pass costs its forward pass twice: once for the weights, once for its input. What a step does not
    need is not counted: the gradient of the networks' inputs, and of the critic's weights while the generator learns.
    """
    generator = layer_multiply_adds(wu.networks.sevens_generator(width, LATENT_DIM))
    critic = layer_multiply_adds(wu.networks.sevens_critic(width))
    critic_update = BATCH_SIZE * sum(generator) + 2 * BATCH_SIZE * (3 * sum(critic) - critic[0])
    generator_update = BATCH_SIZE * (3 * sum(generator) - generator[0] + 2 * sum(critic))
    return CRITIC_STEPS * critic_update + generator_update


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


def layer_multiply_adds(network: keras.Model) -> list[int]:
    """List the forward multiply-adds for one image of each convolution and dense layer."""
    counts = []
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            counts.append(int(np.prod(layer.input.shape[1:3]) * np.prod(layer.kernel.shape)))
        elif isinstance(layer, keras.layers.Conv2D):
            counts.append(int(np.prod(layer.output.shape[1:3]) * np.prod(layer.kernel.shape)))
        elif isinstance(layer, keras.layers.Dense):
            counts.append(int(np.prod(layer.kernel.shape)))
    return counts


if __name__ == "__main__":
    main()
