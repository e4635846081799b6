"""A variational autoencoder on a GAN's own networks: the decoder is the generator, the encoder the critic's trunk.

Kingma & Welling 2014, "Auto-encoding variational Bayes". It is here to be compared with: the same decoder, latent
space and data, another way to train.
"""

import math
from typing import Any

import keras
from keras import layers, ops

from wgan_utils.gan.losses import as_float32
from wgan_utils.gan.networks import as_inputs


class VAE(keras.Model):
    """A variational autoencoder, trained by `fit` on what `RealImages` gives.

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
