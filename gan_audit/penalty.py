"""Calls a gradient penalty on critics whose gradients are known, and compares its cost with what bugs would cost."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from gan_audit.bugs import COSTS, NORMS, PENALTY, Report
from gan_audit.frameworks import Framework, Spy, framework_of

# (batch, norm of w, bend) of critics with gradient norms below 1, above 1, and both.
CRITICS = [(6, 2.5, 1.0), (4, 0.2, 0.5), (6, 1.0, 0.5), (4, 0.6, 1.5)]
COPIES = 128  # of one real and one generated image: each point between them tells its ε
ALARM = 1e-8  # the share of right penalties whose ε would be called not uniform


def audit_penalty(
    function: Callable,
    backend: str = "tensorflow",
    *,
    weight: float = 1.0,
    one_sided: bool = False,
    shape: tuple[int, ...] | None = None,
    call: Callable | None = None,
    critic: Callable | None = None,
    seed: int = 0,
) -> Report:
    """Say which published bug a gradient penalty has.

    Args:
        function: `function(critic, real, fake)` returns E[(‖∇f(x̂)‖ − 1)²] (Gulrajani et al. 2017, eq. 3), a scalar. The
            critic maps float32 images (n, ...) to scores (n, 1). On JAX a fourth argument is a key.
        backend: "tensorflow" (images of shape (height, width, channels)), "torch" ((channels, height, width)) or "jax".
        weight: λ, if the function multiplies by it.
        one_sided: whether only norms above 1 are meant to cost something.
        shape: of one image, or of a point, as in (2,).
        call: how to call a function that wants something else: `call(function, critic, real, fake)`. On JAX the critic
            has `critic.params`, `critic.apply(params, x)` and `critic.key()`.
        critic: your own critic as it is trained, which maps images of that shape to scores; to be looked at as well.
        seed: of images and critics.

    Raises:
        ValueError: the backend is not one of the three. What the function itself raises comes through.
    """
    framework, report, rng = framework_of(backend), Report("Gradient penalty", PENALTY), np.random.default_rng(seed)
    shape = tuple(shape or framework.shape)

    def pay(critic: Any, real: Any, fake: Any) -> Any:
        if call:
            return call(function, critic, real, fake)
        return function(critic, real, fake, *([critic.key()] if backend == "jax" else []))

    with framework.eager():
        copies = [Probe(framework, pay, shape, rng, norm, bend, COPIES, copies=True) for _, norm, bend in CRITICS]
        others = [Probe(framework, pay, shape, rng, norm, bend, n) for n, norm, bend in CRITICS]
        constant = Probe(framework, pay, shape, rng, 0.0, 0.0, 4)
        if critic is not None:
            judge_critic(
                report, lambda x: framework.array(critic(framework.tensor(x))), np.concatenate(constant.images)
            )
    for probe in copies + others:
        for bug, there in probe.bugs.items():
            report.add({bug: there}, shape=probe.paid.shape)
    if "not_asked" not in report:
        judge_epsilon(report, copies)
        judge_cost(report, copies + others, weight, one_sided, framework)
    report.add({"root": not (np.isfinite(constant.paid).all() and np.isfinite(constant.gradient).all())})
    return report


class Probe:
    """A call of a penalty with a new critic: at which points x̂ (n, ...) it asks, what it costs, what it teaches."""

    def __init__(self, framework: Framework, pay: Callable, shape, rng, norm, bend, n, copies=False) -> None:
        weights, *images = rng.normal(size=(1 + 2 * n, *shape)) / np.sqrt(np.prod(shape))
        real, fake = np.array(images[:n], "float32"), np.array(images[n:], "float32")
        if copies:  # the two differ in every pixel
            real[:] = real[0]
            fake[:] = real + fake[0] + 0.5 * np.sign(fake[0]) / np.sqrt(weights.size)
        calls: list[Any] = []
        self.images, self.weights, self.bend = (real, fake), norm * weights, bend
        critic = Spy(framework, self.weights, bend, calls).network
        self.paid, gradient, self.bugs = framework.pay(pay, critic, real, fake)
        self.gradient = np.zeros(shape) if gradient is None else np.asarray(gradient)
        asked = np.concatenate([real[:0], *(call.inputs.reshape(-1, *shape) for call in calls)])
        groups = [asked[i : i + n] for i in range(0, len(asked) - n + 1, n)]
        groups.sort(key=lambda group: not any(np.array_equal(group, known) for known in self.images))
        self.points = groups[-1].astype(float) if groups else asked
        self.bugs["mode"] = self.bugs.get("mode") or any(call.training is False for call in calls)
        self.bugs |= {"no_mean": self.paid.size > 1, "not_asked": not groups}

    def gradients(self, scale: float = 1.0) -> np.ndarray:
        """Return ∇f(x̂), (n, ...), of the critic with its weights times `scale`."""
        return scale * self.weights + self.bend * self.points


def judge_epsilon(report: Report, probes: list[Probe]) -> None:
    """Find ε at each pixel of the points between copies of two images."""
    each = np.stack([(p.points - p.images[1]) / (p.images[0] - p.images[1]) for p in probes])
    each = each.reshape(len(probes), COPIES, -1)
    epsilon, low, high = each.mean(axis=2), each.min(), each.max()
    several, outside = np.ptp(each, axis=2).max() > 1e-3, low < -0.01 or high > 1.01
    repeats = np.ptp(epsilon, axis=0).max() < 1e-3
    drawn = np.sort(epsilon[: 1 if repeats else None], axis=None)
    distance = np.abs(drawn - (np.arange(drawn.size) + 0.5) / drawn.size).max()  # Kolmogorov's and Smirnov's
    bugs = {
        "off_the_line": several and outside,
        "epsilon_per_pixel": several,
        "at_real": low > 0.99 and high < 1.01,
        "at_fake": low > -0.01 and high < 0.01,
        "epsilon_fixed": high - low < 1e-3,
        "epsilon_shared": np.ptp(epsilon, axis=1).max() < 1e-3,
        "epsilon_repeats": repeats,
        "epsilon_not_uniform": outside or distance > np.sqrt(np.log(2 / ALARM) / 2 / drawn.size),
    }
    report.add(bugs, median=np.median(drawn), low=low, high=high)


def judge_cost(report: Report, probes: list[Probe], weight: float, one_sided: bool, framework: Framework) -> None:
    """Find the fewest bugs that explain what was paid, and compare the gradients with differences of that cost."""
    paid = np.array([probe.paid.mean() for probe in probes])
    taught = np.array([np.vdot(probe.gradient, probe.weights) for probe in probes])
    channels, wanted = f"norm_axes {(framework.channels,)}", "one_sided" if one_sided else ""

    def costs(norm: str, cost: str, scale: float = 1.0) -> np.ndarray:
        return np.array([COSTS[cost](np, NORMS[norm](np, probe.gradients(scale))) for probe in probes])

    explained = []
    for norm, cost in product(NORMS, COSTS):
        known = costs(norm, cost)
        factor = float(paid @ known / max(known @ known, 1e-30))
        if factor and np.allclose(paid, factor * known, rtol=3e-3, atol=1e-4 * abs(weight)):
            scales = {weight**2: "weight_twice", -weight: "negative", weight: ""}
            scale = next((name for times, name in scales.items() if np.isclose(factor, times, rtol=3e-3)), "weight")
            how = "" if cost == wanted else cost or "two_sided"
            bugs = [name.split()[0] for name in ("norm_channels" if norm == channels else norm, how, scale) if name]
            explained.append((len(bugs), bugs, factor, norm, cost))
    report.add({"detached": not taught.any()}, how=framework.how)
    if not explained:
        report.add({"cost": True}, paid=paid[0], right=weight * costs("", wanted)[0])
        return
    _, bugs, factor, norm, cost = min(explained)
    for bug in bugs:
        report.add({bug: True}, factor=factor, weight=weight)
    slopes = factor * (costs(norm, cost, 1 + 1e-6) - costs(norm, cost, 1 - 1e-6)) / 2e-6
    wrong = not np.allclose(taught, slopes, rtol=0.02, atol=0.01 * abs(factor))
    report.add({"detached_in_part": wrong and taught.any()})


def judge_critic(report: Report, scores: Callable, images: np.ndarray) -> None:
    """Look at somebody's own critic: does a score depend on chance, on other images, on an activation at the end?"""
    first, again, far = scores(images), scores(images), scores(1e6 * images)
    others = scores(np.concatenate([images[:1], 3 * images[1:]]))
    chance = not np.allclose(first, again, rtol=1e-4, atol=1e-5 * np.abs(first).max())
    mixed = not np.allclose(first[0], others[0], rtol=1e-4, atol=1e-5 * np.abs(first).max())
    report.add({"dropout": chance, "cross_talk": mixed})
    report.add({"bounded": np.any(first) and np.allclose(far, np.clip(np.round(far), -1, 1), atol=1e-4)})
