"""What the figures of "Reading the curves" show; what is said of each stands on that page (site/pages/curves.md)."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from scripts.web import symptom_runs as runs
from wgan_utils.metrics.correlation import default_window, running_median
from wgan_utils.training.run import read_table
from wgan_utils.zoo.generators import shipped_files

NATS = "cross-entropy (nats)"
GAP = "real − generated score"


class Plot(NamedTuple):
    """Curves by name, the axes' labels, a level to hold them against, and whether y is logarithmic."""

    curves: dict[str, tuple[np.ndarray, np.ndarray]]
    ylabel: str
    xlabel: str = "step"
    level: tuple[str, float] | None = None
    log: bool = False
    limits: tuple[float, float] | None = None


def shipped(
    card: str,
    columns: dict[str, str],
    ylabel: str,
    level: tuple[str, float] | None = None,
    window: int | None = None,
) -> Plot:
    """Take columns of a shipped training's history, smoothed over `window` rows: {column: name in the legend}."""
    history = read_table(shipped_files(card)["history.csv"])
    window = window or default_window(history)
    steps = history["step"]
    curves = {name: (steps, running_median(history[column], window)) for column, name in columns.items()}
    return Plot(curves, ylabel, level=level)


def watched(run: Callable[[], dict[str, Any]], columns: dict[str, str], ylabel: str, log: bool = False) -> Plot:
    """Take columns of a toy's training."""
    found = run()
    return Plot({name: (found["step"], found[column]) for column, name in columns.items()}, ylabel, log=log)


def critics(
    run: Callable[[], dict[str, Any]], ylabel: str, level: tuple[str, float] | None = None, log: bool = False
) -> Plot:
    """Take curves over the updates of a critic between clouds that stand still."""
    found = run()
    curves = {name: (np.arange(1, len(values) + 1), values) for name, values in found.items()}
    return Plot(curves, ylabel, "critic update", level, log)


def collapsed() -> Plot:
    """Show how many modes are left beside the loss that does not say so."""
    columns = {"modes": "modes hit", "generator": "generator's loss"}
    plot = watched(runs.collapse, columns, "count; nats")
    return plot._replace(level=("all 8 modes", 8.0), limits=(-0.3, 8.5))


EXACT = ("exact distance", 4.0)
BOTH = {"estimate": "estimate", "exact": "exact distance"}

# Of shipped trainings: read and drawn as the site is built.
SHIPPED: dict[str, Callable[[], Plot]] = {
    # Hardly smoothed: its rise is over in few steps.
    "falls": partial(shipped, "digits", {"wasserstein_estimate": "estimate, lesson 04"}, GAP, window=3),
    "rises_first": partial(shipped, "horses", {"wasserstein_estimate": "estimate, lesson 03"}, GAP),
    "negative": partial(
        shipped, "digits", {"critic_loss": "critic's loss", "wasserstein_estimate": "estimate"}, "score", ("zero", 0.0)
    ),
    "flat": partial(
        shipped, "camels", {"discriminator_loss": "discriminator, lesson 01", "generator_loss": "generator"}, NATS
    ),
    "wanders": partial(shipped, "faces", {"generator_loss": "generator's loss, lesson 06"}, "−generated score"),
    "drift": partial(
        shipped, "faces", {"real_score": "real images, lesson 06", "fake_score": "generated"}, "critic's score"
    ),
}
# Of toys: run by `make figures`, and stored.
TOYS: dict[str, Callable[[], Plot]] = {
    "discriminator_wins": partial(critics, runs.discriminator_wins, "nats; nats per unit of length", log=True),
    "collapse": collapsed,
    "undertrained": partial(watched, runs.undertrained, BOTH, "distance"),
    "clip_scale": partial(critics, runs.clipped, "estimate", EXACT, log=True),
    "lambda_scale": partial(critics, runs.penalised, "estimate", EXACT, log=True),
    "penalty_at_one": partial(critics, runs.clipped_and_penalised, "mean (gradient norm − 1)²"),
    "too_fast": partial(watched, runs.too_fast, BOTH, "distance"),
    "overfitting": partial(critics, runs.overfitting, "estimate of the distance"),
    "not_a_number": partial(critics, runs.not_a_number, "loss"),
}
