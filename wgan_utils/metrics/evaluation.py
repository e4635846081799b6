"""One call that measures a generator in every way that suits its images, and a table to print."""

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wgan_utils.data.datasets import LEAST
from wgan_utils.errors import Refused
from wgan_utils.gan.networks import generate, latent_vectors
from wgan_utils.metrics import distances
from wgan_utils.metrics.distances import Memorisation, nearest
from wgan_utils.metrics.features import fit_pca_features

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from wgan_utils.data.datasets import Images
    from wgan_utils.metrics.features import Classifier

METRICS = {  # id → title, and where a good value lies
    "frechet": ("Fréchet classifier distance", "lower"),
    "kernel": ("kernel distance ×1000", "lower"),
    "precision": ("precision", "higher"),
    "recall": ("recall", "higher"),
    "density": ("density", "higher"),
    "coverage": ("coverage", "higher"),
    "class_kl": ("class histogram KL", "lower"),
    "sliced_wasserstein": ("sliced Wasserstein ×1000, mean", "lower"),
    "memorisation_pixels": ("memorisation ratio, pixels", "baseline"),
    "memorisation_features": ("memorisation ratio, features", "baseline"),
}


@dataclass(frozen=True)
class Metric:
    """One number of an evaluation, and what it takes to read it.

    The baseline is what a perfect generator would have, if held-out and training images have one distribution.
    """

    id: str  # short and stable, as programs and files call it: "frechet", "recall"
    title: str
    value: float  # of generated against training images
    baseline: float  # of held-out images, equally many, against the same
    n: int  # generated images, and held-out ones
    better: str  # "lower", "higher", or "baseline" where too far either way is wrong


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What `evaluate` found: `evaluation["recall"].value`; shows itself as a table of all metrics."""

    metrics: tuple[Metric, ...]
    features: str  # what they were, in one phrase
    note: str  # the data set's own; "" without one
    generated: np.ndarray  # the images evaluated, uint8 (n, height, width, channels)
    pixels: Memorisation  # nearest by pixels: `images.train[evaluation.pixels.indices]`
    by_features: Memorisation

    def __getitem__(self, id: str) -> Metric:
        """The metric of that id; KeyError without one."""
        return {metric.id: metric for metric in self.metrics}[id]

    def table(self, *ids: str) -> "pd.DataFrame":
        """Value and baseline of some metrics, or of all, to three significant digits, and where a good one lies."""
        import pandas as pd

        metrics = [self[id] for id in ids] or self.metrics
        rows = [(f"{metric.value:.3g}", f"{metric.baseline:.3g}", metric.better) for metric in metrics]
        titles = pd.Index([metric.title for metric in metrics], name=self.note or None)
        return pd.DataFrame(rows, titles, ["value", "baseline", "better"])

    def __repr__(self) -> str:
        return self.table().to_string()

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def to_json(self) -> dict[str, Any]:
        """The numbers as JSON takes them: {"features": …, "note": …, "metrics": {id: {"title": …, …}}}."""
        rows = [asdict(metric) for metric in self.metrics]
        return {"features": self.features, "note": self.note, "metrics": {row.pop("id"): row for row in rows}}


def evaluate(
    generator: "keras.Model | Callable[[int], np.ndarray]",
    images: "Images",
    classifier: "Classifier | None" = None,
    n: int = 2000,
    seed: int = 0,
) -> Evaluation:
    """Measure generated images against training images, and held-out ones likewise for the baseline.

    Args:
        generator: a Keras generator; or a function of n that returns as many images, uint8 of the training ones' shape.
        images: what the generator was trained on.
        classifier: whose features and classes to use; without one, those of `fit_pca_features`, and no classes.
        n: how many images of each kind; at most the number of test images, so that the baseline is of equally many.
        seed: which latent vectors, training and test images, subsets and patches are drawn.

    Raises:
        ValueError: too few images, or generated images of another kind than the training images.
    """
    n = min(n, len(images.train), len(images.test))
    if n < LEAST:
        advice = "hold out more in a folder test/; load_images(…, evaluable=True) tells before a training"
        raise Refused(f"An evaluation needs {LEAST} training and test images at least; there are {n}: {advice}.")
    if hasattr(generator, "input_shape"):  # latent vectors far from those of the samples made in training
        generated = generate(generator, latent_vectors(n, generator.input_shape[1], seed + 1_000_000))
    else:
        generated = np.asarray(generator(n))
    wanted, found = f"uint8 {(n, *images.train.shape[1:])}", f"{generated.dtype} {generated.shape}"
    if found != wanted:
        raise Refused(f"The generator must make images {wanted}, not {found}.")
    compare, (baseline, test_pixels, test_features) = _reference(images, classifier, n, seed)
    values, near_pixels, near_features = compare(generated)
    pixels, by_features = Memorisation(*near_pixels, test_pixels[1]), Memorisation(*near_features, test_features[1])
    values |= {"memorisation_pixels": pixels.ratio, "memorisation_features": by_features.ratio}
    metrics = []
    for id, value in values.items():
        title, better = METRICS[id]
        if id == "frechet" and classifier is None:
            title = "Fréchet distance of descriptors"
        metrics.append(Metric(id, title, value, baseline.get(id, 1.0), n, better))
    phrase = f"of a small classifier, “{classifier.card['task']}”" if classifier else "made without labels"
    return Evaluation(tuple(metrics), phrase, images.note, generated, pixels, by_features)


Comparison = tuple[dict[str, float], tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
Compare = Callable[[np.ndarray], Comparison]


@functools.lru_cache(maxsize=1)  # for the next generator that is evaluated against the same: it is most of the work
def _reference(images: "Images", classifier: "Classifier | None", n: int, seed: int) -> tuple[Compare, Comparison]:
    """What compares n images with as many training ones, and finds the nearest of all; and what it finds of test."""
    rng = np.random.default_rng(seed)
    train, test = (part[np.sort(rng.choice(len(part), n, replace=False))] for part in (images.train, images.test))
    features = classifier.features if classifier else fit_pca_features(images.train, seed)
    known, of_train = features(images.train), features(train)
    classes = classifier.probabilities(train) if classifier else np.empty(0)

    def compare(some: np.ndarray) -> Comparison:
        of_some = features(some)
        found = {
            "frechet": distances.frechet_distance(of_some, of_train),
            "kernel": 1e3 * distances.kernel_distance(of_some, of_train, seed=seed)[0],
        }
        found["precision"], found["recall"] = distances.precision_recall(of_train, of_some)
        found["density"], found["coverage"] = distances.density_coverage(of_train, of_some)
        if classifier:
            probabilities = classifier.probabilities(some)
            found["class_kl"] = distances.class_histogram_kl(probabilities, classes)
        levels = distances.sliced_wasserstein(some, train, seed=seed)
        found["sliced_wasserstein"] = float(np.mean(list(levels.values())))
        return found, nearest(some, images.train), nearest(of_some, known)

    return compare, compare(test)
