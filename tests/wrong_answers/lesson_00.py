"""Wrong answers to lesson 00's exercises: the function, the answer, words of the message it gets."""

from tests.wrong_answers.changed import changed

SINKHORN = """
def sinkhorn(cost, m, n, epsilon, rounds=2000):
    kernel, v = np.exp(-cost / epsilon), np.ones(len(n))
    for _ in range(rounds):
        u = m / (kernel @ v)
        v = n / (kernel.T @ u)
    return u[:, None] * kernel * v
"""
WRONG = [
    ("sinkhorn", changed(SINKHORN, ("range(rounds)", "range(1)")), "The row sums are not m."),
    ("sinkhorn", changed(SINKHORN, ("        v = n / (kernel.T @ u)\n", "")), "The column sums are not n."),
    (
        "sinkhorn",
        "def sinkhorn(cost, m, n, epsilon, rounds=2000):\n    return np.outer(m, n)",
        "The cost does not fall as ε does",
    ),
    ("sinkhorn", changed(SINKHORN, ("/ epsilon", "/ (epsilon + 1)")), "your plan is not the cheapest one"),
    ("hinge", "def hinge(theta, psi):\n    return -psi, -theta", "The generator climbs f"),
    ("hinge", "def hinge(theta, psi):\n    return psi, theta", "The sign of the critic's change is turned"),
    ("hinge", "def hinge(theta, psi):\n    return psi, -2 * theta", "The critic's change is −θ inside the margin."),
    ("hinge", "def hinge(theta, psi):\n    return psi, -theta", "Outside the margin"),
]
