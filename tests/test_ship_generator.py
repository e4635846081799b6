"""Shipping a run: refused when nobody could say from which code it came."""

import pytest

from scripts import ship_generator
from wgan_utils.runs.run import Run
from wgan_utils.zoo.generators import pretrained


@pytest.mark.parametrize(
    ("trained", "now", "message"),
    [
        ("0123456789ab-dirty", "0123456789ab", "was trained from files that are in no commit"),
        (None, "0123456789ab", "was trained from files that are in no commit"),
        ("0123456789ab", "ba9876543210-dirty", "would be shipped from files that are in no commit"),
    ],
)
def test_files_that_are_not_committed_are_refused(tmp_path, monkeypatch, trained, now, message):
    run = Run(tmp_path / "run")
    run.write_json("config.json", {"setup": {}, "environment": {"git_commit": trained}})
    monkeypatch.setattr(ship_generator, "git_commit", lambda: now)
    with pytest.raises(SystemExit, match=message):
        ship_generator.refuse_unknown_code(run)


def test_committed_files_are_not(tmp_path, monkeypatch):
    run = Run(tmp_path / "run")
    run.write_json("config.json", {"setup": {}, "environment": {"git_commit": "0123456789ab"}})
    monkeypatch.setattr(ship_generator, "git_commit", lambda: "ba9876543210")
    ship_generator.refuse_unknown_code(run)


@pytest.mark.parametrize("lesson", ship_generator.LESSONS)
def test_a_lessons_networks_are_built_as_they_were_trained(lesson):
    card = pretrained()[ship_generator.LESSONS[lesson]["name"]]
    setup = card["setup"]
    generator, critic = ship_generator.build_networks(lesson, card["width"], setup["latent_dim"])
    counts = generator.count_params(), critic.count_params()
    assert counts == (setup["generator_weights"], setup["critic_weights"])
