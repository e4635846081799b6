"""Check of the lab on the variational autoencoder: the divergence from the standard normal distribution."""

import numpy as np
from keras import ops

from wgan_utils.exercises.answers import Answer, compare, loss


def exercise_1(divergence: Answer) -> str:
    """Three images and three latent numbers; then a distribution that is standard normal."""
    mean = np.array([[1.0, -2.0, 0.0], [0.5, 0.0, 1.0], [0.0, 1.5, -1.0]], "float32")
    log_variance = np.array([[0.0, 1.0, -1.0], [0.5, -2.0, 0.0], [1.0, 0.0, 0.5]], "float32")
    variance = np.exp(log_variance)
    terms = mean**2 + variance - 1 - log_variance
    per_image = 0.5 * terms.sum(axis=1)
    mistakes = {
        "The factor ½ is missing.": 2 * per_image.mean(),
        "The sign is wrong: a divergence is never below 0.": -per_image.mean(),
        "Sum over the latent numbers; you took their mean.": 0.5 * terms.mean(),
        "Take the mean over the images; you added them.": per_image.sum(),
        "The variance is exp(log_variance), not its exponent.": np.mean(
            0.5 * np.sum(mean**2 + log_variance - 1 - log_variance, axis=1)
        ),
        "You took log_variance for the logarithm of the standard deviation.": np.mean(
            0.5 * np.sum(mean**2 + variance**2 - 1 - 2 * log_variance, axis=1)
        ),
        "The mean has to be squared.": np.mean(0.5 * np.sum(mean + variance - 1 - log_variance, axis=1)),
        "The − 1 is missing.": np.mean(0.5 * np.sum(terms + 1, axis=1)),
    }
    tensors = ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)
    found = loss(divergence(*tensors))
    compare(found, per_image.mean(), mistakes, f"Your divergence is {found:.4f}, not {per_image.mean():.4f}.")
    zeros = ops.zeros((2, 3))
    compare(loss(divergence(zeros, zeros)), 0.0, {}, "Of a standard normal distribution it must be 0.")
    return "Right: it is 0 for the standard normal distribution, and larger for all others."
