"""One call that measures a generator in every way that suits its images, and a table to print."""

import functools
import html
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from wgan_utils.data.datasets import LEAST
from wgan_utils.errors import Refused
from wgan_utils.metrics import distances, neighbours
from wgan_utils.metrics.distances import Metric
from wgan_utils.metrics.features import Featurise, fit_pca_features
from wgan_utils.metrics.neighbours import Memorisation
from wgan_utils.metrics.transport import sliced_wasserstein

if TYPE_CHECKING:
    import keras

    from wgan_utils.data.datasets import Images
    from wgan_utils.metrics.features import Classifier

SIGNS = {"lower": "↓", "higher": "↑", "baseline": "≈"}
TITLES = {
    "frechet": "Fréchet classifier distance",
    "kernel": "kernel distance ×1000",
    "class_kl": "class histogram KL",
    "confidence": "mean confidence",
    "sliced_wasserstein": "sliced Wasserstein ×1000, mean",
    "ink": "ink density",
    "memorisation_pixels": "memorisation ratio, pixels",
    "memorisation_features": "memorisation ratio, features",
}  # of metrics whose title is not their id


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What `evaluate` found; shows itself as a table.

    Attributes:
        metrics: the numbers, each with its baseline.
        features: what the features were, in one phrase.
        note: the data set's own note; "" without one.
        generated: the images evaluated, uint8 (n, height, width, channels).
        pixels: their nearest training images by pixels: `images.train[evaluation.pixels.indices]`.
        by_features: their nearest training images by features.
        shown: ids of the metrics that the table starts with; the others are folded. All, in their order, when empty.
    """

    metrics: tuple[Metric, ...]
    features: str
    note: str
    generated: np.ndarray
    pixels: Memorisation
    by_features: Memorisation
    shown: tuple[str, ...] = ()

    def table(self, *ids: str) -> "Evaluation":
        """The same, whose table shows these metrics and folds the others: a few that a text explains are read.

        Raises:
            KeyError: no metric of that id.
        """
        return replace(self, shown=tuple(self[id].id for id in ids))

    def __getitem__(self, id: str) -> Metric:
        """The metric of that id."""
        for metric in self.metrics:
            if metric.id == id:
                return metric
        raise KeyError(f"No metric {id!r}; there are: {', '.join(metric.id for metric in self.metrics)}.")

    def __repr__(self) -> str:
        """The table as text."""
        first, _ = self._parted()
        width = max(len(metric.title) for metric in first)
        lines = [f"{'':{width}}   {'value':>9} {'baseline':>11}"]
        for metric in first:
            numbers = f"{metric.value:>9.3g} {metric.baseline:>11.3g}"
            lines.append(f"{metric.title:{width}} {SIGNS[metric.better]} {numbers}")
        return "\n".join([*lines, self._caption()])

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        first, others = self._parted()
        folded = f"<details><summary>All the others</summary>{_html_table(others)}</details>" if others else ""
        return f"{_html_table(first)}{folded}<p>{html.escape(self._caption())}</p>"

    def _parted(self) -> tuple[list[Metric], list[Metric]]:
        """The metrics to be shown, and those to be folded."""
        if not self.shown:
            return list(self.metrics), []
        return [self[id] for id in self.shown], [metric for metric in self.metrics if metric.id not in self.shown]

    def _caption(self) -> str:
        caption = (
            f"{len(self.generated):,} generated against as many training images. The baseline: as many "
            "held-out images against the same. ↓ lower is better, ↑ higher is, ≈ near the baseline is. "
            f"Features {self.features}."
        )
        return f"{caption} {self.note}".strip()

    def to_json(self) -> dict[str, Any]:
        """The numbers as JSON takes them: {"features": …, "note": …, "metrics": {id: {"title": …, …}}}."""
        rows = [asdict(metric) for metric in self.metrics]
        return {
            "features": self.features,
            "note": self.note,
            "metrics": {row.pop("id"): row for row in rows},
        }


def _html_table(metrics: list[Metric]) -> str:
    rows = "".join(
        f'<tr><td style="text-align:left">{html.escape(metric.title)} {SIGNS[metric.better]}</td>'
        f"<td>{metric.value:.3g}</td><td>{metric.baseline:.3g}</td></tr>"
        for metric in metrics
    )
    return f"<table><tr><th></th><th>value</th><th>baseline</th></tr>{rows}</table>"


def evaluate(
    generator: "keras.Model | Callable[[int], np.ndarray]",
    images: "Images",
    classifier: "Classifier | None" = None,
    n: int = 2000,
    seed: int = 0,
) -> Evaluation:
    """Measure generated images against training images, and held-out ones likewise for the baseline.

    Args:
        generator: a Keras generator; or a function of a number n that returns as many images, uint8 of the shape of
            the training ones.
        images: what the generator was trained on.
        classifier: whose features and classes to use. Without one, as for images without labels, the features
            are those of `fit_pca_features`, which need none, and there is no class histogram.
        n: how many images of each kind; at most the number of test images, so that the baseline is of equally many.
        seed: which latent vectors, training and test images, subsets and patches are drawn.

    Raises:
        ValueError: too few images, or generated images of another kind than the training images.
    """
    n = min(n, len(images.train), len(images.test))
    if n < LEAST:
        raise Refused(f"An evaluation needs {LEAST} training and test images at least; there are {n}.")
    generated = np.asarray(_draw(generator, n, seed))
    shape = (n, *images.train.shape[1:])
    if generated.dtype != np.uint8 or generated.shape != shape:
        raise Refused(
            f"The generator must make uint8 images of shape {shape}, not {generated.dtype} of shape {generated.shape}."
        )
    real = _real(images, classifier, n, seed)
    made = _sample(generated, real.features, classifier)
    phrase = f"of a small classifier, “{classifier.card['task']}”" if classifier else "made without labels"
    values = _measure(made, real.train, seed)
    pixels = neighbours.memorisation(generated, images.train, real.test.images, test_distances=real.pixel_distances)
    by_features = neighbours.memorisation(
        made.features, real.training_features, real.test.features, test_distances=real.feature_distances
    )
    values |= {"memorisation_pixels": pixels.ratio, "memorisation_features": by_features.ratio}
    titles = {id: _title(id, classifier is not None) for id in values}
    rows = (Metric(id, titles[id], values[id], real.baseline.get(id, 1.0), n, _better(id)) for id in values)
    return Evaluation(tuple(rows), phrase, images.note, generated, pixels, by_features)


class Sample(NamedTuple):
    """Images, and what is known of each."""

    images: np.ndarray
    features: np.ndarray
    probabilities: np.ndarray | None


class Real(NamedTuple):
    """What an evaluation knows of real images: the same for every generator that is evaluated against them."""

    features: Featurise
    train: Sample
    test: Sample
    training_features: np.ndarray  # of all training images
    baseline: dict[str, float]
    pixel_distances: np.ndarray  # of each test image to its nearest training image
    feature_distances: np.ndarray


@functools.lru_cache(maxsize=1)
def _real(images: "Images", classifier: "Classifier | None", n: int, seed: int) -> Real:
    """Kept for the next generator that is evaluated against the same: it is most of the work."""
    rng = np.random.default_rng(seed)
    train, test = (part[np.sort(rng.choice(len(part), n, replace=False))] for part in (images.train, images.test))
    features = classifier.features if classifier else fit_pca_features(images.train, seed)
    held_out, trained_on = (_sample(part, features, classifier) for part in (test, train))
    known = features(images.train)
    return Real(
        features,
        trained_on,
        held_out,
        known,
        _measure(held_out, trained_on, seed),
        neighbours.nearest(test, images.train)[1],
        neighbours.nearest(held_out.features, known)[1],
    )


def _sample(images: np.ndarray, features: Featurise, classifier: "Classifier | None") -> Sample:
    return Sample(images, features(images), classifier.probabilities(images) if classifier else None)


def _draw(generator: Any, n: int, seed: int) -> np.ndarray:
    if not hasattr(generator, "input_shape"):
        return generator(n)
    from wgan_utils.gan.sampling import generate, latent_vectors

    # Far from the seeds of the fixed latent vectors that samples are made from during training.
    return generate(generator, latent_vectors(n, generator.input_shape[1], seed + 1_000_000))


def _measure(sample: Sample, train: Sample, seed: int) -> dict[str, float]:
    """Everything that compares a set of images, generated or real, with training images, by id."""
    found = {
        "frechet": distances.frechet_distance(sample.features, train.features),
        "kernel": 1e3 * distances.kernel_distance(sample.features, train.features, seed=seed)[0],
    }
    found |= zip(("precision", "recall"), neighbours.precision_recall(train.features, sample.features), strict=True)
    found |= zip(("density", "coverage"), neighbours.density_coverage(train.features, sample.features), strict=True)
    if sample.probabilities is not None and train.probabilities is not None:
        found["class_kl"] = distances.class_histogram_kl(sample.probabilities, train.probabilities)
        found["confidence"] = distances.mean_confidence(sample.probabilities)
    levels = sliced_wasserstein(sample.images, train.images, seed=seed)
    found |= {f"sliced_wasserstein_{side}": value for side, value in levels.items()}
    found["sliced_wasserstein"] = float(np.mean(list(levels.values())))
    if sample.images.shape[-1] == 1:
        found["ink"] = float(distances.ink_density(sample.images).mean())
    return found


def _title(id: str, of_classifier: bool) -> str:
    if id == "frechet" and not of_classifier:
        return "Fréchet distance of descriptors"
    level = id.removeprefix("sliced_wasserstein_")
    return f"sliced Wasserstein ×1000, {level} px" if level.isdigit() else TITLES.get(id, id)


def _better(id: str) -> Literal["lower", "higher", "baseline"]:
    if id in ("precision", "recall", "density", "coverage"):
        return "higher"
    return "baseline" if id.startswith(("confidence", "ink", "memorisation")) else "lower"
