"""Wrong answers to the exercise of the lab on the variational autoencoder."""

from keras import ops


def terms(mean, log_variance):
    return mean**2 + ops.exp(log_variance) - 1 - log_variance


def half_mean(one_image):
    return lambda mean, log_variance: ops.mean(0.5 * ops.sum(one_image(mean, log_variance), axis=1))


right = half_mean(terms)

WRONG = {
    "vae.1": {
        "nothing returned": lambda mean, log_variance: None,
        "no tensor": lambda mean, log_variance: float(right(mean, log_variance)),
        "not one number": lambda mean, log_variance: 0.5 * ops.sum(terms(mean, log_variance), axis=1),
        "no half": lambda mean, log_variance: 2 * right(mean, log_variance),
        "sign": lambda mean, log_variance: -right(mean, log_variance),
        "mean over latent numbers": lambda mean, log_variance: 0.5 * ops.mean(terms(mean, log_variance)),
        "sum over images": lambda mean, log_variance: 0.5 * ops.sum(terms(mean, log_variance)),
        "no exp": half_mean(lambda mean, log_variance: mean**2 - 1 + 0 * log_variance),
        "log of σ": half_mean(lambda mean, log_variance: mean**2 + ops.exp(2 * log_variance) - 1 - 2 * log_variance),
        "not squared": half_mean(lambda mean, log_variance: mean + ops.exp(log_variance) - 1 - log_variance),
        "no 1": half_mean(lambda mean, log_variance: terms(mean, log_variance) + 1),
        "another": lambda mean, log_variance: 0.1 * right(mean, log_variance),
    },
}
