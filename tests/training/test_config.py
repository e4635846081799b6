"""What config.json keeps: enough of an optimizer to make it again, and the commit that a run comes from."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from wgan_utils import files
from wgan_utils.training.config import git_commit, optimizer_from, optimizer_settings

SCHEDULE = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=300)


@pytest.mark.parametrize("rate", [5e-5, SCHEDULE], ids=["fixed", "falling"])
def test_an_optimizer_survives_json(rate):
    settings = json.loads(json.dumps(optimizer_settings(keras.optimizers.Adam(rate, 0.5, 0.9))))
    again = optimizer_from(settings)
    assert optimizer_settings(again) == settings
    assert (float(again.beta_1), float(again.beta_2)) == (0.5, 0.9)
    for step in (0, 150, 300):
        again.iterations.assign(step)
        wanted = rate if isinstance(rate, float) else float(rate(step))
        assert float(again.learning_rate) == pytest.approx(wanted, rel=1e-6)


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that looks like this project's."""
    git(tmp_path, "init", "-q")
    (tmp_path / "pyproject.toml").write_text("1")
    (tmp_path / "notebooks").mkdir()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this package lay in `folder`."""
    monkeypatch.setattr(files, "__file__", str(folder / "wgan_utils" / "files.py"))


def test_the_projects_own_checkout_gives_its_commit_and_says_when_files_have_changed(repository, monkeypatch):
    install(repository, monkeypatch)
    head = git(repository, "rev-parse", "--short=12", "HEAD")
    assert git_commit() == head
    (repository / "pyproject.toml").write_text("2")
    assert git_commit() == f"{head}-dirty"
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "nothing"))  # no git
    assert git_commit() is None


def test_a_copy_of_the_project_or_an_environment_inside_another_repository_gives_none(repository, monkeypatch):
    copy, site_packages = repository / "vendored", repository / ".venv" / "site-packages"
    (copy / "notebooks").mkdir(parents=True)
    (copy / "pyproject.toml").write_text("")
    site_packages.mkdir(parents=True)
    for folder in (copy, site_packages):
        install(folder, monkeypatch)
        assert git_commit() is None
