"""An evaluation's numbers, their baseline, and the table."""

import json

import keras
import numpy as np
import pytest
from scipy import ndimage

from tests.metrics.samples import drawings
from tests.refused import refused
from wgan_utils.data.datasets import Images
from wgan_utils.metrics import distances
from wgan_utils.metrics.evaluation import evaluate


def blur(images):
    return ndimage.gaussian_filter(images, (0, 1, 1, 0))


def dataset(train, test, note=""):
    return Images(train, test, None, None, "drawings", "made up", "0" * 64, False, note)


def badness(metric):
    if metric.better == "baseline":
        return abs(metric.value - metric.baseline)
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


def test_images_of_the_same_kind_score_like_the_baseline(good):
    for metric in good.metrics:
        assert metric.n == 150
        if metric.id == "kernel":  # about 0, either way
            assert abs(metric.value - metric.baseline) < 30
        else:
            assert metric.value == pytest.approx(metric.baseline, rel=0.6), metric


def test_the_baseline_is_the_metric_of_held_out_images(images, good):
    train, test = [], []
    rng = np.random.default_rng(0)
    for kept, part in ((train, images.train), (test, images.test)):
        kept.extend(part[np.sort(rng.choice(len(part), 150, replace=False))])
    assert good["ink"].baseline == pytest.approx(distances.ink_density(np.array(test)).mean())
    same = evaluate(lambda n: np.array(test), images, n=150)
    for metric in same.metrics:
        assert metric.value == pytest.approx(metric.baseline), metric


