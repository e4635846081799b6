"""A run that nothing disturbed, made once for a file's tests."""

import shutil
from pathlib import Path

import pytest

from tests.training.running import go
from wgan_utils.models import GAN


@pytest.fixture(scope="package")
def whole(tmp_path_factory) -> tuple[Path, GAN]:
    """The folder and the model of a WGAN-GP. Its critic has dropout, its generator BatchNorm."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, go(folder)


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    """A copy of that run's folder, to be harmed."""
    return Path(shutil.copytree(whole[0], tmp_path / "run"))
