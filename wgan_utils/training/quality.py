"""Measurements while a model trains: how the critic is doing, and how far generated images are from real ones.

Each writes a row now and then, to critic_health.csv or quality.csv. None of it touches the training: what a measurement
changes in passing (BatchNorm statistics, dropout's random state) is put back.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from wgan_utils.gan.backend import compiled
from wgan_utils.gan.losses import clippable_weights, gradient_norms, interpolate
from wgan_utils.gan.sampling import as_inputs, generate, latent_vectors
from wgan_utils.metrics.distances import frechet_distance, kernel_distance
from wgan_utils.models import AdversarialModel
from wgan_utils.training.callbacks import StepCallback
from wgan_utils.training.run import Run

HEALTH_IMAGES = 64  # of each kind per measurement: a batch, as BatchNorm in the critic is used to
PERCENTILES = (5, 50, 95)
AT_BOUND = 0.99  # of the clipping bound
QUALITY_IMAGES = 1000  # generated, per measurement
SEED = 2_000_000  # of their latent vectors: far from those of the samples and of an evaluation


class WriteCriticHealth(StepCallback):
    """Append a row to critic_health.csv, always from the same images and latent vectors.

    Of a Wasserstein critic, that is where the step logs a `real_score`; else there are no rows.

    Args:
        run: where to write.
        every: steps between two rows.
        last_step: where training ends.
        train: uint8 images that the critic trains on.
        held_out: uint8 images that it never sees.
        latent: latent vectors; at most as many images of each kind are used.
        images: how many of each kind. More make the two estimates surer; one batch, 64, is what BatchNorm in a critic
            is used to.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        train: np.ndarray,
        held_out: np.ndarray,
        latent: np.ndarray,
        images: int = HEALTH_IMAGES,
    ) -> None:
        super().__init__(run, every, last_step)
        n = min(len(train), len(held_out), len(latent), images)
        self.train, self.held_out, self.latent = train[:n], held_out[:n], latent[:n]

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Compile what every measurement computes."""
        super().on_train_begin(logs)
        self.scores_and_norms = compile_scores_and_norms(self.model.critic, self.model.run_eagerly)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        if "real_score" not in logs:
            return
        row = critic_health(self.model, self.scores_and_norms, self.train, self.held_out, self.latent)
        self.run.append("critic_health", {"step": self.step, **row})


def compile_scores_and_norms(critic: Any, run_eagerly: bool = False) -> Callable:
    """Return a function from images to their scores, as in training, and the norms of the gradients there."""

    def scores_and_norms(images: Any) -> tuple[Any, Any]:
        return critic(images, training=True), gradient_norms(critic, images)

    return scores_and_norms if run_eagerly else compiled(scores_and_norms)


def critic_health(
    model: AdversarialModel,
    scores_and_norms: Callable,
    train: np.ndarray,
    held_out: np.ndarray,
    latent: np.ndarray,
) -> dict[str, float]:
    """Measure a Wasserstein critic.

    Args:
        model: the model whose critic is measured.
        scores_and_norms: what `compile_scores_and_norms` makes of that critic, once for all measurements.
        train: uint8 images that it trains on, shape (n, height, width, channels).
        held_out: as many that it never sees.
        latent: as many latent vectors.

    Returns:
        `estimate` and `held_out_estimate`, the difference between the mean score of those images and of generated
        ones; `gradient_norm_<where>_<percentile>`, its percentiles at real images, at generated ones and on the lines
        between; `clipped`, the share of kernels and biases within 1% of the clipping bound, if there is one.
    """
    # Copies: PyTorch gives views of the memory that the measurement changes.
    kept = [np.array(ops.convert_to_numpy(v)) for v in model.critic.non_trainable_variables]
    fake = as_inputs(generate(model.generator, latent))
    real = as_inputs(train)
    places = {
        "real": real,
        "held_out": as_inputs(held_out),
        "generated": fake,
        "between": interpolate(real, fake, seed=model.seed),
    }
    try:
        measured = {
            where: [ops.convert_to_numpy(x) for x in scores_and_norms(images)] for where, images in places.items()
        }
    finally:
        for variable, value in zip(model.critic.non_trainable_variables, kept, strict=True):
            variable.assign(value)
    score = {where: float(scores.mean()) for where, (scores, _) in measured.items()}
    row = {
        "estimate": score["real"] - score["generated"],
        "held_out_estimate": score["held_out"] - score["generated"],
    }
    for where in ("real", "generated", "between"):
        values = np.percentile(measured[where][1], PERCENTILES)
        row |= {f"gradient_norm_{where}_{p}": float(value) for p, value in zip(PERCENTILES, values, strict=True)}
    if (clip_value := getattr(model, "clip_value", None)) is not None:
        row["clipped"] = clipped_share(model.critic, clip_value)
    return row


def clipped_share(critic: Any, clip_value: float) -> float:
    """Return the share of a critic's kernels and biases within 1% of ±clip_value."""
    values = np.concatenate([ops.convert_to_numpy(v).ravel() for v in clippable_weights(critic)])
    return float(np.mean(np.abs(values) >= AT_BOUND * clip_value))


class WriteQuality(StepCallback):
    """Append a row to quality.csv, always from the same latent vectors and held-out images.

    With 1,000 generated images the Fréchet distance has a bias, the same at every step: compare it within these
    tables, and not with that of `evaluate`. The kernel distance, times 1000, has none.

    Args:
        run: where to write.
        every: steps between two rows.
        last_step: where training ends.
        features: from uint8 images to the features that are compared, (n, d): `fit_pca_features(…)`, or a
            classifier's `features`.
        held_out_features: those of real images that no network trains on.
        n: how many images are generated for it.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        features: Callable[[np.ndarray], np.ndarray],
        held_out_features: np.ndarray,
        n: int = QUALITY_IMAGES,
    ) -> None:
        super().__init__(run, every, last_step)
        self.features = features
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
        features = self.features(generate(generator, self.latent))
        return {
            "frechet_distance": frechet_distance(features, self.real),
            "kernel_distance": 1e3 * kernel_distance(features, self.real)[0],
        }
