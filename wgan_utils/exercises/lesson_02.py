"""Checks of lesson 02: clipping a critic's weights, and the step of a WGAN."""

import keras
import numpy as np
from keras import layers

from wgan_utils.exercises.answers import WGAN, Answer, check_clipped, check_step, compare, given, scalar


def exercise_2(clip_weights: Answer) -> str:
    """A critic with LayerNormalization, whose weights lie between −2 and 2; then narrower bounds."""
    hidden, rng, found = (layers.Conv2D(16, 3), layers.LayerNormalization()), np.random.default_rng(0), []
    critic = keras.Sequential([keras.Input((4, 4, 1)), *hidden, layers.Flatten(), layers.Dense(1)])
    critic.set_weights([rng.uniform(-2, 2, w.shape) for w in critic.weights])
    for c in (0.5, 0.1):  # 0.1 is another number in float32
        before = critic.get_weights()
        given(clip_weights(critic, c))
        check_clipped(critic, before, c)
        share = scalar(clip_weights(critic, c))  # where nothing is left to clip
        weights = np.concatenate([w.ravel() for w in critic.get_weights()])
        at_bounds = np.abs(weights) == np.float32(c)
        right, shares = at_bounds.mean(), [np.mean(np.abs(w) == np.float32(c)) for w in critic.get_weights()]
        mistakes = {
            "Count over all weights together: yours is the mean of the layers' shares.": np.mean(shares),
            "Count the weights of all layers: yours are the last one's.": shares[-2],
            "Count the weights at ±c after clipping, c in float32: yours are beyond ±c, or were before.": 0,
            "Count the weights at ±c: yours are those between.": 1 - right,
            "Count the weights at −c, too.": np.mean(weights == np.float32(c)),
            "Return a share between 0 and 1, not per cent.": 100 * right,
            "Divide the count by the number of weights.": at_bounds.sum(),
        }
        compare(share, right, mistakes, f"Of the weights {right:.3f} lie at ±c after clipping, not {share:.3f}.")
        found.append(right)
    return f"Right: every weight is within ±c, and {found[0]:.2f} of them lie at ±c."


def exercise_3(MyWGAN: Answer) -> str:
    """Two compiled steps, with weights far beyond the bounds."""
    check_step(MyWGAN, WGAN, ["real_score", "fake_score", "generator_loss"], clip_value=0.5)
    return "Right: other real images for every critic update, clipped after each, then one generator update."
