"""The trainings that choose for lesson 05: six losses, two numbers of critic updates, four learning rates, one seed.

    python -m sweeps.comparison --output runs/sweeps/comparison
    python -m scripts.ship_trials runs/sweeps/comparison METHOD CRITIC_STEPS CLIP_VALUE LEARNING_RATE SEED STEPS \
        --table quality --samples "" --terms "Trained on MNIST, …"

A run that has left its metrics.json is not done again; one that was ended goes on from its last checkpoint.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import wgan_utils as wu  # isort: skip - before Keras, which it configures

import keras

SETTINGS: dict[str, Any] = {"WIDTH": 0.25, "BATCH_SIZE": 64, "LAMBDA": 10.0, "GAMMA": 1.0, "LATENT_DIM": 64, "SEED": 0}
UPDATES = 2400  # of both networks together, in every run
MEASUREMENTS = 25
COMMON_CRITIC_STEPS = 2
RATES, RATES_CLIPPED = (5e-4, 1.5e-3, 5e-3, 1.5e-2), (5e-5, 2e-4, 8e-4, 3e-3)
CLIP_VALUES = (0.01, 0.03, 0.1)  # rates are scaled with them, so that a step is the same share of the weights' range

# Model, what it has besides the common settings, the critic updates of its paper.
METHODS: dict[str, tuple[Any, dict[str, Any], int]] = {
    "GAN": (wu.GAN, {}, 1),
    "GAN-R1": (wu.R1GAN, {"gamma": SETTINGS["GAMMA"]}, 1),
    "WGAN": (wu.WGAN, {}, 5),
    "WGAN-GP": (wu.WGANGP, {"penalty_weight": SETTINGS["LAMBDA"]}, 5),
    "WGAN-LP": (wu.WGANGP, {"penalty_weight": SETTINGS["LAMBDA"], "one_sided": True}, 5),
    "R3GAN": (wu.R3GAN, {"gamma": SETTINGS["GAMMA"]}, 1),
}

Job = tuple[str, int, float | None, float]  # method, critic updates, clip value, learning rate


def jobs() -> Iterator[Job]:
    """List the runs."""
    for method, (_, _, own) in METHODS.items():
        for updates in (own, COMMON_CRITIC_STEPS):
            if method == "WGAN":
                for c in CLIP_VALUES:
                    yield from ((method, updates, c, float(f"{rate * c / 0.01:.3g}")) for rate in RATES_CLIPPED)
            else:
                yield from ((method, updates, None, rate) for rate in RATES)


def build(method: str, updates: int, clip_value: float | None, rate: float) -> wu.AdversarialModel:
    """Build a run's model, as the lesson does."""
    keras.utils.set_random_seed(SETTINGS["SEED"])
    generator = wu.networks.dcgan_generator(SETTINGS["WIDTH"], SETTINGS["LATENT_DIM"])
    critic = wu.networks.dcgan_critic(SETTINGS["WIDTH"])
    kind, options, _ = METHODS[method]
    options = options if clip_value is None else {"clip_value": clip_value}
    model = kind(generator, critic, SETTINGS["LATENT_DIM"], updates, seed=SETTINGS["SEED"], **options)
    model.compile(*(keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.9) for _ in range(2)))
    return model


def run_of(output: Path, budget: int, job: Job) -> wu.Run:
    """Name a run's folder and parameters; every run has `budget` updates in all."""
    method, updates, clip_value, rate = job
    own = {"METHOD": method, "CRITIC_STEPS": updates, "CLIP_VALUE": clip_value, "LEARNING_RATE": rate}
    name = f"{method}-updates_{updates}{f'-clip_{clip_value:g}' if clip_value else ''}-rate_{rate:g}"
    return wu.Run(output / name, {**SETTINGS, **own, "STEPS": budget // (updates + 1)})


def train(output: Path, budget: int, *job: Any) -> None:
    """Train one, with `MEASUREMENTS` of its quality on the way."""
    run, model = run_of(output, budget, job), build(*job)
    steps, images, classifier = run.parameters["STEPS"], wu.load_images("mnist").padded(2), wu.load_classifier("digits")
    every = max(1, steps // MEASUREMENTS)
    quality = wu.WriteQuality(run, every, steps, classifier.features, classifier.features(images.test))
    often: dict[str, Any] = {"log_every": max(1, steps // 100), "sample_every": every, "show_progress": False}
    diverged = False
    try:
        wu.train(model, images, run, steps, run.parameters["BATCH_SIZE"], extra_callbacks=[quality], **often)
    except wu.TrainingDiverged:
        diverged = True
    run.write_json("metrics.json", {"columns": {"diverged": diverged}})


def main() -> None:
    """Do what is not done."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="the folder of the runs' folders")
    parser.add_argument("--updates", type=int, default=UPDATES, help="of both networks together, in every run")
    parser.add_argument("--workers", type=int, default=2, help="runs at a time; they share the cores")
    asked = parser.parse_args()
    here = asked.output.resolve(), asked.updates
    todo = [job for job in jobs() if not (run_of(*here, job).folder / "metrics.json").exists()]
    print(f"{len(todo)} runs to do.", flush=True)
    wu.run_parallel(partial(train, *here), todo, asked.workers)


if __name__ == "__main__":
    main()
