"""Does a critic mix the images of a batch: does one image's score move when its neighbours change?"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.gan.backend import input_gradient

IMAGES = 4  # enough for statistics over a batch to depend on all of them


def mixes_images(critic: keras.Model) -> bool:
    """Find out by what the network computes in training: the gradient of one image's score at its neighbours.

    Dropout and the like do not disturb this: whatever is dropped, that gradient is exactly 0 unless images are mixed.
    Only a critic whose score does not move at all is judged by its layers' type. What the trial changes in passing
    (BatchNorm statistics, random states) is put back.
    """
    kept = [np.array(ops.convert_to_numpy(v)) for v in critic.non_trainable_variables]
    images = np.random.default_rng(0).uniform(-1, 1, (IMAGES, *critic.input_shape[1:])).astype("float32")

    def first_score(inputs: Any) -> Any:
        return critic(inputs, training=True)[:1]

    try:
        gradient = ops.convert_to_numpy(ops.cast(input_gradient(first_score, images, critic.variables), "float32"))
    finally:
        for variable, value in zip(critic.non_trainable_variables, kept, strict=True):
            variable.assign(value)
    if np.any(gradient):
        return bool(np.any(gradient[1:]))
    return any(isinstance(layer, layers.BatchNormalization) for layer in critic._flatten_layers())
