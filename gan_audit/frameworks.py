"""Networks with known gradients that note what they are asked, and what differs between PyTorch, TensorFlow and JAX."""

import contextlib
import weakref
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

STATISTIC = np.float32(3)  # what networks hold besides weights, as BatchNorm does


class Framework(NamedTuple):
    """What differs between frameworks."""

    shape: tuple[int, ...]  # of an image
    total: Callable  # (x, axes) → the sum over these axes
    tensor: Callable  # (array) → tensor
    array: Callable  # (tensor) → array
    network: Callable  # (weights, answer) → a network that returns answer(x, weights, statistic, training)
    pay: Callable  # (call, critic, real, fake) → (cost, its gradient for the weights or None, {bug: is it there})
    optimizer: Callable  # (network, rate, tell) → plain gradient descent that calls tell(gradient)
    eager: Callable = contextlib.nullcontext  # (in a step?) → a context in which calls can be noted, one by one
    visit: Callable = lambda tell, *tensors: tell(*tensors)  # in whatever is differentiated


class Spy:
    """A critic f(x) = ⟨w, x⟩ + ½·bend·‖x‖², so ∇f(x) = w + bend·x; or a generator of images that all are w.

    `w` is as of the last call; `calls` gets each one's name, inputs (n, ...), w, statistic, training flag.
    """

    def __init__(self, framework: Framework, w: np.ndarray, bend: float, calls: list, name="critic") -> None:
        self.framework, self.w, self.bend, self.calls, self.name = framework, w, bend, calls, name
        self.network = framework.network(w.astype("float32"), self.answer)

    def answer(self, x: Any, weights: Any, statistic: Any, training: bool | None) -> Any:
        """Return images, or the scores (n, 1) of a batch; (1,) of one image without a batch axis."""

        def tell(*tensors: Any) -> None:
            inputs, self.w, held = map(self.framework.array, tensors)
            inputs = inputs.reshape(-1, *self.w.shape) if self.name == "critic" else inputs
            call = {"inputs": inputs, "w": self.w, "statistic": held, "training": training}
            self.calls.append(SimpleNamespace(name=self.name, **call))

        self.framework.visit(tell, x, weights, statistic)
        total, axes = self.framework.total, tuple(range(-len(weights.shape), 0))
        if self.name == "critic":
            return total(x * (weights + self.bend / 2 * x), axes)[..., None]
        each = (slice(None), *[None] * len(axes))
        return weights + 0 * total(x, tuple(range(1, len(x.shape))))[each]


def in_torch() -> Framework:
    """PyTorch; networks are modules."""
    import torch

    functorch = torch._C._functorch

    class Network(torch.nn.Module):
        def __init__(self, weights, answer):
            super().__init__()
            self.weight, self.answer = torch.nn.Parameter(torch.tensor(weights)), answer
            self.register_buffer("statistic", torch.tensor(STATISTIC))
            self.asked = []

        def forward(self, x, *_, **__):
            self.asked.append(weakref.ref(x))
            return self.answer(x, self.weight, self.statistic, self.training)

    def array(x):
        while torch.is_tensor(x) and functorch.is_functorch_wrapped_tensor(x):  # in torch.func.grad, or vmap
            x = functorch.get_unwrapped(x)
        return np.array(x.tolist() if torch.is_tensor(x) else x)  # there x has no `numpy()`

    def pay(call, critic, *images):
        value, gradient = call(critic, *map(torch.tensor, images)), None
        if torch.is_tensor(value) and value.requires_grad:
            (gradient,) = torch.autograd.grad(value.mean(), critic.weight, allow_unused=True)
        paid = array(value)
        del value
        bugs = {"graph_kept": any(x() is not None for x in critic.asked), "mode": not critic.training}
        bugs["gradients_left"] = critic.weight.grad is not None
        return paid, None if gradient is None else array(gradient), bugs

    def optimizer(network, rate, tell):
        descent = torch.optim.SGD(network.parameters(), rate)
        descent.register_step_pre_hook(lambda *_: tell(array(network.weight.grad)))
        return descent

    return Framework((3, 4, 5), torch.sum, torch.tensor, array, Network, pay, optimizer)


def in_tensorflow() -> Framework:
    """TensorFlow; networks are Keras models."""
    import keras
    import tensorflow as tf

    class Network(keras.Model):
        def __init__(self, weights, answer):
            super().__init__(dtype="float32")
            self.weight = self.add_weight(shape=weights.shape)
            self.statistic = self.add_weight(shape=(), trainable=False)
            self.set_weights([weights, STATISTIC])
            self.answer, self.built = answer, True

        def __call__(self, x, *_, training=None, **__):
            return self.answer(tf.convert_to_tensor(x), self.weight.value, self.statistic.value, training)

    def pay(call, critic, *images):
        with tf.GradientTape() as tape:
            value = call(critic, *map(tf.constant, images))
            mean = tf.reduce_mean(value)
        return np.asarray(value), tape.gradient(mean, critic.weight.value), {}

    def optimizer(network, rate, tell):
        descent = keras.optimizers.SGD(rate)
        apply = descent.apply
        descent.apply = lambda grads, weights=None: (tell(np.array(grads[0])), apply(grads, weights))
        return descent

    def eager(step):
        after = contextlib.ExitStack()
        after.callback(tf.config.run_functions_eagerly, tf.config.functions_run_eagerly())
        tf.config.run_functions_eagerly(True)
        return after

    return Framework((4, 5, 3), tf.reduce_sum, tf.constant, np.array, Network, pay, optimizer, eager)


def in_jax() -> Framework:
    """JAX: `network(x)`, `network.apply(network.params, x)`, and `network.key()`, which is new at each call."""
    import jax
    import jax.numpy as jnp

    seeds = count()

    class Network:
        def __init__(self, weights, answer):
            self.params, self.answer = {"w": jnp.asarray(weights)}, answer

        def apply(self, params, x, *_, **__):
            return self.answer(x, params["w"], STATISTIC, None)

        def __call__(self, x, *_, **__):
            return self.apply(self.params, x)

        def key(self):
            return jax.random.key(next(seeds))

    def pay(call, critic, *images):
        def cost(w):
            critic.params = {"w": w}
            value = call(critic, *map(jnp.asarray, images))
            return jnp.mean(value), value

        gradient, value = jax.grad(cost, has_aux=True)(critic.params["w"])
        jax.effects_barrier()
        return np.asarray(value), gradient, {}

    def optimizer(network, rate, tell):
        def update(gradients, state, params=None):
            tell(np.array(gradients["w"]))
            return {"w": -rate * gradients["w"]}, state

        return SimpleNamespace(init=lambda params: (), update=update)  # as Optax's

    eager, visit = jax.disable_jit, jax.debug.callback
    return Framework((4, 5, 3), jnp.sum, jnp.asarray, np.array, Network, pay, optimizer, eager, visit)


def framework_of(backend: str) -> Framework:
    """Import a framework; raises ValueError for others than the three."""
    known = {"tensorflow": in_tensorflow, "torch": in_torch, "jax": in_jax}
    if backend not in known:
        raise ValueError(f"backend must be one of {', '.join(known)}, not {backend!r}.")
    return known[backend]()
