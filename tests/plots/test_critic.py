"""The diagnostic figures show what was measured, where they say."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.plots import critic

CAPTION = "What to see."


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
