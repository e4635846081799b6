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

    def pay(critic: Any, real: Any, fake: Any) -> Any:
        if call:
            return call(function, critic, real, fake)
        return function(critic, real, fake, *([critic.key()] if backend == "jax" else []))

    def probe(n: int, norm: float, bend: float, copies: bool = False) -> Probe:
        real, fake = draw(n, copies), draw(n, copies)
        fake += 0.1 * np.sign(fake - real)  # so that the two differ in every pixel
        return Probe(framework, pay, norm * draw(1)[0], bend, real, fake)

    def draw(n: int, copies: bool = False) -> np.ndarray:
        images = rng.normal(size=(1 if copies else n, *(shape or framework.shape)))
        return np.repeat(images / np.linalg.norm(images[0]), n if copies else 1, axis=0).astype("float32")

    with framework.eager(False):
        copies = [probe(COPIES, norm, bend, copies=True) for _, norm, bend in CRITICS]
        others = [probe(*setting) for setting in CRITICS]
        constant = probe(4, 0.0, 0.0)
        if critic is not None:
            judge_critic(report, draw(8), lambda x: framework.array(critic(framework.tensor(x))))
    for one in copies + others:
        for bug, there in one.bugs.items():
            report.add({bug: there}, shape=one.paid.shape)
    if "not_asked" not in report:
        judge_epsilon(report, copies)
        judge_cost(report, copies + others, weight, one_sided)
    report.add({"root": not (np.isfinite(constant.paid).all() and np.isfinite(constant.gradient).all())})
    return report


class Probe:
    """A call of a penalty: at which points x̂ (n, ...) the critic was asked, what it costs, and its gradient for w."""

    def __init__(self, framework: Framework, pay: Callable, w: np.ndarray, bend: float, real, fake) -> None:
        calls: list[Any] = []
        self.w, self.bend, self.images, n = w, bend, (real, fake), len(real)
        self.paid, gradient, self.bugs = framework.pay(pay, Spy(framework, w, bend, calls).network, real, fake)
        self.gradient = 0 * w if gradient is None else np.asarray(gradient)
        asked = np.concatenate([real[:0], *(call.inputs for call in calls)])
        groups = [asked[i : i + n] for i in range(0, len(asked) - n + 1, n)]
        groups.sort(key=lambda group: not any(np.array_equal(group, known) for known in self.images))
        self.points = groups[-1].astype(float) if groups else asked
        self.bugs["mode"] = self.bugs.get("mode") or any(call.training is False for call in calls)
        self.bugs |= {"no_mean": self.paid.size > 1, "not_asked": not groups}


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
        "epsilon_fixed": high - low < 1e-3,
        "epsilon_shared": np.ptp(epsilon, axis=1).max() < 1e-3,
        "epsilon_repeats": repeats,
        "epsilon_not_uniform": outside or distance > np.sqrt(np.log(2 / ALARM) / 2 / drawn.size),
    }
    report.add(bugs, median=np.median(drawn), low=low, high=high)


def judge_cost(report: Report, probes: list[Probe], weight: float, one_sided: bool) -> None:
    """Find the fewest bugs that explain what was paid."""
    paid, wanted, explained = np.array([probe.paid.mean() for probe in probes]), "one_sided" if one_sided else "", []
    for norm, cost in product(NORMS, COSTS):
        norms = (NORMS[norm][1](np, probe.w + probe.bend * probe.points) for probe in probes)
        costs = np.array([COSTS[cost][1](np, n) for n in norms])
        factor = float(paid @ costs / max(costs @ costs, 1e-30))
        if factor and np.allclose(paid, factor * costs, rtol=3e-3, atol=1e-4 * abs(weight)):
            scales = {weight**2: "weight_twice", -weight: "negative", weight: ""}
            scale = next((name for times, name in scales.items() if np.isclose(factor, times, rtol=3e-3)), "weight")
            bugs = [bug for bug in (norm, "" if cost == wanted else cost or "two_sided", scale) if bug]
            explained.append((len(bugs), bugs, factor))
    _, bugs, factor = min(explained, default=(1, ["cost"], 0.0))
    right = weight * COSTS[wanted][1](np, NORMS[""][1](np, probes[0].w + probes[0].bend * probes[0].points))
    for bug in bugs:
        name, _, axes = bug.partition(" ")
        report.add({name: True}, axes=axes, factor=factor, weight=weight, paid=paid[0], right=right)
    report.add({"detached": not any(probe.gradient.any() for probe in probes)})


def judge_critic(report: Report, images: np.ndarray, scores: Callable) -> None:
    """Look at somebody's own critic: does a score depend on chance, on other images, on an activation at the end?"""
    first, again, far = scores(images), scores(images), scores(1e6 * images)
    others = scores(np.concatenate([images[:1], 3 * images[1:]]))
    chance = not np.allclose(first, again, rtol=1e-4, atol=1e-5 * np.abs(first).max())
    mixed = not np.allclose(first[0], others[0], rtol=1e-4, atol=1e-5 * np.abs(first).max())
    report.add({"dropout": chance, "cross_talk": mixed})
    report.add({"bounded": np.any(first) and np.allclose(far, np.clip(np.round(far), -1, 1), atol=1e-4)})
