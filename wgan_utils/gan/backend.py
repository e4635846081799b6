"""Gradients on TensorFlow, JAX and PyTorch behind a few functions.

Keras 3 runs one model on three backends, but leaves differentiation to them. Everything in this project that
knows which backend is running stands in this file.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from wgan_utils.errors import Refused

BACKEND = keras.backend.backend()

if BACKEND == "tensorflow":
    import tensorflow as tf

    # It counts the first steps of several models, each compiled once, as one function compiled again and again.
    logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())

    if tuple(map(int, tf.__version__.split(".")[:2])) < (2, 21):
        # This pass gives up on a convolution's LeakyReLU with its gradient, which costs nothing, and says so on stderr
        # at whatever log level.
        tf.config.optimizer.set_experimental_options({"remapping": False})
elif BACKEND == "jax":
    import jax
elif BACKEND == "torch":
    import torch
else:
    raise ImportError(f"wgan_utils needs KERAS_BACKEND to be tensorflow, jax or torch, not {BACKEND!r}.")

LossFunction = Callable[[], tuple[Any, dict[str, Any]]]


def value_and_gradients(loss_fn: LossFunction, variables: list, state: Iterable = ()) -> tuple[Any, dict, list]:
    """Evaluate a loss and differentiate it with respect to some variables.

    Args:
        loss_fn: returns a scalar loss and a dictionary of tensors to pass on.
        variables: the Keras variables to differentiate for.
        state: every variable that `loss_fn` may read or update besides them: the other network's weights,
            BatchNorm statistics, seeds. JAX has to be told; the other backends look them up themselves.

    Returns:
        The loss (scalar), the dictionary, and one gradient per variable, of the variable's shape.
    """
    values = [v.value for v in variables]
    if BACKEND == "tensorflow":
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            loss, extra = loss_fn()
        return loss, extra, tape.gradient(loss, values, unconnected_gradients="zero")
    if BACKEND == "torch":
        loss, extra = loss_fn()
        gradients = torch.autograd.grad(loss, values, allow_unused=True, materialize_grads=True)
        # What is passed on is for logging, and would keep everything it was computed from in memory.
        return loss.detach(), {name: value.detach() for name, value in extra.items()}, list(gradients)
    chosen = {id(v) for v in variables}
    others = [v for v in state if id(v) not in chosen]
    before = [v.value for v in others]

    def loss_of(values: list) -> tuple[Any, tuple[dict, list]]:
        mapping = [*zip(variables, values, strict=True), *zip(others, before, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            loss, extra = loss_fn()
        return loss, (extra, [scope.get_current_value(v) for v in others])

    (loss, (extra, after)), gradients = jax.value_and_grad(loss_of, has_aux=True)(values)
    _assign(others, after)
    return loss, extra, gradients


def input_gradient(function: Callable, inputs: Any, state: Iterable = ()) -> Any:
    """Differentiate `function(inputs).sum()` for `inputs`; for a critic, one gradient per image.

    The result can be differentiated again, as the gradient penalty is (Gulrajani et al. 2017, eq. 3).

    Args:
        function: maps a batch of shape (batch, ...) to scores of shape (batch, 1) or (batch,).
        inputs: the batch, a tensor of floats.
        state: the variables that `function` reads or updates (see `value_and_gradients`).

    Returns:
        A tensor of the shape of `inputs`.
    """
    inputs, state = ops.convert_to_tensor(inputs), list(state)
    if BACKEND == "tensorflow":
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            score_sum = ops.sum(function(inputs))
        return tape.gradient(score_sum, inputs, unconnected_gradients="zero")
    if BACKEND == "torch":
        leaf = inputs.detach().requires_grad_()
        options = {"create_graph": True, "allow_unused": True, "materialize_grads": True}
        return torch.autograd.grad(ops.sum(function(leaf)), leaf, **options)[0]
    if not state:
        # No scope of its own: an empty one would hide the weights that the enclosing one differentiates for.
        return jax.grad(lambda x: ops.sum(function(x)))(inputs)
    before = [v.value for v in state]

    def total(x: Any) -> tuple[Any, list]:
        with keras.StatelessScope(state_mapping=list(zip(state, before, strict=True))) as scope:
            value = ops.sum(function(x))
        return value, [scope.get_current_value(v) for v in state]

    gradient, after = jax.grad(total, has_aux=True)(inputs)
    _assign(state, after)
    return gradient


def _assign(variables: list, values: list) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def run_step(model: keras.Model, step: Callable[[Any], dict], *args: Any) -> Any:
    """Call `step(data)` the way the backend's `fit` expects of `train_step`; JAX's passes and takes all values."""
    if BACKEND != "jax":
        return step(args[0])
    state, data = args
    groups = [model.trainable_variables, model.non_trainable_variables, model.optimizer.variables]
    groups.append(model.metrics_variables)
    mapping = [pair for group, values in zip(groups, state, strict=True) for pair in zip(group, values, strict=True)]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        logs = step(data)
    return logs, tuple([scope.get_current_value(v) for v in group] for group in groups)


def as_pipeline(batches: keras.utils.PyDataset) -> Any:
    """Return what `fit` is to read a data set through: on TensorFlow a `tf.data` pipeline that is not tuned.

    Keras would make one whose tuner sleeps, each time twice as long, up to a minute. Now and then it sleeps through its
    own end (its last signal comes before the flag that it looks at), and `fit` waits for it.
    """
    if BACKEND != "tensorflow":
        return batches
    specs = tuple(tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in batches[0])
    items = tf.data.Dataset.from_generator(lambda: (batches[i] for i in range(len(batches))), output_signature=specs)
    untuned = tf.data.Options()
    untuned.autotune.enabled = False
    return items.apply(tf.data.experimental.assert_cardinality(len(batches))).prefetch(2).with_options(untuned)


def compiled(function: Callable) -> Callable:
    """Compile a function of tensors on TensorFlow, where op by op takes several times as long; elsewhere leave it."""
    return tf.function(function, autograph=False) if BACKEND == "tensorflow" else function


def traced_once(function: Callable) -> Callable:
    """Let a step that TensorFlow compiles trace a function once, which takes seconds each time; elsewhere leave it."""
    return compiled(function) if BACKEND == "tensorflow" and tf.inside_function() else function


def without_autograph(function: Callable) -> Callable:
    """Keep AutoGraph from rewriting a function whose Python needs no help, which takes seconds."""
    return tf.autograph.experimental.do_not_convert(function) if BACKEND == "tensorflow" else function


class CompiledStep:
    """A function of a batch that TensorFlow compiles, with AutoGraph, within a compiled step; else it runs as it is."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self.graph: Any = tf.function(function) if BACKEND == "tensorflow" else None

    def __call__(self, batch: Any) -> Any:
        """Call the function, or within a compiled step its graph."""
        inside = self.graph is not None and tf.inside_function()
        return self.graph(batch) if inside else self.function(batch)

    def outputs(self, shape: tuple[int | None, ...]) -> Any:
        """Compile it on TensorFlow for float32 batches of a shape, and return what it returns, without values."""
        return self.graph.get_concrete_function(tf.TensorSpec(shape, "float32")).structured_outputs


