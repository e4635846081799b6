"""One training on several devices: Keras's `DataParallel` on JAX, which compiles one program for all of them.

The program is that of one device and the whole batch, only laid out otherwise. So noise, dropout, BatchNorm's
statistics and every mean are those of the whole batch, and the results differ by rounding alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import BACKEND


def chosen_devices(devices: int, batch_size: int) -> list[str]:
    """Name the devices, 0 for all, that are to share each batch; none where one does all the work.

    A ValueError for another backend than JAX, fewer devices than asked for, or a batch that can't be shared evenly.
    """
    if devices == 1:
        return []
    if BACKEND != "jax":  # where each would run the step by itself, on its own share of noise and BatchNorm's batch
        raise Refused(f"{devices} devices need the JAX backend: set KERAS_BACKEND=jax before Keras is imported.")
    found = keras.distribution.list_devices()
    chosen = found[: devices or len(found)]
    if not 0 <= devices <= len(found) or batch_size % len(chosen):
        raise Refused(f"A batch of {batch_size} can't be shared evenly by {devices or 'all'} of {len(found)} devices.")
    return chosen if len(chosen) > 1 else []


@contextmanager
def shared_by(model: Any, devices: list[str]) -> Iterator[None]:
    """Let `fit` train a compiled model on several devices within the block, if any are named; then on one as before."""
    if not devices:
        yield
        return
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
