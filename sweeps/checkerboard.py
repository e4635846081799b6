"""Train the faces' generator with each way to double a feature map, and measure its checkerboard on the way.

    python -m sweeps.checkerboard --output DIR
    python -m scripts.ship_trials DIR/checkerboard ARM SEED --terms "Trained on CelebA, …"

A run is DIR/checkerboard/ARM-SEED. One that is done is not done again; one that was ended goes on from its checkpoint.
"""

import sys
from typing import Any

import keras

import wgan_utils as wu
from sweeps.faces import Asked, asked
from wgan_utils import labs
from wgan_utils.labs.published import DOUBLING_ARMS
from wgan_utils.training.callbacks import StepCallback

PERIODS = (2, 4, 8)  # pixels
MEASUREMENTS = 8
SHOWN = 12  # samples in a grid
LATENT_SEED = 1_000_000  # of the images that are measured


class Measure(StepCallback):
    """Append a row to quality.csv: peak ratios and distances of images from always the same latent vectors."""

    def __init__(self, run: wu.Run, every: int, last_step: int, given: Asked) -> None:
        super().__init__(run, every, last_step)
        self.given = given
        self.latent = wu.latent_vectors(len(given.real), given.parameters["LATENT_DIM"], LATENT_SEED)

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Measure the untrained generator too."""
        super().on_train_begin(logs)
        if self.step == 0:
            self.act({})

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        images = wu.generate(self.model.generator, self.latent)
        row = {f"{period} pixels": labs.peak_ratio(images, period) for period in PERIODS}
        row |= labs.quality(images, self.given.real, self.given.features)
        self.run.append("quality", {"step": self.step, **row})


def train(given: Asked, arm: str, seed: int) -> None:
    """Train one generator, or go on with it."""
    name = f"{arm.replace(' ', '_')}-{seed}"
    chosen = given.parameters | {"ARM": arm, "SEED": seed, "RUN_NAME": name}
    run = wu.Run(given.folder / name, chosen)
    if (run.folder / "metrics.json").exists():
        return
    keras.utils.set_random_seed(seed)
    generator = labs.doubling_generator(arm, chosen["WIDTH"], chosen["LATENT_DIM"])
    critic = wu.networks.face_critic(chosen["WIDTH"])
    model = wu.WGANGP(generator, critic, chosen["LATENT_DIM"], chosen["CRITIC_STEPS"], chosen["LAMBDA"], seed=seed)
    model.compile(*(keras.optimizers.Adam(chosen["LEARNING_RATE"], chosen["BETA_1"], 0.9) for _ in range(2)))
    steps = chosen["STEPS"]
    every = max(1, steps // MEASUREMENTS)
    wu.train(
        model,
        given.images,
        run,
        steps,
        chosen["BATCH_SIZE"],
        log_every=every,
        sample_every=every,
        mirror=chosen["MIRROR"],
        samples_per_grid=SHOWN,
        show_progress=False,
        extra_callbacks=[Measure(run, every, steps, given)],
    )
    found = run.read("quality")
    curves = {name: [*zip(found["step"], found[name], strict=True)] for name in found if name != "step"}
    run.write_json("metrics.json", {"curves": curves})
    last = {name: round(float(found[name][-1]), 3) for name in curves}
    print(f"{name}: {run.history()['seconds'][-1]:.0f} s,", last, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for."""
    given = asked("checkerboard", str(__doc__), arguments)
    held_out = given.images.test[: len(given.real)]
    print("held out:", {f"{p} pixels": round(labs.peak_ratio(held_out, p), 3) for p in PERIODS})
    print("held out:", labs.quality(held_out, given.real, given.features), flush=True)
    for seed in given.seeds:
        for arm in DOUBLING_ARMS:
            train(given, arm, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
