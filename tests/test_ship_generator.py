"""Shipping a run: refused when nobody could say from which code it came."""

import json
import zipfile

import pytest

from scripts import ship_generator
from wgan_utils.training.run import Run
from wgan_utils.zoo.generators import pretrained

KNOWN, DIRTY = "0123456789ab", "ba9876543210-dirty"


@pytest.mark.parametrize(
    ("trained", "now", "named"), [(DIRTY, KNOWN, DIRTY), (None, KNOWN, "None"), (KNOWN, DIRTY, DIRTY)]
)
def test_files_that_are_not_committed_are_refused(tmp_path, monkeypatch, trained, now, named):
    run = Run(tmp_path / "run")
    run.write_json("config.json", {"setup": {}, "environment": {"git_commit": trained}})
    monkeypatch.setattr(ship_generator, "git_commit", lambda: now)
    with pytest.raises(SystemExit, match=named):
        ship_generator.refuse_unknown_code(run)


@pytest.mark.parametrize("lesson", ship_generator.LESSONS)
def test_a_lessons_networks_are_built_as_they_were_trained(lesson):
    card = pretrained()[ship_generator.LESSONS[lesson]["name"]]
    setup = card["setup"]
    generator, critic = ship_generator.build_networks(lesson, card["width"], setup["latent_dim"])
    counts = generator.count_params(), critic.count_params()
    assert counts == (setup["generator_weights"], setup["critic_weights"])


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Runs and a shipped card of the test's own: a function that makes a run, and one that reads the card."""
    monkeypatch.setattr(ship_generator, "FOLDER", tmp_path)
    monkeypatch.setattr(ship_generator, "git_commit", lambda: "ba9876543210")
    monkeypatch.setattr(ship_generator.wu.Run, "of_lesson", lambda _, lesson, named: Run(tmp_path / named["RUN_NAME"]))
    setup = {"model": "GAN", "latent_dim": 9, "seed": 0}
    card = {"steps": 30, "setup": {**setup, "generator_weights": 1}, "seeds": {"0": {"steps": 30}}, "width": 1.0}
    card |= {"networks": {"generator": "x"}, "parameters": {}}
    with zipfile.ZipFile(tmp_path / "camels.zip", "w") as archive:
        archive.writestr("card.json", json.dumps(card))

    def trained(name, seed, steps=30, **other):
        run = Run(tmp_path / name)
        config = {"parameters": {"SEED": seed, "STEPS": steps}, "environment": {"git_commit": "0123456789ab"}}
        run.write_json("config.json", config | {"setup": {**setup, "generator_weights": 1, "seed": seed, **other}})
        values = {id: {"value": 0.5} for id in ("frechet", "recall")}
        run.write_json("metrics.json", {"metrics": values, "lesson": {"ink": 0.1}})

    return trained, lambda: pretrained(tmp_path)["camels"]


@pytest.mark.parametrize(("other", "named"), [({"latent_dim": 8}, "latent_dim"), ({"steps": 29}, "29 steps")])
def test_more_seeds_come_into_a_card_but_none_of_another_training(shipped, other, named):
    trained, card = shipped
    trained("one", 1)
    trained("another", 2, **other)
    with pytest.raises(SystemExit, match=named):
        ship_generator.add_seeds("01_gan_camels", "one", "another")
    assert list(card()["seeds"]) == ["0"]
    trained("two", 2)
    ship_generator.add_seeds("01_gan_camels", "one", "two")
    added = {"steps": 30, "ink": 0.1, "frechet": 0.5, "recall": 0.5}
    assert card()["seeds"] == {"0": {"steps": 30}, "1": added, "2": added}
