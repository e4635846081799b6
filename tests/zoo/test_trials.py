"""Trainings that ship as tables: made of a sweep's runs, read again, and refused where they are damaged."""

import json

import numpy as np
import pytest

import wgan_utils as wu
from scripts.ship_trials import common, ship
from tests.refused import refused
from wgan_utils.published import LESSONS
from wgan_utils.zoo.generators import TRIALS, load_trials, names_in

DATA = {"name": "mnist", "note": ""}


@pytest.fixture
def sweep(tmp_path):
    """The runs of two arms and two seeds, each with three logged steps and two measurements."""
    for arm in ("as it is", "other"):
        for seed in (0, 1):
            parameters = {"ARM": arm, "SEED": seed, "STEPS": 30, "OUTPUT_DIR": str(tmp_path)}
            run = wu.Run(tmp_path / "toy" / f"arm_{arm[:2]}-seed_{seed}", parameters)
            setup = {"batch_size": 8, "seed": seed}
            run.write_config(
                {"setup": setup, "data": DATA, "environment": {"hardware": f"CPU {seed}", "git_commit": "abc"}}
            )
            for step in (10, 20, 30):
                run.append("history", {"step": step, "seconds": 0.5, "critic_loss": 1, "real_score": step + seed})
            run.write_json("metrics.json", {"curves": {"share": [[0, 0.25], [30, 0.75]]}})
            run.save_samples(30, np.full((4, 6), 10 * seed + len(arm), np.uint8))
    return tmp_path / "toy"


@pytest.fixture
def shipped(sweep, tmp_path):
    return ship(sweep, ["ARM", "SEED"], "free", tmp_path / "trials")


def test_what_a_sweep_left_is_read_again(shipped):
    trials = load_trials("toy", shipped.parent)
    assert list(trials.table) == ["ARM", "SEED", "step", "real_score", "share"]
    one = trials.table[(trials.table["ARM"] == "other") & (trials.table["SEED"] == 1)]
    assert one["step"].tolist() == [0, 10, 20, 30]
    assert one["real_score"].tolist()[1:] == [11, 21, 31]
    assert one["share"].dropna().tolist() == [0.25, 0.75]
    assert trials.samples["as it is", 0].shape == (4, 6)
    assert {key: grid[0, 0] for key, grid in trials.samples.items()} == {
        **{("as it is", 0): 10, ("as it is", 1): 20},  # 8 and 18, in 52 levels of grey
        **{("other", 0): 5, ("other", 1): 15},
    }
    expected = {"lesson": "toy", "varied": ["ARM", "SEED"], "parameters": {"STEPS": 30}, "setup": {"batch_size": 8}}
    assert trials.card.items() >= {**expected, "data": DATA, "terms": "free"}.items()
    assert names_in(shipped.parent) == ["toy"]


def test_measurements_ship_without_samples_and_a_setting_that_a_run_lacks_is_not_a_number(sweep, tmp_path):
    for number, path in enumerate(sorted(sweep.iterdir())):
        run = wu.Run(path)
        run.write_json(
            "config.json", {**run.config, "parameters": {"CLIP_VALUE": None if number else 0.1, "SEED": number}}
        )
        run.append("quality", {"step": 20, "frechet_distance": number})
        run.write_json("metrics.json", {"columns": {"diverged": number == 2}})
    shipped = ship(sweep, ["CLIP_VALUE", "SEED"], "free", tmp_path / "trials", table="quality", samples="")
    trials = load_trials("toy", shipped.parent)
    assert trials.samples == {}
    assert list(trials.table) == ["CLIP_VALUE", "SEED", "step", "frechet_distance", "diverged"]
    assert trials.table["diverged"].tolist() == [False, False, True, False]
    assert trials.table["CLIP_VALUE"].isna().tolist() == [False, True, True, True]


def test_trials_may_be_named_after_more_than_their_lesson_and_keep_what_it_shows(sweep, tmp_path):
    ship(sweep, ["ARM", "SEED"], "free", tmp_path / "trials", lesson="03_wgan_clipping_horses", samples="*-1")
    trials = load_trials("toy", tmp_path / "trials")
    assert trials.card["lesson"] == "03_wgan_clipping_horses"
    assert [*trials.samples] == [("as it is", 1), ("other", 1)]


@pytest.mark.parametrize("part", ["parameters", "data"])
def test_runs_that_differ_in_anything_else_are_not_shipped_together(part):
    configs = [{"parameters": {"SEED": seed}, "data": {}, "setup": {}, "environment": {}} for seed in (0, 1)]
    common(configs, ["SEED"])
    configs[1][part]["WIDTH"] = 2
    with pytest.raises(ValueError):
        common(configs, ["SEED"])


def test_what_is_damaged_or_not_there_is_refused_by_name(shipped):
    shipped.write_bytes(shipped.read_bytes()[:-9])
    for name in ("toy", "none"):
        with refused(naming=name):
            load_trials(name, shipped.parent)


@pytest.mark.parametrize("name", names_in(TRIALS))
def test_what_ships_says_where_it_comes_from(name):
    trials = load_trials(name)
    assert trials.card["environment"]["hardware"]
    assert trials.card["environment"]["versions"]["keras"]
    assert json.dumps(trials.card).count("/tmp/") == 0
    if of_lesson := LESSONS.get(trials.card["lesson"]):  # others are of a program of their own in sweeps/
        assert {*trials.card["varied"], *trials.card["parameters"]} <= {"ARM", *of_lesson.parameters}
        for key in {*trials.card["varied"]} & {*of_lesson.parameters}:
            choices = of_lesson.parameters[key].choices
            assert not choices or set(trials.table[key]) == set(choices)
        arms = trials.table.get("ARM", trials.table["step"] * 0)  # a lab of one arm has none
        assert trials.table.groupby(arms)["SEED"].nunique().min() >= 2
