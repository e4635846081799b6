"""The reader's code is a part of a run's identity: what counts in it, and what does not."""

import itertools
import linecache

import keras
import pytest

from tests.refused import refused
from tests.tiny import LATENT_DIM, dense_networks, tiny_images
from wgan_utils import models
from wgan_utils.errors import Refused
from wgan_utils.models import AdversarialModel
from wgan_utils.training.code import own_code
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

NUMBER = itertools.count()
CELLS = ["RATE = 0.5", "def half(x):\n    return RATE * x", "def twice(x, times=2):\n    return times * x"]
STEP = '''
class Mine(AdversarialModel):
    """What it is."""

    scale = 3

    def step(self, real):
        """Return a number."""
        return {"loss": self.scale * half(self.inner(1))}

    def inner(self, x):
        return [twice(y) for y in (x,)][0]  # in a function of its own
'''


def notebook(*cells: str) -> dict:
    """Run cells as a notebook does, each with a file name of its own; returns their names."""
    names = {"__name__": "__main__", "AdversarialModel": AdversarialModel, "models": models, "keras": keras}
    for cell in cells:
        file = f"/tmp/ipykernel_0/{next(NUMBER)}.py"
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        exec(compile(cell, file, "exec"), names)
    return names


def code(*cells: str) -> dict:
    return own_code(notebook(*cells)["Mine"])


def test_what_counts_is_the_class_and_what_its_methods_name():
    found = code(*CELLS, "def other():\n    return 1", STEP)
    named = {"Mine", "Mine.scale", "Mine.step", "Mine.inner", "half", "twice", "RATE"}
    assert set(found) == named
    assert (found["RATE"], found["Mine.scale"]) == (0.5, 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# in a function of its own", "# another comment"),
        ("What it is.", "Another docstring."),
        ('        """Return a number."""\n', ""),
        ("(x,)][0]", "(x,)\n\n  ][  0]"),
        ('{"loss"', "{'loss'"),
        ("    def inner", "\n\n\n    def inner"),
    ],
)
def test_comments_docstrings_and_formatting_make_no_difference(old, new):
    assert old in STEP
    assert code(*CELLS, STEP.replace(old, new)) == code(*CELLS, STEP)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("scale * half", "scale + half", {"Mine.step"}),
        ("scale = 3", "scale = 4", {"Mine.scale"}),
        ("RATE = 0.5", "RATE = 0.6", {"RATE"}),
        ("return RATE * x", "return RATE / x", {"half"}),
        ("times=2", "times=3", {"twice"}),
        ("Mine(AdversarialModel)", "Mine(models.WGAN)", {"Mine"}),
    ],
)
def test_whatever_changes_what_a_step_does_counts_and_is_named(old, new, changed):
    before = code(*CELLS, STEP)
    after = code(*(cell.replace(old, new) for cell in (*CELLS, STEP)))
    assert {name for name in {**before, **after} if before.get(name) != after.get(name)} == changed


def test_a_default_that_was_another_when_the_function_was_made_counts():
    defined = "def twice(x, times=RATE):\n    return times * x"
    one, other = (code(*CELLS, f"RATE = {rate}", defined, "RATE = 0.5", STEP) for rate in (1, 2))
    assert {name for name in one if one[name] != other[name]} == {"twice"}


def test_what_a_function_is_wrapped_in_does_not_hide_it():
    cells = "import functools", *CELLS, STEP.replace("    def inner", "    @functools.cache\n    def inner")
    assert code(*cells)["Mine.inner"] != code(*(cell.replace("(x,)", "[x]") for cell in cells))["Mine.inner"]


def test_variables_of_the_function_around_it_count():
    def made(rate: float) -> type:
        class Mine(AdversarialModel):
            def step(self, real):
                return {"rate": rate}

        return Mine

    assert own_code(made(1.0))["rate"] == 1.0
    assert own_code(made(1.0)) != own_code(made(2.0))


@pytest.mark.parametrize("kind", [models.GAN, models.R3GAN, models.WGAN, models.WGANGP])
def test_the_librarys_own_classes_have_none(kind):
    assert own_code(kind) == {}


def test_of_a_class_that_extends_the_librarys_its_own_methods_count():
    cell = "class Mine(models.WGAN):\n    def generator_loss(self, fake_scores):\n        return 0.0"
    assert set(code(cell)) == {"Mine", "Mine.generator_loss"}


def test_code_without_a_source_is_refused_by_name():
    names = {"__name__": "__main__", "AdversarialModel": AdversarialModel}
    exec("class Mine(AdversarialModel):\n    def step(self, real):\n        return {}", names)
    with refused(Refused, "Mine.step"):
        own_code(names["Mine"])


# ---- of a run


def trained(run: Run, step: str, steps: int = 1, cells=CELLS) -> None:
    keras.utils.set_random_seed(7)
    model = notebook(*cells, step)["Mine"](*dense_networks(), LATENT_DIM)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), run_eagerly=True)
    train(model, tiny_images(), run, steps, batch_size=4, show_progress=False)


def test_a_changed_step_is_refused_under_the_same_name_and_a_changed_comment_is_not(tmp_path):
    run = Run(tmp_path / "run")
    trained(run, STEP)
    with refused(RunChanged, "Mine.inner"):
        trained(run, STEP.replace("twice(y)", "half(y)"), 2)
    with refused(RunChanged, "half"):
        trained(run, STEP, 2, [cell.replace("RATE * x", "RATE - x") for cell in CELLS])
    assert list(run.history()["step"]) == [1]
    trained(run, STEP.replace("What it is.", "What else it is."), 2)
    assert list(run.history()["step"]) == [1, 2]


def test_a_step_that_failed_before_anything_was_trained_may_be_mended(tmp_path):
    run = Run(tmp_path / "run")
    with pytest.raises(NameError):
        trained(run, STEP.replace("half(", "haalf("))
    assert run.config
    trained(run, STEP)
    with refused(RunChanged, "Mine.step"):
        trained(run, STEP.replace("self.scale * ", ""), 2)


def test_the_librarys_step_and_a_readers_of_the_same_name_are_two(tmp_path):
    run, images = Run(tmp_path / "run"), tiny_images()
    keras.utils.set_random_seed(7)
    model = models.WGAN(*dense_networks(), LATENT_DIM, critic_steps=1)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), run_eagerly=True)
    train(model, images, run, 1, batch_size=4, show_progress=False)
    assert "code" not in run.config["setup"]
    with refused(RunChanged, "WGAN"):
        cell = "class WGAN(models.WGAN):\n    def generator_loss(self, fake_scores):\n        return 0.0"
        model = notebook(cell)["WGAN"](*dense_networks(), LATENT_DIM, critic_steps=1)
        model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), run_eagerly=True)
        train(model, images, run, 2, batch_size=4, show_progress=False)
