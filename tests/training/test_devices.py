"""One training on two devices is that of one: on JAX, with two virtual ones; elsewhere it is refused."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.refused import refused
from tests.tiny import tiny_images, tiny_model
from wgan_utils.gan.backend import BACKEND, chosen_devices, shared_by
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

on_jax = pytest.mark.skipif(BACKEND != "jax", reason="several devices are JAX's; `make test-backends` runs this")
STEPS, BATCH = 4, 8
TOLERANCE = 1e-4  # of an array's largest number: eight updates of either network make rounding errors grow
ROUNDING = 1e-6
CASES = {
    "GAN": ("gan", {"dense": True, "ema_momentum": 0.5}),
    "WGAN": ("wgan", {"batch_norm": True}),
    "WGAN-GP": ("wgangp", {"dense": True}),
}


def model_of(case: str):
    """A model with BatchNorm in its generator and dropout in its critic; that of WGAN has BatchNorm too."""
    kind, settings = CASES[case]
    model = tiny_model(kind, **settings)
    # Not Adam: it divides by the gradient's size, and would make a difference of rounding errors.
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), keras.optimizers.SGD(0.01))
    return model


def trained(case: str, folder: Path, devices: int, steps: int = STEPS):
    model = model_of(case)
    options = {"batch_size": BATCH, "show_progress": False, "health_images": 4, "checkpoint_every": 1}
    return model, train(model, tiny_images(40), Run(folder), steps, devices=devices, **options)


def assert_same_training(one: tuple, other: tuple) -> None:
    (model, history), (shared_model, shared_history) = one, other
    assert list(history) == list(shared_history)
    pairs = [(name, history[name], shared_history[name]) for name in set(history) - {"seconds"}]
    states = zip(model.state().items(), shared_model.state().values(), strict=True)
    for name, expected, found in (*pairs, *((name, value, twin) for (name, value), twin in states)):
        atol = TOLERANCE * np.abs(expected.astype(float)).max() + ROUNDING
        np.testing.assert_allclose(found.astype(float), expected.astype(float), rtol=0, atol=atol, err_msg=name)


@on_jax
@pytest.mark.parametrize("case", CASES)
def test_two_devices_train_as_one_does(case, tmp_path):
    """Losses, weights, optimizers, BatchNorm's statistics and random states, to rounding."""
    untrained = model_of(case).critic.get_weights()
    one, two = (trained(case, tmp_path / str(devices), devices) for devices in (1, 2))
    assert_same_training(one, two)
    moved = [np.abs(a - b).max() for a, b in zip(untrained, one[0].critic.get_weights(), strict=True)]
    assert sum(distance > 1e-3 for distance in moved) >= 2  # something was there to differ


@on_jax
def test_a_run_goes_on_with_another_number_of_devices(tmp_path):
    folder = tmp_path / "run"
    half, _ = trained("WGAN-GP", folder, devices=2, steps=STEPS // 2)
    assert {len(variable.value.devices()) for variable in half.variables} == {1}  # as it was before
    assert_same_training(trained("WGAN-GP", tmp_path / "one", 1), trained("WGAN-GP", folder, 1))


@on_jax
def test_each_device_does_half_of_the_work():
    """Not all of it with the same result: counted by the compiler."""
    import jax

    work = {}
    for devices in (1, 2):
        model, images = model_of("WGAN-GP"), np.zeros((64, 2, 8, 8, 1), "uint8")
        with shared_by(model, chosen_devices(devices, 64)):
            if devices == 2:
                layout = keras.distribution.distribution().get_data_layout(images.shape)
                images = keras.distribution.distribute_tensor(jax.numpy.asarray(images), layout)
            groups = model.trainable_variables, model.non_trainable_variables
            groups += model.optimizer.variables, model.metrics_variables
            state = [[variable.value for variable in group] for group in groups]
            compiled = jax.jit(model.train_step).lower(state, (images,)).compile()
        work[devices] = compiled.cost_analysis()["flops"]
    assert 0.5 <= work[2] / work[1] < 0.6


@on_jax
def test_devices_that_can_not_share_are_refused():
    assert chosen_devices(0, BATCH) == chosen_devices(2, BATCH) == keras.distribution.list_devices()[:2]
    for asked, batch, named in ((3, BATCH, "3 of"), (2, 9, "9")):
        with refused(naming=named):
            chosen_devices(asked, batch)


@pytest.mark.parametrize("devices", [-1] if BACKEND == "jax" else [-1, 0, 2])
def test_other_numbers_and_other_backends_are_refused_before_anything_is_written(devices, tmp_path):
    with refused(naming="devices"):
        train(tiny_model(dense=True), tiny_images(), Run(tmp_path / "run"), 3, batch_size=4, devices=devices)
    assert not (tmp_path / "run").exists()
    assert chosen_devices(1, 9) == []
