"""Train the variational autoencoder of the faces for long, and measure it ten times on the way.

    python -m sweeps.vae --output DIR
    python -m scripts.ship_trials DIR/vae SEED --samples 0 --terms "Trained on CelebA, …"

A run is DIR/vae/SEED. First every seed is trained to its first measurement, then each until STEPS, or until the loss of
held-out images has not fallen at three measurements in succession. A run that was ended goes on from its checkpoint.
"""

import sys
import time
from typing import Any

import imageio.v3 as imageio
import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from sweeps.faces import Asked, asked
from wgan_utils import labs
from wgan_utils.training.config import environment

MEASUREMENTS = 10
PATIENCE = 3  # measurements
SHOWN = 12  # decoded means in a row of the samples; below those of the first measurement
LATENT_SEED = 1_000_000  # of the images that are measured


def train(given: Asked, seed: int, measurements: int) -> None:
    """Train one autoencoder until it has been measured so often, or go on with it."""
    chosen = given.parameters | {"SEED": seed, "RUN_NAME": str(seed)}
    run = wu.Run(given.folder / str(seed), chosen)
    every = max(1, chosen["STEPS"] // MEASUREMENTS)
    keras.utils.set_random_seed(seed)
    decoder = wu.networks.face_generator(chosen["WIDTH"], chosen["LATENT_DIM"])
    vae = labs.VAE(decoder, wu.networks.face_critic(chosen["WIDTH"]), chosen["LATENT_DIM"], seed)
    vae.compile(keras.optimizers.Adam(chosen["LEARNING_RATE"]))
    vae.optimizer.build(vae.trainable_variables)
    state = list({id(v): v for v in [*vae.variables, *vae.optimizer.variables]}.values())
    done, arrays = run.load_checkpoint() or (0, {})
    for variable, name in zip(state, sorted(arrays), strict=False):
        variable.assign(arrays[name])
    run.truncate(done)
    data = {name: getattr(given.images, name) for name in ("name", "source", "sha256", "note")}
    setup = {"batch_size": chosen["BATCH_SIZE"]}
    run.write_config({"setup": setup, "data": data, "environment": environment()})
    while done < measurements * every and not has_stopped_falling(run.history().get("held_out_loss", [])):
        batches = wu.RealImages(given.images.train, chosen["BATCH_SIZE"], 1, seed, done, every, chosen["MIRROR"])
        started = time.perf_counter()
        loss = vae.fit(batches, shuffle=False, verbose=0).history["loss"][0]
        seconds = time.perf_counter() - started
        done += every
        row, decoded = measure(vae, given, seed)
        run.append("history", {"step": done, "seconds": seconds, "loss": loss, **row})
        sheet = wu.image_grid(decoded[:SHOWN], SHOWN)
        first = [imageio.imread(path)[: len(sheet)] for _, path in run.samples()[:1]]
        run.save_samples(done, np.concatenate([*first, sheet]))
        run.save_checkpoint(done, {f"{i:04d}": ops.convert_to_numpy(v) for i, v in enumerate(state)})
        run.write_json("metrics.json", {})
        print(f"seed {seed}, step {done}: {seconds:.0f} s,", {name: round(x, 3) for name, x in row.items()}, flush=True)


def has_stopped_falling(losses: Any) -> bool:
    """Whether the last measurements have not come below those before."""
    return len(losses) > PATIENCE and min(losses[-PATIENCE:]) >= min(losses[:-PATIENCE])


def measure(vae: labs.VAE, given: Asked, seed: int) -> tuple[dict[str, float], np.ndarray]:
    """The held-out loss, σ in grey levels, and how good decoded means are, without the pixels' noise and with it.

    Returns:
        These, and the decoded means.
    """
    n = len(given.real)
    held_out = wu.RealImages(given.images.test, min(100, n), 1, seed, 0, max(1, n // 100))
    parts = [vae(given.real[i : i + 250]) for i in range(0, n, 250)]
    sigma = 127.5 * float(ops.sqrt(ops.mean(ops.concatenate([(p["decoded"] - p["real"]) ** 2 for p in parts]))))
    decoded = wu.generate(vae.decoder, wu.latent_vectors(n, given.parameters["LATENT_DIM"], LATENT_SEED))
    noise = sigma * np.random.default_rng(seed).standard_normal(decoded.shape, dtype="float32")
    noisy = np.clip(decoded + noise, 0, 255).astype(np.uint8)
    row = {"held_out_loss": vae.evaluate(held_out, verbose=0), "sigma": sigma}
    row |= labs.quality(decoded, given.real, given.features)
    row |= {f"noisy {name}": value for name, value in labs.quality(noisy, given.real, given.features).items()}
    return row, decoded


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for."""
    given = asked("vae", str(__doc__), arguments)
    held_out = given.images.test[: len(given.real)]
    print("held out:", labs.quality(held_out, given.real, given.features), flush=True)
    for measurements in (1, MEASUREMENTS):
        for seed in given.seeds:
            train(given, seed, measurements)
    return 0


if __name__ == "__main__":
    sys.exit(main())
