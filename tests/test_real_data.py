"""What can be checked on the real images alone: what is in the data sets, and the cards of the shipped classifiers.

They need the environment variable WGAN_DATA_DIR, and are skipped for what is not there.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from wgan_utils.data.datasets import Images, load_images
from wgan_utils.metrics.features import load_classifier

pytestmark = pytest.mark.data


def load(name: str, **options: object) -> Images:
    """The real images, or a skipped test."""
    folder = os.environ.get("WGAN_REAL_DATA")  # what WGAN_DATA_DIR was, see conftest.py
    if not folder:
        pytest.skip("needs WGAN_DATA_DIR, with the real images")
    try:
        return load_images(name, data_dir=Path(folder), allow_standin=False, **options)
    except FileNotFoundError as error:
        pytest.skip(str(error))


SEVENTH = {"classes": 7}  # of MNIST the sevens, of CIFAR-10 the horses
# Name, options, numbers of images, mean of the training pixels, and the hash that the shipped trainings go by.
SETS = [
    ("mnist", {}, (60_000, 10_000), 33.3, "1b86e1fc1d0bf63b76f60de3cbf27af188fc3f71374844393e8316fe7bd05dbc"),
    ("mnist", SEVENTH, (6265, 1028), 29.2, "e72b2b63eab772af09c19a133fd74c4b739846bcb65c1e5ad4bcc55d1033ded0"),
    ("cifar10", SEVENTH, (5000, 1000), 118.9, "60fe421d6fdb3cc5a1ae045398acc95fb79198a3795cb5c66a23ae2c70d42d18"),
    ("quickdraw/camel", {}, (12160, 2024), 44.2, "e518259ac9ba2de7b74c9441f5f8866a18d6809a613380ed1476e6d32476d528"),
    ("celeba", {}, (9000, 1000), 110.2, "f048b633f21174b764b8fbc74c5cd958cb73469e359fad4bfd2c3c82ae2fc94a"),
]


@pytest.mark.parametrize(("name", "options", "counts", "mean", "digest"), SETS)
def test_the_images_are_those_that_the_shipped_trainings_saw(name, options, counts, mean, digest):
    images = load(name, **options)
    assert (len(images.train), len(images.test)) == counts
    assert images.train.mean() == pytest.approx(mean, abs=0.1)
    assert images.sha256 == digest


def test_the_digits_card_is_true_of_the_committed_weights():
    digits, images = load_classifier("digits"), load("mnist")
    assert digits.card["data_sha256"]["mnist"] == images.sha256
    right = digits.probabilities(images.test).argmax(1) == images.test_labels
    assert digits.card["tested_on"] == {"MNIST test images": len(right)}
    assert right.mean() == pytest.approx(digits.card["accuracy"], abs=2e-4)


def test_the_camels_card_is_true_of_the_committed_weights():
    classifier = load_classifier("camels")
    accuracies, tested_on = classifier.card["accuracy_of"], classifier.card["tested_on"]
    for kind, label in (("camel", 0), ("cat", 1), ("dog", 1)):
        images = load(f"quickdraw/{kind}")
        assert images.sha256 == classifier.card["data_sha256"][f"quickdraw/{kind}"]
        called = classifier.probabilities(images.test).argmax(1)
        assert np.mean(called == label) == pytest.approx(accuracies[f"{kind}s"], abs=2e-3)
        assert tested_on[f"{kind}s"] == len(called)
