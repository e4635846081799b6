"""The example that is to be copied: the library's numbers, without the library."""

import runpy
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from examples import minimal_wgan_gp as example
from wgan_utils.models import WGANGP

PATH = Path(example.__file__)
SHAPE = (8, 12, 3)
BATCH = 6


def test_is_short_and_stands_alone():
    source = PATH.read_text("utf-8")
    assert len(source.splitlines()) <= 100
    assert "wgan_utils" not in source


def test_a_step_is_algorithm_1(monkeypatch):
    """As the library's WGANGP takes it with the same random numbers, of which each update has its own."""

    def networks() -> tuple[keras.Model, keras.Model]:
        keras.utils.set_random_seed(3)
        return example.build_generator(SHAPE, filters=4), example.build_critic(SHAPE, filters=4)

    def optimizers() -> list[keras.Optimizer]:
        return [keras.optimizers.SGD(0.05, momentum=0.9) for _ in range(2)]

    def kept(draw, numbers):
        return lambda shape: numbers.append(draw(shape)) or numbers[-1]

    latents, epsilons, untrained = [], [], networks()
    for name, numbers in (("normal", latents), ("uniform", epsilons)):
        monkeypatch.setattr(tf.random, name, kept(getattr(tf.random, name), numbers))
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 3, *SHAPE), dtype=np.uint8)
    trained = networks()
    estimate = example.make_step(*trained, *optimizers()).python_function(images)  # uncompiled, so that all are kept
    assert (len(latents), np.shape(epsilons)) == (4, (3, BATCH, 1, 1, 1))
    assert all(len(np.unique(numbers)) == np.size(numbers) for numbers in (latents, epsilons))

    model = WGANGP(*networks(), example.LATENT_DIM, critic_steps=3)
    model.compile(*optimizers(), run_eagerly=True)
    drawn, between = iter(latents), iter(epsilons)
    model.draw_latent = lambda n: next(drawn)
    monkeypatch.setattr(keras.random, "uniform", lambda *given, **how: next(between))
    logs = model.step_on((images,))
    assert float(estimate) == pytest.approx(float(logs["real_score"] - logs["fake_score"]), rel=1e-4)
    for one, twin, old in zip(trained, (model.generator, model.critic), untrained, strict=True):
        sizes = []
        for mine, librarys, before in zip(one.weights, twin.weights, old.weights, strict=True):
            moves = [np.asarray(weight) - np.asarray(before) for weight in (mine, librarys)]
            sizes.append(np.abs(moves[1]).max())
            np.testing.assert_allclose(*moves, rtol=0, atol=1e-4 * sizes[-1] + 1e-6, err_msg=mine.path)
        assert np.median(sizes) > 1e-3  # not equal for having moved by nothing


def test_the_program_trains_on_ones_own_images(tmp_path):
    np.save(tmp_path / "own.npy", np.random.default_rng(0).integers(0, 256, (10, *SHAPE), dtype=np.uint8))
    arguments = ["--data", "own.npy", "--steps", "2", "--out", "made/here", "--seed", "4"]
    command, out = [sys.executable, str(PATH), *arguments], tmp_path / "made" / "here"
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    assert sorted(path.name for path in out.iterdir()) == ["generator.keras", "step_00002.png"]
    with Image.open(out / "step_00002.png") as grid:
        assert (grid.size, grid.mode) == ((8 * SHAPE[1], 8 * SHAPE[0]), "RGB")
        assert np.std(grid) > 0
    trained = keras.saving.load_model(out / "generator.keras")
    keras.utils.set_random_seed(4)
    untrained = example.build_generator(SHAPE)
    kernels = [network.trainable_variables[0] for network in (trained, untrained)]
    assert 0 < np.abs(np.subtract(*map(np.asarray, kernels))).max() < 1e-2  # moved, from where the seed put it


def test_the_program_refuses_what_it_would_train_on_wrongly(tmp_path, monkeypatch, capsys):
    for images in (np.zeros((4, 8, 8, 1)), np.zeros((4, 8, 8), "uint8"), np.zeros((4, 8, 9, 1), "uint8")):
        np.save(tmp_path / "own.npy", images)
        monkeypatch.setattr(sys, "argv", [PATH.name, "--data", str(tmp_path / "own.npy")])
        with pytest.raises(SystemExit):
            runpy.run_path(str(PATH), run_name="__main__")
        assert f"{images.dtype} of shape {images.shape}" in capsys.readouterr().err
