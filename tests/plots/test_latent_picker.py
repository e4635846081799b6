"""Latent arithmetic by buttons: what picks do, and what is shown where no button works."""

import sys

import numpy as np
import pytest

from tests.tiny import LATENT_DIM, tiny_generator
from wgan_utils.gan.sampling import latent_vectors
from wgan_utils.plots.latent_picker import CHOICES, STRENGTHS, LatentPicker, show_latent_picker


@pytest.fixture
def picker() -> LatentPicker:
    latent, others = latent_vectors(5, LATENT_DIM, 0), latent_vectors(2, LATENT_DIM, 1)
    return LatentPicker(tiny_generator(), latent, others, plus=[0, 1], minus=[3])


def test_the_direction_is_the_difference_of_the_picks_means(picker):
    np.testing.assert_allclose(picker.direction(), picker.latent[:2].mean(axis=0) - picker.latent[3], rtol=1e-6)
    picker.minus = []
    np.testing.assert_array_equal(picker.direction(), np.zeros(LATENT_DIM))


def test_the_results_are_the_others_more_and_less_so(picker):
    results = picker.results()
    assert results.shape == (2, len(STRENGTHS), 8, 8, 1)
    picker.plus = []
    assert (picker.results() == picker.results()[:, :1]).all()


def test_a_click_changes_the_picks_and_the_picture(picker):
    pytest.importorskip("ipywidgets")
    box = picker.buttons()
    rows, result = box.children[:-1], box.children[-1]
    toggles = [cell.children[1] for row in rows for cell in row.children]
    assert [toggle.value for toggle in toggles] == ["+", "+", CHOICES[1], "−", CHOICES[1]]
    before = result.value
    toggles[4].value = "−"
    assert (picker.plus, picker.minus) == ([0, 1], [3, 4])
    assert result.value != before
    assert result.value[:4] == b"\x89PNG"


def test_without_ipywidgets_the_still_picture_stays(picker, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *things, **options: shown.append((things, options)))
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    show_latent_picker(picker, caption="Pick.")
    assert len(shown) == 1
    assert "install ipywidgets" in capsys.readouterr().out


def test_a_stored_page_says_where_buttons_would_be(picker, monkeypatch):
    pytest.importorskip("ipywidgets")
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *things, **options: shown.append((things, options)))
    show_latent_picker(picker)
    (bundle,), options = shown[1]
    assert options == {"raw": True}
    assert "buttons" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
