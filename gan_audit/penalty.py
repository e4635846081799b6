"""Calls a gradient penalty on critics whose gradients are known, and compares its cost with what bugs would cost."""

import gc
import inspect
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from gan_audit.frameworks import FRAMEWORKS
from gan_audit.report import PENALTY, Report

CALLS, BATCH = 8, 128  # over which ε is estimated
# The share of right penalties whose ε would be called not uniform; Kolmogorov and Smirnov's bound.
KS_LIMIT = np.sqrt(np.log(2 / 1e-8) / 2)
# (batch, norm of w, gate, bend): norms below 1, above 1, both; the last critic's depend on where it is asked.
CRITICS = [(4, 2.75, 0.8, 0.0), (6, 2.0, 0.6, 0.0), (4, 0.3, 0.0, 0.0), (6, 1.0, 0.5, 0.7)]
# What frameworks say where x̂ has no gradient.
NO_GRADIENT = ("not require grad", "not have been used in the graph", "NoneType", "(None)", "None values")


def audit_penalty(
    function: Callable,
    backend: str = "tensorflow",
    *,
    weight: float = 1.0,
    one_sided: bool = False,
    shape: tuple[int, ...] | None = None,
    call: Callable | None = None,
    critic: Any = None,
    seed: int = 0,
) -> Report:
    """Say which published bug a gradient penalty has.

    Args:
        function: `function(critic, real, fake)` returns E[(‖∇f(x̂)‖ − 1)²] (Gulrajani et al. 2017, eq. 3), a scalar. The
            critic maps float32 images (n, ...) to scores (n, 1), or (n,) where the function needs that. On JAX a fourth
            argument, if there is one, is a key.
        backend: "tensorflow" (images of shape (height, width, channels)), "torch" ((channels, height, width)) or "jax".
        weight: λ, if the function multiplies by it.
        one_sided: whether only norms above 1 are meant to cost something.
        shape: of one image, or of a point, as in (2,).
        call: how to call a function that wants something else: `call(function, critic, real, fake)`. On JAX the critic
            has `critic.params`, `critic.apply(params, x)` and `critic.key()`.
        critic: your own critic, to be looked at as well: BatchNorm, dropout, an activation at its end. It maps `shape`.
        seed: of the images that the function is tried with.

    Returns:
        A report: false if nothing was found, `found` has the bugs' ids, and it prints as sentences.
    """
    if backend not in FRAMEWORKS:
        raise ValueError(f"backend must be one of {', '.join(FRAMEWORKS)}, not {backend!r}.")
    framework = FRAMEWORKS[backend]()
    audit = Audit(function, framework, weight, one_sided, tuple(shape or framework.shape), call, seed)
    with framework.eager():
        audit.run()
        if critic is not None:
            audit.look_at_critic(critic)
    return audit.report


def wants_a_key(function: Callable) -> bool:
    """Say whether a function needs a fourth argument."""
    parameters = inspect.signature(function).parameters.values()
    return sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters) == 4


