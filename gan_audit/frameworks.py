"""TensorFlow, PyTorch and JAX behind one interface: critics whose scores are known, and gradients for their weights.

A framework is imported when it is asked for. All critics have the same formula, with weights w of the shape of one image:

    f(x) = (1 + gate·sign(x₀))·⟨w, x⟩ + ½·bend·‖x‖²        ∇f(x) = (1 + gate·sign(x₀))·w + bend·x

where x₀ is the image's first number.
"""

import contextlib
import copy
import inspect
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class Spy:
    """A critic's scores, and what it is asked: `asked` has the points of each call, `modes` its training flag."""

    gradients_left = images_changed = False  # what only PyTorch allows

    def prepare(self, framework: "Framework", weights: Any, gate: float = 0.0, bend: float = 0.0, column: bool = True):
        """Set the formula's constants; scores have the shape (n, 1), or without `column` (n,)."""
        self.asked: list[np.ndarray] = []
        self.modes: list[bool | None] = []
        self.alive: list[weakref.ref] = []
        self.framework, self.gate, self.bend, self.column = framework, gate, bend, column
        self.size = np.ndim(weights)
        return self

    def score(self, x: Any, weights: Any, mode: bool | None) -> Any:
        """Return the scores of a batch, or of one image without a batch axis."""
        self.modes.append(mode)
        self.framework.look(self, x)
        sign, total = self.framework.sign, self.framework.total
        axes = tuple(range(-self.size, 0))
        scores = (1 + self.gate * sign(x[(..., *[0] * self.size)])) * total(x * weights, axes)
        scores = scores + self.bend / 2 * total(x * x, axes)
        return scores[..., None] if self.column else scores

    def gradient_at(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return ∇f at points (n, ...), from the formula."""
        first = x.reshape(len(x), -1)[:, 0].reshape(-1, *[1] * self.size)
        return (1 + self.gate * np.sign(first)) * weights + self.bend * x


class Framework:
    """What a framework's own class has to fill; `channel_axis` is that of a batch of its images."""

    channel_axis, shape = -1, (4, 5, 3)
    Critic: type

    def critic(self, weights: np.ndarray, **knobs: Any) -> Any:
        """Build a spying critic; see `Spy.prepare`."""
        return self.Critic(self, np.asarray(weights, "float32"), **knobs)

    def numpy(self, value: Any) -> np.ndarray:
        """Return a tensor's values."""
        return np.asarray(value)

    def pay(self, call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
        """Return what `call(critic, *images)` returns, and the gradient of its mean for w; None where none is."""
        raise NotImplementedError

    @contextlib.contextmanager
    def eager(self) -> Iterator[None]:
        """Run what is compiled as plain Python, so that values can be looked at."""
        yield

    def scores(self, critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Let any critic score images in training mode; returns the scores, and the first one's gradient for images."""
        raise NotImplementedError

    @contextlib.contextmanager
    def borrowed(self, critic: Any) -> Iterator[Callable[[float], None] | None]:
        """Give any critic back as it was; yields a function that draws its weights anew, where they can be found."""
        yield None

    def arguments(self, function: Callable) -> Callable:
        """Return how a penalty is called unless the reader says so: `call(function, critic, real, fake)`."""
        return lambda function, *three: function(*three)


def torch_framework() -> Framework:
    """Import PyTorch."""
    import torch

    class Critic(Spy, torch.nn.Module):
        def __init__(self, framework: Framework, weights: np.ndarray, **knobs: Any) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(framework.tensor(weights))
            self.prepare(framework, weights, **knobs)

        def forward(self, x: Any, *_: Any, **__: Any) -> Any:
            return self.score(x, self.weight, self.training)

    class Torch(Framework):
        channel_axis, shape = 1, (3, 4, 5)
        sign, total = staticmethod(torch.sign), staticmethod(torch.sum)

        def look(self, spy: Spy, x: Any) -> None:
            functorch = torch._C._functorch
            while functorch.is_functorch_wrapped_tensor(x):  # within torch.func.grad, or vmap
                x = functorch.get_unwrapped(x)
            spy.asked.append(x.detach().cpu().numpy().copy())
            spy.alive.append(weakref.ref(x))

        def tensor(self, array: np.ndarray) -> Any:
            return torch.tensor(array)

        def numpy(self, value: Any) -> np.ndarray:
            return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)

        def pay(self, call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
            given = [self.tensor(batch) for batch in images]
            value = call(critic, *given)
            critic.gradients_left = critic.weight.grad is not None
            critic.images_changed = not all(np.array_equal(self.numpy(x), y) for x, y in zip(given, images, strict=True))
            if not differentiate or not isinstance(value, torch.Tensor) or not value.requires_grad:
                return self.numpy(value), None
            gradient = torch.autograd.grad(value.mean(), critic.weight, allow_unused=True)[0]
            return self.numpy(value), None if gradient is None else self.numpy(gradient)

        def scores(self, critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            x = self.tensor(images).requires_grad_()
            scores = critic(x)
            return self.numpy(scores), self.numpy(torch.autograd.grad(scores[0].sum(), x)[0])

        @contextlib.contextmanager
        def borrowed(self, critic: Any) -> Iterator[Callable[[float], None] | None]:
            state, training = copy.deepcopy(critic.state_dict()), critic.training
            critic.train()
            yield lambda scale: [torch.nn.init.normal_(w, std=scale) for w in critic.parameters()]
            critic.load_state_dict(state)
            critic.train(training)

    framework = Torch()
    framework.Critic = Critic
    return framework


def tensorflow_framework() -> Framework:
    """Import TensorFlow, and Keras on it."""
    import keras
    import tensorflow as tf

    class Critic(Spy, keras.Model):
        def __init__(self, framework: Framework, weights: np.ndarray, **knobs: Any) -> None:
            super().__init__(dtype="float32")
            self.weight = self.add_weight(shape=weights.shape)
            self.weight.assign(weights)
            self.prepare(framework, weights, **knobs)
            self.built = True

        def __call__(self, x: Any, *_: Any, training: bool | None = None, **__: Any) -> Any:
            return self.score(tf.convert_to_tensor(x), self.weight.value, training)

    class TensorFlow(Framework):
        sign, total = staticmethod(tf.sign), staticmethod(tf.reduce_sum)

        def look(self, spy: Spy, x: Any) -> None:
            spy.asked.append(x.numpy())

        def tensor(self, array: np.ndarray) -> Any:
            return tf.constant(array)

        def pay(self, call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
            with tf.GradientTape() as tape:
                value = call(critic, *map(self.tensor, images))
                mean = tf.reduce_mean(value)
            gradient = tape.gradient(mean, critic.weight.value) if differentiate and tf.is_tensor(value) else None
            return np.asarray(value), None if gradient is None else np.asarray(gradient)

        def scores(self, critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            x = tf.Variable(images)
            with tf.GradientTape() as tape:
                scores = critic(x.value(), training=True)
                first = tf.reduce_sum(scores[0])
            return np.asarray(scores), np.asarray(tape.gradient(first, x))

        @contextlib.contextmanager
        def borrowed(self, critic: Any) -> Iterator[Callable[[float], None] | None]:
            state = [np.array(v) for v in critic.variables]
            yield lambda scale: [v.assign(tf.random.normal(v.shape, stddev=scale)) for v in critic.trainable_variables]
            for variable, value in zip(critic.variables, state, strict=True):
                variable.assign(value)

        @contextlib.contextmanager
        def eager(self) -> Iterator[None]:
            before = tf.config.functions_run_eagerly()
            tf.config.run_functions_eagerly(True)
            try:
                yield
            finally:
                tf.config.run_functions_eagerly(before)

    framework = TensorFlow()
    framework.Critic = Critic
    return framework


def jax_framework() -> Framework:
    """Import JAX."""
    import jax
    import jax.numpy as jnp

    class Critic(Spy):
        """`critic(x)`; or `critic.apply(critic.params, x)`, and `critic.key()` for a key that is new at each call."""

        def __init__(self, framework: Framework, weights: np.ndarray, **knobs: Any) -> None:
            self.prepare(framework, weights, **knobs)
            self.params = {"w": jnp.asarray(weights)}

        def apply(self, params: Any, x: Any, *_: Any, **__: Any) -> Any:
            return self.score(x, params["w"], None)

        def __call__(self, x: Any, *_: Any, **__: Any) -> Any:
            return self.apply(self.params, x)

        def key(self) -> Any:
            return self.framework.key()

    class JAX(Framework):
        sign, total = staticmethod(jnp.sign), staticmethod(jnp.sum)

        def __init__(self) -> None:
            self.keys = 0

        def key(self) -> Any:
            self.keys += 1
            return jax.random.key(self.keys)

        def look(self, spy: Spy, x: Any) -> None:
            while isinstance(x, jax.core.Tracer) and (hasattr(x, "primal") or hasattr(x, "val")):
                x = getattr(x, "primal", None) if hasattr(x, "primal") else x.val  # of grad, or of vmap
            if isinstance(x, jax.core.Tracer):
                jax.debug.callback(lambda values: spy.asked.append(np.array(values)), x)
            else:
                spy.asked.append(np.array(x))

        def tensor(self, array: np.ndarray) -> Any:
            return jnp.asarray(array)

        def pay(self, call: Callable, critic: Any, images: tuple, differentiate: bool) -> tuple[np.ndarray, Any]:
            given, params, gradient = [self.tensor(batch) for batch in images], critic.params, None

            def mean(params: Any) -> tuple[Any, Any]:
                critic.params = params
                value = call(critic, *given)
                return jnp.mean(value), value

            if differentiate:
                # Where it leaves JAX, for a float or for NumPy, there is no gradient.
                with contextlib.suppress(jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
                    gradient = jax.grad(mean, has_aux=True)(params)[0]
            critic.params = params
            critic.asked.clear()
            _, value = mean(params)
            jax.effects_barrier()
            return np.asarray(value), None if gradient is None else np.asarray(gradient["w"])

        def scores(self, critic: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            gradient = jax.grad(lambda x: critic(x)[0].sum())(jnp.asarray(images))
            return np.asarray(critic(jnp.asarray(images))), np.asarray(gradient)

        def arguments(self, function: Callable) -> Callable:
            given = inspect.signature(function).parameters.values()
            needed = [p for p in given if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
            if len(needed) == 4:
                return lambda function, *three: function(*three, self.key())
            return super().arguments(function)

    framework = JAX()
    framework.Critic = Critic
    return framework


FRAMEWORKS = {"tensorflow": tensorflow_framework, "torch": torch_framework, "jax": jax_framework}
