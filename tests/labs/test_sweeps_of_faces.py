"""The sweep of the lab on checkerboards, of four steps: what it leaves ships, and what is done is not done again."""

import pytest

from scripts.ship_trials import ship
from sweeps import checkerboard
from wgan_utils.labs.published import DOUBLING_ARMS
from wgan_utils.zoo.trials import load_trials

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
    measured = trials.table.groupby("ARM")["period 2"].count()
    assert measured[[*DOUBLING_ARMS]].tolist() == [5, 5, 5]
