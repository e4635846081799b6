"""The sweeps of the labs on faces, of four steps: what they leave ships, and an ended one goes on."""

import numpy as np
import pandas as pd
import pytest

from scripts.ship_trials import ship
from sweeps import checkerboard, faces, vae
from wgan_utils.labs.published import DOUBLING_ARMS
from wgan_utils.training.run import Run
from wgan_utils.zoo.generators import load_trials

pytestmark = pytest.mark.slow


def arguments(folder, *seeds):
    return ["--output", str(folder), "--preset", "smoke", "--seeds", *map(str, seeds)]


def test_checkerboards_of_every_arm_are_measured_and_ship(tmp_path):
    checkerboard.main(arguments(tmp_path, 0))
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*"))
    checkerboard.main(arguments(tmp_path, 0))
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*")) == before
    ship(tmp_path / "checkerboard", ["ARM", "SEED"], "free", tmp_path)
    trials = load_trials("checkerboard", tmp_path)
    assert set(trials.samples) == {(arm, 0) for arm in DOUBLING_ARMS}
    measured = trials.table.groupby("ARM")["2 pixels"].count()
    assert measured[[*DOUBLING_ARMS]].tolist() == [5, 5, 5]


def test_an_autoencoder_that_was_ended_goes_on_to_the_same_numbers(tmp_path):
    given = faces.asked("vae", "", arguments(tmp_path, 0))
    ended, whole = given._replace(folder=tmp_path / "ended"), given._replace(folder=tmp_path / "vae")
    vae.train(ended, 0, 1)
    vae.train(ended, 0, 2)
    vae.train(whole, 0, 2)
    histories = [pd.DataFrame(Run(one.folder / "0").history()).drop(columns="seconds") for one in (ended, whole)]
    pd.testing.assert_frame_equal(*histories)
    ship(whole.folder, ["SEED"], "free", tmp_path)
    assert load_trials("vae", tmp_path).samples[0,].shape[0] == 128


def test_falling_has_stopped_after_three_measurements_without_a_lower_one():
    assert not vae.has_stopped_falling([5, 4, 6])
    assert not vae.has_stopped_falling(np.array([5, 6, 4, 7, 8]))
    assert vae.has_stopped_falling([5, 4, 6, 7, 4])
