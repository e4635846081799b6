"""What the lab on mode collapse says: of its games of two numbers, of its shipped trainings, and of a short one."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

import wgan_utils as wu
from wgan_utils.labs.published import COLLAPSE_ARMS

LAB = Path(__file__).resolve().parents[2] / "notebooks" / "labs" / "collapse.ipynb"
KEEPS = {"GAN with R1 5:1", "WGAN-GP 5:1"}


@pytest.fixture(scope="module")
def games():
    """The lab's own games, and what plays them."""
    (source,) = (cell.source for cell in nbformat.read(LAB, as_version=4).cells if "def gan_game(" in cell.source)
    names: dict = {"np": np}
    exec(source, names)
    return names


GAMES = [  # the game, its options, and how far from the data it goes on at the least, or at the most
    ("gan_game", {"gamma": 1.0}, 0, 1e-6),
    ("gan_game", {}, 0.9, np.inf),
    ("gan_game", {"saturating": False}, 0.2, np.inf),
    ("wgan_game", {"bound": 1.0}, 0.9, np.inf),
    ("wgan_game", {"weight": 0.3}, 1.2, np.inf),
]


@pytest.mark.parametrize(("game", "options", "least", "most"), GAMES)
def test_only_the_game_with_r1_comes_to_rest_at_the_data(games, game, options, least, most):
    for angle in np.arange(8) * np.pi / 4:
        path = games["play"](games[game], np.cos(angle), np.sin(angle), **options)
        assert least <= np.abs(path[-200:]).max() <= most


def test_of_the_shipped_trainings_those_keep_all_modes_that_the_lab_says():
    table = wu.load_trials("collapse").table.dropna(subset="kl")
    usual = table[(table[["STEPS", "GAMMA", "LAMBDA", "LEARNING_RATE"]] == [1500, 1, 1, 1e-3]).all(axis=1)]
    end = usual.groupby(["ARM", "SEED"]).last()
    assert sorted(end.index) == sorted((arm, seed) for arm in COLLAPSE_ARMS for seed in range(5))
    modes = (end.filter(like="share_") > 0.02).sum(axis=1).groupby("ARM").agg(["min", "max"])
    assert set(modes.index[modes["min"] == 8]) == KEEPS
    assert modes.loc[["GAN 5:1", "GAN 1:10", "GAN with R1 1:10"], "max"].max() <= 2
    not_found = end["near a mode"].groupby("ARM").max() < 0.1
    assert set(not_found.index[not_found]) == {"WGAN without penalty 5:1", "WGAN clipped 5:1", "WGAN-GP 1:1"}
