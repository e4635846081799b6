"""The record's row in PyTorch; runs where PyTorch does (`make test-all`)."""

from dataclasses import replace

import keras
import numpy as np
import pytest

import wgan_utils as wu
from benchmarks.records import __main__ as program
from benchmarks.records import sevens
from benchmarks.records.catalogue import shrunk
from benchmarks.records.recipe import build
from benchmarks.records.results import read_lines
from wgan_utils.data.datasets import Images

if keras.backend.backend() != "torch":
    pytest.skip("needs PyTorch", allow_module_level=True)

import torch


def test_a_step_is_that_of_our_wgan(monkeypatch):
    """From the same weights, with the same real images and latent vectors."""
    monkeypatch.setattr(torch, "compile", lambda function: function)
    row = shrunk(sevens.RECORD).rows["hand-written"]
    theirs, ours = build(row, seed=0), build(replace(row, model=wu.WGAN), seed=0)
    real = np.random.default_rng(0).integers(0, 256, (4, 5, 28, 28, 1), dtype=np.uint8)
    for _ in range(3):
        latent = [torch.tensor(wu.latent_vectors(4, 50, seed)) for seed in range(6)]
        first, second = iter(latent), iter(latent)
        monkeypatch.setattr(ours, "draw_latent", lambda n, drawn=first: next(drawn))
        ours.train_on_batch(real)
        monkeypatch.setattr(torch, "randn", lambda *shape, drawn=second: next(drawn))
        theirs.step(torch.from_numpy(real))
    start = build(row, seed=0).final_generator
    mine, other, before = (
        np.concatenate([weight.ravel() for weight in network.get_weights()])
        for network in (ours.averaged, theirs.final_generator, start)
    )
    assert np.linalg.norm(mine - other) < 1e-2 * np.linalg.norm(mine - before)


def test_it_trains_as_a_row(monkeypatch, tmp_path):
    monkeypatch.setattr(torch, "compile", lambda function: function)
    pixels, sevens_only = np.random.default_rng(0).integers(0, 256, (60, 28, 28, 1), dtype=np.uint8), np.full(40, 7)
    noise = Images(pixels[:40], pixels[40:], sevens_only, sevens_only[:20], "noise", "made by a test")
    monkeypatch.setitem(program.RECORDS, "sevens", replace(sevens.RECORD, images=lambda standin: noise))
    program.main(["sevens", "--row", "hand-written", "--smoke", "--output", str(tmp_path)])
    (line,) = read_lines(tmp_path / "smoke.csv")
    assert (line.title, line.steps, line.reached) == ("hand-written, on torch", 4, False)
