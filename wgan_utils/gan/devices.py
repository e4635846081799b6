"""One training on several devices: Keras's `DataParallel` on JAX, which compiles one program for all of them.

The program is that of one device and the whole batch, only laid out otherwise. So noise, dropout, BatchNorm's
statistics and every mean are those of the whole batch, and the results differ by rounding alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import BACKEND, gathered, process_number

REASON = (
    "Several devices need the JAX backend (KERAS_BACKEND=jax, set before Keras is imported), where Keras compiles one "
    "program for all of them. On {backend} each device would run the step by itself: with noise that is not the whole "
    "batch's, BatchNorm over its own share, and gradients whose sum Keras takes for their mean."
)


def chosen_devices(devices: int, batch_size: int) -> list[str]:
    """Name the devices that are to share each batch; none where one does all the work.

    Args:
        devices: how many; 0 takes all there are, those of other processes too.
        batch_size: images per critic update.

    Raises:
        ValueError: another backend than JAX, fewer devices than asked for, or a batch that can't be shared out evenly.
    """
    if devices == 1:
        return []
    if devices < 0:
        raise Refused(f"devices must be 0, for all there are, or how many shall share each batch, not {devices!r}.")
    if BACKEND != "jax":
        raise Refused(REASON.format(backend={"tensorflow": "TensorFlow", "torch": "PyTorch"}[BACKEND]))
    found = keras.distribution.list_devices()
    if process_number()[1] > 1 and devices not in (0, len(found)):
        raise Refused(f"Processes that train together share all of their {len(found)} devices; give devices=0.")
    if devices > len(found):
        raise Refused(
            f"{devices} devices were asked for, and JAX has {len(found)}: {', '.join(found)}. To try things "
            "out, XLA_FLAGS=--xla_force_host_platform_device_count=2 in the environment makes two of a CPU."
        )
    chosen = found[: devices or len(found)]
    if batch_size % len(chosen):
        raise Refused(f"A batch of {batch_size} can't be shared evenly by {len(chosen)} devices; take a multiple.")
    return chosen if len(chosen) > 1 else []


@contextmanager
def shared_by(model: Any, devices: list[str]) -> Iterator[None]:
    """Let `fit` train a compiled model on several devices within the block; with none named it changes nothing.

    Every device holds all variables and a share of each batch. Afterwards the model is on one device, as before.
    """
    if not devices:
        yield
        return
    # A process of several is given its own rows of each batch: see `own_rows`.
    distribution = keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
    everything = [*model.variables, *model.metrics_variables]
    everything += [*model.optimizer.variables, *model.generator_optimizer.variables]
    variables = list({id(variable): variable for variable in everything}.values())
    model.train_function = None  # compiled for where the variables were
    try:
        with distribution.scope():
            for variable in variables:
                everywhere = keras.distribution.TensorLayout([None] * len(variable.shape), distribution.device_mesh)
                variable.assign(keras.distribution.distribute_tensor(variable.value, everywhere))
            yield
    finally:
        model.train_function = None
        for variable in variables:
            variable.assign(keras.ops.convert_to_numpy(variable.value))


def split_batch(batch: Any) -> Any:
    """Tell the compiler to share a batch, made within a step, among the devices; elsewhere return it as it is.

    Without being told it may as well make all latent vectors, and all images from them, on every device.
    """
    distribution = keras.distribution.distribution()
    if distribution is None:
        return batch
    return keras.distribution.distribute_tensor(batch, distribution.get_data_layout(batch.shape))


def own_rows(batch_size: int, devices: list[str]) -> slice:
    """Return which rows of each batch this process feeds: all of them, or its share where several processes train."""
    number, processes = process_number() if devices else (0, 1)
    share = batch_size // processes
    return slice(number * share, (number + 1) * share)


def check_same_start(step: int, devices: list[str]) -> None:
    """Let processes that train together begin only at the same step: otherwise one would wait for the others for ever.

    Raises:
        ValueError: they would not.
    """
    steps = gathered(step) if devices else [step]
    if len(set(steps)) > 1:
        raise Refused(
            f"The processes would go on from different steps, {', '.join(map(str, steps))}: their checkpoints differ. "
            "Copy the folder of one over those of the others."
        )
