"""An evaluation's numbers, their baseline, and the table."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

from tests.metrics.samples import drawings
from tests.refused import refused
from wgan_utils.data.datasets import Images
from wgan_utils.metrics.evaluation import evaluate


def dataset(train, test, note=""):
    return Images(train, test, None, None, "drawings", "made up", "0" * 64, False, note)


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


def test_the_baseline_is_the_metric_of_held_out_images(images):
    rng = np.random.default_rng(0)
    _, test = (part[np.sort(rng.choice(len(part), 150, replace=False))] for part in (images.train, images.test))
    for metric in evaluate(lambda n: test, images, n=150).metrics:
        assert metric.value == pytest.approx(metric.baseline), metric


def test_copies_are_found_out_and_few_of_them_lower_recall_and_coverage_alone(images, good):
    copies = evaluate(lambda n: np.repeat(images.train[:10], 15, axis=0), images, n=150)
    assert copies["memorisation_pixels"].value == 0
    assert copies["memorisation_features"].value == pytest.approx(0, abs=1e-3)
    np.testing.assert_array_equal(copies.pixels.indices, np.repeat(np.arange(10), 15))
    np.testing.assert_array_equal(images.train[copies.by_features.indices], copies.generated)
    for name, worse in (("precision", False), ("density", False), ("recall", True), ("coverage", True)):
        assert (copies[name].value < 0.6 * good[name].value) == worse, name
    assert copies["frechet"].value > 1.5 * good["frechet"].value


def test_a_classifier_adds_its_features_and_classes(images):
    left = drawings(600, seed=3)
    left = left[Halves().probabilities(left)[:, 0] > 0.5]
    found = evaluate(lambda n: left[:n], images, Halves(), n=150)
    assert found["class_kl"].value == pytest.approx(np.log(2), abs=0.15)
    assert found["class_kl"].baseline < 0.05
    assert "Which half is brighter?" in found.features


def test_the_same_seed_gives_the_same_numbers_and_a_json_file(images, good):
    again = evaluate(lambda n: drawings(n, seed=2), images, n=150)
    assert again.to_json() == good.to_json()
    stored = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert stored["metrics"]["coverage"] == {
        "title": "coverage",
        "value": good["coverage"].value,
        "baseline": good["coverage"].baseline,
        "n": 150,
        "better": "higher",
    }


def test_the_table_has_the_numbers_asked_for_and_names_stand_ins(good):
    table = good.table("recall", "kernel")
    assert isinstance(table, pd.DataFrame)
    assert table.index.tolist() == ["recall", "kernel distance ×1000"]
    assert table.loc["recall"].tolist() == [f"{good['recall'].value:.3g}", f"{good['recall'].baseline:.3g}", "higher"]
    assert len(good.table()) == len(good.metrics)
    assert "<Made> up." in repr(good)
    assert "&lt;Made&gt; up." in good._repr_html_()
    with pytest.raises(KeyError, match="inc"):
        good.table("inc")


def test_ids_and_titles_of_every_metric(images, good):
    """Cards, files and lessons look numbers up by these ids."""
    found = evaluate(lambda n: drawings(n, seed=2), images, Halves(), n=20)
    better = dict.fromkeys(("precision", "recall", "density", "coverage"), "higher")
    better |= dict.fromkeys(("memorisation_pixels", "memorisation_features"), "baseline")
    better |= dict.fromkeys(("frechet", "kernel", "class_kl", "sliced_wasserstein"), "lower")
    assert {metric.id: metric.better for metric in found.metrics} == better
    assert len({metric.title for metric in found.metrics}) == len(better)
    assert found["frechet"].title != good["frechet"].title  # of other features


def test_a_keras_generator_is_drawn_from(images):
    layers = [keras.layers.Input((5,)), keras.layers.Dense(784, "tanh"), keras.layers.Reshape((28, 28, 1))]
    found, again, other = (evaluate(keras.Sequential(layers), images, n=20, seed=s).generated for s in (0, 0, 1))
    assert found.shape == (20, 28, 28, 1)
    np.testing.assert_array_equal(found, again)
    assert not np.array_equal(found, other)


@pytest.mark.parametrize(
    ("generate", "held_out"),
    [(lambda n: np.zeros((n, 28, 28, 1)), 99), (lambda n: drawings(n - 1), 99), (drawings, 3)],
)
def test_other_images_and_too_few_are_refused(images, generate, held_out):
    with refused():
        evaluate(generate, dataset(images.train, images.test[:held_out]), n=20)


def test_colour_images_and_few_of_them():
    images = dataset(drawings(40, 32, 3), drawings(12, 32, 3, seed=1))
    found = evaluate(lambda n: drawings(n, 32, 3, seed=2), images)
    assert found.metrics[0].n == len(found.generated) == 12
    assert "class_kl" not in {metric.id for metric in found.metrics}


def test_what_is_known_of_real_images_is_worked_out_once_for_several_generators(images):
    classifier = Halves()
    first, again = (evaluate(lambda n: images.test[:n], images, classifier, n=20) for _ in range(2))
    assert classifier.asked == len(images.train) + 4 * 20
    assert first.to_json() == again.to_json()
    other = evaluate(lambda n: images.test[:n], images, Halves(), n=20, seed=1)  # other real ones are drawn
    assert other["frechet"].baseline != first["frechet"].baseline
