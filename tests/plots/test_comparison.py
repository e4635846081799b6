"""Runs side by side: the right images, in the right rows, at the steps that all of them have."""

import numpy as np
import pytest

from wgan_utils.pixels import image_grid
from wgan_utils.plots.comparison import comparison_frames
from wgan_utils.runs.run import Run

REAL = np.full((5, 4, 4, 1), 255, np.uint8)


def run_of(folder, value, steps) -> Run:
    """A run whose samples at step s all have the grey value `value` + s."""
    run = Run(folder)
    for step in steps:
        run.save_samples(step, image_grid(np.full((9, 4, 4, 1), value + step, np.uint8), columns=3))
    return run


def test_rows_are_real_images_and_then_the_runs_in_their_order(tmp_path):
    runs = {"one": run_of(tmp_path / "1", 50, [0, 2, 4]), "two": run_of(tmp_path / "2", 100, [0, 3, 4])}
    frames = comparison_frames(REAL, runs, columns=2)
    assert [label for label, _ in frames] == ["step 0", "step 4"]
    for (_, picture), step in zip(frames, (0, 4), strict=True):
        height = picture.shape[0]
        at_the_right_end = [picture[round((row + 0.5) / 3 * height), -3] for row in range(3)]
        assert at_the_right_end == [255, 50 + step, 100 + step]
        assert picture[:, :30].min() < 60  # the names, dark on white, stand on the left
        assert picture.dtype == np.uint8


def test_runs_without_a_common_step_are_refused(tmp_path):
    runs = {"one": run_of(tmp_path / "1", 50, [1]), "two": run_of(tmp_path / "2", 100, [2])}
    with pytest.raises(ValueError, match="no step at which all of these runs stored samples: one, two"):
        comparison_frames(REAL, runs)
    with pytest.raises(ValueError, match=r"no step .* none"):
        comparison_frames(REAL, {})
