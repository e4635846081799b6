"""How near a training step comes to what the processor does in a matrix product."""

import time

import wgan_utils as wu  # noqa: F401  # isort: skip - before TensorFlow, which it configures
import numpy as np

from benchmarks.kernels import matrix_rate
from benchmarks.records.recipe import Record, build, multiply_adds_of_an_image
from wgan_utils.training.config import processor


def roofline(record: Record, rows: list[str], steps: int = 20) -> None:
    """Print the multiply-adds that a step needs, what it makes of them a second, and what a matrix product makes."""
    rate = matrix_rate()
    print(f"float32 matrix product, 2048 × 2048: {rate / 1e9:.1f} GFLOP/s; {processor()}")
    for row in rows:
        recipe = record.rows[row]
        model, size = build(recipe, seed=0), recipe.batch_sizes[-1][1]
        shape = size, recipe.critic_steps, *model.critic.input_shape[1:]
        noise, times = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), []
        for _ in range(steps + 1):
            started = time.perf_counter()
            model.train_on_batch(noise)
            times.append(time.perf_counter() - started)
        seconds, operations = sorted(times[1:])[steps // 2], 2 * size * multiply_adds_of_an_image(recipe)
        print(f"{row}: {operations / 2e9:.2f} × 10⁹ multiply-adds a step, {seconds:.4f} s, ", end="")
        print(f"{operations / seconds / 1e9:.1f} GFLOP/s, {operations / seconds / rate:.0%} of the product's")
