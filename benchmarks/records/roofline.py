"""How near a training step comes to what the processor does in a matrix product."""

import time
from dataclasses import replace

import wgan_utils as wu  # noqa: F401  # isort: skip - before Keras, which it configures
import keras
import numpy as np

from benchmarks.records.recipe import Record, batches_of, build, multiply_adds_of_an_image
from benchmarks.records.training import UntilGood
from wgan_utils.gan.backend import as_pipeline
from wgan_utils.training.config import processor


def roofline(record: Record, rows: list[str], steps: int = 20) -> None:
    """Print the multiply-adds that a step needs, what it makes of them a second, and what a matrix product makes."""
    print(f"{processor()}; a product of two float32 matrices, 2048 × 2048, is measured before each row")
    for row in rows:
        recipe = replace(record.rows[row], steps=steps + 1)
        rate, model = matrix_rate(), build(recipe, seed=0)
        noise = np.random.default_rng(0).integers(0, 256, (512, *model.critic.input_shape[1:]), dtype=np.uint8)
        clock = UntilGood(lambda generator: {}, lambda found: False, every=steps + 2)  # it never measures
        model.fit(as_pipeline(batches_of(recipe, noise, 0)), shuffle=False, verbose=0, callbacks=[clock])
        seconds, operations = clock.seconds / steps, 2 * recipe.batch_size * multiply_adds_of_an_image(recipe)
        print(f"{row}: {operations / 2e9:.2f} × 10⁹ multiply-adds a step, {seconds:.4f} s, ", end="")
        print(f"{operations / seconds / 1e9:.1f} of {rate / 1e9:.1f} GFLOP/s, {operations / seconds / rate:.0%}")


def matrix_rate(size: int = 2048, repeats: int = 10) -> float:
    """Measure float32 operations a second of a square matrix product, by its median time."""
    matrix, times = keras.random.normal((size, size)), []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        float(keras.ops.matmul(matrix, matrix)[0, 0])
        times.append(time.perf_counter() - started)
    return 2 * size**3 / float(np.median(times[1:]))  # the first call compiles on JAX
