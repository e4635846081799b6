"""Figures of plans, functions and fields show what they were given, where they say."""

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.image import AxesImage

from tests.refused import refused
from wgan_utils.labs import figures as fields
from wgan_utils.plots import functions, plans

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


def test_a_plan_is_drawn_as_a_heat_map_and_as_ways():
    line, plane = np.array([0.0, 1.0]), np.array([[0.0, 0.0], [1.0, 1.0]])
    plan = np.array([[0.5, 0.0], [0.2, 0.3]])
    figure = plans.plot_plans({"line": (line, line + 1, plan), "plane": (plane, plane + 1, plan)}, caption=CAPTION)
    heat, ways, _, arrows = figure.axes
    np.testing.assert_array_equal(heat.findobj(AxesImage)[0].get_array(), plan)
    assert [tuple(np.round(way.get_xdata(), 6)) for way in ways.lines] == [(0, 1), (1, 1), (1, 2)]
    widths = [way.get_linewidth() for way in ways.lines]
    np.testing.assert_allclose(np.array(widths) / widths[0], [1, 0.4, 0.6])
    assert len(arrows.texts) == 3
    assert len(plans.plot_plans({"line": (line, line, plan)}, heat=False).axes) == 1
    with refused():
        plans.plot_plans({"line": (line, line, plan[:1])})


def test_tables_show_their_numbers_and_frame_what_is_marked():
    table = np.array([[0.0, 1.234], [-1e-17, 0.5]])
    figure = plans.plot_tables({"plan": table, "slack": table}, marked=table > 1, caption=CAPTION)
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == ["0.00", "1.23", "0.00", "0.50"]
        assert [patch.get_xy() for patch in axes.patches] == [(0.54, -0.46)]


def test_pairs_are_joined():
    real, fake = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[2.0, 3.0]])
    figure = plans.plot_pairs(real, fake, {"first": np.array([0]), "second": np.array([1])})
    assert [axes.lines[0].get_xydata().tolist() for axes in figure.axes] == [[[2, 3], [0, 0]], [[2, 3], [1, 1]]]


def test_a_surface_stands_the_right_way_up():
    seen = {}

    def height(points):
        seen["points"] = points
        return points[:, 1]

    figure = fields.plot_surfaces({"row": (np.zeros((3, 2)), {"height": height})}, reach=2.0, caption=CAPTION)
    axes = figure.axes[0]
    assert np.abs(seen["points"]).max() == 2
    filled = axes.collections[0]
    lowest, highest = (filled.get_paths()[i].vertices[:, 1].mean() for i in (0, -1))
    assert lowest < highest
    assert axes.findobj(PathCollection)
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == ("height", "row")
