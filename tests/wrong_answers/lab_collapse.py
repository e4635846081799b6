"""Wrong answers to the exercise of the lab on mode collapse."""


def inside(theta, psi):
    return 1 + psi * theta > 0


WRONG = {
    "collapse.1": {
        "generator's sign": lambda theta, psi: (-psi, -theta),
        "discriminator's sign": lambda theta, psi: (psi, theta),
        "twice": lambda theta, psi: (psi, -2 * theta),
        "no margin": [
            lambda theta, psi: (psi, -theta),
            lambda theta, psi: (psi, -theta if theta > -1 else 0.0),
        ],
        "another margin": [
            lambda theta, psi: (psi, -theta if psi * theta > 0 else 0.0),
            lambda theta, psi: (psi, -theta if abs(psi * theta) < 1 else 0.0),
            lambda theta, psi: (psi, -theta if psi > -1 else 0.0),
        ],
        "derivative 1": lambda theta, psi: (psi, -1.0 if inside(theta, psi) else 0.0),
        "swapped": lambda theta, psi: (-theta if inside(theta, psi) else 0.0, psi),
        "one number": lambda theta, psi: psi,
    },
}
