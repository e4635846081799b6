"""Which commit a run is said to come from."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wgan_utils import files
from wgan_utils.runs.provenance import git_commit


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "tracked.txt").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this package lay in `folder`."""
    monkeypatch.setattr(files, "__file__", str(folder / "wgan_utils" / "files.py"))


def test_the_projects_own_checkout_gives_its_commit_and_says_when_files_have_changed(repository, monkeypatch):
    (repository / "notebooks").mkdir()
    (repository / "pyproject.toml").write_text("")
    install(repository, monkeypatch)
    assert git_commit() == git(repository, "rev-parse", "--short=12", "HEAD")
    (repository / "tracked.txt").write_text("2")
    assert git_commit() == git(repository, "rev-parse", "--short=12", "HEAD") + "-dirty"


def test_a_virtual_environment_inside_another_repository_gives_none(repository, monkeypatch):
    site_packages = repository / ".venv" / "lib" / "site-packages"
    site_packages.mkdir(parents=True)
    install(site_packages, monkeypatch)
    assert git_commit() is None


def test_a_copy_of_the_project_inside_another_repository_gives_none(repository, monkeypatch):
    copy = repository / "vendored"
    (copy / "notebooks").mkdir(parents=True)
    (copy / "pyproject.toml").write_text("")
    install(copy, monkeypatch)
    assert git_commit() is None


def test_without_git_there_is_no_commit(repository, monkeypatch):
    (repository / "notebooks").mkdir()
    (repository / "pyproject.toml").write_text("")
    install(repository, monkeypatch)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "nothing"))
    assert shutil.which("git") is None
    assert git_commit() is None
