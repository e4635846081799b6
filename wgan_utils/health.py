"""How the critic is doing, beside its training: does it overfit, how steep is it, how much is clipped away.

One row of critic_health.csv a measurement. None of it touches the training: what the measurement changes in passing
(BatchNorm statistics, dropout's random state) is put back.
"""

from typing import Any

import numpy as np
from keras import ops

from wgan_utils.callbacks import StepCallback
from wgan_utils.losses import clippable_weights, gradient_norms, interpolate
from wgan_utils.models import WGAN
from wgan_utils.runs import Run
from wgan_utils.sampling import as_inputs, generate

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
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        train: np.ndarray,
        held_out: np.ndarray,
        latent: np.ndarray,
    ) -> None:
        super().__init__(run, every, last_step)
        n = min(len(train), len(held_out), len(latent), IMAGES)
        self.train, self.held_out, self.latent = train[:n], held_out[:n], latent[:n]

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        row = critic_health(self.model, self.train, self.held_out, self.latent)
        self.run.append("critic_health", {"step": self.step, **row})


def critic_health(model: WGAN, train: np.ndarray, held_out: np.ndarray, latent: np.ndarray) -> dict[str, float]:
    """Measure a Wasserstein critic.

    Args:
        model: the model whose critic is measured.
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
    real, unseen = as_inputs(train), as_inputs(held_out)
    try:
        real_score, unseen_score, fake_score = (
            float(ops.convert_to_numpy(ops.mean(model.critic(images, training=True))))
            for images in (real, unseen, fake)
        )
        slopes = {
            "real": gradient_norms(model.critic, real),
            "generated": gradient_norms(model.critic, fake),
            "between": gradient_norms(model.critic, interpolate(real, fake, seed=model.seed)),
        }
    finally:
        for variable, value in zip(model.critic.non_trainable_variables, kept, strict=True):
            variable.assign(value)
    row = {"estimate": real_score - fake_score, "held_out_estimate": unseen_score - fake_score}
    for where, norms in slopes.items():
        values = np.percentile(ops.convert_to_numpy(norms), PERCENTILES)
        row |= {f"slope_{where}_{p}": float(value) for p, value in zip(PERCENTILES, values, strict=True)}
    if model.clip_value is not None:
        row["clipped"] = clipped_share(model.critic, model.clip_value)
    return row


def clipped_share(critic: Any, clip_value: float) -> float:
    """Return the share of a critic's kernels and biases within 1% of ±clip_value."""
    values = np.concatenate([ops.convert_to_numpy(v).ravel() for v in clippable_weights(critic)])
    return float(np.mean(np.abs(values) >= AT_BOUND * clip_value))
