"""Figures of functions and critics show what they were given, where they say."""

import numpy as np
import pytest

from wgan_utils.labs import plot_lines
from wgan_utils.plots import curves as functions

X = np.arange(4.0)


def test_a_name_has_one_colour_in_all_panels_and_one_entry_in_the_legend():
    figure = plot_lines(
        {"values": {"W": (X, X), "JS": (X, X**2)}, "slopes": {"JS": (X, 2 * X)}},
        "shift",
        ["nats", "nats per unit"],
        dots={"slopes": {"JS": (X[:2], X[:2]), "MMD": (X, X)}},
        limits=[None, (-1, 5)],
        caption="What to see.",
        note="Stand-in data.",
    )
    values, slopes = figure.axes
    np.testing.assert_array_equal(values.lines[1].get_ydata(), X**2)
    assert {line.get_color() for line in (values.lines[1], *slopes.lines[:2])} == {values.lines[1].get_color()}
    assert slopes.lines[2].get_color() not in {line.get_color() for line in values.lines}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["W", "JS", "MMD"]
    assert (values.get_ylabel(), slopes.get_ylabel(), slopes.get_ylim()) == ("nats", "nats per unit", (-1, 5))


def test_only_what_enters_a_double_cone_is_marked():
    sloped = {"slope 0.9": lambda x: 0.9 * x, "slope 2": lambda x: np.where(x > 0, 2 * x, 0.0)}
    (*_, inside), (*_, steep) = (axes.lines for axes in functions.plot_double_cone(sloped, at=(-0.5,)).axes)
    assert not np.isfinite(inside.get_ydata()).any()
    marked = steep.get_xdata()[np.isfinite(steep.get_ydata())]
    assert (marked.min(), marked.max()) == (pytest.approx(0.505), 1)  # 2x = x + 0.5 at 0.5


def test_batch_sensitivity_is_drawn_as_shares_of_each_row():
    matrices = {"none": 7 * np.eye(3), "mixing": np.array([[3.0, 1, 0], [0, 1, 0], [2, 2, 4]])}
    none, mixing, _ = functions.plot_batch_sensitivity(matrices).axes
    np.testing.assert_array_equal(none.images[0].get_array(), np.eye(3))
    np.testing.assert_allclose(mixing.images[0].get_array()[0], [0.75, 0.25, 0])
    assert none.images[0].norm.vmax == mixing.images[0].norm.vmax == 1
