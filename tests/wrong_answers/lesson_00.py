"""Wrong answers to lesson 00's exercises: the function, the answer, words of the message it gets."""

WRONG = [
    (
        "sinkhorn",
        """
def sinkhorn(cost, m, n, epsilon, rounds=2000):
    kernel, v = np.exp(-cost / epsilon), np.ones(len(n))
    u = m / (kernel @ v)
    for _ in range(rounds):
        v = n / (kernel.T @ u)
    return u[:, None] * kernel * v
""",
        "The row sums are not m.",
    ),
    (
        "sinkhorn",
        """
def sinkhorn(cost, m, n, epsilon, rounds=2000):
    kernel, v = np.exp(-cost / epsilon), np.ones(len(n))
    u = m / (kernel @ v)
    return u[:, None] * kernel * v
""",
        "The column sums are not n.",
    ),
    (
        "sinkhorn",
        """
def sinkhorn(cost, m, n, epsilon, rounds=2000):
    return np.outer(m, n)
""",
        "The cost does not fall as ε does",
    ),
    (
        "sinkhorn",
        """
def sinkhorn(cost, m, n, epsilon, rounds=2000):
    kernel, v = np.exp(-cost / (epsilon + 1)), np.ones(len(n))
    for _ in range(rounds):
        u = m / (kernel @ v)
        v = n / (kernel.T @ u)
    return u[:, None] * kernel * v
""",
        "your plan is not the cheapest one",
    ),
    ("hinge", "def hinge(theta, psi):\n    return -psi, -theta", "The generator climbs f"),
    ("hinge", "def hinge(theta, psi):\n    return psi, theta", "The sign of the critic's change is turned"),
    ("hinge", "def hinge(theta, psi):\n    return psi, -2 * theta", "The critic's change is −θ inside the margin."),
    ("hinge", "def hinge(theta, psi):\n    return psi, -theta", "Outside the margin"),
]
