"""Wrong answers to the labs' exercises."""

import numpy as np
from keras import ops

WRONG = {}


def each_kind(change):
    return lambda kernel, stride: [change(kernel[r::stride]) for r in range(stride)]


WRONG["checkerboard.1"] = {
    "nothing returned": lambda kernel, stride: None,
    "as many": lambda kernel, stride: [kernel.sum()],
    "their mean": each_kind(np.mean),
    "count": each_kind(len),
    "side by side": lambda kernel, stride: [part.sum() for part in np.array_split(kernel, stride)],
    "another order": lambda kernel, stride: each_kind(np.sum)(kernel, stride)[::-1],
    "first weight": lambda kernel, stride: kernel[:stride],
    "your sums": lambda kernel, stride: np.zeros(stride),
}


def each_kernel(change):
    return lambda kernels, c: [change(kernel, c) for kernel in kernels]


def turned(kernel, c):
    return -kernel * c / np.abs(kernel).max()


WRONG["clipping.1"] = {
    "nothing returned": lambda kernels, c: None,
    "the last alone": lambda kernels, c: kernels[-1:],
    "still beyond": each_kernel(lambda kernel, c: kernel * c),
    "clipped": each_kernel(lambda kernel, c: np.clip(kernel, -c, c)),
    "zero": each_kernel(lambda kernel, c: 0 * kernel),
    "turned": lambda kernels, c: [*(-turned(kernel, c) for kernel in kernels[:-1]), turned(kernels[-1], c)],
    "another shape": [each_kernel(turned), each_kernel(lambda kernel, c: kernel * c / np.abs(kernel).max(axis=0))],
}


def moves(theta, psi):
    return 1 + psi * theta > 0


WRONG["collapse.1"] = {
    "generator's sign": lambda theta, psi: (-psi, -theta),
    "discriminator's sign": lambda theta, psi: (psi, theta),
    "twice": lambda theta, psi: (psi, -2 * theta),
    "no margin": lambda theta, psi: (psi, -theta),
    "another margin": lambda theta, psi: (psi, -theta if abs(psi * theta) < 1 else 0.0),
    "derivative 1": lambda theta, psi: (psi, -1.0 if moves(theta, psi) else 0.0),
    "swapped": lambda theta, psi: (-theta if moves(theta, psi) else 0.0, psi),
    "one number": lambda theta, psi: psi,
}


def excess(norms):
    return ops.maximum(norms - 1, 0)


WRONG["critics.1"] = {
    "two-sided": lambda norms: ops.mean((norms - 1) ** 2),
    "below": lambda norms: ops.mean(ops.minimum(norms - 1, 0) ** 2),
    "not squared": lambda norms: ops.mean(excess(norms)),
    "squared mean": lambda norms: ops.mean(excess(norms)) ** 2,
    "mean of those above": lambda norms: ops.sum(excess(norms) ** 2) / ops.sum(ops.cast(norms > 1, "float32")),
    "sum": lambda norms: ops.sum(excess(norms) ** 2),
    "squared before": lambda norms: ops.mean(ops.maximum(norms**2 - 1, 0)),
    "a float": lambda norms: float(ops.mean(excess(norms) ** 2)),
    "another": lambda norms: ops.mean(excess(norms) ** 3),
}


def plan(kernel=lambda cost, temperature: np.exp(-cost / temperature), rounds=2000, columns=True, order=1):
    def sinkhorn(cost, a, b, temperature):
        scaled, v, (a, b) = kernel(cost, temperature), np.ones(len(b)), (a, b)[::order]
        for _ in range(rounds):
            u = a / (scaled @ v)
            v = b / (scaled.T @ u) if columns else v
        return u[:, None] * scaled * v

    return sinkhorn


WRONG["distances.1"] = {
    "one round": plan(rounds=1),
    "columns": plan(columns=False),
    "kernel unused": lambda cost, a, b, temperature: np.outer(a, b),
    "no temperature": plan(lambda cost, temperature: np.exp(-cost)),
    "sign": plan(lambda cost, temperature: np.exp(cost / temperature)),
    "times the temperature": plan(lambda cost, temperature: np.exp(-cost * temperature)),
    "another kernel": plan(lambda cost, temperature: np.exp(-(cost**2) / temperature)),
    "swapped": plan(order=-1),
    "a cost": lambda cost, a, b, temperature: np.sum(plan()(cost, a, b, temperature) * cost),
    "nothing": lambda cost, a, b, temperature: None,
}


def distances(a, b):
    return np.linalg.norm(a[:, None] - b[None], axis=2)


def radii(points, k):
    return np.sort(distances(points, points), axis=1)[:, k]


def inside(real, generated, k, less=0):
    return distances(generated, real) <= radii(real, k - less)


def around_generated(real, generated, k):
    return distances(generated, real) <= radii(generated, k)[:, None]


def nearest(real, generated, within):
    return within[np.arange(len(generated)), distances(generated, real).argmin(axis=1)]


WRONG["metrics.1"] = {
    "no number": lambda real, generated, k: inside(real, generated, k).any(axis=1),
    "its own neighbour": lambda real, generated, k: inside(real, generated, k, 1).any(axis=1).mean(),
    "recall": lambda real, generated, k: around_generated(real, generated, k).any(axis=0).mean(),
    "radii of the generated": lambda real, generated, k: around_generated(real, generated, k).any(axis=1).mean(),
    "real ones counted": lambda real, generated, k: inside(real, generated, k).any(axis=0).mean(),
    "nearest": lambda real, generated, k: nearest(real, generated, inside(real, generated, k)).mean(),
    "pairs": lambda real, generated, k: inside(real, generated, k).mean(),
    "density": lambda real, generated, k: inside(real, generated, k).sum(axis=1).mean() / k,
    "not divided": lambda real, generated, k: inside(real, generated, k).any(axis=1).sum(),
    "outside": lambda real, generated, k: 1 - inside(real, generated, k).any(axis=1).mean(),
    "k not used": lambda real, generated, k: inside(real, generated, 3).any(axis=1).mean(),
    "something else": lambda real, generated, k: inside(real, generated, k).all(axis=1).mean(),
}


def terms(mean, log_variance):
    return mean**2 + ops.exp(log_variance) - 1 - log_variance


def half_mean(one_image):
    return lambda mean, log_variance: ops.mean(0.5 * ops.sum(one_image(mean, log_variance), axis=1))


divergence = half_mean(terms)

WRONG["vae.1"] = {
    "no tensor": lambda mean, log_variance: float(divergence(mean, log_variance)),
    "no half": lambda mean, log_variance: 2 * divergence(mean, log_variance),
    "sign": lambda mean, log_variance: -divergence(mean, log_variance),
    "mean over latent numbers": lambda mean, log_variance: 0.5 * ops.mean(terms(mean, log_variance)),
    "sum over images": lambda mean, log_variance: 0.5 * ops.sum(terms(mean, log_variance)),
    "no exp": half_mean(lambda mean, log_variance: mean**2 - 1 + 0 * log_variance),
    "log of σ": half_mean(lambda mean, log_variance: mean**2 + ops.exp(2 * log_variance) - 1 - 2 * log_variance),
    "not squared": half_mean(lambda mean, log_variance: mean + ops.exp(log_variance) - 1 - log_variance),
    "no 1": half_mean(lambda mean, log_variance: terms(mean, log_variance) + 1),
    "another": lambda mean, log_variance: 0.1 * divergence(mean, log_variance),
}
