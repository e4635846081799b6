"""Checks of lesson 02: clipping a critic that has BatchNorm, and one critic update."""

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, require, scalar


def exercise_2(clip_weights: Answer) -> str:
    """A critic whose weights lie between −2 and 2."""
    hidden, rng, c = (layers.Conv2D(16, 3), layers.BatchNormalization()), np.random.default_rng(0), 1.0
    critic = keras.Sequential([keras.Input((4, 4, 1)), *hidden, layers.Flatten(), layers.Dense(1)])
    critic.set_weights([rng.uniform(-2, 2, w.shape) for w in critic.weights])
    before = critic.get_weights()
    clip_weights(critic, c)
    weights = list(zip(critic.weights, critic.get_weights(), before, strict=True))
    require(any(np.any(new != old) for _, new, old in weights), "Nothing has changed: `assign` stores a new value.")
    for v, new, old in weights:
        if v.name not in ("kernel", "bias"):
            part = {"gamma": "the scales", "beta": "the offsets"}.get(v.name, "the statistics")
            require(np.array_equal(new, old), f"You clipped {part} of BatchNorm.")
            continue
        alone = {"kernel": "Your function left a whole layer alone."}
        mistakes = {
            alone.get(v.name, "You clipped the kernels and not the biases."): old,
            "A weight below 0 became 0: the lower bound is −c.": np.clip(old, 0, c),
            "You have no upper bound.": np.maximum(old, -c),
            "You have no lower bound.": np.minimum(old, c),
            "A weight within the bounds stays as it is.": c * np.sign(old),
        }
        compare(new, np.clip(old, -c, c), mistakes, "Your bounds are not −c and c.")
    return "Right: kernels and biases within ±c, BatchNorm untouched."


def exercise_3(critic_update: Answer) -> str:
    """A linear critic: white images score 0.02, black ones 0."""
    critic = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(1, dtype="float32")])
    critic.set_weights([np.full((4, 1), 0.005), np.zeros(1)])
    white, black, small = ops.ones((8, 2, 2, 1)), ops.zeros((8, 2, 2, 1)), keras.optimizers.SGD(0.001)
    estimate = scalar(critic_update(critic, small, white, black, 0.01))
    gap = float(ops.mean(critic(white)) - ops.mean(critic(black)))
    require(int(small.iterations) > 0, "You made no update: `optimizer.apply`.")
    require(int(small.iterations) == 1, "You made two updates: one kind of image at a time.")
    require(gap > 0.02, "The sign of the critic's loss is turned: the gap shrank.")
    require(not np.isclose(estimate, gap), "Your estimate is of the updated critic.")
    require(estimate > 0, "You returned the loss; the estimate is minus that.")
    require(np.isclose(estimate, 0.02), "Your estimate is not the difference of the means.")
    critic_update(critic, keras.optimizers.SGD(1.0), white, black, 0.01)
    require(max(np.abs(w).max() for w in critic.get_weights()) < 0.011, "You clipped before the update, or not at all.")
    return "Right: one update on both kinds, the gap grows, and every weight is within ±c."
