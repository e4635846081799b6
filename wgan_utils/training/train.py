"""Training in one call around Keras's `fit`: it writes a run folder, and can be stopped and continued."""

import signal
import sys
from pathlib import Path

import keras
import numpy as np

from wgan_utils.data.datasets import Images
from wgan_utils.errors import Refused
from wgan_utils.files import remove_leftovers
from wgan_utils.gan.backend import as_pipeline, chosen_devices, shared_by
from wgan_utils.gan.networks import latent_vectors, read_weights
from wgan_utils.models import AdversarialModel
from wgan_utils.training import callbacks
from wgan_utils.training.callbacks import ShowProgress
from wgan_utils.training.config import changes, describe, own_code
from wgan_utils.training.run import TABLES, History, Run, only_writer
from wgan_utils.zoo.generators import FOLDER, card_of, place_of, shipped_files

CARD_KEYS = ("lesson", "setup", "data", "environment", "steps", "metrics", "failings", "terms")


def train(
    model: AdversarialModel,
    images: Images,
    run: Run,
    steps: int,
    batch_size: int = 64,
    log_every: int = 1,
    sample_every: int | None = None,
    checkpoint_every: int | None = None,
    health_every: int | None = None,
    health_images: int = 64,
    mirror: bool = False,
    samples_per_grid: int = 100,
    show_progress: bool = True,
    extra_callbacks: list[keras.callbacks.Callback] | None = None,
    devices: int = 1,
    shipped: str = "",
) -> History:
    """Train a compiled model until it has done `steps` steps in all, continuing the run in the folder if any.

    One step is one generator update with its critic updates. An interrupt ends the training after the current step,
    keeps everything and raises; calling again continues, on a CPU to the same weights, bit for bit.

    Args:
        model: a compiled `AdversarialModel`, such as `GAN`, `WGAN`, `WGANGP` or one whose `step` you have written.
        images: what `load_images` or `toys.points_dataset` returned; `.train` is used.
        run: where everything is written.
        steps: how many steps the run has in the end, those already done included.
        batch_size: real images per critic update, and as many generated ones.
        log_every, sample_every, checkpoint_every, health_every: steps between two rows of the history, two sample
            grids, two checkpoints and two measurements of a Wasserstein critic's health; without, all steps, 25 grids,
            10 checkpoints and 20 measurements in all.
        health_images: how many images of each kind it takes; one batch, 64, is what BatchNorm in a critic is used to.
        mirror: mirror each real image, left to right, with probability ½ (see `RealImages`).
        samples_per_grid: how many generated images a sample grid holds.
        show_progress: whether to show how far it is; a series of short runs is easier to read without.
        extra_callbacks: further Keras callbacks.
        devices: how many devices share each batch, on JAX alone; 0 takes all. The result is one device's, to rounding.
        shipped: the training, one of `wu.pretrained()`, that takes the place of this one where the run's parameter
            TRAIN is false; see `load_pretrained_run`.

    Returns:
        The run's history, from its first step on.

    Raises:
        TrainingInterrupted: a KeyboardInterrupt, once all is written; after SIGTERM the process ends instead.
        RunChanged, RunBusy, RunUnwritable: the folder holds another run, is being written, or can't be written.
        TrainingDiverged: a loss or weight is not finite, or too large to compute with.
        CheckpointError: the folder's checkpoints are damaged.
        ValueError: its tables or its configuration are; images or model can't be trained with.
    """
    if shipped:
        card_of(shipped)  # or a ValueError, before anybody needs it
        if run.parameters.get("TRAIN") is False:
            return load_pretrained_run(shipped, model, run)
    if min(steps, batch_size, log_every) < 1:
        raise Refused(f"steps={steps}, batch_size={batch_size} and log_every={log_every} must be at least 1.")
    _check(model, images, extra_callbacks or [])
    together = chosen_devices(devices, batch_size)
    if run.last_checkpoint_step() is None:
        model.check_step()
    with only_writer(run.folder):
        run.write_config(describe(model, images, batch_size, mirror))
        done = _continue(model, run)
        if done and show_progress:
            print(f"This run has {done} steps already{'; nothing to train' * (done >= steps)}.")
        if done < steps:
            counts = (batch_size, model.critic_steps, model.seed, done, steps - done)
            batches = RealImages(images.train, *counts, mirror)
            shown, measured = (
                latent_vectors(n, model.latent_dim, model.seed) for n in (samples_per_grid, health_images)
            )
            health = health_every or max(1, steps // 20)
            actions = [
                callbacks.WriteHistory(run, log_every, steps),
                callbacks.WriteSamples(run, sample_every or max(1, steps // 25), steps, shown, images.train[:1000]),
                callbacks.WriteCriticHealth(run, health, steps, images.train, images.test, measured),
                callbacks.WriteCheckpoint(run, checkpoint_every or max(1, steps // 10), steps),
                *([ShowProgress(run, steps)] if show_progress else []),
                *(extra_callbacks or []),
            ]
            with shared_by(model, together), callbacks.stop_on_signal(model) as received:
                model.fit(as_pipeline(batches), shuffle=False, verbose=0, callbacks=actions)
        run.save_generator(model.final_generator)
        if done < steps and received:
            done = int(model.steps_done)
            message = f"Interrupted at step {done} of {steps}. Everything is kept; run again to continue."
            if signal.SIGTERM in received:
                print(message, file=sys.stderr, flush=True)
                signal.raise_signal(signal.SIGTERM)
            raise callbacks.TrainingInterrupted(message)
        return run.history()


def _check(model: AdversarialModel, images: Images, extra: list[keras.callbacks.Callback]) -> None:
    if not model.compiled:
        raise Refused("Compile the model before training it: model.compile(critic_optimizer, generator_optimizer).")
    wanted, given = model.critic.input_shape[1:], images.train.shape[1:]
    if given != wanted:
        raise Refused(f"The networks take images of shape {wanted}, not {given} as {images.name} has: make them agree.")
    if any(isinstance(c, keras.callbacks.LearningRateScheduler | keras.callbacks.ReduceLROnPlateau) for c in extra):
        what = "LearningRateScheduler and ReduceLROnPlateau would change the critic's learning rate alone"
        raise Refused(f"{what}: give both optimizers a schedule of keras.optimizers.schedules.")
    parts = (images.train[i : i + 512] for i in range(0, len(images.train), 512))  # they may be a file on the disk
    if images.train.dtype == np.uint8 and all((part == images.train[:1]).all() for part in parts):
        raise Refused(f"The {len(images.train):,} training images of {images.name} are all the same.")


def _continue(model: AdversarialModel, run: Run) -> int:
    for folder in (run.folder, run.folder / "samples", run.folder / "checkpoints"):
        remove_leftovers(folder)
    for table in TABLES:
        run.read(table)  # or a ValueError, while the model is as it was
    step, _ = run.load_checkpoint(model.restore) or (-1, None)
    if step < 0 < int(model.steps_done):
        what = f"This model has been trained for {int(model.steps_done)} steps already, and {run!r} has no checkpoint"
        raise Refused(f"{what} to continue from: build the networks and the model anew.")
    run.truncate(step)
    return max(0, step)


# ---- a training that ships with the library, in place of one of the reader's own


def load_pretrained_run(name: str, model: AdversarialModel, run: Run, folder: Path = FOLDER) -> History:
    """Put a shipped training in place of a training: the generator's weights, and the run's tables and samples.

    The other network's weights do not ship: it stays as it is, and a printed line says so.

    A ValueError where there is none of that name, a file is damaged, the model has another width than the card says,
    or the run has checkpoints of its own.
    """
    card, place = card_of(name, folder), place_of(name, folder)
    if run.last_checkpoint_step() is not None:
        raise Refused(f"{run!r} holds a training of its own; choose another RUN_NAME to look at the shipped one.")
    if model.generator.count_params() != card["setup"]["generator_weights"]:
        values = f"WIDTH {card['width']:g} and LATENT_DIM {card['setup']['latent_dim']}"
        raise Refused(f"The shipped {name!r} has {values}; set both to these.")
    model.generator.set_weights(read_weights(place / "generator.npz", model.generator))
    print(f"Of {name!r} the generator ships: the other network is untrained.")
    if model.averaged is not None:
        model.averaged.set_weights(model.generator.get_weights())
    if (code := own_code(type(model))) and changes(card["setup"].get("code", {}), code):
        print(f"The training shown is the one that ships, {name!r}: its step was the lesson's own, not yours.")
    with only_writer(run.folder):
        run.write_json("config.json", {**{key: card[key] for key in CARD_KEYS if key in card}, "pretrained": name})
        for path, file in shipped_files(name, folder).items():
            if path.startswith(("samples/", "trials/")) or path in [f"{table}.csv" for table in TABLES]:
                target = run.folder / path.removeprefix("trials/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        run.save_generator(model.generator)
    return run.history()


# ---- the real images of each step


class RealImages(keras.utils.PyDataset):
    """Real images for `fit`; item i is step first_step + i's, of shape (batch, critic_steps, H, W, channels).

    Each pass over the images has a random order of its own and shows every image once, so that the critic's updates
    within a step see different images. An item depends on the seed and its step alone: a run continued at step k gets
    the batches it would have got without the break.

    Args:
        images: uint8 of shape (n, height, width, channels); or points, float32 of shape (n, dimensions).
        batch_size: images per critic update.
        critic_steps: critic updates per step.
        seed: integer.
        first_step: the step that item 0 belongs to.
        steps: number of items.
        mirror: mirror each image, left to right, with probability ½; for faces, never for digits.
    """

    def __init__(
        self,
        images: np.ndarray,
        batch_size: int,
        critic_steps: int,
        seed: int,
        first_step: int,
        steps: int,
        mirror: bool = False,
    ) -> None:
        super().__init__()
        if (images.dtype.name, images.ndim) not in (("uint8", 4), ("float32", 2)) or (mirror and images.ndim != 4):
            raise Refused(
                "Training images must be uint8 of shape (n, height, width, channels), or points, which can't be "
                f"mirrored, float32 of shape (n, dimensions); not {images.dtype} of shape {images.shape}."
            )
        self.images, self.batch_size, self.critic_steps = images, batch_size, critic_steps
        self.seed, self.first_step, self.steps, self.mirror = seed, first_step, steps, mirror
        self._order: tuple[int, np.ndarray] = (-1, np.empty(0, int))

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray]:
        per_step = self.critic_steps * self.batch_size
        start = (self.first_step + index) * per_step
        passes, places = np.divmod(np.arange(start, start + per_step), len(self.images))
        chosen = np.concatenate([self._order_of(int(n))[places[passes == n]] for n in np.unique(passes)])
        real = self.images[chosen]
        if self.mirror:
            turned = np.random.default_rng([self.seed, self.first_step + index, 1]).random(per_step) < 0.5
            real[turned] = real[turned, :, ::-1]
        return (real.reshape(self.batch_size, self.critic_steps, *self.images.shape[1:]),)

    def _order_of(self, pass_number: int) -> np.ndarray:
        if self._order[0] != pass_number:
            self._order = pass_number, np.random.default_rng([self.seed, pass_number]).permutation(len(self.images))
        return self._order[1]
