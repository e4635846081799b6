"""Checks of lesson 03: the kernel distance, and a bound on a clipped critic's gradient norm."""

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, require, scalar
from wgan_utils.gan.backend import input_gradient


def exercise_2(kernel_distance: Answer) -> str:
    """Five real and five generated images, of three features each."""
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(5, 3)), rng.normal(1, 1, (5, 3))

    def distance(scale: float = 1 / 3, power: int = 3, between: int = 2, diagonal: int = 0, pairs: int = 20) -> float:
        def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return (scale * a @ b.T + 1) ** power

        within = sum(kernel(x, x).sum() - (1 - diagonal) * np.trace(kernel(x, x)) for x in (real, fake))
        return float(within / pairs - between * kernel(real, fake).mean())

    mistakes = {
        "Leave the diagonal out: it compares each image with itself.": distance(diagonal=1, pairs=25),
        "Without the diagonal there are n · (n − 1) pairs, not n².": distance(pairs=25),
        "Leave the diagonal out of the sum, too, not only of the number of pairs.": distance(diagonal=1),
        "The kernel divides x · y by the number of features.": distance(scale=1),
        "The kernel divides x · y by the number of features, not of images.": distance(scale=1 / 5),
        "The kernel is a third power.": distance(power=2),
        "Subtract the mean between the groups twice.": distance(between=1),
        "Subtract the mean between the groups; you added it.": distance(between=-2),
        "Take means over the pairs, not sums.": distance(pairs=1, between=50),
    }
    found = scalar(kernel_distance(real, fake))
    compare(found, distance(), mistakes, f"For the check's features it is {distance():.3f}, not {found:.3f}.")
    return f"Right: {found:.3f}, from all pairs of different images and all pairs between the groups."


def exercise_3(steepest: Answer) -> str:
    """All weights at c reach the bound; random ones stay below."""
    shallow, deep, norms = (4, 9, 1), (4, 9, 9, 9, 1), []
    bound, deeper = (scalar(steepest(sizes, 0.1)) for sizes in (shallow, deep))
    for sizes, least in ((shallow, 0.1), (deep, -0.1)):
        hidden = [layers.Dense(size, "relu", dtype="float32") for size in sizes[1:-1]]
        critic = keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(1, dtype="float32")])
        rng = np.random.default_rng(0)
        critic.set_weights([rng.uniform(least, 0.1, w.shape) for w in critic.weights])
        norms.append(float(ops.norm(input_gradient(critic, np.ones((1, 4), "float32")))))
    reached, random = norms
    mistakes = {
        "A matrix of m · n entries c has the factor c·√(m·n).": 0.1**2 * 324,
        "The factors of the layers multiply; you added them.": 0.6 + 0.3,
        "You left out the last layer.": 0.6,
        "Every layer has a factor c.": 1.8,
    }
    short, large = "A critic with all weights at c exceeds your bound.", "Your bound is larger than need be."
    compare(bound, reached, mistakes, short if bound < reached else large)
    require(np.isclose(deeper / bound, 0.9**2), "Two more layers of 9 make a factor of 0.9².")
    require(random < deeper, "A random clipped critic exceeds your bound.")
    return f"Right: bound {bound:.3f}, reached {reached:.3f}. Deeper: bound {deeper:.3f}, random weights {random:.4f}."
