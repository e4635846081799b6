"""Takes one step of a training with networks whose weights are seen at each call, and says what went wrong in it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gan_audit.frameworks import FRAMEWORKS, STATISTIC
from gan_audit.report import STEP, Report

BATCH = 4


def audit_step(
    function: Callable,
    backend: str = "tensorflow",
    *,
    critic_steps: int = 5,
    weight: float | None = 10.0,
    clip: float | None = None,
    shape: tuple[int, ...] | None = None,
    seed: int = 0,
) -> Report:
    """Say which published bug a training step has: several updates of the critic, then one of the generator.

    Args:
        function: `function(generator, critic, generator_optimizer, critic_optimizer, next_real)` takes one step;
            `next_real()` returns a new batch of real images, and the generator takes any latent vectors (n, ...). The
            optimizers are plain gradient descent: `torch.optim.SGD`, `keras.optimizers.SGD`. On JAX they are as Optax's
            (`init`, `update`), networks have `params`, `apply(params, x)` and `key()`, and the function returns the
            generator's new parameters and the critic's.
        backend: "tensorflow", "torch" or "jax"; see `audit_penalty`.
        critic_steps: critic updates per step.
        weight: λ of the gradient penalty; None for a WGAN without one.
        clip: the bound of a clipped critic's weights, as in 0.01; None without clipping.
        shape: of one image.
        seed: of images and weights.
    """
    if backend not in FRAMEWORKS:
        raise ValueError(f"backend must be one of {', '.join(FRAMEWORKS)}, not {backend!r}.")
    framework, rng, report = FRAMEWORKS[backend](), np.random.default_rng(seed), Report("Training step", STEP)
    w, θ, *real = rng.normal(size=(2 + 4 * critic_steps * BATCH, *(shape or framework.shape))).astype("float32")
    batches = np.reshape(real, (-1, BATCH, *w.shape))
    # Of a clipped critic a part starts just within the bound, which every update leaves.
    w = clip * np.where(np.abs(w) > 1, 0.98 * np.sign(w), w / 2) if clip else 2 * w / np.linalg.norm(w)
    rates, drawn = {"generator": 0.2, "critic": (clip or 0.2) / 20}, iter(batches)
    calls: list[Any] = []
    critic = framework.Network(w.astype("float32"), name="critic", calls=calls)
    generator = framework.Network(θ, makes=True, name="generator", calls=calls)
    optimizers = [framework.optimizer(network, rates[network.spied_as]) for network in (generator, critic)]
    with framework.uncompiled():
        returned = function(generator, critic, *optimizers, lambda: framework.tensor(next(drawn)))
    if backend == "jax":
        generator.params, critic.params = returned
    step = Step(report, calls, batches, critic_steps, weight, clip, rates)
    step.judge_critic(*critic.values())
    step.judge_generator(generator.values()[0])
    return report


class Step:
    """What a step did, and what is to be said of it."""

    def __init__(self, report, calls, batches, critic_steps, weight, clip, rates) -> None:
        self.report, self.batches, self.wanted, self.weight = report, batches, critic_steps, weight
        self.calls, self.clip, self.rates = calls, clip, rates
        self.asked = {name: [call for call in calls if call.name == name] for name in ("critic", "generator")}
        for name, asked in self.asked.items():
            if any(call.mode is False for call in asked):
                report.add(f"{name}_mode")

    def states(self, name: str, last: np.ndarray) -> list[np.ndarray]:
        """Return the weights that a network had, in their order."""
        seen = [*(call.weights for call in self.asked[name]), last]
        return [w for i, w in enumerate(seen) if i == 0 or not np.array_equal(w, seen[i - 1])]

    def judge_critic(self, last: np.ndarray, statistic: float) -> None:
        """Take each update apart: what it holds of the real images, of the generated one, of the penalty."""
        self.critic, self.updates, previous = self.states("critic", last), 0, None
        used: list[int] = []
        for w, after in zip(self.critic, self.critic[1:], strict=False):
            change = (after - w) / self.rates["critic"]
            if not self.explain(w, after, change, previous, used):
                break
            self.updates += self.counts
            previous = change
        updates, wanted = self.updates, self.wanted
        counted = "critic_still" if not updates else "critic_updates" if updates != wanted else None
        if counted and not {"critic_no_real", "critic_no_fake", "critic_unknown", "gradients_kept"} & {
            *self.report.found
        }:
            self.report.add(counted, updates=updates, wanted=wanted)
        if len(set(used)) < len(used):
            self.report.add("same_batch")
        if statistic != STATISTIC:
            self.report.add("statistics_clipped")
        if self.clip:
            outside = [bool(np.abs(w).max() > 1.0001 * self.clip) for w in self.critic[1:]]
            if any(outside):
                self.report.add("clip_before" if not any(outside[:-1]) and len(outside) > 1 else "clip_missing")

    def explain(self, w: np.ndarray, after: np.ndarray, change: np.ndarray, previous: Any, used: list) -> bool:
        """Explain one update of the critic; returns whether that was possible."""
        asked = [i for i, c in enumerate(self.calls) if c.name == "critic" and np.array_equal(c.weights, w)]
        points = np.concatenate([self.calls[i].asked.reshape(-1, *w.shape) for i in asked])
        made_by = [c.weights for c in self.calls[: asked[-1]] if c.name == "generator"]
        θ = made_by[-1] if made_by else np.zeros_like(w)
        gaps = [np.abs(points - batch[0]).reshape(len(points), -1).max(axis=1).min() for batch in self.batches]
        own = [i for i, gap in enumerate(gaps) if gap < 1e-3]
        norm = np.linalg.norm(w)
        columns = [self.batches[own[0] if own else 0].mean(axis=0), θ, w / norm]
        free = np.abs(after) < 0.999 * self.clip if self.clip else np.full(w.shape, True)
        columns = [column[free] for column in (*columns, *([] if previous is None else [previous]))]
        for count in (3, len(columns)):
            matrix = np.stack(columns[:count], axis=1).astype(float)
            shares = np.linalg.lstsq(matrix, change[free].astype(float), rcond=None)[0]
            if np.allclose(matrix @ shares, change[free], atol=0.02 * np.abs(change).max()):
                break
        else:
            self.report.add("critic_unknown")
            return False
        if count == 4:
            self.report.add("gradients_kept")
            return False
        real, fake, pull = shares
        self.counts = not (abs(real) < 0.05 and fake > 0.5)
        if not self.counts:
            self.report.add("critic_moved")
            return True
        used.extend(own[:1])
        if real < -0.05 and fake > 0.05:
            self.report.add("critic_sign")
        elif abs(real) < 0.05 or abs(fake) < 0.05:
            self.report.add("critic_no_real" if abs(real) < 0.05 else "critic_no_fake")
        elif not np.allclose((real, fake), (1, -1), atol=0.05):
            self.report.add("critic_sums" if np.isclose(real, BATCH, atol=0.1) else "critic_scale", factor=real)
        if self.weight is not None:
            paid = pull / (-2 * (norm - 1))
            if abs(paid) < 0.02 * self.weight:
                self.report.add("penalty_missing")
            elif paid < 0:
                self.report.add("penalty_sign")
            elif not np.isclose(paid, self.weight, rtol=0.03):
                self.report.add("penalty_weight", paid=paid, weight=self.weight)
        return True

    def judge_generator(self, last: np.ndarray) -> None:
        """Compare the generator's update with the critic that it should have answered."""
        states, asked = self.states("generator", last), self.asked["generator"]
        latents = {row.tobytes() for call in asked for row in call.asked}
        if len(latents) < self.updates * BATCH:
            self.report.add("same_latents")
        updates, moved = len(states) - 1, (states[-1] - states[0]) / self.rates["generator"]

        def answers(w: np.ndarray, factor: float = 1) -> bool:
            return np.allclose(moved, factor * w, atol=0.02 * np.abs(moved).max())

        if updates > 1:
            first = np.vdot(states[1] - states[0], self.critic[0])
            self.report.add("generator_moved" if first < 0 else "generator_updates", updates=updates)
        elif not updates:
            self.report.add("generator_still")
        elif not answers(self.asked["critic"][-1].weights if "critic_moved" in self.report.found else self.critic[-1]):
            known = {"generator_first": (self.critic[0], 1), "generator_stale": (self.critic[-2:][0], 1)}
            known |= {"generator_sign": (self.critic[-1], -1), "generator_sums": (self.critic[-1], BATCH)}
            named = [bug for bug, (w, factor) in known.items() if answers(w, factor)]
            self.report.add(named[0] if named else "generator_unknown")
