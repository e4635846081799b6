"""The trainings that choose for lesson 05: which there are, that they are the lesson's, and what one leaves."""

import json
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest

import wgan_utils as wu
from sweeps import comparison
from tests.tiny import tiny_images
from wgan_utils.published import LESSONS, notebooks

if keras.backend.backend() != "tensorflow":
    pytest.skip("the lessons are written in TensorFlow", allow_module_level=True)


def test_trainings_have_equally_many_updates_and_the_lessons_settings():
    for job in comparison.jobs():
        run = comparison.run_of(Path("runs"), comparison.UPDATES, job)
        assert run.parameters["STEPS"] * (run.parameters["CRITIC_STEPS"] + 1) == comparison.UPDATES
    published = LESSONS["05_gan_vs_wgan_gp"].published["cpu"]
    settings = {name: value for name, value in comparison.SETTINGS.items() if name != "SEED"}
    assert settings == {name: published[name] for name in settings}
    assert 3 * published["STEPS"] == comparison.UPDATES


@pytest.mark.parametrize("method", ["R3GAN", "WGAN", "WGAN-LP"])
def test_the_lesson_builds_what_was_chosen_for(method):
    cells = [c.source for c in nbformat.read(notebooks()["05_gan_vs_wgan_gp"], as_version=4).cells]
    (methods,) = (cell for cell in cells if cell.startswith("methods = {"))
    functions = [cell for cell in cells if cell.startswith(("def dcgan_", "def build"))]
    names = {"keras": keras, "layers": keras.layers, "wu": wu, "PRECISION": "float32", **comparison.SETTINGS}
    exec("\n".join([methods, *functions]), names)
    names["chosen"] = {method: {"CRITIC_STEPS": 5, "LEARNING_RATE": 1e-3}}
    c = 0.03 if method == "WGAN" else None
    if c:
        names["methods"]["WGAN"] = wu.WGAN, {"clip_value": c}
    lessons, ours = names["build"](method, comparison.SETTINGS["SEED"]), comparison.build(method, 5, c, 1e-3)
    assert lessons.settings() == ours.settings()
    for one, other in zip(lessons.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    for part in ("critic_optimizer", "generator_optimizer"):
        one, other = (getattr(model, part).get_config() for model in (lessons, ours))
        assert {**one, "name": ""} == {**other, "name": ""}


def test_a_training_leaves_its_measurements(tmp_path, monkeypatch):
    monkeypatch.setitem(comparison.SETTINGS, "WIDTH", 0.02)
    monkeypatch.setattr(wu, "load_images", lambda name: tiny_images().padded(10))  # 28×28
    comparison.train(tmp_path, 6, "GAN", 2, None, 1e-3)
    (metrics,) = tmp_path.glob("*/metrics.json")
    assert json.loads(metrics.read_text()) == {"columns": {"diverged": False}}
    assert wu.Run(metrics.parent).read("quality")["step"].tolist() == [0, 1, 2]