@pytest.mark.parametrize(
    ("spoil", "worse"),
    [
        (lambda x: np.repeat(x[:10], 15, axis=0), ["frechet", "recall", "coverage"]),
        (
            lambda x: np.random.default_rng(0).permutation(x.ravel()).reshape(x.shape),
            ["precision", "density"],
        ),
        (blur, ["sliced_wasserstein_28"]),
        (lambda x: x // 3, ["ink", "kernel", "frechet"]),
    ],
)
def test_spoilt_images_score_worse_where_they_should(images, good, spoil, worse):
    bad = evaluate(lambda n: spoil(drawings(n, seed=2)), images, n=150)
    for name in worse:
        distance, usual = (badness(found[name]) for found in (bad, good))
        assert distance > usual + 0.3 * abs(usual), name


def test_copies_are_found_out(images):
    copies = evaluate(lambda n: images.train[:n], images, n=50)
    assert copies["memorisation_pixels"].value == 0
    assert copies["memorisation_features"].value == pytest.approx(0, abs=1e-3)
    np.testing.assert_array_equal(copies.pixels.indices, np.arange(50))
    np.testing.assert_array_equal(images.train[copies.pixels.indices], copies.generated)


def test_a_classifier_adds_its_features_and_classes(images):
    left = drawings(600, seed=3)
    left = left[Halves().probabilities(left)[:, 0] > 0.5]
    found = evaluate(lambda n: left[:n], images, Halves(), n=150)
    assert found["class_kl"].value == pytest.approx(np.log(2), abs=0.15)
    assert found["class_kl"].baseline < 0.05
    assert found["confidence"].value == pytest.approx(0.9)
    assert "Which half is brighter?" in found.features
    assert found["frechet"].title == "Fréchet classifier distance"


def test_without_a_classifier_the_features_need_no_labels(good):
    assert "without labels" in good.features
    with pytest.raises(KeyError, match="class_kl"):
        good["class_kl"]
    assert good["frechet"].title == "Fréchet distance of descriptors"


def test_descriptors_see_noise_and_blur(images, good):
    noise = evaluate(lambda n: np.random.default_rng(0).permuted(drawings(n).ravel()).reshape(n, 28, 28, 1), images)
    assert noise["precision"].value == noise["recall"].value == 0
    blurred = evaluate(lambda n: blur(drawings(n, seed=2)), images, n=150)
    assert blurred["frechet"].value > 2.5 * good["frechet"].value


def test_colour_images_and_few_of_them():
    images = dataset(drawings(40, 32, 3), drawings(12, 32, 3, seed=1))
    found = evaluate(lambda n: drawings(n, 32, 3, seed=2), images)
    assert found.metrics[0].n == len(found.generated) == 12
    assert not any(metric.id == "ink" for metric in found.metrics)


def test_the_same_seed_gives_the_same_numbers(images, good):
    again = evaluate(lambda n: drawings(n, seed=2), images, n=150)
    assert again.to_json() == good.to_json()


def test_the_table(good):
    text, page = repr(good), good._repr_html_()
    assert all(part in text for part in ("coverage", "↑", "150 generated", "<Made> up."))
    assert "&lt;Made&gt; up." in page
    assert "<Made>" not in page
    row = next(line for line in text.splitlines() if line.startswith("recall"))
    assert row.split()[2:] == [f"{good['recall'].value:.3g}", f"{good['recall'].baseline:.3g}"]


def test_the_numbers_go_into_a_json_file(good):
    stored = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert stored["metrics"]["coverage"] == {
        "title": "coverage",
        "value": good["coverage"].value,
        "baseline": good["coverage"].baseline,
        "n": 150,
        "better": "higher",
    }


def test_ids_and_titles_of_every_metric(images, good):
    """Cards, files and lessons look numbers up by these ids."""
    found = evaluate(lambda n: drawings(n, seed=2), images, Halves(), n=20)
    assert {metric.id: metric.title for metric in found.metrics} == {
        "frechet": "Fréchet classifier distance",
        "kernel": "kernel distance ×1000",
        "precision": "precision",
        "recall": "recall",
        "density": "density",
        "coverage": "coverage",
        "class_kl": "class histogram KL",
        "confidence": "mean confidence",
        "sliced_wasserstein_28": "sliced Wasserstein ×1000, 28 px",
        "sliced_wasserstein_14": "sliced Wasserstein ×1000, 14 px",
        "sliced_wasserstein": "sliced Wasserstein ×1000, mean",
        "ink": "ink density",
        "memorisation_pixels": "memorisation ratio, pixels",
        "memorisation_features": "memorisation ratio, features",
    }
    both_ways = {metric.id for metric in found.metrics if metric.better == "baseline"}
    assert both_ways == {"confidence", "ink", "memorisation_pixels", "memorisation_features"}
    higher = {metric.id for metric in found.metrics if metric.better == "higher"}
    assert higher == {"precision", "recall", "density", "coverage"}


def test_a_keras_generator_is_drawn_from(images):
    layers = [keras.layers.Input((5,)), keras.layers.Dense(784, "tanh"), keras.layers.Reshape((28, 28, 1))]
    found, again, other = (evaluate(keras.Sequential(layers), images, n=20, seed=s).generated for s in (0, 0, 1))
    assert found.shape == (20, 28, 28, 1)
    np.testing.assert_array_equal(found, again)
    assert not np.array_equal(found, other)


@pytest.mark.parametrize(
    "generate", [lambda n: np.zeros((n, 28, 28, 1)), lambda n: drawings(n - 1), lambda n: drawings(n, 32)]
)
def test_other_images_are_refused(images, generate):
    with refused():
        evaluate(generate, images, n=20)


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match="3"):
        evaluate(drawings, dataset(drawings(40), drawings(3)))


def test_what_is_known_of_real_images_is_worked_out_once_for_several_generators(images):
    classifier = Halves()
    first = evaluate(lambda n: images.test[:n], images, classifier, n=20)
    assert classifier.asked == len(images.train) + 3 * 20
    again = evaluate(lambda n: images.test[:n], images, classifier, n=20)
    assert classifier.asked == len(images.train) + 4 * 20
    assert first.to_json() == again.to_json()
    other = evaluate(lambda n: images.test[:n], images, Halves(), n=20, seed=1)  # other real ones are drawn
    assert other["frechet"].baseline != first["frechet"].baseline


def test_the_table_may_start_with_a_few_and_fold_the_others(good):
    short = good.table("recall", "ink")
    text, page = repr(short), short._repr_html_()
    assert text.index("recall") < text.index("ink density")
    assert "precision" not in text
    first, folded = page.split("<details>")
    assert "recall" in first
    assert "precision" not in first
    assert "precision" in folded
    assert "ink density" not in folded
    assert short.to_json() == good.to_json()
    assert "<details>" not in good._repr_html_()
    with pytest.raises(KeyError, match="inc"):
        good.table("inc")
