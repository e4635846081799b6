"""Check of the lab on mode collapse: a game with the hinge loss."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, require, scalar, several


def exercise_1(hinge: Answer) -> str:
    """Points of the plane tell wrong answers apart."""
    for theta, psi in ((1.0, 0.5), (-0.5, 1.0), (2.0, -1.0), (2.0, 1.5), (-0.5, -1.5), (-3.0, 0.5)):
        first, second = several(hinge(theta, psi), 2, scalar)
        change = -theta if 1 + psi * theta > 0 else 0.0
        swapped = np.allclose((second, first), (psi, change))
        require(not swapped, "Your two changes are swapped: the generator's comes first.")
        require(np.isclose(first, psi), "The generator descends −f(θ), so its change is ψ.")
        require(change or second == 0, "Where f(θ) < −1, the hinge loss is flat, and the discriminator does not move.")
        mistakes = {
            "The sign of the discriminator's change is turned: it descends its loss.": -change,
            "Where f(θ) > −1, the discriminator moves.": 0,
            "The derivative of 1 + ψθ with respect to ψ is θ, not 1.": -1,
        }
        compare(second, change, mistakes, "Where f(θ) > −1, the discriminator's change is −θ.")
    return "Right: near (0, 0) this is the Wasserstein game without a bound."
