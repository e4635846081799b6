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
HINGE = "def hinge(theta, psi):\n    return psi, {1} if {0} else 0.0"
WRONG = [
    ("sinkhorn", changed(SINKHORN, ("range(rounds)", "range(1)")), "The row sums are not m."),
    ("sinkhorn", changed(SINKHORN, ("        v = n / (kernel.T @ u)\n", "")), "The column sums are not n."),
    (
        "sinkhorn",
        "def sinkhorn(cost, m, n, epsilon, rounds=2000):\n    return np.outer(m, n)",
        "The cost does not fall as ε does",
    ),
    ("sinkhorn", changed(SINKHORN, ("/ epsilon", "/ (epsilon + 1)")), "the kernel is exp(−cost/ε)."),
    ("sinkhorn", changed(SINKHORN, ("-cost", "-(cost**2)")), "the kernel is exp(−cost/ε)."),
    ("sinkhorn", changed(SINKHORN, ("cost / epsilon", "cost")), "is ε in the kernel?"),
    ("sinkhorn", changed(SINKHORN, ("-cost", "cost")), "The kernel falls with the cost"),
    ("sinkhorn", changed(SINKHORN, ("/ epsilon", "* epsilon")), "divided by ε, not multiplied"),
    (
        "sinkhorn",
        changed(SINKHORN, ("m / (kernel @", "n / (kernel @"), ("n / (kernel.T", "m / (kernel.T")),
        "m and n are swapped",
    ),
    ("sinkhorn", changed(SINKHORN, ("    return u", "    u")), "returns nothing"),
    ("hinge", "def hinge(theta, psi):\n    return -psi, -theta", "The generator climbs f"),
    ("hinge", "def hinge(theta, psi):\n    return psi, theta", "The sign of the critic's change is turned"),
    ("hinge", "def hinge(theta, psi):\n    return psi, -2 * theta", "The critic's change is −θ inside the margin."),
    ("hinge", "def hinge(theta, psi):\n    return psi, -theta", "Outside the margin"),
    ("hinge", HINGE.format("psi * theta > 0", "-theta"), "Inside the margin"),
    ("hinge", HINGE.format("abs(psi) < 1", "-theta"), "Inside the margin"),
    ("hinge", HINGE.format("1 + psi * theta > 0", "-1.0"), "for ψ is θ, not 1"),
    (
        "hinge",
        "def hinge(theta, psi):\n    return (-theta if 1 + psi * theta > 0 else 0.0), psi",
        "Your two changes are swapped",
    ),
]
