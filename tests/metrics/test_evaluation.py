"""An evaluation's numbers, floors and table."""

import json

import keras
import numpy as np
import pytest
from scipy import ndimage

from wgan_utils.data.datasets import Images
from wgan_utils.metrics import distances, features
from wgan_utils.metrics.evaluation import evaluate
from wgan_utils.metrics.features import fit_descriptors


def drawings(n, size=28, channels=1, seed=0):
    noise = np.random.default_rng(seed).normal(size=(n, size, size, channels))
    return np.where(ndimage.gaussian_filter(noise, (0, 3, 3, 0)) > 0, 220, 30).astype(np.uint8)


def blur(images):
    return ndimage.gaussian_filter(images, (0, 1, 1, 0))


def dataset(train, test, note=""):
    return Images(train, test, None, None, "drawings", "made up", "0" * 64, False, note)


def badness(metric):
    if metric.better == "floor":
        return abs(metric.value - metric.floor)
    return metric.value if metric.better == "lower" else -metric.value


@pytest.fixture(scope="module")
def images():
    return dataset(drawings(400), drawings(200, seed=1), note="<Made> up.")


@pytest.fixture(scope="module")
def good(images):
    return evaluate(lambda n: drawings(n, seed=2), images, n=150)


class Halves:
    """A stand-in for a classifier: which half is brighter. Counts the images that it is asked about."""

    def __init__(self):
        self.card = {"features": 16, "task": "Which half is brighter?"}
        self.asked = 0

    def features(self, images):
        self.asked += len(images)
        return images[:, ::7, ::7, 0].reshape(len(images), -1) / 100

    def probabilities(self, images):
        left = images[:, :, :14].mean((1, 2, 3)) > images[:, :, 14:].mean((1, 2, 3))
        return np.stack([left, ~left], axis=1) * 0.8 + 0.1


def test_images_of_the_same_kind_score_like_the_floor(good):
    for metric in good.metrics:
        assert metric.n == 150
        if metric.name == "kernel distance ×1000":  # about 0, either way
            assert abs(metric.value - metric.floor) < 30
        else:
            assert metric.value == pytest.approx(metric.floor, rel=0.6), metric


def test_the_floor_is_the_metric_of_held_out_images(images, good):
    train, test = [], []
    rng = np.random.default_rng(0)
    for kept, part in ((train, images.train), (test, images.test)):
        kept.extend(part[np.sort(rng.choice(len(part), 150, replace=False))])
    assert good["ink density"].floor == pytest.approx(distances.ink_density(np.array(test)).mean())
    same = evaluate(lambda n: np.array(test), images, n=150)
    for metric in same.metrics:
        assert metric.value == pytest.approx(metric.floor), metric


