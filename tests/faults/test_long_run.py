"""Twenty thousand steps: nothing grows, and the last steps are as quick as the first."""

import os
import resource
import threading
import time

import keras
import numpy as np
import pytest

from tests.tiny import tiny_images, tiny_model
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

STEPS, EVERY, WARM = 20_000, 500, 2000


class Measure(keras.callbacks.Callback):
    """Memory at its peak in kB, open files, threads and seconds of computing, every so many steps."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[float, ...]] = []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if (batch + 1) % EVERY == 0 and batch >= WARM:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            held = len(os.listdir("/dev/fd")), threading.active_count()
            self.rows.append((batch / 1000, peak, *held, time.process_time()))


@pytest.mark.slow
def test_memory_open_files_threads_and_time_stay_flat_over_twenty_thousand_steps(tmp_path):
    run, measure = Run(tmp_path / "run"), Measure()
    options = {"show_progress": False, "samples_per_grid": 9, "extra_callbacks": [measure]}
    train(tiny_model("wgan", dense=True, critic_steps=1), tiny_images(), run, STEPS, 4, **options)
    assert len(run.history()["step"]) == STEPS
    thousands, peak, files, threads, clock = np.array(measure.rows).T
    assert np.polyfit(thousands, peak, 1)[0] < 1000  # 20 MB in all; what Python keeps in reserve comes in lumps
    assert all(abs(np.polyfit(thousands, held, 1)[0]) < 0.1 for held in (files, threads))
    early, *_, late = map(np.median, np.array_split(np.diff(clock), 4))
    assert late < 1.5 * early  # a step that reads all that was written before it grows with the run; less is the clock
