"""What the metrics compare: a small classifier's features, or, of images without labels, descriptors of their content.

The classifiers' weights are in `weights/`, each beside a card: what it was trained on, how, and how well it does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from wgan_utils.errors import Refused
from wgan_utils.files import read_json
from wgan_utils.gan.networks import read_weights
from wgan_utils.metrics.distances import laplacian_pyramid

WEIGHTS = Path(__file__).with_name("weights")
SIDE = 28  # pixels
COMPONENTS = 32  # of either kind of descriptor
CELLS = 4  # across and down
BLOCK = 512  # images turned into floats at once

Featurise = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Classifier:
    """A network that has learned to tell classes apart; `load_classifier` makes one.

    Both methods take uint8 images (n, 28, 28, 1), bright strokes on black; or (n, 32, 32, 1), of which a border of two
    pixels, padding, is cut off.
    """

    network: keras.Model  # a trained `classifier_network`
    card: dict[str, Any]  # task, class_names in the order of the probabilities, data and its hash, accuracy, seed, …

    def features(self, images: np.ndarray) -> np.ndarray:
        """The last layer but one, float32 (n, d): uncorrelated, of mean 0 and variance 1 in training."""
        return self._outputs(images)[0]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """The probability of each class, float32 (n, classes)."""
        return self._outputs(images)[1]

    def _outputs(self, images: np.ndarray) -> list[np.ndarray]:
        found = f"{images.dtype} {images.shape}"
        if images.dtype != np.uint8 or images.shape[1:] not in ((SIDE, SIDE, 1), (SIDE + 4, SIDE + 4, 1)):
            raise Refused(f"The classifier takes uint8 (n, {SIDE}, {SIDE}, 1), or with a border of 2, not {found}.")
        border = (images.shape[1] - SIDE) // 2
        inside = images[:, border : border + SIDE, border : border + SIDE]
        return self.network.predict(inside, batch_size=256, verbose=0)


def classifier_network(classes: int, features: int, seed: int) -> keras.Model:
    """The untrained network: uint8 images (n, 28, 28, 1) to (features, probabilities).

    It computes in float32 whatever Keras's policy is, and every random thing in it has a seed of its own: loading a
    classifier must not change the random numbers of the training it looks at.
    """
    numbers = iter(range(100 * seed, 100 * seed + 100))

    def options(name: str) -> dict[str, Any]:
        start = keras.initializers.HeNormal(seed=next(numbers))
        return {"name": name, "kernel_initializer": start, "dtype": "float32"}

    image = layers.Input((SIDE, SIDE, 1), name="image")
    x = layers.Rescaling(1 / 255, dtype="float32")(image)
    for block, filters in enumerate((32, 64, 64), start=1):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", **options(f"conv{block}"))(x)
        x = layers.MaxPooling2D(dtype="float32")(x)
    x = layers.Flatten(dtype="float32")(x)
    x = layers.Dense(128, activation="relu", **options("hidden"))(x)
    x = layers.Dropout(0.3, seed=next(numbers), dtype="float32")(x)
    feature = layers.Dense(features, **options("features"))(x)  # linear: the training script whitens it
    probability = layers.Dense(classes, activation="softmax", **options("classes"))(feature)
    return keras.Model(image, [feature, probability], name="classifier")


def load_classifier(name: str, folder: Path = WEIGHTS) -> Classifier:
    """A committed classifier: "digits", of MNIST, or "camels", of Quick, Draw! camels against cats and dogs.

    Raises:
        ValueError: no such classifier, or its files are damaged.
    """
    card_file = folder / f"{name}.json"
    if not card_file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.json")))
        raise Refused(f"There is no classifier {name!r}; there are: {known}.")
    card = read_json(card_file, ("class_names", "features"))
    network = classifier_network(len(card["class_names"]), card["features"], seed=0)
    network.set_weights(read_weights(folder / f"{name}.npz", network))
    return Classifier(network, card)


def fit_pca_features(train: np.ndarray, seed: int = 0, sample: int = 4096) -> Featurise:
    """Fit to training images; return what turns others of their shape into features, float32 (n, 64 at most).

    An image's Laplacian pyramid is cut in two: its last level, the picture at 14 to 27 pixels, and the finer ones, of
    which the mean magnitude in each of 4×4 cells is taken, per channel, in units of the level's own mean in training.
    Of either, the 32 first principal components are kept, scaled to a mean variance of 1; of fewer than 576 training
    images fewer, so that there are no more than the images held out with these, a tenth. Images under 28 pixels have
    one level, and 32 features, only. (Components of the pixels alone hardly see blur, and take noise for the best.)

    The images are uint8 (n, height, width, channels); at most `sample` of them, drawn by `seed`, are fitted to.
    """
    from sklearn.decomposition import PCA

    chosen = np.random.default_rng(seed).choice(len(train), min(len(train), sample), replace=False)
    fitted_to = _describe(train[np.sort(chosen)])
    units = [float(level.mean()) for level in fitted_to[1:]]

    def groups(coarse: np.ndarray, *fine: np.ndarray) -> list[np.ndarray]:
        detail = [level / unit for level, unit in zip(fine, units, strict=True)]
        return [coarse, np.concatenate(detail, axis=1)] if detail else [coarse]

    fitted = []
    parts = groups(*fitted_to)
    kept = min(COMPONENTS, max(1, len(train) // (9 * len(parts))))
    for group in parts:
        pca = PCA(min(kept, *group.shape), svd_solver="randomized", random_state=seed).fit(group)
        fitted.append((pca, np.sqrt(pca.explained_variance_.mean())))

    def features(images: np.ndarray) -> np.ndarray:
        described = zip(fitted, groups(*_describe(images)), strict=True)
        return np.concatenate([pca.transform(group) / scale for (pca, scale), group in described], axis=1, dtype="f4")

    return features


def _describe(images: np.ndarray) -> list[np.ndarray]:
    """The coarse picture, then each finer level's mean magnitudes in 4×4 cells, all of shape (n, …)."""
    blocks = []
    for start in range(0, len(images), BLOCK):
        *fine, last = laplacian_pyramid(images[start : start + BLOCK])
        blocks.append([last.reshape(len(last), -1), *map(_by_cell, fine)])
    return [np.concatenate(level) for level in zip(*blocks, strict=True)]


def _by_cell(level: np.ndarray) -> np.ndarray:
    def quarters(part: np.ndarray, axis: int) -> list[np.ndarray]:
        return np.split(part, np.linspace(0, part.shape[axis], CELLS + 1).astype(int)[1:-1], axis)

    cells = [cell.mean(axis=(1, 2)) for row in quarters(np.abs(level), 1) for cell in quarters(row, 2)]
    return np.concatenate(cells, axis=1)
