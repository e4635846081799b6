"""Runs side by side: the right images, in the right rows, at the steps that all of them have."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.pixels import image_grid
from wgan_utils.plots.comparison import OTHERS, comparison_frames, plot_comparison
from wgan_utils.training.run import Run

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
    with pytest.raises(ValueError, match="one, two"):
        comparison_frames(REAL, runs)
    with refused():
        comparison_frames(REAL, {})


# ---- curves

X = np.array([1.0, 2.0, 3.0])


def contest() -> dict:
    return {
        "one": (X, np.array([[9.0, 4.0, 8.0], [11.0, 6.0, 10.0]])),
        "two": (X[:2] / 10, np.array([[5.0, np.inf]])),
        "three": (X, np.array([[7.0, 7.0, 7.0]])),
    }


def lines_of(axes, style: str) -> list:
    return [line for line in axes.lines if line.get_linestyle() == style]


def test_each_contestant_has_a_panel_with_its_mean_its_range_and_the_others_behind():
    figure = plot_comparison(contest(), "x", "y", baseline=2.0, budget=1.5, caption="c")
    panels = figure.axes[:3]
    assert [one.get_title("left") for one in panels] == ["one", "two", "three"]
    assert {one.get_ylim() for one in panels} == {panels[0].get_ylim()}
    first = panels[0]
    (mine,) = [line for line in lines_of(first, "-") if line.get_color() != OTHERS and len(line.get_xdata()) == 3]
    np.testing.assert_allclose(mine.get_ydata(), [10, 5, 9])
    band = first.collections[0].get_paths()[0].vertices[:, 1]
    assert {9.0, 4.0, 8.0, 11.0, 6.0, 10.0} <= set(band)
    behind = [line for line in first.lines if line.get_color() == OTHERS]
    assert len(behind) == 2
    assert max(line.get_zorder() for line in behind) < mine.get_zorder()
    (baseline,) = lines_of(first, "--")
    assert list(baseline.get_ydata()) == [2, 2]
    (budget,) = lines_of(first, ":")
    assert list(budget.get_xdata()) == [1.5, 1.5]


def test_a_run_that_diverged_is_a_cross_within_the_axes_and_the_best_point_has_a_ring():
    figure = plot_comparison(contest(), "x", "y", logx=True)
    one, two, _ = figure.axes[:3]
    (cross,) = [line for line in two.lines if line.get_marker() == "x"]
    assert list(cross.get_xdata()) == [0.2]
    low, high = two.get_ylim()
    assert low < cross.get_ydata()[0] < high
    (ring,) = [line for line in one.lines if line.get_markersize() == 11]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (2, 5)
    assert one.get_xscale() == "log"


@pytest.mark.parametrize("curves", [{}, {"one": (X, X)}, {"one": (X, np.ones((2, 2)))}, {"one": (X, np.ones((0, 3)))}])
def test_curves_that_do_not_belong_together_are_refused(curves):
    with refused():
        plot_comparison(curves, "x", "y")


def test_nothing_finite_is_refused():
    with refused():
        plot_comparison({"one": (X, np.full((1, 3), np.inf))}, "x", "y")
