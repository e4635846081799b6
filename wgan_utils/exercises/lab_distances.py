"""Check of the lab on distances: Sinkhorn's plan."""

import numpy as np

from wgan_utils.exercises.answers import Answer, compare, given, require
from wgan_utils.metrics.distances import transport_plan


def exercise_1(sinkhorn: Answer) -> str:
    """A plan's sums must be right, and its cost near that of the cheapest plan."""
    rng = np.random.default_rng(0)
    x, y, a, b = *rng.normal(size=(2, 6, 2)), *rng.dirichlet(np.ones(6), 2)
    cost, exact = np.linalg.norm(x[:, None] - y, axis=2), transport_plan(x, y, a, b)[1]
    plans = []
    for temperature in (1, 0.1, 0.02):
        plan = np.asarray(given(sinkhorn(cost, a, b, temperature)), "float64")
        require(plan.shape == cost.shape, f"Return the plan, of the shape {cost.shape}, not {plan.shape}.")
        require(not np.allclose(plan.sum(axis=1), b, atol=1e-3), "a and b are swapped: rows sum to a.")
        require(np.allclose(plan.sum(axis=1), a, atol=1e-3), "The row sums are not a.")
        require(np.allclose(plan.sum(axis=0), b, atol=1e-3), "The column sums are not b.")
        plans.append(plan)
    costs, temperature = [np.sum(plan * cost) for plan in plans], 0.1  # at the last one float32 holds zeros
    # Of a plan u[:, None] * kernel * v this depends on the kernel alone.
    odds, bend = (x[0, 0] + x[1, 1] - x[0, 1] - x[1, 0] for x in (np.log(plans[1]), cost))
    mistakes = {
        "The cost does not fall with the temperature: is the temperature in the kernel?": -bend,
        "The cost does not fall with the temperature: is the kernel used?": 0,
        "The kernel falls with the cost: exp(−cost / temperature).": bend / temperature,
        "The cost is divided by the temperature, not multiplied.": -bend * temperature,
    }
    otherwise = "Your plan is not the cheapest one: the kernel is exp(−cost / temperature)."
    compare(odds, -bend / temperature, mistakes, otherwise)
    require(abs(costs[2] - exact) < 0.02, "At a low temperature your plan is not the cheapest.")
    return "Right: costs {:.3f}, {:.3f}, {:.3f}; ".format(*costs) + f"exact {exact:.3f}"
