"""Checks of lesson 05: a zero-centred penalty, and the relativistic and the hinge loss of both players."""

import numpy as np
from keras import ops

from wgan_utils.exercises.answers import Answer, compare, loss, require, several


def exercise_1(zero_centred: Answer) -> str:
    """A linear critic has the same gradient everywhere; that of ‖x‖²/2 is x."""
    slope = np.array([[[1], [2]], [[2], [0]]], "float32")
    images = np.random.default_rng(0).normal(size=(5, 2, 2, 1)).astype("float32")
    x, axes = ops.convert_to_tensor(images), (1, 2, 3)
    plane = loss(zero_centred(lambda v, training=False: ops.sum(v * slope, axes), x))
    mistakes = {
        "Here the penalty has a factor ½.": 9,
        "The penalty squares the norm: no root.": 1.5,
        "(norm − 1)² is WGAN-GP's penalty: this one asks for a norm of 0.": 2,
        "You took a mean over the pixels: sum them.": 9 / 8,
        "You took a mean over the pixels: sum them; and the penalty has a factor ½.": 9 / 4,
        "Your sum runs over the batch: take a mean there.": 22.5,
    }
    compare(plane, 4.5, mistakes, f"A gradient of (1, 2, 2, 0) costs 4.5, not {plane:.3g}.")
    squares = np.sum(images**2, axis=axes)
    mistakes = {
        "Square each image's norm by itself, then take the mean.": np.sqrt(squares).mean() ** 2 / 2,
        "Square before you take the mean.": np.sum(images.mean(axis=0) ** 2) / 2,
    }
    bowl = loss(zero_centred(lambda v, training=False: ops.sum(v * v, axes) / 2, x))
    compare(bowl, squares.mean() / 2, mistakes, "Measure the gradient at the images that are given.")
    return "Right: a gradient norm of 3 costs 4.5."


def exercise_2(relativistic: Answer) -> str:
    """Pairs that you can work out in your head."""
    ahead, behind = ops.array([[50.0], [50.0]]), ops.zeros((2, 1))
    apart = several(relativistic(ahead, behind), 2, loss)
    require(apart[0] < apart[1], "The signs are turned: with real far ahead the critic's loss is the small one.")
    require(np.isclose(apart[1], 50), "Take the mean over pairs, of softplus.")
    shifted = several(relativistic(ahead + 7, behind + 7), 2, loss)
    require(np.allclose(shifted, apart, atol=1e-5), "Only differences count. You score each alone.")
    alike = several(relativistic(ahead, ahead), 2, loss)
    require(np.allclose(alike, np.log(2)), "Two alike cost softplus(0), which is log 2.")
    paired = several(relativistic(ops.array([[4.0], [0.0]]), ops.array([[0.0], [4.0]])), 2, loss)
    require(np.allclose(paired, 2 + np.log(1 + np.exp(-4))), "Subtract pair by pair, before softplus and the mean.")
    return "Right: two alike cost 0.693, which is log 2."


def exercise_3(hinge: Answer) -> str:
    """Scores on both sides of the margin."""
    critic, generator = several(hinge(ops.array([[3.0], [0.5]]), ops.array([[-3.0], [0.5]])), 2, loss)
    mistakes = {
        "The generator's sign is turned.": -1.25,
        "The generator has no margin: no relu there.": 2.25,
        "The generator has no relu: a score above 0 counts, too.": 1.5,
    }
    compare(generator, 1.25, mistakes, "The generator pays its negative mean score.")
    mistakes = {
        "No relu: scores beyond the margin earn.": -1,
        "The critic's signs are turned.": 5,
        "The margin is 1, not 0.": 0.25,
        "Each score has its own margin: relu first, then the mean.": 0,
    }
    compare(critic, 1, mistakes, f"The critic pays 1, not {critic:.3g}.")
    return "Right: beyond the margin a score costs nothing."
