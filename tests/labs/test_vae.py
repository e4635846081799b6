"""The variational autoencoder: its loss in closed form, and that it learns."""

import keras
import numpy as np
from keras import ops

from tests.tiny import LATENT_DIM, tiny_critic, tiny_generator, tiny_images
from wgan_utils.gan.networks import as_inputs
from wgan_utils.labs.faces import VAE
from wgan_utils.training.train import RealImages


def tiny_vae() -> VAE:
    keras.utils.set_random_seed(3)
    vae = VAE(tiny_generator(), tiny_critic(dropout=0.0), LATENT_DIM, seed=5)
    vae.compile(keras.optimizers.Adam(0.01), run_eagerly=True)
    return vae


def test_its_parts_are_the_generator_and_the_critics_trunk():
    vae, images = tiny_vae(), tiny_images().train
    assert vae.encoder.output_shape == (None, 2 * LATENT_DIM)
    found = vae(images[:, None])  # a step's images have an axis more
    np.testing.assert_array_equal(found["real"], as_inputs(images))
    assert found["decoded"].shape == (10, 8, 8, 1)
    assert found["mean"].shape == found["log_variance"].shape == (10, LATENT_DIM)


def test_the_loss_is_gaussian_error_plus_divergence():
    vae = tiny_vae()
    real, decoded = np.zeros((2, 8, 8, 1), "float32"), np.full((2, 8, 8, 1), 0.5, "float32")
    mean = np.array([[1, 0, 0], [0, 0, 0]], "float32")
    log_variance = np.array([[0, 0, 0], [np.log(2), 0, 0]], "float32")
    given = {"real": real, "decoded": decoded, "mean": mean, "log_variance": log_variance}
    loss = vae.compute_loss(y_pred={name: ops.convert_to_tensor(value) for name, value in given.items()})
    divergences = [0.5, 0.5 * (2 - 1 - np.log(2))]
    np.testing.assert_allclose(float(loss), 32 * np.log(0.25) + np.mean(divergences), rtol=1e-5)


def test_it_learns_under_fit_and_a_seed_repeats_it():
    def trained() -> tuple[list[float], np.ndarray]:
        vae = tiny_vae()
        batches = (RealImages(tiny_images().train, 5, 1, 0, first, 10) for first in (0, 10))
        losses = [vae.fit(one, shuffle=False, verbose=0).history["loss"][0] for one in batches]
        return losses, ops.convert_to_numpy(vae.decoder.weights[0])

    losses, weights = trained()
    assert losses[1] < losses[0]
    np.testing.assert_array_equal(trained()[1], weights)
