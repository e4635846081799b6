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
from wgan_utils.gan.networks import as_inputs, generate, latent_vectors
from wgan_utils.metrics.distances import frechet_distance, kernel_distance
from wgan_utils.training.callbacks import StepCallback
from wgan_utils.training.run import Run

PERCENTILES = (5, 50, 95)
AT_BOUND = 0.99  # of the clipping bound
SEED = 2_000_000  # of their latent vectors: far from those of the samples and of an evaluation


class WriteCriticHealth(StepCallback):
    """Append a row to critic_health.csv, always from the same images, drawn at random, and latent vectors.

    Of a Wasserstein critic, that is where the step logs a `real_score`; else there are no rows. A row has `estimate`
    and `held_out_estimate`, the difference between the mean score of the uint8 images `train` or `held_out` and of
    generated ones; `gradient_norm_<where>_<percentile>`, its percentiles at real images, at generated ones and on the
    lines between; `clipped`, the share of kernels and biases within 1% of the clipping bound, if there is one.
    """

    def __init__(
        self, run: Run, every: int, last_step: int, train: np.ndarray, held_out: np.ndarray, latent: np.ndarray
    ) -> None:
        super().__init__(run, every, last_step)
        n = min(len(train), len(held_out), len(latent))
        self.latent, rng = latent[:n], np.random.default_rng(0)  # own pictures come in the order of their names
        self.train, self.held_out = (part[rng.permutation(len(part))[:n]] for part in (train, held_out))

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Compile what every measurement computes."""
        super().on_train_begin(logs)
        critic = self.model.critic

        def scores_and_norms(images: Any) -> tuple[Any, Any]:
            return critic(images, training=True), gradient_norms(critic, images)

        self.scores_and_norms = scores_and_norms if self.model.run_eagerly else compiled(scores_and_norms)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        if "real_score" in logs:
            self.run.append("critic_health", {"step": self.step, **self.measure()})

    def measure(self) -> dict[str, float]:
        """Return what a row holds besides the step."""
        critic = self.model.critic
        # Copies: PyTorch gives views of the memory that the measurement changes.
        kept = [np.array(ops.convert_to_numpy(v)) for v in critic.non_trainable_variables]
        real, fake = as_inputs(self.train), as_inputs(generate(self.model.generator, self.latent))
        places = {"real": real, "held_out": as_inputs(self.held_out), "generated": fake}
        places["between"] = interpolate(real, fake, seed=self.model.seed)
        try:
            found = {name: [ops.convert_to_numpy(x) for x in self.scores_and_norms(x)] for name, x in places.items()}
        finally:
            for variable, value in zip(critic.non_trainable_variables, kept, strict=True):
                variable.assign(value)
        score = {where: float(scores.mean()) for where, (scores, _) in found.items()}
        row = {"estimate": score["real"] - score["generated"]}
        row["held_out_estimate"] = score["held_out"] - score["generated"]
        for where in ("real", "generated", "between"):
            values = np.percentile(found[where][1], PERCENTILES)
            row |= {f"gradient_norm_{where}_{p}": float(value) for p, value in zip(PERCENTILES, values, strict=True)}
        if (bound := getattr(self.model, "clip_value", None)) is not None:
            weights = np.concatenate([ops.convert_to_numpy(v).ravel() for v in clippable_weights(critic)])
            row["clipped"] = float(np.mean(np.abs(weights) >= AT_BOUND * bound))
        return row


class WriteQuality(StepCallback):
    """Append a row to quality.csv, always from the same latent vectors and held-out images.

    With 1,000 generated images the Fréchet distance has a bias, the same at every step: compare it within these
    tables, and not with that of `evaluate`. The kernel distance, times 1000, has none.

    Args:
        run: where to write.
        every: steps between two rows.
        last_step: where training ends.
        features: from uint8 images to features, (n, d): what `fit_pca_features` returned, or a classifier's `features`.
        held_out_features: those of real images that no network trains on, (n, d).
        n: how many images are generated for it.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        features: Callable[[np.ndarray], np.ndarray],
        held_out_features: np.ndarray,
        n: int = 1000,
    ) -> None:
        super().__init__(run, every, last_step)
        self.features, self.real, self.n = features, held_out_features, n

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
            row |= {f"averaged_{name}": value for name, value in self._distances(self.model.averaged).items()}
        self.run.append("quality", row)

    def _distances(self, generator: keras.Model) -> dict[str, float]:
        features = self.features(generate(generator, self.latent))
        frechet, kernel = frechet_distance(features, self.real), kernel_distance(features, self.real)[0]
        return {"frechet_distance": frechet, "kernel_distance": 1e3 * kernel}
