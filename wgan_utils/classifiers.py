"""Small classifiers, trained on real images, whose features the metrics are computed from.

Their weights are committed in `weights/`, each beside a card: what it was trained on, how, and how well it
does.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from wgan_utils.weightfiles import load_weights, save_weights

WEIGHTS = Path(__file__).with_name("weights")
SIDE = 28  # pixels


class Classifier:
    """A network that has learned to tell classes apart; `load_classifier` makes one.

    Both methods take uint8 images (n, 28, 28, 1), bright strokes on black; or (n, 32, 32, 1), of which the
    border of two pixels, the padding some networks like, is cut off unseen.

    Attributes:
        card: what is on record about it: task, data and its hash, accuracy, seed, versions, command.
        class_names: in the order of the probabilities' columns.
    """

    def __init__(self, network: keras.Model, card: dict[str, Any]) -> None:
        """Of `classifier_network`, with trained weights, and its card."""
        self.card = card
        self.class_names: tuple[str, ...] = tuple(card["class_names"])
        self._network = network

    def features(self, images: np.ndarray) -> np.ndarray:
        """The last layer but one, float32 (n, d): uncorrelated, of mean 0 and variance 1 in training."""
        return self._outputs(images)[0]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """The probability of each class, float32 (n, classes)."""
        return self._outputs(images)[1]

    def _outputs(self, images: np.ndarray) -> list[np.ndarray]:
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.shape[1:] not in ((SIDE, SIDE, 1), (SIDE + 4, SIDE + 4, 1)):
            raise ValueError(
                f"The classifier takes uint8 images of shape (n, {SIDE}, {SIDE}, 1), or with a border of 2, "
                f"not {images.dtype} of shape {images.shape}."
            )
        border = (images.shape[1] - SIDE) // 2
        inside = images[:, border : border + SIDE, border : border + SIDE]
        return self._network.predict(inside, batch_size=256, verbose=0)


def classifier_network(classes: int, features: int, seed: int) -> keras.Model:
    """The untrained network: uint8 images (n, 28, 28, 1) to (features, probabilities).

    It computes in float32 whatever Keras's policy is, and every random thing in it has a seed of its own:
    loading a classifier must not change the random numbers of the training it looks at.
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
        ValueError: no such classifier, or its weights are not the ones on its card.
    """
    card_file = folder / f"{name}.json"
    if not card_file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.json")))
        raise ValueError(f"There is no classifier {name!r}; there are: {known}.")
    card = json.loads(card_file.read_text(encoding="utf-8"))
    network = classifier_network(len(card["class_names"]), card["features"], seed=0)
    load_weights(folder / f"{name}.npz", network, card["weights_sha256"])
    return Classifier(network, card)


def save_classifier(name: str, network: keras.Model, card: dict[str, Any], folder: Path = WEIGHTS) -> None:
    """Write the weights in half precision, and the card with their hash; `load_classifier` reads both."""
    card = card | {"weights_sha256": save_weights(folder / f"{name}.npz", network)}
    (folder / f"{name}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
