"""For the tests of data: folders of their own, and pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wgan_utils.data import datasets


@pytest.fixture(autouse=True)
def default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default data folder: not this machine's. Drawings by program are few."""
    monkeypatch.setattr(datasets, "default_data_dir", lambda: tmp_path / "default")
    monkeypatch.setattr(datasets, "COUNT", 50)
    return tmp_path / "default"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "given").mkdir()
    return tmp_path / "given"


@pytest.fixture
def twelve(folder: Path) -> Path:
    """The given folder with twelve pictures of noise, 24 x 20 pixels."""
    for number, pixels in enumerate(np.random.default_rng(0).integers(0, 256, (12, 20, 24, 3), np.uint8)):
        Image.fromarray(pixels).save(folder / f"{number:03d}.png")
    return folder
