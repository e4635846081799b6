"""The library that the notebooks share: `import wgan_utils as wu`."""


def _import_keras() -> None:
    """Import Keras, and with it TensorFlow, which greets on stderr before it has read its log level.

    At the log level "3", which is set here, nothing on stderr is shown meanwhile.
    """
    import os

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Off by default on processors without AVX-512, where a step of lesson 02 then takes three times as long.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    stderr = os.dup(2)
    if os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3":
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    try:
        import keras
    except ModuleNotFoundError as error:
        raise ImportError(
            f"Keras computes with {error.name} here, which is not installed: pip install 'wgan-utils[tensorflow]'; or "
            "install jax or torch, and set the environment variable KERAS_BACKEND to its name."
        ) from None
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


_import_keras()  # before all that follows, which needs it

from wgan_utils import exercises
from wgan_utils.data.datasets import Images, copy_heads, load_images
from wgan_utils.data.own import inspect_images
from wgan_utils.gan import losses, networks
from wgan_utils.gan.backend import input_gradient
from wgan_utils.gan.networks import as_inputs, generate, latent_vectors
from wgan_utils.labs import critics, fit_critic
from wgan_utils.labs.figures import plot_batch_sensitivity, plot_double_cone
from wgan_utils.metrics.correlation import correlate
from wgan_utils.metrics.distances import earth_movers_distance, frechet_distance, memorisation, transport_plan
from wgan_utils.metrics.evaluation import evaluate
from wgan_utils.metrics.features import fit_pca_features, load_classifier
from wgan_utils.models import GAN, R1GAN, R3GAN, WGAN, WGANGP, AdversarialModel, paper_rmsprop
from wgan_utils.parameters import lesson
from wgan_utils.pixels import cut_grid, image_grid
from wgan_utils.plots.curves import plot_losses
from wgan_utils.plots.images import make_gif, plot_images, plot_neighbours, plot_samples_over_time
from wgan_utils.training.callbacks import TrainingDiverged, WriteQuality
from wgan_utils.training.run import Run
from wgan_utils.training.several import run_parallel
from wgan_utils.training.train import RealImages, load_pretrained_run, train
from wgan_utils.zoo.generators import load_pretrained, load_trials, pretrained, pretrained_seeds

# What is imported above, without the package's own parts.
__all__ = ["exercises"]
__all__ += [n for n, one in [*globals().items()] if n[0] != "_" and getattr(one, "__name__", "") != f"{__name__}.{n}"]
