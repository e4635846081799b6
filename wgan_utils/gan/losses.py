"""What the two networks minimise, the two ways to keep a critic Lipschitz, and one to keep it flat.

Every loss averages over the batch and takes raw network outputs, of shape (batch, 1) or (batch,): logits for
the vanilla GAN's discriminator, unbounded scores for a Wasserstein critic. All return a scalar that is to be
minimised, computed in float32 also where the networks compute in bfloat16.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
from keras import ops

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import input_gradient

# Inside the root of the gradient's norm, whose slope at zero is infinite: a constant critic would give NaN.
NORM_EPSILON = 1e-12

# Keras's names for the scale and the offset of every normalisation layer.
NORMALIZATION_WEIGHTS = ("gamma", "beta")


def as_float32(values: Any) -> Any:
    """Return the values in float32: a mean over thousands of bfloat16 numbers would keep two digits of them."""
    return ops.cast(values, "float32")


def gan_discriminator_loss(real_logits: Any, fake_logits: Any) -> Any:
    """Binary cross-entropy with real images labelled 1 and generated ones 0, summed over the two.

    The negative of Goodfellow et al. 2014, eq. 1: −E[log D(x)] − E[log(1 − D(G(z)))] where
    D = sigmoid(logits).
    """
    return ops.mean(ops.softplus(-as_float32(real_logits))) + ops.mean(ops.softplus(as_float32(fake_logits)))


def gan_generator_loss(fake_logits: Any) -> Any:
    """Return −E[log D(G(z))], the non-saturating form (Goodfellow et al. 2014, section 3)."""
    return ops.mean(ops.softplus(-as_float32(fake_logits)))


def relativistic_loss(ahead: Any, behind: Any) -> Any:
    """Return E[softplus(behind − ahead)], pair by pair; log 2 where the two score alike.

    The discriminator minimises it with real logits ahead of generated ones, the generator with generated ones ahead
    (Jolicoeur-Martineau 2018; Huang et al. 2024, section 2).
    """
    return ops.mean(ops.softplus(as_float32(behind) - as_float32(ahead)))


def wasserstein_critic_loss(real_scores: Any, fake_scores: Any) -> Any:
    """Return E[f(G(z))] − E[f(x)]: minimising it drives real scores up and generated ones down.

    The negative of Arjovsky et al. 2017, Algorithm 1, line 5; so −loss is the estimate of the distance.
    """
    return ops.mean(as_float32(fake_scores)) - ops.mean(as_float32(real_scores))


def wasserstein_generator_loss(fake_scores: Any) -> Any:
    """Return −E[f(G(z))]: minimising it raises the score (Arjovsky et al. 2017, Algorithm 1, line 10)."""
    return -ops.mean(as_float32(fake_scores))


def interpolate(real: Any, fake: Any, seed: Any = None) -> Any:
    """Draw one point on the line between each pair of images (Gulrajani et al. 2017, Algorithm 1, lines 4 and 6).

    Returns ε·real + (1 − ε)·fake with one ε from U(0, 1) per image, float32 of shape (batch, ...), as both are. `seed`
    is an integer or a `keras.random.SeedGenerator`.
    """
    real, fake = as_float32(real), as_float32(fake)
    if tuple(real.shape) != tuple(fake.shape):
        raise Refused(f"Interpolation needs pairs: real images of shape {real.shape}, generated {fake.shape}.")
    shape = (ops.shape(real)[0], *(1,) * (len(real.shape) - 1))
    weight = keras.random.uniform(shape, seed=seed, dtype="float32")
    return weight * real + (1.0 - weight) * fake


def squared_gradient_norms(critic: Callable, inputs: Any) -> Any:
    """Return the squared norm of the critic's gradient at each input, float32 of shape (batch,)."""
    if isinstance(critic, keras.Layer):
        # The same function as gives the scores: dropout and the like behave as they do there.
        gradient = input_gradient(partial(critic, training=True), inputs, critic.variables)
    else:
        gradient = input_gradient(critic, inputs)
    gradient = as_float32(gradient)
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


def gradient_norms(critic: Callable, inputs: Any) -> Any:
    """Return the norm of the critic's gradient at each input; see `squared_gradient_norms`."""
    return ops.sqrt(squared_gradient_norms(critic, inputs) + NORM_EPSILON)


def gradient_penalty(critic: Callable, real: Any, fake: Any, seed: Any = None, one_sided: bool = False) -> Any:
    """Return E[(‖∇f(x̂)‖ − 1)²] between real and generated images, without λ (Gulrajani et al. 2017, eq. 3).

    Args:
        critic: a Keras model, or any callable that maps a batch to scores.
        real: images as floats, shape (batch, ...).
        fake: generated images of the same shape.
        seed: an integer or a `keras.random.SeedGenerator` for the interpolation.
        one_sided: punish only norms above one: E[max(0, ‖∇f(x̂)‖ − 1)²] (Petzka et al. 2018, eq. 8).

    Raises:
        ValueError: when `real` and `fake` differ in shape.
    """
    excess = gradient_norms(critic, interpolate(real, fake, seed)) - 1.0
    if one_sided:
        excess = ops.relu(excess)
    return ops.mean(ops.square(excess))


def zero_centred_penalty(critic: Callable, images: Any) -> Any:
    """Return ½·E[‖∇f(x)‖²], without γ: R1 at real images, R2 at generated ones (Mescheder et al. 2018, eq. 9 and 10).

    `critic` is a Keras model, or any callable that maps a batch of floats, (batch, ...), to scores.
    """
    return ops.mean(squared_gradient_norms(critic, as_float32(images))) / 2


def clippable_weights(model: keras.Model) -> list:
    """List the trainable kernels and biases, leaving out the scales and offsets of normalisation layers.

    A clipped critic should have no BatchNorm: a scale left free removes the bound on the critic's gradient norm; one
    clamped to 0.01, as in the authors' code, shrinks the signal a hundredfold at each such layer.
    """
    return [v for v in model.trainable_variables if v.name not in NORMALIZATION_WEIGHTS]


def clip_weights(model: keras.Model, clip_value: float) -> None:
    """Clamp `clippable_weights` to [−clip_value, clip_value] (Arjovsky et al. 2017, Algorithm 1, line 7)."""
    check_positive("clip_value", clip_value, 0.01)
    for variable in clippable_weights(model):
        variable.assign(ops.clip(variable, -clip_value, clip_value))


def check_positive(name: str, value: float, usual: float) -> None:
    """Raise a ValueError unless a setting is a positive number; `usual` is what its paper takes."""
    if not value > 0:
        raise Refused(f"{name} must be positive, not {value!r}; the paper uses {usual!r}.")
