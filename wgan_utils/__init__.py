"""The library that the notebooks share: `import wgan_utils as wu`."""

from wgan_utils.startup import configured

with configured():
    import keras  # noqa: F401 - the first import of Keras loads the backend, and with it the chatter

from wgan_utils import losses, networks
from wgan_utils.autodiff import gpu_name, value_and_gradients
from wgan_utils.datasets import Images, load_images
from wgan_utils.galleries import plot_images, plot_interpolation, plot_neighbours, plot_samples_over_time
from wgan_utils.grids import image_grid
from wgan_utils.models import GAN, WGAN, WGANGP, generate, latent_vectors
from wgan_utils.parameters import ParameterError, resolve_parameters
from wgan_utils.plotting import plot_losses, plot_scores, plot_weight_histogram
from wgan_utils.runs import History, Run
from wgan_utils.training import train

__all__ = [
    "GAN",
    "WGAN",
    "WGANGP",
    "History",
    "Images",
    "ParameterError",
    "Run",
    "generate",
    "gpu_name",
    "image_grid",
    "latent_vectors",
    "load_images",
    "losses",
    "networks",
    "plot_images",
    "plot_interpolation",
    "plot_losses",
    "plot_neighbours",
    "plot_samples_over_time",
    "plot_scores",
    "plot_weight_histogram",
    "resolve_parameters",
    "train",
    "value_and_gradients",
]
