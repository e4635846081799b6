"""Checks of lesson 03: the mean of hues, and a bound on a clipped critic's slope."""

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, require, scalar
from wgan_utils.gan.backend import input_gradient


def exercise_2(mean_hue: Answer) -> str:
    """Angles that you can draw."""
    angles = np.array([350.0, 20.0])
    red = scalar(mean_hue(angles, np.ones(2)))
    mistakes = {
        "You averaged the numbers: 350° and 20° are near red.": 185,
        "Your result is in radians.": np.radians(5),
        "np.sin and np.cos take radians.": np.degrees(np.arctan2(np.sin(angles).sum(), np.cos(angles).sum())) % 360,
    }
    compare(red, 5, mistakes, f"350° and 20° have the mean 5°, not {red:.1f}°.")
    blue = scalar(mean_hue(np.array([230.0, 250.0]), np.ones(2)))
    require(blue > 0, "Your angle is negative: hues go from 0° to 360°.")
    require(np.isclose(blue, 240), f"230° and 250° have the mean 240°, not {blue:.1f}°.")
    heavy = scalar(mean_hue(np.array([0.0, 90.0]), np.array([1.0, 3.0])))
    compare(heavy, 71.565, {"You left the weights out.": 45}, "Weigh the points, then take the angle.")
    return "mean_hue is right"


def exercise_3(steepest: Answer) -> str:
    """All weights at c reach the bound; random ones stay below."""
    shallow, deep, slopes = (4, 9, 1), (4, 9, 9, 9, 1), []
    bound, deeper = (scalar(steepest(sizes, 0.1)) for sizes in (shallow, deep))
    for sizes, least in ((shallow, 0.1), (deep, -0.1)):
        hidden = [layers.Dense(size, "relu", dtype="float32") for size in sizes[1:-1]]
        critic = keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(1, dtype="float32")])
        rng = np.random.default_rng(0)
        critic.set_weights([rng.uniform(least, 0.1, w.shape) for w in critic.weights])
        slopes.append(float(ops.norm(input_gradient(critic, np.ones((1, 4), "float32")))))
    reached, random = slopes
    mistakes = {
        "A matrix of c's stretches by c·√(m·n).": 0.1**2 * 324,
        "Slopes of layers multiply; you added them.": 0.6 + 0.3,
        "You left out the last layer.": 0.6,
        "Every layer has a factor c.": 1.8,
    }
    short, large = "A critic with all weights at c is steeper than yours.", "Your bound is larger than need be."
    compare(bound, reached, mistakes, short if bound < reached else large)
    require(np.isclose(deeper / bound, 0.9**2), "Two more layers of 9 make a factor of 0.9².")
    require(random < deeper, "A random clipped critic is steeper than yours.")
    return f"bound {bound:.3f}, reached {reached:.3f}; random, deeper: {random:.4f}"
