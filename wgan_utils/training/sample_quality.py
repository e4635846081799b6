"""How far generated images are from real ones while a model trains: one row of quality.csv a measurement."""

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from wgan_utils.gan.sampling import generate, latent_vectors
from wgan_utils.metrics.distances import frechet_distance, kernel_distance
from wgan_utils.runs.run import Run
from wgan_utils.training.callbacks import StepCallback

if TYPE_CHECKING:
    from wgan_utils.metrics.features import Classifier

IMAGES = 1000  # generated, once a measurement
SEED = 2_000_000  # of their latent vectors: far from those of the samples and of an evaluation


class WriteQuality(StepCallback):
    """Append a row to quality.csv, always from the same latent vectors and held-out images.

    With 1,000 generated images the Fréchet distance has a bias, the same at every step: compare it within these
    tables, and not with that of `evaluate`. The kernel distance, times 1000, has none.

    Args:
        run: where to write.
        every: steps between two rows.
        last_step: where training ends.
        held_out_features: the classifier's features of real images that no network trains on, (n, d).
        classifier: whose features are compared.
        n: how many images are generated for it.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        held_out_features: np.ndarray,
        classifier: "Classifier",
        n: int = IMAGES,
    ) -> None:
        super().__init__(run, every, last_step)
        self.classifier = classifier
        self.real = held_out_features
        self.n = n

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Measure the untrained generator too."""
        super().on_train_begin(logs)
        self.latent = latent_vectors(self.n, self.model.latent_dim, SEED)
        if self.step == 0:
            self.act({})

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        row = {"step": self.step, **self._distances(self.model.generator)}
        if self.model.averaged is not None:
            averaged = self._distances(self.model.averaged)
            row |= {f"averaged_{name}": value for name, value in averaged.items()}
        self.run.append("quality", row)

    def _distances(self, generator: keras.Model) -> dict[str, float]:
        features = self.classifier.features(generate(generator, self.latent))
        return {
            "frechet_distance": frechet_distance(features, self.real),
            "kernel_distance": 1e3 * kernel_distance(features, self.real)[0],
        }
