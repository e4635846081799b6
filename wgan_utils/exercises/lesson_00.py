"""Checks of lesson 00: Sinkhorn's plan, and a game with the hinge loss."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, given, require, scalar, several
from wgan_utils.metrics.transport import transport_plan


def exercise_3(sinkhorn: Answer) -> str:
    """A plan's sums must be right, and its cost near that of the cheapest plan."""
    rng = np.random.default_rng(0)
    a, b, m, n = *rng.normal(size=(2, 6, 2)), *rng.dirichlet(np.ones(6), 2)
    cost, exact = np.linalg.norm(a[:, None] - b, axis=2), transport_plan(a, b, m, n)[1]
    costs = []
    for epsilon in (1, 0.1, 0.02):
        plan = np.asarray(given(sinkhorn(cost, m, n, epsilon)))
        require(not np.allclose(plan.sum(axis=1), n, atol=1e-3), "m and n are swapped: rows sum to m.")
        require(np.allclose(plan.sum(axis=1), m, atol=1e-3), "The row sums are not m.")
        require(np.allclose(plan.sum(axis=0), n, atol=1e-3), "The column sums are not n.")
        costs.append(np.sum(plan * cost))
    odds, bend = (x[0, 0] + x[1, 1] - x[0, 1] - x[1, 0] for x in (np.log(plan), cost))
    mistakes = {
        "The cost does not fall as ε does: is ε in the kernel?": -bend,
        "The cost does not fall as ε does: is the kernel used?": 0,
        "The kernel falls with the cost: exp(−cost/ε).": bend / epsilon,
        "The cost is divided by ε, not multiplied.": -bend * epsilon,
    }
    compare(odds, -bend / epsilon, mistakes, "Your plan is not the cheapest one: the kernel is exp(−cost/ε).")
    require(abs(costs[2] - exact) < 0.01, "For a small ε your plan is not the cheapest.")
    return "Right: costs {:.3f}, {:.3f}, {:.3f}; ".format(*costs) + f"exact {exact:.3f}"


def exercise_4(hinge: Answer) -> str:
    """Three points of the plane tell wrong answers apart."""
    for theta, psi in ((1.0, 0.5), (-0.5, 1.0), (2.0, -1.0)):
        first, second = several(hinge(theta, psi), 2, scalar)
        change = -theta if 1 + psi * theta > 0 else 0.0
        swapped = np.allclose((second, first), (psi, change))
        require(not swapped, "Your two changes are swapped: the generator's comes first.")
        require(np.isclose(first, psi), "The generator climbs f, by its slope ψ.")
        require(change or second == 0, "Outside the margin, f(θ) < −1, the hinge loss is flat.")
        mistakes = {
            "The sign of the critic's change is turned: it descends its loss.": -change,
            "Inside the margin, f(θ) > −1, the critic moves.": 0,
            "The slope of 1 + ψθ for ψ is θ, not 1.": -1,
        }
        compare(second, change, mistakes, "The critic's change is −θ inside the margin.")
    return "Right: near the rest (0, 0) this is the Wasserstein game without a bound."