def note(function: Callable[..., None], *tensors: Any) -> None:
    """Call a function with the values of tensors, within a compiled step each time that this runs; on TensorFlow."""
    tf.numpy_function(function, tensors, [])


def forget_traces(owner: Any) -> None:
    """Have TensorFlow compile an object's methods anew which are decorated with `@tf.function`."""
    for method in (method for kind in type(owner).__mro__ for method in vars(kind).values()):
        getattr(method, "_descriptor_cache", {}).pop(owner, None)


def compiled_loop(step: Callable[[], Any]) -> Callable[[int], None]:
    """Make of `step` a function that runs it so many times: a compiled loop on TensorFlow, else a Python loop."""
    if BACKEND != "tensorflow":

        def repeat(times: int) -> None:
            for _ in range(times):
                step()

        return repeat

    def body(i: Any) -> Any:
        step()
        return i + 1

    loop = tf.function(lambda times: tf.while_loop(lambda i: i < times, body, [tf.constant(0)]), autograph=False)
    return lambda times: loop(tf.constant(times))


def gpu_name() -> str | None:
    """Return the name of the GPU that Keras would compute on, or None when it would use the CPU."""
    if BACKEND == "tensorflow":
        gpus = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else None
    if BACKEND == "jax":
        device = jax.devices()[0]
        return None if device.platform == "cpu" else device.device_kind
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "Apple GPU" if torch.backends.mps.is_available() else None


# ---- one training on several devices


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
