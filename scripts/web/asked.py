"""What the page "Asked" measures on toys: run here, stored in site/figures/asked.txt, and included by the page.

python -m scripts.web.asked
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from examples.what_breaks.toy import network
from scripts.web.measured import SEEDS, mean_and_range, store, table
from wgan_utils import labs

HIDDEN, DIMENSIONS = 4, 16  # numbers that a point of the toy depends on, and its coordinates
ROUNDS = 1000


def points(n: int, seed: int) -> np.ndarray:
    """Draw points of 16 coordinates that depend on four normal numbers: float32 (n, 16)."""
    ways, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((DIMENSIONS, HIDDEN)))
    return (np.random.default_rng(seed).standard_normal((n, HIDDEN)) @ ways.T).astype("float32")


def player(latent_dim: int, batch_size: int) -> tuple[labs.CompiledLoop, Callable[[], float]]:
    """Make a WGAN-GP for the toy; returns what plays rounds of it, and what measures its exact distance."""
    model = wu.WGANGP(network(latent_dim, DIMENSIONS, 64), network(DIMENSIONS, 1, 64), latent_dim)
    model.compile(*(keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.9) for _ in range(2)))
    play = labs.train_on_points(model, points(5000, 1), batch_size, critic_updates=3)
    held_out, latent = points(500, 2), wu.latent_vectors(500, latent_dim, 3)
    return play, lambda: wu.earth_movers_distance(ops.convert_to_numpy(model.generator(latent)), held_out)


def latent_dimension() -> str:
    """Compare latent dimensions with the same budget."""
    rows = []
    for latent_dim in (1, 2, 4, 8, 32, 128):
        play, distance = player(latent_dim, 64)
        found = []
        for seed in SEEDS:
            play.restart(seed)
            play(ROUNDS)
            found.append(distance())
        rows.append([str(latent_dim), mean_and_range(found)])
    perfect = wu.earth_movers_distance(points(500, 4), points(500, 2))
    return table(["latent dimension", "exact distance to held-out points"], [*rows, ["baseline", f"{perfect:.2f}"]])


def batch_size() -> str:
    """Compare batch sizes, after as many updates and after as many points."""
    rows = []
    for size in (16, 64, 256):
        play, distance = player(8, size)
        found: dict[int, list[float]] = {ROUNDS: [], ROUNDS * 64 // size: []}
        for seed in SEEDS:
            play.restart(seed)
            done = 0
            for rounds in sorted(found):
                play(rounds - done)
                found[rounds].append(distance())
                done = rounds
        rows.append([str(size), *(mean_and_range(found[rounds]) for rounds in (ROUNDS, ROUNDS * 64 // size))])
    return table(["batch size", f"after {ROUNDS:,} steps", f"after {ROUNDS * 64 * 3:,} real points"], rows)


MEASURED: dict[str, Callable[[], str]] = {
    "latent-dimension": latent_dimension,
    "batch-size": batch_size,
}

if __name__ == "__main__":
    store("asked", MEASURED)
