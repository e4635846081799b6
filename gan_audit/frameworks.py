"""TensorFlow, PyTorch and JAX behind one interface: spying networks whose formula is known. Imported when asked for.

A critic's weights w have the shape of one image, and x₀ is an image's first number:

    f(x) = (1 + gate·sign(x₀))·⟨w, x⟩ + ½·bend·‖x‖²        ∇f(x) = (1 + gate·sign(x₀))·w + bend·x

A generator makes the image w of every latent vector.
"""

import contextlib
import copy
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

STATISTIC = 3.0  # what TensorFlow's and PyTorch's networks hold besides weights, as BatchNorm does


class Spy:
    """A network's formula, and what it is asked: `calls` has each one's inputs, weights, and training flag."""

    gradients_left = images_changed = False  # what only PyTorch allows

    def prepare(
        self, framework: Any, weights: np.ndarray, gate=0.0, bend=0.0, column=True, makes=False, name="", calls=None
    ) -> None:
        """Set the constants; scores have the shape (n, 1), or without `column` (n,). `makes`: it is a generator."""
        self.framework, self.size, self.spied_as = framework, np.ndim(weights), name
        self.gate, self.bend, self.column, self.makes = gate, bend, column, makes
        self.calls = SimpleNamespace(log=[] if calls is None else calls)  # Keras would copy a list
        self.alive: list[weakref.ref] = []  # PyTorch's inputs

    def answer(self, x: Any, weights: Any, mode: bool | None) -> Any:
        """Return the scores of a batch, or of one image without a batch axis; or images."""
        sign, total, read = self.framework.sign, self.framework.total, self.framework.read
        call = SimpleNamespace(name=self.spied_as, asked=None, weights=None, mode=mode)
        self.calls.log.append(call)
        read(x, lambda values: setattr(call, "asked", values), self.alive)
        read(weights, lambda values: setattr(call, "weights", values), [])
        axes = tuple(range(-self.size, 0))
        if self.makes:
            return 0 * total(x, tuple(range(1, len(x.shape))))[(...,) + (None,) * self.size] + weights
        scores = (1 + self.gate * sign(x[(...,) + (0,) * self.size])) * total(x * weights, axes)
        scores = scores + self.bend / 2 * total(x * x, axes)
        return scores[..., None] if self.column else scores

    def gradient_at(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return ∇f at points (n, ...), from the formula."""
        first = x.reshape(len(x), -1)[:, 0].reshape(-1, *[1] * self.size)
        return (1 + self.gate * np.sign(first)) * weights + self.bend * x


def torch_framework() -> SimpleNamespace:
    """Import PyTorch."""
    import torch

    class Network(Spy, torch.nn.Module):
        def __init__(self, weights: np.ndarray, **knobs: Any) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.tensor(weights))
            self.register_buffer("statistic", torch.tensor(STATISTIC))
            self.prepare(framework, weights, **knobs)

        def forward(self, x: Any, *_: Any, **__: Any) -> Any:
            return self.answer(x, self.weight, self.training)

        def values(self) -> tuple[np.ndarray, float]:
            return numpy(self.weight).copy(), float(self.statistic)

    def numpy(value: Any) -> np.ndarray:
        return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)

    def read(x: Any, tell: Callable, alive: list) -> None:
        functorch = torch._C._functorch
        while functorch.is_functorch_wrapped_tensor(x):  # within torch.func.grad, or vmap
            x = functorch.get_unwrapped(x)
        tell(numpy(x).copy())
        alive.append(weakref.ref(x))

    def pay(call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
        given = [torch.tensor(batch) for batch in images]
        value = call(critic, *given)
        critic.gradients_left = critic.weight.grad is not None
        critic.images_changed = not all(np.array_equal(numpy(x), y) for x, y in zip(given, images, strict=True))
        if not differentiate or not isinstance(value, torch.Tensor) or not value.requires_grad:
            return numpy(value), None
        gradient = torch.autograd.grad(value.mean(), critic.weight, allow_unused=True)[0]
        return numpy(value), None if gradient is None else numpy(gradient)

    def scores(critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        critic, x = copy.deepcopy(critic).train(), torch.tensor(images, requires_grad=True)
        scores = critic(x)
        return numpy(scores), numpy(torch.autograd.grad(scores[0].sum(), x)[0])

    framework = SimpleNamespace(shape=(3, 4, 5), channel_axis=1, Network=Network, tensor=torch.tensor)
    framework.sign, framework.total = torch.sign, torch.sum
    framework.eager = framework.uncompiled = contextlib.nullcontext
    framework.optimizer = lambda network, rate: torch.optim.SGD(network.parameters(), rate)
    framework.read, framework.pay, framework.scores = read, pay, scores
    return framework


def tensorflow_framework() -> SimpleNamespace:
    """Import TensorFlow, and Keras on it."""
    import keras
    import tensorflow as tf

    class Network(Spy, keras.Model):
        def __init__(self, weights: np.ndarray, **knobs: Any) -> None:
            super().__init__(dtype="float32")
            self.weight = self.add_weight(shape=weights.shape)
            self.statistic = self.add_weight(shape=(), trainable=False)
            self.weight.assign(weights)
            self.statistic.assign(STATISTIC)
            self.prepare(framework, weights, **knobs)
            self.built = True

        def __call__(self, x: Any, *_: Any, training: bool | None = None, **__: Any) -> Any:
            return self.answer(tf.convert_to_tensor(x), self.weight.value, training)

        def values(self) -> tuple[np.ndarray, float]:
            return np.array(self.weight), float(self.statistic)

    def pay(call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
        with tf.GradientTape() as tape:
            value = call(critic, *map(tf.constant, images))
            mean = tf.reduce_mean(value)
        gradient = tape.gradient(mean, critic.weight.value) if differentiate and tf.is_tensor(value) else None
        return np.asarray(value), None if gradient is None else np.asarray(gradient)

    def scores(critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, before = tf.constant(images), critic.get_weights()
        with tf.GradientTape() as tape:
            tape.watch(x)
            scores = critic(x, training=True)
            first = tf.reduce_sum(scores[0])
        critic.set_weights(before)
        return np.asarray(scores), np.asarray(tape.gradient(first, x))

    @contextlib.contextmanager
    def eager() -> Iterator[None]:  # what is compiled runs as it is, so that values can be looked at
        before = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(before)

    framework = SimpleNamespace(shape=(4, 5, 3), channel_axis=3, Network=Network, tensor=tf.constant)
    framework.sign, framework.total = tf.sign, tf.reduce_sum
    framework.eager = framework.uncompiled = eager
    framework.optimizer = lambda network, rate: keras.optimizers.SGD(rate)
    framework.read = lambda x, tell, alive: tell(np.array(x))
    framework.pay, framework.scores = pay, scores
    return framework


def jax_framework() -> SimpleNamespace:
    """Import JAX."""
    import jax
    import jax.numpy as jnp

    keys = iter(jax.random.key(i) for i in range(10**9))
    inside = {"JVPTracer": "primal", "LinearizeTracer": "primal", "BatchTracer": "val"}  # within grad, or vmap

    class Network(Spy):
        """`critic(x)`; or `critic.apply(critic.params, x)`, and `critic.key()` for a key that is new at each call."""

        def __init__(self, weights: np.ndarray, **knobs: Any) -> None:
            self.prepare(framework, weights, **knobs)
            self.params = {"w": jnp.asarray(weights)}

        def apply(self, params: Any, x: Any, *_: Any, **__: Any) -> Any:
            return self.answer(x, params["w"], None)

        def __call__(self, x: Any, *_: Any, **__: Any) -> Any:
            return self.apply(self.params, x)

        def key(self) -> Any:
            return next(keys)

        def values(self) -> tuple[np.ndarray, float]:
            return np.array(self.params["w"]), STATISTIC

    def read(x: Any, tell: Callable, alive: list) -> None:
        while type(x).__name__ in inside:
            x = getattr(x, inside[type(x).__name__])
        if isinstance(x, jax.core.Tracer):  # within jit
            jax.debug.callback(lambda values: tell(np.array(values)), x)
        else:
            tell(np.array(x))

    def pay(call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
        given, gradient = [jnp.asarray(batch) for batch in images], None
        twin = copy.copy(critic)  # what is compiled for one critic must not be used for the other

        def mean(params: Any) -> tuple[Any, Any]:
            twin.params = params
            value = call(twin, *given)
            return jnp.mean(value), value

        if differentiate:
            # Where it leaves JAX, for a float or for NumPy, there is no gradient.
            with contextlib.suppress(jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
                gradient = np.asarray(jax.grad(mean, has_aux=True)(critic.params)[0]["w"])
        critic.calls.log.clear()
        value = np.asarray(call(critic, *given))
        jax.effects_barrier()
        return value, gradient

    def scores(critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = jax.grad(lambda x: critic(x)[0].sum())(jnp.asarray(images))
        return np.asarray(critic(jnp.asarray(images))), np.asarray(gradient)

    def optimizer(network: Any, rate: float) -> SimpleNamespace:  # as Optax's
        def update(gradients: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
            return jax.tree.map(lambda g: -rate * g, gradients), state

        return SimpleNamespace(init=lambda params: (), update=update)

    framework = SimpleNamespace(shape=(4, 5, 3), channel_axis=3, Network=Network, tensor=jnp.asarray)
    framework.sign, framework.total = jnp.sign, jnp.sum
    framework.eager, framework.uncompiled = contextlib.nullcontext, jax.disable_jit
    framework.read, framework.pay, framework.scores, framework.optimizer = read, pay, scores, optimizer
    return framework


FRAMEWORKS = {"tensorflow": tensorflow_framework, "torch": torch_framework, "jax": jax_framework}
