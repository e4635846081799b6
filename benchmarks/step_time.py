"""Seconds a training step of the sevens network: the classic loop against `wu.train`, on this machine, in this process.

    python -m benchmarks.step_time [--steps 10] [--rounds 3] [--width 1.0]
    python -m benchmarks.step_time --lessons    # seconds a step of each lesson's networks, as its preset "cpu" has them

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

from benchmarks.classic_loop import BATCH_SIZE, CLIP_VALUE, CRITIC_STEPS, LATENT_DIM, LEARNING_RATE, ClassicLoop
from benchmarks.kernels import kernel_seconds_a_step, matrix_rate
from benchmarks.multiply_adds import multiply_adds_a_step
from wgan_utils.gan import networks
from wgan_utils.training import callbacks
from wgan_utils.training.callbacks import StepCallback
from wgan_utils.training.config import machine

# How often a run of 450 steps writes each.
STEPS_BETWEEN: dict[type[StepCallback], int] = {
    callbacks.WriteHistory: 1,
    callbacks.WriteSamples: 450 // 25,
    callbacks.WriteCriticHealth: 450 // 20,
    callbacks.WriteCheckpoint: 450 // 10,
}

critic_of_sevens = partial(networks.sevens_critic, batch_norm=False)
# Of the lessons' presets "cpu": model, networks, their width, images in a batch, and other arguments.
LESSONS: dict[str, tuple] = {
    "camels": (wu.GAN, networks.camel_generator, networks.camel_discriminator, 0.5, 64, {}),
    "sevens": (wu.WGAN, networks.sevens_generator, critic_of_sevens, 0.5, 64, {"critic_steps": 5}),
    "horses": (wu.WGAN, networks.horse_generator, networks.horse_critic, 0.5, 32, {"critic_steps": 5}),
    "digits": (wu.WGANGP, networks.digit_generator, networks.digit_critic, 0.25, 64, {"critic_steps": 2}),
    "faces": (wu.WGANGP, networks.face_generator, networks.face_critic, 0.25, 64, {"critic_steps": 3}),
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10, help="steps a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median counts")
    parser.add_argument("--width", type=float, default=1.0, help="the networks' width")
    parser.add_argument("--lessons", action="store_true", help="each lesson's networks, and nothing else")
    arguments = parser.parse_args()
    if arguments.lessons:
        measure_lessons(arguments.steps, arguments.rounds)
        return

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
    networks_of_step = ours.model.generator, ours.model.critic
    operations = 2 * multiply_adds_a_step(*networks_of_step, BATCH_SIZE, CRITIC_STEPS)
    kernels = kernel_seconds_a_step(arguments.width)
    print(f"sevens network, width {arguments.width:g}, {CRITIC_STEPS} critic steps, batch {BATCH_SIZE}; {machine()}")
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


def measure_lessons(steps: int, rounds: int) -> None:
    """Print seconds of the first step, most of which TensorFlow traces, and the median of the later ones."""
    for name, (kind, generator, critic, width, batch_size, options) in LESSONS.items():
        model = kind(generator(width, LATENT_DIM), critic(width), LATENT_DIM, **options)
        model.compile(keras.optimizers.RMSprop(LEARNING_RATE), keras.optimizers.RMSprop(LEARNING_RATE))
        pixels = np.random.default_rng(0).integers(0, 256, (512, *model.critic.input_shape[1:]), dtype=np.uint8)
        seconds = []
        for _ in range(1 + rounds):
            batches = wu.RealImages(pixels, batch_size, model.critic_steps, 0, int(model.steps_done), steps)
            started, clock = time.perf_counter(), Clock()
            model.fit(batches, shuffle=False, verbose=0, callbacks=[clock])
            seconds.append((clock.first - started, clock.seconds_without_callbacks() / (steps - 1)))
        later = np.median([each for _, each in seconds[1:]])
        print(f"{name:8s} first step {seconds[0][0]:6.2f} s, then {later:.3f} s a step", flush=True)


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


if __name__ == "__main__":
    main()
