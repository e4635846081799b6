"""The library that the notebooks share: `import wgan_utils as wu`."""

from wgan_utils.startup import configured

with configured():
    import keras  # noqa: F401 - the first import of Keras loads the backend, and with it the chatter

from wgan_utils import losses, networks, toys
from wgan_utils.animation import make_gif, show_gif
from wgan_utils.autodiff import gpu_name, input_gradient, value_and_gradients
from wgan_utils.batches import RealImages
from wgan_utils.classifiers import load_classifier
from wgan_utils.comparison import comparison_frames
from wgan_utils.datasets import Images, load_images
from wgan_utils.diagnostics import plot_critic_health, plot_double_cone, plot_tracking, plot_trackings
from wgan_utils.evaluation import evaluate
from wgan_utils.galleries import plot_images, plot_interpolation, plot_neighbours, plot_samples_over_time
from wgan_utils.grids import cut_grid, image_grid
from wgan_utils.models import GAN, WGAN, WGANGP
from wgan_utils.parameters import ParameterError, resolve_parameters
from wgan_utils.plotting import plot_curves, plot_losses, plot_points, plot_scores, plot_training, plot_weight_histogram
from wgan_utils.pretrained import load_pretrained, pretrained, restore_pretrained, shipped_settings
from wgan_utils.provenance import machine
from wgan_utils.quality import WriteQuality
from wgan_utils.runs import History, Run
from wgan_utils.sampling import as_inputs, generate, latent_vectors
from wgan_utils.tracking import track, track_quality
from wgan_utils.training import train

__all__ = [
    "GAN",
    "WGAN",
    "WGANGP",
    "History",
    "Images",
    "ParameterError",
    "RealImages",
    "Run",
    "WriteQuality",
    "as_inputs",
    "comparison_frames",
    "cut_grid",
    "evaluate",
    "generate",
    "gpu_name",
    "image_grid",
    "input_gradient",
    "latent_vectors",
    "load_classifier",
    "load_images",
    "load_pretrained",
    "losses",
    "machine",
    "make_gif",
    "networks",
    "plot_critic_health",
    "plot_curves",
    "plot_double_cone",
    "plot_images",
    "plot_interpolation",
    "plot_losses",
    "plot_neighbours",
    "plot_points",
    "plot_samples_over_time",
    "plot_scores",
    "plot_tracking",
    "plot_trackings",
    "plot_training",
    "plot_weight_histogram",
    "pretrained",
    "resolve_parameters",
    "restore_pretrained",
    "shipped_settings",
    "show_gif",
    "toys",
    "track",
    "track_quality",
    "train",
    "value_and_gradients",
]
