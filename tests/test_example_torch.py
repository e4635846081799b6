"""The example in PyTorch, held to what the one in Keras is held to; runs where PyTorch does (`make test-all`)."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from gan_audit import audit_penalty, audit_step
from wgan_utils.models import WGANGP

if keras.backend.backend() != "torch":
    pytest.skip("needs PyTorch", allow_module_level=True)

import torch

PATH = Path(__file__).resolve().parent.parent / "examples" / "minimal_wgan_gp_torch.py"
SHAPE, BATCH = (3, 8, 12), 6


@pytest.fixture(scope="module")
def example():
    """The file as a module; importing it trains nothing."""
    spec = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_is_short_and_stands_alone():
    source = PATH.read_text("utf-8")
    assert len(source.splitlines()) <= 100
    assert not {"wgan_utils", "keras"} & {*source.replace(".", " ").split()}


def test_a_step_is_algorithm_1(example, monkeypatch):
    """As the library's WGANGP takes it with the same random numbers, of which each update has its own."""

    def networks():
        torch.manual_seed(3)
        return example.build_generator(SHAPE, filters=4), example.build_critic(SHAPE, filters=4)

    def kept(draw, numbers):
        return lambda *shape, **options: numbers.append(draw(*shape, **options)) or numbers[-1]

    latents, epsilons, untrained, trained = [], [], networks(), networks()
    for name, numbers in (("randn", latents), ("rand", epsilons)):
        monkeypatch.setattr(torch, name, kept(getattr(torch, name), numbers))
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 3, *SHAPE), dtype=np.uint8)
    descents = [torch.optim.SGD(network.parameters(), 0.05, momentum=0.9) for network in trained]
    estimate = example.take_step(*trained, *descents, images)
    assert (len(latents), np.shape(np.stack(epsilons))) == (4, (3, BATCH, 1, 1, 1))
    assert all(len(np.unique(np.stack(drawn))) == np.size(np.stack(drawn)) for drawn in (latents, epsilons))

    twins = [keras.layers.TorchModuleWrapper(network) for network in networks()]
    model = WGANGP(*twins, example.LATENT_DIM, critic_steps=3)
    model.compile(*(keras.optimizers.SGD(0.05, momentum=0.9) for _ in range(2)), run_eagerly=True)
    drawn, between = iter(latents), iter(epsilons)
    model.draw_latent = lambda n: next(drawn)
    monkeypatch.setattr(keras.random, "uniform", lambda *given, **how: next(between))
    logs = model.step(torch.tensor(images) / 127.5 - 1)
    assert float(estimate) == pytest.approx(float(logs["real_score"] - logs["fake_score"]), rel=1e-4)
    for one, twin, old in zip(trained, twins, untrained, strict=True):
        moves = [
            [(new - before).abs().max() for new, before in zip(network.parameters(), old.parameters(), strict=True)]
            for network in (one, twin)
        ]
        torch.testing.assert_close(*map(torch.stack, moves), rtol=1e-3, atol=1e-6)
        assert float(torch.stack(moves[1]).median()) > 1e-3  # not equal for having moved by nothing


def test_the_auditor_finds_nothing(example):
    def with_epsilon(function, critic, real, fake):
        return function(critic, real, fake, torch.rand(len(real), 1, 1, 1))

    critic = example.build_critic(SHAPE, filters=4)
    assert audit_penalty(example.gradient_penalty, "torch", shape=SHAPE, call=with_epsilon, critic=critic).found == []

    def step(generator, critic, generator_optimizer, critic_optimizer, next_real):
        # It scales uint8 images itself: here are such as come out as what was drawn.
        images = torch.stack([next_real() for _ in range(example.CRITIC_STEPS)], dim=1)
        example.take_step(generator, critic, generator_optimizer, critic_optimizer, (images.double() + 1) * 127.5)

    assert audit_step(step, "torch").found == []


def test_the_program_trains_on_ones_own_images(example, tmp_path):
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
