"""Training in one call around Keras's `fit`: it writes a run folder, and can be stopped and continued."""

import keras
import numpy as np

from wgan_utils.data.datasets import Images
from wgan_utils.errors import Refused
from wgan_utils.files import remove_leftovers
from wgan_utils.gan.devices import check_same_start, chosen_devices, own_rows, shared_by
from wgan_utils.gan.sampling import latent_vectors
from wgan_utils.models import AdversarialModel
from wgan_utils.training import callbacks, quality
from wgan_utils.training.batches import RealImages
from wgan_utils.training.config import data_and_environment, describe
from wgan_utils.training.progress import ShowProgress
from wgan_utils.training.run import History, Run, only_writer
from wgan_utils.training.shipped import load_pretrained_run
from wgan_utils.zoo.generators import card_of

SAMPLES_PER_GRID = 100


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
    health_images: int = quality.HEALTH_IMAGES,
    mirror: bool = False,
    samples_per_grid: int = SAMPLES_PER_GRID,
    show_progress: bool = True,
    extra_callbacks: list[keras.callbacks.Callback] | None = None,
    devices: int = 1,
    shipped: str = "",
) -> History:
    """Train a compiled model until it has done `steps` steps in all, continuing the run in the folder if any.

    One step is one generator update with its critic updates. Ctrl-C, or the notebook's interrupt, ends the training
    after the current step, keeps everything and raises, so that no later cell evaluates half a training; calling again
    continues, on a CPU to the same weights, bit for bit.

    Args:
        model: a compiled `AdversarialModel`, such as `GAN`, `WGAN`, `WGANGP` or one whose `step` you have written.
        images: what `load_images` or `toys.points_dataset` returned; `.train` is used.
        run: where everything is written.
        steps: how many steps the run has in the end, those already done included.
        batch_size: real images per critic update, and as many generated ones.
        log_every: steps between two rows of the history.
        sample_every: steps between two sample grids; 25 in all when not given.
        checkpoint_every: steps between two checkpoints; 10 in all when not given.
        health_every: steps between two measurements of a Wasserstein critic's health; 20 in all when not given.
        health_images: how many images of each kind it takes.
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
        TrainingInterrupted: a KeyboardInterrupt; everything has been written. So it has after SIGTERM, before the
            process ends.
        RunChanged: the folder holds a run with other settings.
        RunBusy: another process is training this run.
        RunUnwritable: the disk is full, or the folder may not be written or is gone.
        TrainingDiverged: a loss or weight is not finite, or too large to compute with.
        CheckpointError: the folder's checkpoints are damaged.
        ValueError: its tables or its configuration are; the training images are all the same; or the model's `step`
            does not return numbers to log.
    """
    if shipped:
        card_of(shipped)  # or a ValueError, before anybody needs it
        if run.parameters.get("TRAIN") is False:
            return load_pretrained_run(shipped, model, run)
    _check(model, images)
    _check_callbacks(extra_callbacks or [])
    _check_positive(
        steps=steps,
        batch_size=batch_size,
        log_every=log_every,
        sample_every=sample_every,
        checkpoint_every=checkpoint_every,
        health_every=health_every,
        health_images=health_images,
        samples_per_grid=samples_per_grid,
    )
    together = chosen_devices(devices, batch_size)
    if run.last_checkpoint_step() is None:
        model.check_step()
    with only_writer(run.folder):
        run.write_config({"setup": describe(model, images, batch_size, mirror), **data_and_environment(images)})
        done = _continue(model, run)
        check_same_start(done, together)
        if done >= steps and show_progress:
            print(f"This run has {done} steps already; nothing to train. Another RUN_NAME starts a new one.")
            ShowProgress(run, done).show()
        elif done and show_progress:
            print(f"Continuing at step {done}.")
        if done < steps:
            counts = (batch_size, model.critic_steps, model.seed, done, steps - done)
            batches = RealImages(images.train, *counts, mirror, own_rows(batch_size, together))
            latent = latent_vectors(health_images, model.latent_dim, model.seed)
            health = {"every": health_every or max(1, steps // 20), "last_step": steps, "images": health_images}
            shown = latent_vectors(samples_per_grid, model.latent_dim, model.seed)
            actions = [
                callbacks.WriteHistory(run, log_every, steps),
                callbacks.WriteSamples(run, sample_every or max(1, steps // 25), steps, shown, images.train[:1000]),
                quality.WriteCriticHealth(run, train=images.train, held_out=images.test, latent=latent, **health),
                callbacks.WriteCheckpoint(run, checkpoint_every or max(1, steps // 10), steps),
                *([ShowProgress(run, steps)] if show_progress else []),
                *(extra_callbacks or []),
            ]
            with shared_by(model, together):
                _fit(model, run, batches, actions, steps)
        run.save_generator(model.final_generator)
        return run.history()


def _fit(
    model: AdversarialModel, run: Run, batches: RealImages, actions: list[keras.callbacks.Callback], steps: int
) -> None:
    """Let Keras train; a signal that stopped it takes effect once everything is written."""
    stop = callbacks.StopOnSignal()
    try:
        model.fit(batches, shuffle=False, verbose=0, callbacks=[*actions, stop])
    finally:
        stop.release()
    if stop.received is not None:
        run.save_generator(model.final_generator)
        stop.finish(
            f"Interrupted at step {int(model.steps_done)} of {steps}. Everything is kept; run again to continue."
        )


def _check(model: AdversarialModel, images: Images) -> None:
    if not model.compiled:
        raise Refused("Compile the model before training it: model.compile(critic_optimizer, generator_optimizer).")
    wanted = model.critic.input_shape[1:]
    if images.train.shape[1:] != wanted:
        raise Refused(
            f"The networks are made for images of shape {wanted} and those of {images.name} have the shape "
            f"{images.train.shape[1:]}; load them at that size, or build networks of theirs."
        )
    first, parts = images.train[:1], range(0, len(images.train), 512)
    if first.dtype == np.uint8 and all((images.train[i : i + 512] == first).all() for i in parts):
        raise Refused(
            f"The {len(images.train):,} training images of {images.name} are all the same, so that there is nothing to "
            "learn but that one. Look at the file or folder they came from."
        )


def _check_callbacks(extra: list[keras.callbacks.Callback]) -> None:
    for callback in extra:
        if isinstance(callback, keras.callbacks.LearningRateScheduler | keras.callbacks.ReduceLROnPlateau):
            raise Refused(
                f"{type(callback).__name__} would change the critic's learning rate only. Give both optimizers a "
                "schedule (keras.optimizers.schedules), or write a callback that sets model.optimizer.learning_rate "
                "and model.generator_optimizer.learning_rate."
            )


def _check_positive(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise Refused(f"{name} must be at least 1, not {value!r}.")


def _continue(model: AdversarialModel, run: Run) -> int:
    for folder in (run.folder, run.folder / "samples", run.folder / "checkpoints"):
        remove_leftovers(folder)
    checkpoint = run.load_checkpoint(lambda step, state: model.check_state(state, step))
    if checkpoint is None:
        if int(model.steps_done):
            raise Refused(
                f"This model has been trained for {int(model.steps_done)} steps already, and {run!r} has no "
                "checkpoint to continue from; build the networks and the model anew."
            )
        run.truncate(-1)
        return 0
    step, state = checkpoint
    model.restore(state)
    run.truncate(step)
    return step
