"""What config.json keeps: enough of an optimizer to make it again, the commit, and a reader's code."""

import functools
import json
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from scripts.ship_generator import optimizer_from
from tests.refused import refused
from tests.tiny import LATENT_DIM, dense_networks, run_cell, tiny_images
from wgan_utils import files, models
from wgan_utils.errors import Refused
from wgan_utils.models import AdversarialModel, paper_rmsprop
from wgan_utils.training.config import (
    RunChanged,
    architecture,
    git_commit,
    optimizer_settings,
    own_code,
)
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

SCHEDULE = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=300)


@pytest.mark.parametrize("rate", [5e-5, SCHEDULE], ids=["fixed", "falling"])
@pytest.mark.parametrize("kind", [functools.partial(keras.optimizers.Adam, beta_1=0.5), paper_rmsprop])
def test_an_optimizer_survives_json(rate, kind):
    settings = json.loads(json.dumps(optimizer_settings(kind(rate))))
    again = optimizer_from(settings)
    assert optimizer_settings(again) == settings
    assert settings.get("beta_1", 0.5) == 0.5
    for step in (0, 150, 300):
        again.iterations.assign(step)
        wanted = rate if isinstance(rate, float) else float(rate(step))
        assert float(again.learning_rate) == pytest.approx(wanted, rel=1e-6)


def test_a_networks_hash_is_that_of_the_same_network_built_again_and_of_no_other():
    """The old weights of another one would fit into it, and give a run that nobody can repeat."""

    def hashes(activation: str = "tanh", momentum: float = 0.8, rate: float = 0.2) -> str:
        stack = [keras.Input((4,)), keras.layers.Dense(4, activation), keras.layers.Dropout(rate)]
        return architecture(keras.Sequential([*stack, keras.layers.BatchNormalization(momentum=momentum)]))

    assert hashes() == hashes()
    assert len({hashes(), hashes("relu"), hashes(momentum=0.9), hashes(rate=0.3)}) == 4


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_projects_own_checkout_alone_gives_its_commit_and_says_when_files_have_changed(tmp_path, monkeypatch):
    def commit(folder: Path) -> str | None:
        monkeypatch.setattr(files, "__file__", str(folder / "wgan_utils" / "files.py"))
        return git_commit()

    git(tmp_path, "init", "-q")
    for folder in (tmp_path, tmp_path / "vendored"):  # in a repository that is not its own
        (folder / "notebooks").mkdir(parents=True)
        (folder / "pyproject.toml").write_text("1")
    git(tmp_path, "add", "pyproject.toml")
    git(tmp_path, "commit", "-qm", "first")
    assert commit(tmp_path) == git(tmp_path, "rev-parse", "--short=12", "HEAD")
    assert commit(tmp_path / "vendored") is None
    (tmp_path / "pyproject.toml").write_text("2")
    assert commit(tmp_path).endswith("-dirty")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "nothing"))  # no git
    assert commit(tmp_path) is None


# ---- the reader's code

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
    names = {"__name__": "__main__", "AdversarialModel": AdversarialModel, "models": models}
    for cell in cells:
        run_cell(cell, names)
    return names


def code(*cells: str) -> dict:
    return own_code(notebook(*cells)["Mine"])


def test_what_counts_is_the_class_and_what_its_methods_name():
    found = code(*CELLS, "def other():\n    return 1", STEP)
    named = {"Mine", "Mine.scale", "Mine.step", "Mine.inner", "half", "twice", "RATE"}
    assert set(found) == named
    assert (found["RATE"], found["Mine.scale"]) == (0.5, 3)
    assert found["half"] == "bff7ea13cfc5"  # as stored runs have it


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("# in a function of its own", "# another comment", set()),
        ("What it is.", "Another docstring.", set()),
        ('        """Return a number."""\n', "", set()),
        ("(x,)][0]", "(x,)\n\n  ][  0]", set()),
        ("scale * half", "scale + half", {"Mine.step"}),
        ("scale = 3", "scale = 4", {"Mine.scale"}),
        ("RATE = 0.5", "RATE = 0.6", {"RATE"}),
        ("return RATE * x", "return RATE / x", {"half"}),
        ("times=2", "times=3", {"twice"}),
        ("Mine(AdversarialModel)", "Mine(models.WGAN)", {"Mine"}),
    ],
)
def test_whatever_changes_what_a_step_does_counts_and_is_named_and_nothing_else(old, new, changed):
    before = code(*CELLS, STEP)
    after = code(*(cell.replace(old, new) for cell in (*CELLS, STEP)))
    assert any(old in cell for cell in (*CELLS, STEP))
    assert {name for name in {**before, **after} if before.get(name) != after.get(name)} == changed


def test_a_default_that_was_another_when_the_function_was_made_counts():
    defined = "def twice(x, times=RATE):\n    return times * x"
    one, other = (code(*CELLS, f"RATE = {rate}", defined, "RATE = 0.5", STEP) for rate in (1, 2))
    assert {name for name in one if one[name] != other[name]} == {"twice"}


def test_variables_of_the_function_around_it_count():
    def made(rate: float) -> type:
        class Mine(AdversarialModel):
            def step(self, real):
                return {"rate": rate}

        return Mine

    assert own_code(made(1.0))["rate"] == 1.0
    assert own_code(made(1.0)) != own_code(made(2.0))


def test_of_a_class_that_extends_the_librarys_its_own_methods_count():
    cell = "class Mine(models.WGAN):\n    def generator_loss(self, fake_scores):\n        return 0.0"
    assert set(code(cell)) == {"Mine", "Mine.generator_loss"}
    assert own_code(models.WGANGP) == {}


def test_code_without_a_source_is_refused_by_name():
    names = {"__name__": "__main__", "AdversarialModel": AdversarialModel}
    exec("class Mine(AdversarialModel):\n    def step(self, real):\n        return {}", names)
    with refused(Refused, "Mine.step"):
        own_code(names["Mine"])


def trained(run: Run, step: str, steps: int = 1) -> None:
    keras.utils.set_random_seed(7)
    model = notebook(*CELLS, step)["Mine"](*dense_networks(), LATENT_DIM)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), run_eagerly=True)
    train(model, tiny_images(), run, steps, batch_size=4, show_progress=False)


def test_a_changed_step_is_refused_under_the_same_name_unless_nothing_was_trained_with_the_old_one(tmp_path):
    run = Run(tmp_path / "run")
    with pytest.raises(NameError):
        trained(run, STEP.replace("half(", "haalf("))
    assert run.config
    trained(run, STEP)
    with refused(RunChanged, "Mine.inner"):
        trained(run, STEP.replace("twice(y)", "half(y)"), 2)
    assert list(run.history()["step"]) == [1]
    trained(run, STEP.replace("What it is.", "What else it is."), 2)
    assert list(run.history()["step"]) == [1, 2]
