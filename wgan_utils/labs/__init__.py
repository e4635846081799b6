"""What labs share, and what lesson 04 shows of small critics: `from wgan_utils import labs`."""

from wgan_utils.labs import toys
from wgan_utils.labs.critic_trainer import CompiledLoop, train_on_points
from wgan_utils.labs.critics import (
    cosine,
    estimate,
    fit_critic,
    gradient_norms_between,
    gradients,
    probabilities,
    scores,
)
from wgan_utils.labs.faces import (
    VAE,
    detail_energy,
    doubling,
    doubling_generator,
    peak_ratio,
    power_spectrum,
    quality,
)
from wgan_utils.labs.figures import plot_lines
from wgan_utils.labs.published_recipe import PublishedWGAN

__all__ = [
    "VAE",
    "CompiledLoop",
    "PublishedWGAN",
    "cosine",
    "detail_energy",
    "doubling",
    "doubling_generator",
    "estimate",
    "fit_critic",
    "gradient_norms_between",
    "gradients",
    "peak_ratio",
    "plot_lines",
    "power_spectrum",
    "probabilities",
    "quality",
    "scores",
    "toys",
    "train_on_points",
]
