"""Checks of lesson 02: clipping a critic's weights, and the step of a WGAN."""

import keras
import numpy as np
from keras import layers

from wgan_utils.exercises.answers import (
    IMAGE,
    RATE,
    Answer,
    check_moves,
    compare,
    linear_critic,
    require,
    scalar,
    take_step,
)


def exercise_2(clip_weights: Answer) -> str:
    """A critic with LayerNormalization, whose weights lie between −2 and 2."""
    hidden, rng, c = (layers.Conv2D(16, 3), layers.LayerNormalization()), np.random.default_rng(0), 0.5
    critic = keras.Sequential([keras.Input((4, 4, 1)), *hidden, layers.Flatten(), layers.Dense(1)])
    critic.set_weights([rng.uniform(-2, 2, w.shape) for w in critic.weights])
    before = critic.get_weights()
    share = scalar(clip_weights(critic, c))
    check_clipped(critic, before, c)
    weights = np.concatenate([w.ravel() for w in critic.get_weights()])
    at_bounds, shares = np.abs(weights) == c, [np.mean(np.abs(w) == c) for w in critic.get_weights()]
    right = at_bounds.mean()
    mistakes = {
        "Count over all weights together: yours is the mean of the layers' shares.": np.mean(shares),
        "Count the weights of all layers: yours are the last one's.": shares[-2],
        "Count the weights at ±c after clipping: yours are beyond ±c, or were at ±c before.": 0,
        "Count the weights at ±c: yours are those between.": 1 - right,
        "Count the weights at −c, too.": np.mean(weights == c),
        "Return a share between 0 and 1, not per cent.": 100 * right,
        "Divide the count by the number of weights.": at_bounds.sum(),
    }
    compare(share, right, mistakes, f"Of the weights {right:.3f} lie at ±c after clipping, not {share:.3f}.")
    return f"Right: every weight is within ±c, and {right:.2f} of them lie at ±c."


def check_clipped(critic: keras.Model, before: list[np.ndarray], c: float) -> None:
    """Check a critic's weights, of which there are some below −c and some above c in every layer."""
    left_alone = {
        "kernel": "You leave a whole layer alone.",
        "bias": "You clip the kernels and not the biases.",
        "gamma": "The scales of LayerNormalization are weights, too: clip them.",
        "beta": "The offsets of LayerNormalization are weights, too: clip them.",
    }
    weights = [(v.name, new, old) for v, new, old in zip(critic.weights, critic.get_weights(), before, strict=True)]
    changed = any(np.any(new != old) for _, new, old in weights)
    require(changed, "No weight is clipped: `weight.assign(…)` stores a new value.")
    for name, new, old in sorted(weights, key=lambda weight: [*left_alone].index(weight[0])):
        mistakes = {
            left_alone[name]: old,
            "A weight below 0 became 0: the lower bound is −c.": np.clip(old, 0, c),
            "You have no upper bound.": np.maximum(old, -c),
            "You have no lower bound.": np.minimum(old, c),
            "A weight within the bounds stays as it is.": c * np.sign(old),
        }
        compare(new, np.clip(old, -c, c), mistakes, "Your bounds are not −c and c.")


def exercise_3(MyWGAN: Answer) -> str:
    """Weights far beyond the bounds under a rate of 0, which are clipped alone; then a step with a linear critic."""
    c = 0.5
    critic = keras.Sequential([keras.Input(IMAGE), layers.Flatten(), layers.Dense(4), layers.Dense(1)])
    critic.set_weights([np.linspace(-2, 2, w.size + 1)[1:].reshape(w.shape) for w in critic.get_weights()])
    before = critic.get_weights()
    take_step(MyWGAN, critic, rate=0.0, clip_value=c)
    check_clipped(critic, before, c)
    model, _ = take_step(MyWGAN, linear_critic(), clip_value=c)
    early = {"You clip before the update: clip after it.": lambda w, change: np.clip(w, -c, c) + RATE * change}
    check_moves(model, lambda w, change: np.clip(w + RATE * change, -c, c), early)
    return "Right: other real images for every critic update, clipped after each, then one generator update."
