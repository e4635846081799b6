"""The example in PyTorch, held to what the one in Keras is held to; runs where PyTorch does (`make test-all`)."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from gan_audit import audit_penalty, audit_step

if keras.backend.backend() != "torch":
    pytest.skip("needs PyTorch", allow_module_level=True)

import torch

from examples import minimal_wgan_gp_torch as example

PATH = Path(example.__file__)
SHAPE, BATCH = (3, 8, 12), 6


@pytest.fixture
def networks():
    torch.manual_seed(3)
    return example.build_generator(SHAPE, filters=4), example.build_critic(SHAPE, filters=4)


def test_is_short_and_stands_alone():
    source = PATH.read_text("utf-8")
    assert len(source.splitlines()) <= 100
    assert "wgan_utils" not in source
    assert "keras" not in source


def test_each_critic_update_draws_an_epsilon_for_each_image(networks, monkeypatch):
    epsilons, critic_loss = [], example.critic_loss
    monkeypatch.setattr(example, "critic_loss", lambda *given: epsilons.append(given[-1]) or critic_loss(*given))
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 3, *SHAPE), dtype=np.uint8)
    example.take_step(*networks, *(torch.optim.Adam(network.parameters()) for network in networks), images)
    drawn = torch.stack(epsilons)
    assert drawn.shape == (3, BATCH, 1, 1, 1)
    assert len(drawn.unique()) == 3 * BATCH
    assert 0 <= drawn.min() < drawn.max() < 1


def test_the_auditor_finds_nothing(networks):
    def with_epsilon(function, critic, real, fake):
        return function(critic, real, fake, torch.rand(len(real), 1, 1, 1))

    critic = example.build_critic(SHAPE, filters=4)
    assert audit_penalty(example.gradient_penalty, "torch", shape=SHAPE, call=with_epsilon, critic=critic).found == []

    def step(generator, critic, generator_optimizer, critic_optimizer, next_real):
        # It scales uint8 images itself: here are such as come out as what was drawn.
        images = torch.stack([next_real() for _ in range(example.CRITIC_STEPS)], dim=1)
        example.take_step(generator, critic, generator_optimizer, critic_optimizer, (images.double() + 1) * 127.5)

    assert audit_step(step, "torch").found == []


def test_the_program_trains_on_ones_own_images(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (10, *SHAPE[1:], 3), dtype=np.uint8)
    np.save(tmp_path / "own.npy", images)
    arguments = ["--data", "own.npy", "--steps", "2", "--out", "made/here", "--seed", "4"]
    command, out = [sys.executable, str(PATH), *arguments], tmp_path / "made" / "here"
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    assert sorted(path.name for path in out.iterdir()) == ["generator.pt", "step_00002.png"]
    with Image.open(out / "step_00002.png") as grid:
        assert (grid.size, grid.mode) == ((8 * SHAPE[2], 8 * SHAPE[1]), "RGB")
        assert np.std(grid) > 0
    trained = torch.load(out / "generator.pt", weights_only=True)
    torch.manual_seed(4)
    untrained = example.build_generator(SHAPE).state_dict()
    assert 0 < float((trained["0.weight"] - untrained["0.weight"]).abs().max()) < 1e-2
    np.save(tmp_path / "own.npy", images[:, :, :9])
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 2
    assert str(images[:, :, :9].shape) in refused.stderr
