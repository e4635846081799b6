"""How the critic is doing, beside its training: does it overfit, how steep is it, how much is clipped away.

One row of critic_health.csv a measurement. None of it touches the training: what the measurement changes in passing
(BatchNorm statistics, dropout's random state) is put back.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from wgan_utils.gan.backend import compiled
from wgan_utils.gan.losses import clippable_weights, gradient_norms, interpolate
from wgan_utils.gan.models import WGAN
from wgan_utils.gan.sampling import as_inputs, generate
from wgan_utils.runs.run import Run
from wgan_utils.training.callbacks import StepCallback

IMAGES = 64  # of each kind, once a measurement: a batch, as BatchNorm in the critic is used to
PERCENTILES = (5, 50, 95)
AT_BOUND = 0.99  # of the clipping bound


class WriteCriticHealth(StepCallback):
    """Append a row to critic_health.csv, always from the same images and latent vectors.

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
        images: int = IMAGES,
    ) -> None:
        super().__init__(run, every, last_step)
        n = min(len(train), len(held_out), len(latent), images)
        self.train, self.held_out, self.latent = train[:n], held_out[:n], latent[:n]

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Prepare what every measurement computes."""
        super().on_train_begin(logs)
        self.scores_and_slopes = compile_scores_and_slopes(self.model.critic)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        row = critic_health(self.model, self.scores_and_slopes, self.train, self.held_out, self.latent)
        self.run.append("critic_health", {"step": self.step, **row})


def compile_scores_and_slopes(critic: Any) -> Callable:
    """Return a function from images to their scores, as in training, and the norms of the gradients there."""

    def scores_and_slopes(images: Any) -> tuple[Any, Any]:
        return critic(images, training=True), gradient_norms(critic, images)

    return compiled(scores_and_slopes)


def critic_health(
    model: WGAN,
    scores_and_slopes: Callable,
    train: np.ndarray,
    held_out: np.ndarray,
    latent: np.ndarray,
) -> dict[str, float]:
    """Measure a Wasserstein critic.

    Args:
        model: the model whose critic is measured.
        scores_and_slopes: what `compile_scores_and_slopes` makes of that critic, once for all measurements.
        train: uint8 images that it trains on, shape (n, height, width, channels).
        held_out: as many that it never sees.
        latent: as many latent vectors.

    Returns:
        `estimate` and `held_out_estimate`, the difference between the mean score of those images and of generated
        ones; `slope_<where>_<percentile>`, percentiles of the gradient's norm at real images, at generated ones and on
        the lines between; `clipped`, the share of kernels and biases within 1% of the clipping bound, if there is one.
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
            where: [ops.convert_to_numpy(x) for x in scores_and_slopes(images)] for where, images in places.items()
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
        row |= {f"slope_{where}_{p}": float(value) for p, value in zip(PERCENTILES, values, strict=True)}
    if model.clip_value is not None:
        row["clipped"] = clipped_share(model.critic, model.clip_value)
    return row


def clipped_share(critic: Any, clip_value: float) -> float:
    """Return the share of a critic's kernels and biases within 1% of ±clip_value."""
    values = np.concatenate([ops.convert_to_numpy(v).ravel() for v in clippable_weights(critic)])
    return float(np.mean(np.abs(values) >= AT_BOUND * clip_value))
