"""Twenty thousand steps: nothing grows, and the last steps are as quick as the first."""

import os
import resource
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.tiny import tiny_images, tiny_model
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

pytestmark = pytest.mark.slow

STEPS, EVERY, WARM = 20_000, 500, 2000


class Measure(keras.callbacks.Callback):
    """Memory at its peak, open files, threads and seconds of computing, every so many steps."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[float, ...]] = []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if (batch + 1) % EVERY == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)  # kB
            threads = len(os.listdir("/proc/self/task")) if Path("/proc/self/task").exists() else 0
            self.rows.append((batch + 1, peak, len(os.listdir("/dev/fd")), threads, time.process_time()))


def test_memory_open_files_threads_and_time_stay_flat_over_twenty_thousand_steps(tmp_path, capsys):
    run, measure = Run(tmp_path / "run"), Measure()
    options = {"show_progress": False, "samples_per_grid": 9, "extra_callbacks": [measure]}
    train(tiny_model("wgan", dense=True, critic_steps=1), tiny_images(), run, STEPS, 4, **options)
    assert len(run.history()["step"]) == STEPS
    steps, peak, files, threads, clock = np.array([row for row in measure.rows if row[0] >= WARM]).T
    slopes = {
        name: 1000 * np.polyfit(steps, values, 1)[0]
        for name, values in {"kB": peak, "files": files, "threads": threads}.items()
    }
    each = np.diff(clock) / EVERY * 1000
    early, late = np.median(each[:9]), np.median(each[-9:])
    with capsys.disabled():
        grown = ", ".join(f"{slope:+.3g} {name}" for name, slope in slopes.items())
        print(f"\na thousand steps: {grown}; a step: {early:.2f} ms at first, {late:.2f} ms at last")
    assert slopes["kB"] < 1000  # 20 MB in all; what Python and the backend keep in reserve comes in lumps
    assert abs(slopes["files"]) < 0.1
    assert abs(slopes["threads"]) < 0.1
    assert late < 1.5 * early  # a step that reads all that was written before it grows with the run; less is the clock
