"""Checks of lesson 05: a zero-centred penalty, and the relativistic and the hinge loss of both players."""

import numpy as np
from keras import ops

from wgan_utils.exercises.answers import Answer, compare, loss, require, several
from wgan_utils.exercises.lesson_01 import check_squared_norms


def exercise_3(zero_centred: Answer) -> str:
    """A linear critic has the same slope everywhere; that of ‖x‖²/2 is ‖x‖."""
    check_squared_norms(zero_centred, 0.5)
    return "Right: a slope of 3 costs 4.5."


def exercise_4(relativistic: Answer) -> str:
    """Pairs that you can work out in your head."""
    ahead, behind = ops.array([[50.0], [50.0]]), ops.zeros((2, 1))
    apart = several(relativistic(ahead, behind), 2, loss)
    require(apart[0] < apart[1], "The signs are turned: with real far ahead it is the critic that is happy.")
    require(np.isclose(apart[1], 50), "Take the mean over pairs, of softplus.")
    shifted = several(relativistic(ahead + 7, behind + 7), 2, loss)
    require(np.allclose(shifted, apart, atol=1e-5), "Only differences count. You score each alone.")
    alike = several(relativistic(ahead, ahead), 2, loss)
    require(np.allclose(alike, np.log(2)), "Two alike cost softplus(0), which is log 2.")
    paired = several(relativistic(ops.array([[4.0], [0.0]]), ops.array([[0.0], [4.0]])), 2, loss)
    require(np.allclose(paired, 2 + np.log(1 + np.exp(-4))), "Subtract pair by pair, before softplus and the mean.")
    return "Right: two alike cost 0.693, which is log 2."


def exercise_5(hinge: Answer) -> str:
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
