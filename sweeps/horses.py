"""The trainings behind lesson 03: nine ways to limit a critic, three seeds each.

    python -m sweeps.horses --output runs/sweeps
    python -m scripts.ship_trials runs/sweeps/horses_tuning ARM SEED --samples "*-0" --lesson 03_wgan_clipping_horses \
        --terms "…"

Two run at a time, with a core each. The same command goes on with what is not done.
"""

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from wgan_utils.gan.losses import gradient_norms
from wgan_utils.published import LESSONS

BOUNDS = (0.01, 0.02, 0.05, 0.2)
# An arm's bound, and whether its critic's rate grows with it; the lesson's own bound is the same arm by both rules.
ARMS: dict[str, tuple[float | None, bool]] = {
    **{f"c = {c:g}": (c, True) for c in BOUNDS},
    **{f"c = {c:g}, one rate": (c, False) for c in BOUNDS if c != 0.05},
    "penalty": (None, False),  # with Adam, as in its paper
    "penalty, RMSProp": (None, False),
}
SEEDS = (0, 1, 2)
NAMES = (
    *("CLASS", "TRIAL_STEPS", "TRIAL_WIDTH", "N_EVAL", "BATCH_SIZE", "CRITIC_STEPS", "CLIP_VALUE", "LAMBDA"),
    *("LEARNING_RATE", "EMA_MOMENTUM", "LATENT_DIM"),
)
SHEET, MEASUREMENTS = 10, 10  # samples of each training, and how often its quality is measured


def make_model(arm: str, seed: int, p: dict[str, Any]) -> wu.AdversarialModel:
    """Build the model of an arm; the generator has the same rate in all."""
    keras.utils.set_random_seed(seed)
    width, latent_dim = p["TRIAL_WIDTH"], p["LATENT_DIM"]
    networks = wu.networks.horse_generator(width, latent_dim), wu.networks.horse_critic(width)
    common = {"seed": seed, "ema_momentum": p["EMA_MOMENTUM"]}
    rate, (c, scaled) = p["LEARNING_RATE"], ARMS[arm]
    if c is None:
        model = wu.WGANGP(*networks, latent_dim, p["CRITIC_STEPS"], p["LAMBDA"], **common)
        if "RMSProp" in arm:
            model.compile(wu.paper_rmsprop(rate), wu.paper_rmsprop(rate))
        else:
            model.compile(*(keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.9) for _ in networks))
    else:
        model = wu.WGAN(*networks, latent_dim, p["CRITIC_STEPS"], c, **common)
        model.compile(wu.paper_rmsprop(rate * c / p["CLIP_VALUE"] if scaled else rate), wu.paper_rmsprop(rate))
    return model


def train(arm: str, seed: int, output: str, preset: str) -> None:
    """Train one model, unless it has been, and write what was measured beside it."""
    p = {"PRESET": preset} | {name: LESSONS["03_wgan_clipping_horses"].published[preset][name] for name in NAMES}
    folder = arm.replace(" = ", "_").replace(", ", "-").replace(" ", "_")
    run = wu.Run(Path(output) / "horses_tuning" / f"{folder}-{seed}", p | {"ARM": arm, "SEED": seed})
    if (run.folder / "metrics.json").exists():
        return
    images = wu.load_images("cifar10", classes=[p["CLASS"]], allow_standin=preset == "smoke")
    features = wu.fit_pca_features(images.train, seed=0)
    model, steps = make_model(arm, seed, p), p["TRIAL_STEPS"]
    every = max(1, steps // MEASUREMENTS)
    held_out = images.test[: p["N_EVAL"]]
    quality = wu.WriteQuality(run, every, steps, features, features(held_out), p["N_EVAL"])
    options = {"log_every": every, "sample_every": steps, "samples_per_grid": SHEET, "show_progress": False}
    wu.train(model, images, run, steps, p["BATCH_SIZE"], extra_callbacks=[quality], **options)
    norms = ops.convert_to_numpy(gradient_norms(model.critic, wu.as_inputs(held_out)))
    table = dict(run.read("quality"))
    along = table.pop("step")
    curves = {name: [*zip(along, values, strict=True)] for name, values in table.items()}
    curves["gradient_norm"] = [(steps, float(np.median(norms)))]
    run.write_json("metrics.json", {"curves": curves})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--output", required=True, help="the folder for horses_tuning, with a folder for each run")
    parser.add_argument("--preset", default="cpu", choices=("smoke", "cpu", "full"))
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time")
    asked = parser.parse_args()
    jobs = [(arm, seed, asked.output, asked.preset) for seed in SEEDS for arm in ARMS]
    wu.run_parallel(train, jobs, asked.workers)
