"""Checks of networks and settings: errors that say what to change."""

import keras

from wgan_utils.errors import Refused


def check_networks(generator: keras.Model, critic: keras.Model, latent_dim: int) -> None:
    """Raise a ValueError that says what to change where they do not."""
    if generator.input_shape != (None, latent_dim):
        raise Refused(
            f"The generator takes inputs of shape {generator.input_shape}, and latent_dim={latent_dim!r} "
            f"asks for {(None, latent_dim)}; build the generator with the same latent_dim."
        )
    if generator.output_shape != critic.input_shape:
        raise Refused(
            f"The generator makes images of shape {generator.output_shape[1:]} and the critic takes "
            f"{critic.input_shape[1:]}; the two must agree."
        )
    if any(layer.compute_dtype == "float16" for network in (generator, critic) for layer in network._flatten_layers()):
        raise Refused(
            "float16 underflows in a gradient penalty, and Keras scales the loss of one optimizer only; build both "
            'networks under "float32" or "mixed_bfloat16".'
        )
    if critic.output_shape != (None, 1):
        raise Refused(f"The critic must return one number per image, shape (None, 1), not {critic.output_shape}.")


def check_positive(name: str, value: float, usual: float) -> None:
    """Raise a ValueError unless a setting is a positive number; `usual` is what its paper takes."""
    if not value > 0:
        raise Refused(f"{name} must be positive, not {value!r}; the paper uses {usual!r}.")


def mixes_images(critic: keras.Model) -> bool:
    """Return whether an image's score depends on the batch's other images in training, as BatchNormalization makes it.

    Told by the layers' type: a layer of your own that mixes images is not recognised. Frozen, BatchNormalization
    normalises by its moving statistics, and mixes nothing.
    """
    layers = critic._flatten_layers()
    return any(isinstance(layer, keras.layers.BatchNormalization) and layer.trainable for layer in layers)


def check_unmixed(mixes_images: bool) -> None:
    """Raise a ValueError for a penalty on the gradients of a critic that mixes the images of a batch."""
    if mixes_images:
        raise Refused(
            "The gradient penalty needs one gradient per image, and BatchNormalization in the critic "
            "mixes the images of a batch; leave it out or use LayerNormalization "
            "(Gulrajani et al. 2017, section 4)."
        )
