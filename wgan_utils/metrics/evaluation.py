"""One call that measures a generator in every way that suits its images, and a table to print."""

import functools
import html
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from wgan_utils.metrics import distances, neighbours
from wgan_utils.metrics.distances import Metric
from wgan_utils.metrics.features import fit_descriptors
from wgan_utils.metrics.neighbours import Memorisation
from wgan_utils.metrics.transport import sliced_wasserstein

if TYPE_CHECKING:
    import keras

    from wgan_utils.data.datasets import Images
    from wgan_utils.metrics.features import Classifier

SIGNS = {"lower": "↓", "higher": "↑", "floor": "≈"}
LEAST = 10  # images


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What `evaluate` found; shows itself as a table.

    Attributes:
        metrics: the numbers, each with its floor.
        features: what the features were, in one phrase.
        note: the data set's own note; "" without one.
        generated: the images judged, uint8 (n, height, width, channels).
        pixels: their nearest training images by pixels: `images.train[evaluation.pixels.indices]`.
        by_features: their nearest training images by features.
    """

    metrics: tuple[Metric, ...]
    features: str
    note: str
    generated: np.ndarray
    pixels: Memorisation
    by_features: Memorisation

    def __getitem__(self, name: str) -> Metric:
        """The metric of that name."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise KeyError(f"No metric {name!r}; there are: {', '.join(metric.name for metric in self.metrics)}.")

    def __repr__(self) -> str:
        """The table as text."""
        width = max(len(metric.name) for metric in self.metrics)
        lines = [f"{'':{width}}   {'value':>9} {'floor':>9}"]
        for metric in self.metrics:
            lines.append(f"{metric.name:{width}} {SIGNS[metric.better]} {metric.value:>9.3g} {metric.floor:>9.3g}")
        return "\n".join([*lines, self._caption()])

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        rows = "".join(
            f'<tr><td style="text-align:left">{html.escape(metric.name)} {SIGNS[metric.better]}</td>'
            f"<td>{metric.value:.3g}</td><td>{metric.floor:.3g}</td></tr>"
            for metric in self.metrics
        )
        head = "<tr><th></th><th>value</th><th>floor</th></tr>"
        return f"<table>{head}{rows}</table><p>{html.escape(self._caption())}</p>"

    def _caption(self) -> str:
        caption = (
            f"{len(self.generated):,} generated against as many training images; the floor: as many held-out "
            "real images against the same. ↓ lower is better, ↑ higher is, ≈ near the floor is. "
            f"Features {self.features}."
        )
        return f"{caption} {self.note}".strip()

    def to_json(self) -> dict[str, Any]:
        """The numbers as JSON takes them: {"features": …, "note": …, "metrics": {name: {"value": …, …}}}."""
        rows = [asdict(metric) for metric in self.metrics]
        return {
            "features": self.features,
            "note": self.note,
            "metrics": {row.pop("name"): row for row in rows},
        }


def evaluate(
    generator: "keras.Model | Callable[[int], np.ndarray]",
    images: "Images",
    classifier: "Classifier | None" = None,
    n: int = 2000,
    seed: int = 0,
) -> Evaluation:
    """Measure generated images against training images, and held-out ones likewise for the floor.

    Args:
        generator: a Keras generator; or a function of a number n that returns as many images, uint8 of the shape of
            the training ones.
        images: what the generator was trained on.
        classifier: whose features and classes to use. Without one, as for images without labels, the features
            are those of `fit_descriptors`, which need none, and there is no class histogram.
        n: how many images of each kind; at most the number of test images, so that floors are of equal size.
        seed: which latent vectors, training and test images, subsets and patches are drawn.

    Raises:
        ValueError: too few images, or generated images of another kind than the training images.
    """
    n = min(n, len(images.train), len(images.test))
    if n < LEAST:
        raise ValueError(f"An evaluation needs {LEAST} training and test images at least; there are {n}.")
    rng = np.random.default_rng(seed)
    train, test = (part[np.sort(rng.choice(len(part), n, replace=False))] for part in (images.train, images.test))
    generated = np.asarray(_draw(generator, n, seed))
    if generated.dtype != np.uint8 or generated.shape != train.shape:
        raise ValueError(
            f"The generator must make uint8 images of shape {train.shape}, "
            f"not {generated.dtype} of shape {generated.shape}."
        )
    features = classifier.features if classifier else fit_descriptors(images.train, seed)
    phrase = f"of a small classifier, “{classifier.card['task']}”" if classifier else "made without labels"
    judged, held_out, trained_on = (
        Sample(part, features(part), classifier.probabilities(part) if classifier else None)
        for part in (generated, test, train)
    )
    values, floors = _measure(judged, trained_on, seed), _measure(held_out, trained_on, seed)
    pixels = neighbours.memorisation(generated, images.train, test)
    known = _training_features(classifier, images) if classifier else features(images.train)
    by_features = neighbours.memorisation(judged.features, known, held_out.features)
    values |= {"memorisation ratio, pixels": pixels.ratio, "memorisation ratio, features": by_features.ratio}
    rows = (Metric(name, values[name], floors.get(name, 1.0), n, _better(name)) for name in values)
    return Evaluation(tuple(rows), phrase, images.note, generated, pixels, by_features)


class Sample(NamedTuple):
    """Images, and what is known of each."""

    images: np.ndarray
    features: np.ndarray
    probabilities: np.ndarray | None


@functools.lru_cache(maxsize=1)
def _training_features(classifier: "Classifier", images: "Images") -> np.ndarray:
    """The features of all training images, kept for the next generator that is judged by the same."""
    return classifier.features(images.train)


def _draw(generator: Any, n: int, seed: int) -> np.ndarray:
    if not hasattr(generator, "input_shape"):
        return generator(n)
    from wgan_utils.gan.sampling import generate, latent_vectors

    # Far from the seeds of the fixed latent vectors that samples are made from during training.
    return generate(generator, latent_vectors(n, generator.input_shape[1], seed + 1_000_000))


def _measure(judged: Sample, train: Sample, seed: int) -> dict[str, float]:
    """Everything that compares a set of images, generated or real, with training images."""
    found = {
        "Fréchet distance": distances.frechet_distance(judged.features, train.features),
        "kernel distance ×1000": 1e3 * distances.kernel_distance(judged.features, train.features, seed=seed)[0],
    }
    found |= zip(("precision", "recall"), neighbours.precision_recall(train.features, judged.features), strict=True)
    found |= zip(("density", "coverage"), neighbours.density_coverage(train.features, judged.features), strict=True)
    if judged.probabilities is not None and train.probabilities is not None:
        found["class histogram KL"] = distances.class_histogram_kl(judged.probabilities, train.probabilities)
        found["mean confidence"] = distances.mean_confidence(judged.probabilities)
    levels = sliced_wasserstein(judged.images, train.images, seed=seed)
    found |= {f"sliced Wasserstein ×1000, {side} px": value for side, value in levels.items()}
    found["sliced Wasserstein ×1000, mean"] = float(np.mean(list(levels.values())))
    if judged.images.shape[-1] == 1:
        found["ink density"] = float(distances.ink_density(judged.images).mean())
    return found


def _better(name: str) -> Literal["lower", "higher", "floor"]:
    if name in ("precision", "recall", "density", "coverage"):
        return "higher"
    return "floor" if name.startswith(("mean confidence", "ink", "memorisation")) else "lower"
