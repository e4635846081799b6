"""The trainings behind lesson 07: how many images are few, and does differentiable augmentation help?

    python -m sweeps.few --output runs/sweeps
    python -m scripts.ship_trials runs/sweeps/few_images ARM N_TRAIN SEED --terms "Trained on Quick, Draw! cats, …"

Two run at a time, with a core each. The same command goes on with what is not done.

The augmentation is that of Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training": translation
and cutout. Its strength is fixed; the controller of Karras et al. 2020 (ADA), which adapts it, is left out.
"""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import wgan_utils as wu  # isort: skip - before Keras, which it configures

import keras
import numpy as np
from keras import ops

from wgan_utils.data.datasets import Images
from wgan_utils.metrics.distances import kernel_distance
from wgan_utils.training.callbacks import StepCallback

PLAIN, BOTH, REAL = "plain", "both sides", "real images only"
COUNTS = (100, 300, 1000, 3000)
LONG = 4  # times as many steps with the fewest images
SEEDS = (0, 1)
LEAKING = 300  # images that the arm which is meant to leak trains on
HELD_OUT = 1000
MEASUREMENTS = 8  # in STEPS steps
SHEET = 32  # images of a training that are kept to be shown
COPIERS = 5  # draws of copies, of which the mean is taken
SQUARE, NEARLY = 8, 0.25  # the smallest cut-out, in pixels a side, and the mean |x| below which a square is grey

PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"STEPS": 2, "WIDTH": 0.05, "BATCH_SIZE": 4, "CRITIC_STEPS": 1, "N_EVAL": 40},
    "full": {"STEPS": 3000, "WIDTH": 0.25, "BATCH_SIZE": 64, "CRITIC_STEPS": 2, "N_EVAL": 1000},
}
COMMON = {"LAMBDA": 10.0, "LEARNING_RATE": 5e-4, "EMA_MOMENTUM": 0.99, "LATENT_DIM": 100}

Job = tuple[str, int, int]  # arm, number of training images, seed


# ---- the augmentation, and a model for each arm


