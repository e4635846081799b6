"""Figures of functions show what they were given, where they say."""

import numpy as np

from tests.refused import refused
from wgan_utils.plots import functions

CAPTION = "What to see."
X = np.arange(4.0)


def test_a_name_has_one_colour_in_all_panels_and_one_entry_in_the_legend():
    figure = functions.plot_lines(
        {"values": {"W": (X, X), "JS": (X, X**2)}, "slopes": {"JS": (X, 2 * X)}},
        "shift",
        ["nats", "nats per unit"],
        dots={"slopes": {"JS": (X[:2], X[:2]), "MMD": (X, X)}},
        limits=[None, (-1, 5)],
        caption=CAPTION,
        note="Stand-in data.",
    )
    values, slopes = figure.axes
    np.testing.assert_array_equal(values.lines[1].get_ydata(), X**2)
    assert {line.get_color() for line in (values.lines[1], *slopes.lines[:2])} == {values.lines[1].get_color()}
    assert slopes.lines[2].get_color() not in {line.get_color() for line in values.lines}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["W", "JS", "MMD"]
    assert (values.get_ylabel(), slopes.get_ylabel(), slopes.get_ylim()) == ("nats", "nats per unit", (-1, 5))
    assert " ".join(figure.texts[0].get_text().split()) == f"{CAPTION} Stand-in data."


def test_empty_places_stay_empty_and_dots_need_a_panel():
    figure = functions.plot_lines({str(i): {"one": (X, X)} for i in range(3)}, "x", "y", log="xy")
    assert [axes.axison for axes in figure.axes] == [True, True, True, False]
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"
    with refused():
        functions.plot_lines({"one": {"a": (X, X)}}, "x", "y", dots={"two": {"a": (X, X)}})
