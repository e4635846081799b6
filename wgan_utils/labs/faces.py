"""What the labs of lesson 06 share: its generator with other layers, how good and sharp images are, and a VAE."""

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.errors import Refused
from wgan_utils.gan.losses import as_float32
from wgan_utils.gan.networks import as_inputs
from wgan_utils.metrics.distances import frechet_distance, laplacian_pyramid, precision_recall
from wgan_utils.metrics.features import Featurise


def doubling(arm: str, filters: int, **options: Any) -> list[keras.Layer]:
    """Make the layers that turn (batch, height, width, channels) into (batch, 2·height, 2·width, filters).

    Args:
        arm: "kernel 5" or "kernel 4", a transposed convolution with stride 2; or "upsampling", which repeats each
            pixel twice across and down and then convolves with a kernel of 5 (Odena et al. 2016).
        filters: of the convolution.
        options: further ones of the convolution.
    """
    if arm == "upsampling":
        return [layers.UpSampling2D(), layers.Conv2D(filters, 5, padding="same", **options)]
    kernel = int(arm.removeprefix("kernel "))
    return [layers.Conv2DTranspose(filters, kernel, strides=2, padding="same", **options)]


def doubling_generator(arm: str, width: float = 1.0, latent_dim: int = 100) -> keras.Model:
    """Build a generator of (64, 64, 3) images; with the arm "kernel 5" it is lesson 06's.

    Its weights are 5,168,003 at width 1, and as many with "upsampling".
    """
    first, *others = (max(1, round(filters * width)) for filters in (512, 256, 128, 64))
    stack = [layers.Dense(4 * 4 * first), *_normalised(), layers.Reshape((4, 4, first))]
    for filters in others:
        stack += [*doubling(arm, filters), *_normalised()]
    return keras.Sequential([keras.Input((latent_dim,)), *stack, *doubling(arm, 3, activation="tanh")])


def _normalised() -> list[keras.Layer]:
    return [layers.BatchNormalization(momentum=0.9), layers.LeakyReLU(negative_slope=0.2)]


def power_spectrum(images: np.ndarray) -> np.ndarray:
    """Mean power of each wave, float (height, width): row u, column v is u waves down and v waves across an image.

    Over all images and channels, without each one's mean, and under a Hann window, which lets an image fade to its
    mean at its edges, for a spectrum sees them as a jump.

    Args:
        images: shape (n, height, width, channels).
    """
    height, width = images.shape[1:3]
    window = np.outer(np.hanning(height + 1)[:-1], np.hanning(width + 1)[:-1])[:, :, np.newaxis]
    centred = images - images.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    return np.mean(np.abs(np.fft.fft2(centred * window, axes=(1, 2))) ** 2, axis=(0, 3))


def peak_ratio(images: np.ndarray, period: int = 2) -> float:
    """Power of the waves of exactly `period` pixels, over the geometric mean of waves of nearly that length.

    Photographs have no preference for exactly two pixels, so their ratio is about 1 or less; a checkerboard of that
    period makes a peak in the power spectrum. The mean of three ratios: of the waves across, down and diagonal.

    Args:
        images: uint8, shape (n, height, width, channels), with sides that the period divides.
        period: in pixels, 2 or more. A side must hold 8 periods or more.
    """
    height, width = images.shape[1:3]
    if period < 2 or height % period or width % period or min(height, width) < 8 * period:
        raise Refused(f"Images of {height}×{width} pixels must hold 8 whole periods or more, not of {period} pixels.")
    power = power_spectrum(images)
    down, across = height // period, width // period
    away = np.array([-4, -3, 3, 4])  # the window spreads a wave over the frequencies next to its own
    rows, columns = (down + away) % height, (across + away) % width
    peaks = power[down, 0], power[0, across], power[down, across]
    around = power[rows, 0], power[0, columns], power[np.ix_(rows, columns)]
    return float(np.mean([p / np.exp(np.mean(np.log(a + 1e-12))) for p, a in zip(peaks, around, strict=True)]))


def detail_energy(images: np.ndarray) -> float:
    """Mean square, in squared grey levels, of what is lost by halving images and doubling them again.

    That is the finest level of the Laplacian pyramid: edges, hair, pores. A blurred image has little of it, noise much.
    """
    return float(np.mean(np.square(laplacian_pyramid(images)[0])))


def quality(images: np.ndarray, real: np.ndarray, features: Featurise) -> dict[str, float]:
    """Compare images with as many real ones: `frechet`, `precision`, `recall`, and `detail`.

    The last is the detail energy in units of the real images'.

    Args:
        images: uint8, shape (n, height, width, channels).
        real: as many real ones.
        features: what turns either into features, see `wu.fit_pca_features`.
    """
    made, wanted = features(images), features(real)
    precision, recall = precision_recall(wanted, made)
    detail = detail_energy(images) / detail_energy(real)
    return {"frechet": frechet_distance(made, wanted), "precision": precision, "recall": recall, "detail": detail}


# ---- a variational autoencoder on the same networks


class VAE(keras.Model):
    """A variational autoencoder (Kingma & Welling 2014), trained by `fit` on what `RealImages` gives.

    The pixels' noise is Gaussian, with the one variance that suits each batch best, so that no weight between
    reconstruction and prior has to be found by trial (Rybkin et al. 2021, "σ-VAE", eq. 6).

    Args:
        decoder: maps latent vectors (batch, latent_dim) to images in [−1, 1]: a generator.
        critic: a critic of such images; all its layers but the last become the encoder's.
        latent_dim: length of a latent vector.
        seed: integer; fixes the encoder's random numbers.
    """

    def __init__(self, decoder: keras.Model, critic: keras.Model, latent_dim: int, seed: int = 0) -> None:
        super().__init__()
        moments = layers.Dense(2 * latent_dim, dtype="float32", name="moments")(critic.layers[-2].output)
        self.encoder = keras.Model(critic.inputs, moments, name="encoder")
        self.decoder = decoder
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, real: Any, training: bool = False) -> dict[str, Any]:
        """Encode images, draw a latent vector for each, and decode it.

        Args:
            real: images, uint8 or in [−1, 1]; or a step's, with an axis more after the batch's, of which the first
                is taken.
            training: whether BatchNorm takes the batch's statistics.

        Returns:
            `real` and `decoded`, images in [−1, 1]; `mean` and `log_variance`, both (batch, latent_dim).
        """
        real = as_inputs(real[:, 0] if len(real.shape) == 5 else real)
        mean, log_variance = ops.split(self.encoder(real, training=training), 2, axis=1)
        noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=self.seed_generator)
        latent = mean + ops.exp(0.5 * log_variance) * noise
        decoded = as_float32(self.decoder(latent, training=training))
        return {"real": real, "decoded": decoded, "mean": mean, "log_variance": log_variance}

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The negative evidence lower bound of an image, in nats, up to a constant."""
        error = ops.mean(ops.square(y_pred["decoded"] - as_float32(y_pred["real"])))
        pixels = math.prod(y_pred["decoded"].shape[1:])
        mean, log_variance = y_pred["mean"], y_pred["log_variance"]
        divergence = 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - 1 - log_variance, axis=1)
        return 0.5 * pixels * ops.log(error) + ops.mean(divergence)