class Audit:
    """One audit of one penalty; `run` fills the report."""

    def __init__(self, function, framework, weight, one_sided, shape, call, seed) -> None:
        self.framework, self.weight, self.one_sided, self.shape, self.column = framework, weight, one_sided, shape, True
        if call is None and wants_a_key(function):
            call = lambda function, critic, *images: function(critic, *images, critic.key())  # noqa: E731
        self.call = lambda *given: call(function, *given) if call else function(*given)
        self.rng = np.random.default_rng(seed)
        self.report = Report("Gradient penalty", PENALTY)
        direction = self.rng.normal(size=self.shape)
        self.direction = (direction / np.linalg.norm(direction)).astype("float32")

    def run(self) -> None:
        """Look at everything; without a gradient at x̂ there is nothing to look at."""
        try:
            self.look_at_epsilon()
        except Exception as error:
            if not any(words in str(error) for words in NO_GRADIENT):
                raise
            self.report.add("unwatched")
            return
        if "not_asked" not in self.report.found:
            repeats = self.look_at_cost()
            self.look_at_gradient(repeats)

    def images(self, n: int) -> np.ndarray:
        """Draw images whose first number is 1 and −1 in turn, which the critics' gate goes by."""
        images = self.rng.normal(size=(n, *self.shape)).astype("float32")
        images.reshape(n, -1)[:, 0] = (-1.0) ** np.arange(n)
        return images

    def pay(self, weights: Any, real: Any, fake: Any, slope: bool = False, **knobs: float) -> tuple[float, Any, Any]:
        """Call the penalty; returns what it costs, with `slope` its gradient for the weights, and who was asked."""
        try:
            critic = self.framework.Network(weights, column=self.column, **knobs)
            paid, gradient = self.framework.pay(self.call, critic, (real, fake), slope)
        except Exception:
            if not self.column:
                raise
            self.column = False  # it may want scores of the shape (n,)
            try:
                return self.pay(weights, real, fake, slope, **knobs)
            except Exception:
                self.column = True
            raise
        if paid.size > 1:
            self.report.add("no_mean", shape=paid.shape)
        if any(call.mode is False for call in critic.calls.log) or getattr(critic, "training", True) is False:
            self.report.add("mode")
        if critic.images_changed:
            self.report.add("images_changed")
        if critic.gradients_left:
            self.report.add("gradients_left")
        return float(paid.mean()), gradient, critic

    def between(self, critic: Any, real: np.ndarray, fake: np.ndarray) -> np.ndarray | None:
        """Return the points that the critic was asked at, of those calls that were not for scores alone."""
        asked = [call.asked.reshape(-1, *self.shape) for call in critic.calls.log if call.asked is not None]
        if not asked:
            return None
        groups = np.concatenate(asked)
        groups = groups[: len(groups) // len(real) * len(real)].reshape(-1, len(real), *self.shape)
        others = [points for points in groups if not any(np.array_equal(points, known) for known in (real, fake))]
        return others[-1] if others else groups[-1] if len(groups) else None

    def look_at_epsilon(self) -> None:
        """Estimate ε from the points that a critic is asked at, between two images that fill a whole batch."""
        one, other = self.rng.normal(size=(2, *self.shape)).astype("float32")
        real, fake = (np.repeat(image[None], BATCH, axis=0) for image in (one, other))
        ends = np.stack([one.ravel(), other.ravel()], axis=1).astype(float)
        epsilon = []
        for _ in range(CALLS):
            _, _, critic = self.pay(self.direction, real, fake)
            points = self.between(critic, real, fake)
            if points is None:
                self.report.add("not_asked")
                return
            flat = points.reshape(BATCH, -1).astype(float)
            shares = np.linalg.lstsq(ends, flat.T, rcond=None)[0].T
            if np.abs(shares @ ends.T - flat).max() > 1e-3 or np.abs(shares.sum(axis=1) - 1).max() > 1e-3:
                each = (flat - ends[:, 1]) / (ends[:, 0] - ends[:, 1])
                within = each.min() > -1e-2 and each.max() < 1.01
                self.report.add("epsilon_per_pixel" if within else "off_the_line")
                return
            epsilon.append(shares[:, 0])
        self.judge_epsilon(np.array(epsilon))

    def judge_epsilon(self, epsilon: np.ndarray) -> None:
        """Judge ε of several calls, (calls, batch)."""
        low, high = epsilon.min(), epsilon.max()
        if high - low < 1e-3:
            end = "at_fake" if abs(low) < 1e-2 else "at_real" if abs(low - 1) < 1e-2 else "epsilon_fixed"
            self.report.add(end, epsilon=low)
            return
        if np.ptp(epsilon, axis=1).max() < 1e-3:
            self.report.add("epsilon_shared")
        elif np.ptp(epsilon, axis=0).max() < 1e-3:
            self.report.add("epsilon_repeats")
            epsilon = epsilon[:1]
        if low < -1e-2 or high > 1.01:
            self.report.add("epsilon_outside", low=low, high=high)
        elif "epsilon_shared" not in self.report.found:
            ordered = np.sort(epsilon.ravel())
            share = np.arange(1, ordered.size + 1) / ordered.size
            if np.abs(ordered - share).max() > KS_LIMIT / np.sqrt(ordered.size):
                numbers = {"count": ordered.size, "median": np.median(ordered), "low": low, "high": high}
                self.report.add("epsilon_not_uniform", **numbers)

    def look_at_cost(self) -> bool:
        """Compare the cost at several critics with that of every known mistake; returns whether it repeats."""
        paid, known = [], []
        for n, norm, gate, bend in CRITICS:
            real, fake = self.images(n), self.images(n)
            weights = norm * self.direction
            value, _, critic = self.pay(weights, real, fake, gate=gate, bend=bend)
            points = self.between(critic, real, fake)
            places = {(): points, ("at_real",): real, ("at_fake",): fake}
            gradients = {name: critic.gradient_at(x, weights) for name, x in places.items()}
            move = (real - fake).reshape(n, -1)
            share = ((points - fake).reshape(n, -1) * move).sum(axis=1) / (move**2).sum(axis=1)
            share = share.reshape(-1, *[1] * len(self.shape))  # of the real image
            gradients |= {("behind", "real"): share * gradients[()], ("behind", "fake"): (1 - share) * gradients[()]}
            paid.append(value)
            known.append(dict(self.costs(gradients)))
        tried = (self.fit(key, paid, [costs[key] for costs in known]) for key in known[0])
        best = min((fit for fit in tried if fit), default=None)
        if best is None:
            right = ("one_sided",) if self.one_sided else ()
            self.report.add("cost", paid=paid[0], right=self.weight * known[0][right])
        else:
            for bug in best[1]:
                self.report.add(bug, factor=best[2], weight=self.weight)
        first, second = (self.pay(2 * self.direction, real, fake)[0] for _ in range(2))
        return bool(np.isclose(first, second, rtol=1e-5))

    def fit(self, key: tuple[str, ...], paid: list[float], costs: list[float]) -> tuple[int, list[str], float] | None:
        """Return how many bugs explain what was paid, which, and the factor; None if these do not."""
        found, cost = np.array(paid), np.array(costs)
        with np.errstate(all="ignore"):
            factor = float(found @ cost / (cost @ cost))
        if not np.allclose(found, factor * cost, rtol=3e-3, atol=3e-4 * np.abs(found).max()) or factor == 0:
            return None
        bugs = [word for word in key if word in PENALTY]
        if self.one_sided:
            bugs = [bug for bug in bugs if bug != "one_sided"] if "one_sided" in bugs else ["two_sided", *bugs]
        if not np.isclose(factor, self.weight, rtol=3e-3):
            known = {-self.weight: "negative", self.weight**2: "weight_twice"}
            bugs.append(next((bug for times, bug in known.items() if np.isclose(factor, times, rtol=3e-3)), "weight"))
        return len(bugs), bugs, factor

    def costs(self, gradients: dict[tuple[str, ...], np.ndarray]) -> Iterator[tuple[tuple[str, ...], float]]:
        """Yield (words, cost) for each place, each norm and each cost; the words are the bugs' ids, and others."""
        axes = tuple(range(1, len(self.shape) + 1))
        channels = (self.framework.channel_axis % (len(axes) + 1),)

        def norm(g: np.ndarray, axis: Any = axes) -> np.ndarray:
            return np.sqrt((g**2).sum(axis=axis))

        for place, g in gradients.items():
            norms = {
                (): norm(g),
                ("norm_batch",): norm(g, 0),
                ("norm_all",): norm(g, None),
                ("norm_missing",): g,
                ("norm_missing", "|g|"): np.abs(g),
                ("norm_squared",): norm(g) ** 2,
                ("norm_l1",): np.abs(g).sum(axis=axes),
                ("norm_mean",): np.sqrt((g**2).mean(axis=axes)),
                ("mean_score",): norm(g) / len(g),
            }
            for some in (some for k in range(1, len(axes)) for some in combinations(axes, k)):
                norms["norm_channels" if some == channels else "norm_axes", str(some)] = norm(g, some)
            for which, n in norms.items():
                known = {
                    (): np.mean((n - 1) ** 2),
                    ("one_sided",): np.mean(np.maximum(n - 1, 0) ** 2),
                    ("mean_first",): (np.mean(n) - 1) ** 2,
                    ("not_squared",): np.mean(n - 1),
                    ("absolute",): np.mean(np.abs(n - 1)),
                    ("zero_centred",): np.mean(n**2),
                    ("sum",): np.sum((n - 1) ** 2),
                }
                yield from (((*place, *which, *how), float(cost)) for how, cost in known.items())

    def look_at_gradient(self, repeats: bool) -> None:
        """Compare the gradient for the weights with differences of the cost; then look at a constant critic."""
        real, fake = self.images(4), self.images(4)
        weights, step = 2.75 * self.direction, 0.02
        _, gradient, critic = self.pay(weights, real, fake, True)
        if gradient is None or not np.any(gradient):
            self.report.add("detached")
        elif repeats:
            higher, lower = (self.pay(weights * (1 + h), real, fake)[0] for h in (step, -step))
            slope = (higher - lower) / (2 * step)
            if not np.isclose(np.vdot(gradient, weights), slope, rtol=2e-2, atol=1e-2):
                self.report.add("detached_in_part")
        seen, critic.alive = critic.alive, []
        del critic
        if seen:
            gc.collect()
        if any(reference() is not None for reference in seen):
            self.report.add("graph_kept")
        paid, gradient, _ = self.pay(0 * weights, real, fake, True)
        if not np.isfinite(paid) or (gradient is not None and not np.isfinite(gradient).all()):
            self.report.add("root")

    def look_at_critic(self, critic: Any) -> None:
        """Look at the reader's own critic: does a score depend on other images, on chance, on an activation?"""
        images = self.images(8)
        (first, slopes), (second, _) = (self.framework.scores(critic, images) for _ in range(2))
        if not np.allclose(first, second, rtol=1e-4, atol=1e-5 * np.abs(first).max()):
            self.report.add("dropout")
        slopes = np.abs(slopes).reshape(len(images), -1).max(axis=1)  # of the first score, for each image
        if slopes[1:].max() > 1e-6 * slopes.max():
            self.report.add("cross_talk")
        far = self.framework.scores(critic, 1e6 * images)[0]
        if np.any(first) and np.allclose(far, np.clip(np.round(far), -1, 1), atol=1e-4):
            self.report.add("bounded")