@pytest.mark.parametrize(
    ("spoil", "worse"),
    [
        (lambda x: np.repeat(x[:10], 15, axis=0), ["Fréchet distance", "recall", "coverage"]),
        (
            lambda x: np.random.default_rng(0).permutation(x.ravel()).reshape(x.shape),
            ["precision", "density"],
        ),
        (blur, ["sliced Wasserstein ×1000, 28 px"]),
        (lambda x: x // 3, ["ink density", "kernel distance ×1000", "Fréchet distance"]),
    ],
)
def test_spoilt_images_score_worse_where_they_should(images, good, spoil, worse):
    bad = evaluate(lambda n: spoil(drawings(n, seed=2)), images, n=150)
    for name in worse:
        distance, usual = (badness(found[name]) for found in (bad, good))
        assert distance > usual + 0.3 * abs(usual), name


def test_copies_are_found_out(images):
    copies = evaluate(lambda n: images.train[:n], images, n=50)
    assert copies["memorisation ratio, pixels"].value == 0
    assert copies["memorisation ratio, features"].value == pytest.approx(0, abs=1e-3)
    np.testing.assert_array_equal(copies.pixels.indices, np.arange(50))
    np.testing.assert_array_equal(images.train[copies.pixels.indices], copies.generated)


def test_a_classifier_adds_its_features_and_classes(images):
    left = drawings(600, seed=3)
    left = left[Halves().probabilities(left)[:, 0] > 0.5]
    found = evaluate(lambda n: left[:n], images, Halves(), n=150)
    assert found["class histogram KL"].value == pytest.approx(np.log(2), abs=0.15)
    assert found["class histogram KL"].floor < 0.05
    assert found["mean confidence"].value == pytest.approx(0.9)
    assert "Which half is brighter?" in found.features


def test_without_a_classifier_the_features_need_no_labels(good):
    assert "without labels" in good.features
    with pytest.raises(KeyError, match="No metric 'class histogram KL'; there are: Fréchet distance, "):
        good["class histogram KL"]


@pytest.mark.parametrize(("shape", "expected"), [((28, 1), 48), ((64, 3), 64), ((20, 1), 32)])
def test_descriptors_have_mean_variance_one(shape, expected):
    train = drawings(300, *shape)
    features = fit_descriptors(train)
    assert features(train).shape == (300, expected)  # 4 × 4 cells of one level are but 16
    assert features(train).var(axis=0, ddof=1).mean() == pytest.approx(1, rel=1e-3)


def test_descriptors_measure_detail_by_cell():
    level = np.zeros((1, 10, 9, 2), np.float32)
    level[0, :2, :2, 0], level[0, 7:, 6:, 1] = -3, 5
    cells = features._by_cell(level)
    assert cells.shape == (1, 4, 4, 2)
    assert cells[0, 0, 0].tolist() == [3, 0]
    assert cells[0, 3, 3].tolist() == [0, 5]
    assert np.count_nonzero(cells) == 2


def test_descriptors_see_noise_and_blur(images, good):
    noise = evaluate(lambda n: np.random.default_rng(0).permuted(drawings(n).ravel()).reshape(n, 28, 28, 1), images)
    assert noise["precision"].value == noise["recall"].value == 0
    blurred = evaluate(lambda n: blur(drawings(n, seed=2)), images, n=150)
    assert blurred["Fréchet distance"].value > 2.5 * good["Fréchet distance"].value


def test_colour_images_and_few_of_them():
    images = dataset(drawings(40, 32, 3), drawings(12, 32, 3, seed=1))
    found = evaluate(lambda n: drawings(n, 32, 3, seed=2), images)
    assert found.metrics[0].n == len(found.generated) == 12
    assert not any(metric.name == "ink density" for metric in found.metrics)


def test_the_same_seed_gives_the_same_numbers(images, good):
    again = evaluate(lambda n: drawings(n, seed=2), images, n=150)
    assert again.to_json() == good.to_json()


def test_the_table(good):
    text, page = repr(good), good._repr_html_()
    assert all(part in text for part in ("coverage", "↑", "150 generated", "<Made> up."))
    assert "&lt;Made&gt; up." in page
    assert "<Made>" not in page
    row = next(line for line in text.splitlines() if line.startswith("recall"))
    assert row.split()[2:] == [f"{good['recall'].value:.3g}", f"{good['recall'].floor:.3g}"]


def test_the_numbers_go_into_a_json_file(good):
    stored = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert stored["metrics"]["coverage"] == {
        "value": good["coverage"].value,
        "floor": good["coverage"].floor,
        "n": 150,
        "better": "higher",
    }


def test_a_keras_generator_is_drawn_from(images):
    layers = [keras.layers.Input((5,)), keras.layers.Dense(784, "tanh"), keras.layers.Reshape((28, 28, 1))]
    found, again, other = (evaluate(keras.Sequential(layers), images, n=20, seed=s).generated for s in (0, 0, 1))
    assert found.shape == (20, 28, 28, 1)
    np.testing.assert_array_equal(found, again)
    assert not np.array_equal(found, other)


@pytest.mark.parametrize(
    ("generate", "message"),
    [
        (
            lambda n: np.zeros((n, 28, 28, 1)),
            r"must make uint8 images of shape \(20, 28, 28, 1\), not float64",
        ),
        (lambda n: drawings(n - 1), r"of shape \(19, 28, 28, 1\)"),
        (lambda n: drawings(n, 32), r"of shape \(20, 32, 32, 1\)"),
    ],
)
def test_other_images_are_refused(images, generate, message):
    with pytest.raises(ValueError, match=message):
        evaluate(generate, images, n=20)


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match="there are 3"):
        evaluate(drawings, dataset(drawings(40), drawings(3)))


def test_the_training_images_features_are_worked_out_once_for_several_generators(images):
    classifier = Halves()
    first = evaluate(lambda n: images.test[:n], images, classifier, n=20)
    one = classifier.asked
    again = evaluate(lambda n: images.test[:n], images, classifier, n=20)
    assert classifier.asked - one == one - len(images.train)
    assert first.to_json() == again.to_json()
