"""An exponential moving average of a network's weights, kept in a copy of the network.

Two players that keep circling each other pass their equilibrium over and over; the average of where they were lies
nearer to it than where they are (Yazıcı et al. 2019, "The unusual effectiveness of averaging in GAN training").
"""

import keras

from wgan_utils.errors import Refused


def frozen_copy(network: keras.Model, momentum: float) -> keras.Model:
    """Return a copy of a network that no optimizer trains, for `move_average`.

    Raises:
        ValueError: a momentum that does not lie between 0 and 1.
    """
    if not 0 < momentum < 1:
        raise Refused(f"ema_momentum must lie between 0 and 1, not {momentum!r}; 0.99 averages over 100 steps.")
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def move_average(average: keras.Model, network: keras.Model, momentum: float) -> None:
    """Move the average's weights, BatchNorm statistics too, towards the network's: m·average + (1 − m)·network."""
    for old, new in zip(average.weights, network.weights, strict=True):
        old.assign(old + (1 - momentum) * (new - old))
