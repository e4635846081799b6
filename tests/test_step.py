"""A step that a reader writes with `tf.GradientTape`, on what `AdversarialModel` gives: as the lessons have it."""

from functools import cache
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest

import wgan_utils as wu
from tests.refused import refused
from tests.tiny import LATENT_DIM, dense_networks, run_cell, tiny_images
from tests.training.running import assert_same_states
from wgan_utils import models
from wgan_utils.errors import Refused
from wgan_utils.gan.backend import BACKEND
from wgan_utils.models import AdversarialModel
from wgan_utils.published import notebooks
from wgan_utils.training.run import Run
from wgan_utils.training.train import RealImages, train

if BACKEND != "tensorflow":
    pytest.skip("lessons are written in TensorFlow", allow_module_level=True)

import tensorflow as tf

# Where each lesson writes its class: the notebook, and how the cells with the class and what it calls begin.
LESSONS = {
    "GAN": ("01_gan_camels", ("def discriminator_loss", "class GAN")),
    "WGAN": ("02_wgan_clipping_sevens", ("class WGAN",)),
    "WGANGP": ("04_wgan_gp_digits", ("def gradient_penalty", "class WGANGP")),
}


@cache
def cells_of(name: str) -> dict:
    """What these cells define."""
    lesson, starts = LESSONS[name]
    names = {"__name__": "__main__", "keras": keras, "tf": tf, "wu": wu, "CLIP_VALUE": 0.01, "LAMBDA": 10.0}
    for cell in nbformat.read(notebooks()[lesson], as_version=4).cells:
        if cell.source.startswith(starts):
            run_cell(cell.source, names)
    return names


WGANGP = cells_of("WGANGP")["WGANGP"]


class Returns(AdversarialModel):
    """A step that trains nothing and returns `what`, a function of the model and the images."""

    what = staticmethod(lambda model, real: {"mean": tf.reduce_mean(real)})

    def step(self, real):
        return self.what(self, real)


def model_of(kind, run_eagerly=False, **settings) -> AdversarialModel:
    """A model whose networks start from the same weights each time; its critic has dropout, its generator BatchNorm."""
    keras.utils.set_random_seed(7)
    model = kind(*dense_networks(), LATENT_DIM, **{"critic_steps": 2, "seed": 5, **settings})
    model.compile(keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.RMSprop(1e-3), run_eagerly=run_eagerly)
    return model


def returning(what, run_eagerly=False) -> AdversarialModel:
    return model_of(type("Mine", (Returns,), {"what": staticmethod(what)}), run_eagerly)


def batches(steps: int, critic_steps: int = 2) -> RealImages:
    return RealImages(tiny_images().train, 4, critic_steps, 5, 0, steps)


def fitted(model: AdversarialModel, steps: int = 2) -> AdversarialModel:
    model.fit(batches(steps, model.critic_steps), shuffle=False, verbose=0)
    return model


# ---- what it computes


@pytest.mark.parametrize("name", LESSONS)
def test_the_class_that_a_lesson_writes_is_the_librarys_to_the_bit(name):
    updates = {"critic_steps": 1 if name == "GAN" else 2}
    assert_same_states(*(fitted(model_of(kind, **updates)) for kind in (cells_of(name)[name], getattr(models, name))))


def test_a_step_is_compiled_once_for_floats_of_every_update():
    seen = []

    def what(model, real):
        seen.append((real.dtype, real.shape.as_list()))
        return {"n": len(real)}

    fitted(returning(what))
    assert seen == [(tf.float32, [None, 2, 8, 8, 1])]


# ---- what is refused


def test_a_class_without_a_step_is_refused_by_name():
    class Misspelt(AdversarialModel):
        def setp(self, real):
            return {"loss": 0.0}

    with refused(Refused, "Misspelt"):
        model_of(Misspelt)


WRONG = {
    "nothing": (lambda model, real: None, "Mine.step"),
    "a loss": (lambda model, real: tf.reduce_mean(real), "Mine.step"),
    "no scalar": (lambda model, real: {"loss": real[:, 0, 0, 0]}, "'loss'"),
    "text": (lambda model, real: {"loss": "0.5"}, "'loss'"),
    "a truth": (lambda model, real: {"loss": tf.constant(True)}, "'loss'"),
}


@pytest.mark.parametrize(("what", "named"), WRONG.values(), ids=WRONG)
def test_a_step_that_returns_no_scalars_by_name_is_refused_and_nothing_is_written(what, named, tmp_path):
    with refused(Refused, named):
        train(returning(what), tiny_images(), Run(tmp_path / "run"), 2, batch_size=4)
    assert not (tmp_path / "run").exists()
    with refused(Refused, named):
        fitted(returning(what, run_eagerly=True))


@pytest.mark.parametrize("critic_steps", [1, 3])
def test_images_of_another_number_of_updates_are_refused(critic_steps):
    with refused(Refused, "(batch, 2, …)"):
        model_of(WGANGP).fit(batches(1, critic_steps), verbose=0)
    with refused(Refused, "(batch, 2, …)"):
        model_of(models.WGAN).step_on(batches(1, critic_steps)[0])


# ---- how it trains


def test_a_run_of_a_readers_class_goes_on_to_the_same_bits(tmp_path):
    def trained(folder: Path, *stops: int) -> AdversarialModel:
        for steps in stops:
            model = model_of(WGANGP, ema_momentum=0.5)
            train(model, tiny_images(), Run(folder), steps, batch_size=4, show_progress=False)
        return model

    whole, broken = trained(tmp_path / "whole", 4), trained(tmp_path / "broken", 1, 3, 4)
    assert_same_states(whole, broken)
    one, other = (Run(tmp_path / name).history() for name in ("whole", "broken"))
    logged = ["critic_loss", "fake_score", "generator_loss", "gradient_penalty", "real_score", "wasserstein_estimate"]
    assert list(one) == ["step", "seconds", *logged]
    assert all(np.array_equal(one[column], other[column]) for column in one.keys() - {"seconds"})
    assert len(Run(tmp_path / "whole").read("critic_health")["step"]) == 4
