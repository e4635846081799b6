"""The diagnostic figures show what was measured, where they say."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.metrics.correlation import Correlation
from wgan_utils.plots import critic, curves

CAPTION = "What to see."
STEPS = np.arange(1, 5)
TRACKING = Correlation(STEPS, STEPS[::-1] / 2, "wasserstein_estimate", STEPS**2.0, "Fréchet distance", -1.0)


def test_a_curve_stands_beside_the_distance_and_against_it():
    figure = curves.plot_correlation(TRACKING, caption=CAPTION)
    over, against, right = figure.axes[0], figure.axes[1], figure.axes[2]
    np.testing.assert_array_equal(over.lines[0].get_ydata(), TRACKING.curve)
    np.testing.assert_array_equal(against.collections[0].get_offsets()[:, 1], TRACKING.distance)
    assert (over.get_ylabel(), against.get_ylabel(), right.get_ylabel()) == ("estimate", *["Fréchet distance"] * 2)


def test_only_what_enters_a_double_cone_is_marked():
    functions = {"slope 0.9": lambda x: 0.9 * x, "slope 2": lambda x: np.where(x > 0, 2 * x, 0.0)}
    figure = critic.plot_double_cone(functions, at=(-0.5,), caption=CAPTION)
    (*_, inside), (*_, steep) = (axes.lines for axes in figure.axes)
    assert not np.isfinite(inside.get_ydata()).any()
    marked = steep.get_xdata()[np.isfinite(steep.get_ydata())]
    assert marked.min() == pytest.approx(0.505)  # 2x = x + 0.5 at 0.5
    assert marked.max() == 1


def test_batch_sensitivity_is_drawn_as_shares_of_each_row_with_a_colour_bar():
    matrices = {"none": 7 * np.eye(3), "mixing": np.array([[3.0, 1, 0], [0, 1, 0], [2, 2, 4]])}
    figure = critic.plot_batch_sensitivity(matrices, caption=CAPTION)
    none, mixing, bar = figure.axes
    np.testing.assert_array_equal(none.images[0].get_array(), np.eye(3))
    np.testing.assert_allclose(mixing.images[0].get_array()[0], [0.75, 0.25, 0])
    assert none.images[0].norm.vmax == mixing.images[0].norm.vmax == 1
    assert bar.get_ylabel() == "share of row i"
    for bad in (np.ones((2, 3)), np.zeros((2, 2))):
        with refused():
            critic.plot_batch_sensitivity({"bad": bad})