def augment(images: Any, seed: Any) -> Any:
    """Shift each image by up to an eighth of its sides, and make a square of half its height and width grey.

    Gradients pass to the images. What a shift uncovers is black, the background of drawings; grey is 0.

    Args:
        images: floats in [−1, 1], (batch, height, width, channels).
        seed: an integer or a `keras.random.SeedGenerator`.
    """
    moved, hidden = images + 1, []
    for axis, side in enumerate(images.shape[1:3]):
        place = ops.arange(side, dtype="float32")
        drawn = keras.random.uniform((2, ops.shape(images)[0], 1), seed=seed)
        source = place + side // 8 - ops.floor(drawn[0] * (2 * (side // 8) + 1))  # (batch, side)
        onto = ops.cast(ops.equal(source[..., None], place), images.dtype)  # (batch, side, side)
        moved = ops.einsum(("bij,bjwc->biwc", "bij,bhjc->bhic")[axis], onto, moved)
        from_centre = place - ops.floor(drawn[1] * (side + 1))
        hidden.append((from_centre >= -(side // 4)) & (from_centre < side // 4))
    return ops.where(hidden[0][:, :, None, None] & hidden[1][:, None, :, None], 0.0, moved - 1)


class Augmented(wu.WGANGP):
    """A WGAN-GP whose critic sees augmented images only, real and generated ones; so does the gradient penalty."""

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the loss at augmented images."""
        return super().critic_loss(augment(real, self.seed_generator), augment(fake, self.seed_generator))

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the generator's loss, through the augmentation."""
        return super().loss_of_generated(augment(fake, self.seed_generator))


class Leaking(wu.WGANGP):
    """A WGAN-GP with augmented real images alone, as other networks are trained: its generator learns to augment."""

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the loss at augmented real images and at generated ones as they are."""
        return super().critic_loss(augment(real, self.seed_generator), fake)


MODELS = {PLAIN: wu.WGANGP, BOTH: Augmented, REAL: Leaking}


def build(arm: str, seed: int, p: dict[str, Any], images: Images) -> wu.AdversarialModel:
    """Build an arm's model."""
    keras.utils.set_random_seed(seed)
    networks = wu.networks.networks_for(images, p["WIDTH"], p["LATENT_DIM"])
    options = {"seed": seed, "ema_momentum": p["EMA_MOMENTUM"]}
    model = MODELS[arm](*networks, p["LATENT_DIM"], p["CRITIC_STEPS"], p["LAMBDA"], **options)
    model.compile(*(keras.optimizers.Adam(p["LEARNING_RATE"], beta_1=0.5, beta_2=0.9) for _ in networks))
    return model


# ---- the drawings, and what is measured


def load(n: int, seed: int, allow_standin: bool) -> tuple[Images, np.ndarray]:
    """Load n cats to train on, other ones for each seed, with 1,000 held out; and all 3,000, (3000, 32, 32, 1)."""
    cats = wu.load_images("quickdraw/cat", allow_standin=allow_standin).padded(2)
    pixels = np.concatenate([cats.train, cats.test])[:4000]
    others = pixels[:-HELD_OUT]
    fields = {name: getattr(cats, name) for name in ("name", "source", "is_standin", "note", "invert")}
    return Images(np.roll(others, -HELD_OUT * seed, axis=0)[:n], pixels[-HELD_OUT:], None, None, **fields), others


def leak(pictures: np.ndarray) -> dict[str, float]:
    """Tell whether pictures look augmented, uint8 (n, height, width, 1) on black.

    `grey_squares` is the share of them with a square of 8×8 pixels that are nearly grey, and `spread` the standard
    deviation of the centres of mass of what is lighter than grey, in pixels, the mean over both axes.
    """
    x = pictures[..., 0] / np.float32(127.5) - 1
    squares = np.lib.stride_tricks.sliding_window_view(np.abs(x), (SQUARE, SQUARE), axis=(1, 2))
    grey = squares.mean(axis=(-1, -2)).min(axis=(1, 2)) < NEARLY
    sums = [np.maximum(x, 0).sum(axis=axis) + 1e-6 for axis in (2, 1)]  # over columns, over rows
    centres = [(side @ np.arange(side.shape[1])) / side.sum(axis=1) for side in sums]
    return {"grey_squares": float(grey.mean()), "spread": float(np.std(centres, axis=1).mean())}


class Measure(StepCallback):
    """Append a row to quality.csv, of the averaged generator, always from the same latent vectors.

    Distances to the held-out drawings in principal components of the training drawings, the kernel distance times
    1000; `memorisation`, the ratio of `wu.memorisation` in pixels, mirrored training drawings included; and the
    critic's mean score of `train` and of `held_out` drawings minus that of generated ones.
    """

    def __init__(self, run: wu.Run, every: int, steps: int, images: Images, features: Any, n: int) -> None:
        super().__init__(run, every, steps)
        self.images, self.features, self.n = images, features, n
        self.both = np.concatenate([images.train, images.train[:, :, ::-1]])
        self.real = features(images.test[:n])

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        pictures, held_out = drawn(self.model, self.n), self.images.test[: self.n]
        row = distances(self.features(pictures), self.real)
        row["memorisation"] = wu.memorisation(pictures, self.both, held_out).ratio
        shown = {"generated": pictures, "train": self.images.train[: self.n], "held_out": held_out}
        score = {name: float(np.mean(self._scores(part))) for name, part in shown.items()}
        row |= {f"{name}_estimate": score[name] - score["generated"] for name in ("train", "held_out")}
        self.run.append("quality", {"step": self.step, **row})

    def _scores(self, pictures: np.ndarray) -> np.ndarray:
        return self.model.critic.predict(wu.as_inputs(pictures), batch_size=256, verbose=0)


def drawn(model: wu.AdversarialModel, n: int) -> np.ndarray:
    """The pictures that are measured, of the averaged generator, always from the same n latent vectors."""
    return wu.generate(model.averaged, wu.latent_vectors(n, model.latent_dim, seed=2_000_000))


def distances(features: np.ndarray, real: np.ndarray) -> dict[str, float]:
    """The kernel distance, times 1000, and the Fréchet distance of features (n, d) and (m, d)."""
    kernel, frechet = kernel_distance(features, real)[0], wu.frechet_distance(features, real)
    return {"kernel_distance": 1e3 * kernel, "frechet_distance": frechet}


def baselines(images: Images, others: np.ndarray, features: Any, n: int) -> dict[str, float]:
    """What is got in place of generated drawings: by others, by copies of the training drawings, by augmented ones."""
    real, rng = features(images.test[:n]), np.random.default_rng(0)
    seen = np.concatenate([images.train, images.train[:, :, ::-1]])  # mirrored, as they are shown
    copies = [distances(features(seen[rng.integers(len(seen), size=n)]), real) for _ in range(COPIERS)]
    found = distances(features(others[-n:]), real) | leak(others[-n:])
    augmented = ops.convert_to_numpy(augment(wu.as_inputs(others[-n:]), seed=0))
    pixels = np.rint((augmented + 1) * 127.5).astype(np.uint8)
    return (
        {f"baseline_{name}": value for name, value in found.items()}
        | {f"copies_{name}": float(np.mean([one[name] for one in copies])) for name in copies[0]}
        | {f"augmented_{name}": value for name, value in leak(pixels).items()}
    )


# ---- the runs


def jobs(seeds: list[int]) -> list[Job]:
    """List the runs."""
    arms = [(arm, n) for n in COUNTS for arm in (PLAIN, BOTH)]  # the longest first
    return [(arm, n, seed) for arm, n in [*arms, (REAL, LEAKING)] for seed in seeds]


def train(output: Path, preset: str, arm: str, n: int, seed: int) -> None:
    """Train one model, unless it has been, and write what was measured beside it."""
    p = {"PRESET": preset, **PRESETS[preset], **COMMON}
    every = max(1, p["STEPS"] // MEASUREMENTS)
    p["STEPS"] *= LONG if n == min(COUNTS) else 1
    name = f"{arm.replace(' ', '_')}-{n}-{seed}"
    run = wu.Run(output / "few_images" / name, p | {"ARM": arm, "N_TRAIN": n, "SEED": seed})
    if (run.folder / "metrics.json").exists():
        return
    images, others = load(n, seed, allow_standin=preset == "smoke")
    features = wu.fit_pca_features(others, seed=0)  # of all, so that every run has the same
    model, steps, n_eval = build(arm, seed, p, images), p["STEPS"], p["N_EVAL"]
    measure = Measure(run, every, steps, images, features, n_eval)
    options = {"log_every": every, "sample_every": steps, "samples_per_grid": SHEET, "show_progress": False}
    options |= {"health_every": steps, "mirror": True}  # a mirrored cat is a cat
    wu.train(model, images, run, steps, p["BATCH_SIZE"], extra_callbacks=[measure], **options)
    sheet = wu.generate(model.averaged, wu.latent_vectors(SHEET, p["LATENT_DIM"], seed))
    run.save_samples(steps, wu.image_grid(sheet, columns=8))
    table = dict(run.read("quality"))
    along = table.pop("step")
    curves = {name: [*zip(along, values, strict=True)] for name, values in table.items()}
    columns = leak(drawn(model, n_eval)) | baselines(images, others, features, n_eval)
    run.write_json("metrics.json", {"curves": curves, "columns": columns})


def main() -> None:
    """Do what is not done."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="the folder for few_images, a folder for each run")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="of every arm")
    parser.add_argument("--preset", default="full", choices=PRESETS)
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time; they share the cores")
    asked = parser.parse_args()
    wu.run_parallel(partial(train, asked.output.resolve(), asked.preset), jobs(asked.seeds), asked.workers)


if __name__ == "__main__":
    main()
