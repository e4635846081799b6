"""The example that is to be copied: the library's numbers, without the library."""

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wgan_utils.gan import losses

PATH = Path(__file__).resolve().parent.parent / "examples" / "minimal_wgan_gp.py"
SHAPE = (8, 12, 3)
BATCH = 6


@pytest.fixture(scope="module")
def example():
    """The file as a module; importing it trains nothing."""
    spec = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def networks(example):
    keras.utils.set_random_seed(3)
    return example.build_generator(SHAPE, filters=4), example.build_critic(SHAPE, filters=4)


def random_batch(seed: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).uniform(-1, 1, (BATCH, *SHAPE)).astype("float32"))


def assert_close(found, expected):
    """Equal to about 1e-5 of each array's largest value: sums may be added up in another order."""
    for one, other in zip(found, expected, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5 * np.abs(other).max())


def test_is_short_and_stands_alone():
    source = PATH.read_text("utf-8")
    assert len(source.splitlines()) <= 100
    assert "wgan_utils" not in source


def test_its_losses_and_gradients_are_the_librarys(example, networks):
    (generator, critic), real, seed = networks, random_batch(0), 5
    z = tf.random.stateless_normal((BATCH, example.LATENT_DIM), (0, 1))
    fake = generator(z, training=True)
    epsilon = keras.random.uniform((BATCH, 1, 1, 1), seed=seed)  # what the library draws from the same seed

    def librarys_critic_loss():
        difference = losses.wasserstein_critic_loss(critic(real), critic(fake))
        return difference + 10 * losses.gradient_penalty(critic, real, fake, seed), -difference

    def librarys_generator_loss():
        loss = losses.wasserstein_generator_loss(critic(generator(z, training=True)))
        return loss, loss

    def generator_loss():
        loss = example.generator_loss(critic, generator(z, training=True))
        return loss, loss

    for network, own, librarys in (
        (critic, lambda: example.critic_loss(critic, real, fake, epsilon), librarys_critic_loss),
        (generator, generator_loss, librarys_generator_loss),
    ):
        results = []
        for loss in (own, librarys):
            with tf.GradientTape() as tape:
                found = loss()
            results.append([*found, *tape.gradient(found[0], network.trainable_variables)])
        assert_close(*results)
        assert np.median([np.abs(gradient).max() for gradient in results[1][2:]]) > 1e-3  # not equal for being nothing


def test_a_step_is_algorithm_1(example, networks, monkeypatch):
    """Each critic update sees other real images, other generated ones and other ε; then the generator moves once."""
    seen = []
    critic_loss = example.critic_loss

    def recorded(critic, real, fake, epsilon):
        seen.append([np.array(values) for values in (real, fake, epsilon)])
        return critic_loss(critic, real, fake, epsilon)

    monkeypatch.setattr(example, "critic_loss", recorded)
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 3, *SHAPE), dtype=np.uint8)
    adams = [keras.optimizers.Adam(1e-2) for _ in range(2)]
    before = [network.get_weights()[0] for network in networks]
    example.make_step(*networks, *adams).python_function(images)  # uncompiled, so that values can be looked at
    assert [int(adam.iterations) for adam in adams] == [1, 3]
    np.testing.assert_allclose(np.stack([real for real, _, _ in seen], axis=1), images / 127.5 - 1, atol=1e-6)
    assert len(np.unique([fake for _, fake, _ in seen], axis=0)) == 3
    epsilons = np.stack([epsilon for _, _, epsilon in seen])
    assert epsilons.shape == (3, BATCH, 1, 1, 1)
    assert len(np.unique(epsilons)) == 3 * BATCH
    assert 0 <= epsilons.min() < epsilons.max() < 1
    assert all(np.any(network.get_weights()[0] != old) for network, old in zip(networks, before, strict=True))


def test_the_program_trains_on_ones_own_images(example, tmp_path):
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
