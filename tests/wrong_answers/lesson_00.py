"""Wrong answers to lesson 00's exercises."""

import numpy as np


def plan(kernel=lambda cost, epsilon: np.exp(-cost / epsilon), rounds=2000, columns=True, order=1):
    def sinkhorn(cost, m, n, epsilon):
        scaled, v, (m, n) = kernel(cost, epsilon), np.ones(len(n)), (m, n)[::order]
        for _ in range(rounds):
            u = m / (scaled @ v)
            v = n / (scaled.T @ u) if columns else v
        return u[:, None] * scaled * v

    return sinkhorn


def inside(theta, psi):
    return 1 + psi * theta > 0


WRONG = {
    "00.3": {
        "one round": plan(rounds=1),
        "columns": plan(columns=False),
        "kernel unused": lambda cost, m, n, epsilon: np.outer(m, n),
        "no ε": plan(lambda cost, epsilon: np.exp(-cost)),
        "sign": plan(lambda cost, epsilon: np.exp(cost / epsilon)),
        "times ε": plan(lambda cost, epsilon: np.exp(-cost * epsilon)),
        "another kernel": plan(lambda cost, epsilon: np.exp(-(cost**2) / epsilon)),
        "swapped": plan(order=-1),
        "nothing": lambda cost, m, n, epsilon: None,
    },
    "00.4": {
        "generator's sign": lambda theta, psi: (-psi, -theta),
        "critic's sign": lambda theta, psi: (psi, theta),
        "twice": lambda theta, psi: (psi, -2 * theta),
        "no margin": lambda theta, psi: (psi, -theta),
        "another margin": lambda theta, psi: (psi, -theta if psi * theta > 0 else 0.0),
        "slope 1": lambda theta, psi: (psi, -1.0 if inside(theta, psi) else 0.0),
        "swapped": lambda theta, psi: (-theta if inside(theta, psi) else 0.0, psi),
        "one number": lambda theta, psi: psi,
    },
}
