"""What labs share, and no lesson needs: `from wgan_utils import labs`."""

from wgan_utils.labs import toys
from wgan_utils.labs.critics import (
    cosine,
    estimate,
    fit_critic,
    gradient_norms_between,
    gradients,
    probabilities,
    scores,
)
from wgan_utils.labs.figures import plot_lines
from wgan_utils.labs.loops import CompiledLoop, train_on_points
from wgan_utils.labs.published_recipe import PublishedWGAN

__all__ = [
    "CompiledLoop",
    "PublishedWGAN",
    "cosine",
    "estimate",
    "fit_critic",
    "gradient_norms_between",
    "gradients",
    "plot_lines",
    "probabilities",
    "scores",
    "toys",
    "train_on_points",
]
