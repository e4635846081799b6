"""What labs share, and no lesson needs: `from wgan_utils import labs`."""

from wgan_utils.labs import divergences, toys
from wgan_utils.labs.critics import (
    cosine,
    estimate,
    fit_critic,
    gradient_norms_between,
    gradients,
    layer_gradients,
    normalised,
    probabilities,
    rescaled,
    scores,
)
from wgan_utils.labs.figures import plot_surfaces
from wgan_utils.labs.loops import CompiledLoop, train_on_points
from wgan_utils.labs.published_recipe import PublishedWGAN

__all__ = [
    "CompiledLoop",
    "PublishedWGAN",
    "cosine",
    "divergences",
    "estimate",
    "fit_critic",
    "gradient_norms_between",
    "gradients",
    "layer_gradients",
    "normalised",
    "plot_surfaces",
    "probabilities",
    "rescaled",
    "scores",
    "toys",
    "train_on_points",
]
