"""Takes one step of a training with networks and optimizers that note what they get, and says what is wrong with it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from gan_audit.bugs import STEP, Report
from gan_audit.frameworks import STATISTIC, Spy, framework_of

BATCH = 4


def audit_step(
    function: Callable,
    backend: str = "tensorflow",
    *,
    critic_steps: int = 5,
    weight: float | None = 10.0,
    clip: float | None = None,
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
        seed: of images and weights.
    """
    framework, rng, report = framework_of(backend), np.random.default_rng(seed), Report("Training step", STEP)
    w, θ, *real = rng.normal(size=(2 + 4 * critic_steps * BATCH, *framework.shape)).astype("float32")
    batches = np.reshape(real, (-1, BATCH, *w.shape))
    # Of a clipped critic a part starts just within the bound, which every update leaves.
    w = clip * np.where(np.abs(w) > 1, 0.98 * np.sign(w), w / 2) if clip else 2 * w / np.linalg.norm(w)
    calls: list[SimpleNamespace] = []
    updates: list[SimpleNamespace] = []
    generator, critic = Spy(framework, θ, 0.0, calls, "generator"), Spy(framework, w, 0.0, calls)

    def optimizer(spy: Spy, rate: float) -> Any:
        def tell(gradient: np.ndarray) -> None:
            asked = {name: [call for call in calls if call.name == name] for name in ("critic", "generator")}
            updates.append(SimpleNamespace(name=spy.name, gradient=gradient, w=critic.w, θ=generator.w, **asked))
            calls.clear()

        return framework.optimizer(spy.network, rate, tell)

    drawn = map(framework.tensor, batches)
    with framework.eager(True):
        given = generator.network, critic.network, optimizer(generator, 0.2), optimizer(critic, (clip or 0.2) / 20)
        returned = function(*given, lambda: next(drawn))
        if backend == "jax":
            critic.network.params = returned[1]
        critic.network(framework.tensor(batches[0]))  # as the step leaves it
    updates = [update for update in updates if update.gradient.any()]
    for call in (call for update in updates for call in update.critic + update.generator):
        report.add({"step_mode": call.training is False}, name=call.name)
    report.add({"statistics_clipped": calls[-1].statistic != STATISTIC})
    own = judge_critic(report, [update for update in updates if update.name == "critic"], batches, critic_steps, weight)
    latents = {z.tobytes() for update in updates for call in update.generator for z in call.inputs}
    report.add({"same_latents": len(latents) < BATCH * len(own) and "critic_half" not in report})
    if clip:
        weights = [*(call.w for update in own[1:] for call in update.critic), critic.w]
        *within, last = [np.abs(w).max() > 1.0001 * clip for w in weights]
        report.add({"clip_before": last and within and not any(within), "clip_missing": last or any(within)})
    judge_generator(report, [update for update in updates if update.name == "generator"], updates[-1:])
    return report


def explain(gradient: np.ndarray, *causes: np.ndarray) -> np.ndarray | None:
    """Return the factors with which some causes add up to a gradient; None if they do not."""
    matrix = np.stack([cause.ravel() for cause in causes], axis=1)
    factors = np.linalg.lstsq(matrix, gradient.ravel(), rcond=None)[0]
    alike = np.allclose(matrix @ factors, gradient.ravel(), atol=0.02 * np.abs(gradient).max())
    return factors if alike else None


def judge_critic(report: Report, updates: list, batches: np.ndarray, wanted: int, λ: float | None) -> list:
    """Take gradients apart into real images, generated ones and the penalty. Returns updates by the critic's loss."""
    own: list[SimpleNamespace] = []
    used: list[int] = []
    previous: list[np.ndarray] = []
    for update in updates:
        images = np.concatenate([update.θ[None], *(call.inputs for call in update.critic)])
        gaps = [np.abs(images - batch[0]).mean(axis=(1, 2, 3)).min() for batch in batches]
        norm = np.linalg.norm(update.w)
        causes = [batches[np.argmin(gaps)].mean(axis=0), update.θ, update.w / norm]
        factors = explain(update.gradient, *causes)
        if factors is None:
            kept = explain(update.gradient, *causes, *previous) is not None
            report.add({"gradients_kept": kept, "critic_unknown": True})
            return own
        previous, (real, fake, pull) = [update.gradient], factors
        if abs(real) < 0.05 and fake < -0.5:
            report.add({"critic_moved": True})
            continue
        own.append(update)
        used += [int(np.argmin(gaps))] if min(gaps) < 1e-3 else []
        bugs = {"critic_sign": real > 0.05 and fake < -0.05, "critic_half": min(abs(real), abs(fake)) < 0.05}
        bugs["critic_scale"] = not np.allclose((real, fake), (-1, 1), atol=0.05)
        report.add(bugs, factor=-real, missing="real" if abs(real) < 0.05 else "generated")
        if λ is not None and "critic_half" not in report:
            paid = pull / (2 * norm - 2)
            bugs = {"penalty_missing": abs(paid) < 0.02 * abs(λ), "penalty_sign": paid * λ < 0}
            report.add(bugs | {"penalty_weight": not np.isclose(paid, λ, rtol=0.03)}, paid=paid, weight=λ)
    counted = len(own) != wanted and "critic_half" not in report
    report.add({"critic_updates": counted}, updates=len(own), wanted=wanted)
    report.add({"same_batch": len({*used}) < len(used)})
    return own


def judge_generator(report: Report, updates: list, last: list) -> None:
    """Compare the generator's gradient with that of its loss; `last` is the step's last update, of either network."""
    factors = [explain(update.gradient, update.w) for update in updates]
    known = [-factor[0] for factor in factors if factor is not None]
    bugs = {
        "generator_moved": known and min(known) < 0 < max(known),
        "generator_updates": len(updates) != 1,
        "generator_early": last != updates[-1:] and "critic_moved" not in report,
        "generator_sign": known and np.allclose(known, -1),
        "generator_sums": known and np.allclose(known, BATCH),
        "generator_unknown": not known or not np.allclose(known, 1, rtol=0.01),
    }
    report.add(bugs, updates=len(updates))
