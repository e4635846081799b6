"""What checks are made of: a reader's answer as numbers, or a `Mistake` that names what is wrong with it.

Of a whole step they take one step of a reader's class on a toy whose next weights are known. The generator makes the
same image of every latent vector, and the critic is linear. So neither the order of the random draws nor how often the
critic is called changes where a step ends.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from itertools import accumulate
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.errors import Explained
from wgan_utils.models import AdversarialModel

Answer = Callable[..., Any]  # a function that the reader has written


class Mistake(Explained, AssertionError):
    """An answer to an exercise is wrong; the message says what was done in place of what."""


def require(right: Any, mistake: str) -> None:
    """Raise a Mistake with this message unless `right` is true."""
    if not right:
        raise Mistake(mistake)


def given(answer: Any) -> Any:
    """Return what a reader's function returned, unless it is nothing."""
    require(answer is not None, "Your function returns nothing: it has to end with `return`.")
    return answer


def scalar(answer: Any) -> float:
    """Return the one number that a reader's function returned."""
    number = ops.convert_to_numpy(given(answer))
    require(number.shape == (), f"Your function returns the shape {number.shape}, not one number: take the mean.")
    return float(number)


def loss(answer: Any) -> float:
    """Return the one number that a reader's function returned, a tensor, as a gradient is taken of it."""
    require(ops.is_tensor(given(answer)), "A loss in NumPy or a `float` teaches nothing: keep to `ops` or TensorFlow.")
    return scalar(answer)


def several(answer: Any, count: int, kind: Callable[[Any], float]) -> list[float]:
    """Return the numbers that a reader's function returned, each a `scalar` or a `loss`."""
    require(isinstance(given(answer), tuple | list) and len(answer) == count, f"Return {count} numbers, as in `a, b`.")
    return [kind(one) for one in answer]


def compare(found: Any, right: Any, mistakes: Mapping[str, Any], otherwise: str) -> None:
    """Raise a Mistake unless an answer is right: the one of `mistakes` that leads to this answer, or else another."""

    def same(other: Any) -> bool:
        # Float32 and another order of its sums; no more, as a wrong epsilon is a mistake, too.
        return np.shape(found) == np.shape(other) and np.allclose(found, other, rtol=1e-4, atol=1e-5)

    require(same(right), next((mistake for mistake, wrong in mistakes.items() if same(wrong)), otherwise))


# ---- one step of a reader's class


Update = Callable[[np.ndarray, np.ndarray], np.ndarray]  # new weights of the critic from old ones and mean real − fake

BATCH, UPDATES, IMAGE, RATE = 4, 3, (2, 2, 3), 0.1
REAL = np.random.default_rng(0).normal(size=(BATCH, UPDATES, *IMAGE)).astype("float32")
FAKE = np.random.default_rng(1).normal(size=IMAGE).astype("float32")
START = np.linspace(0.1, 0.7, FAKE.size, dtype="float32").reshape(IMAGE)
OFFSET = 7.0  # of the critic's scores; no loss moves it


class Watched(keras.optimizers.SGD):
    """Gradient descent, named after its network, that refuses the other one's weights and a loss without gradient."""

    def apply(self, grads: Iterable, trainable_variables: Iterable | None = None) -> None:
        """Update the weights."""
        grads, own = list(grads), self._trainable_variables
        weights = own if trainable_variables is None else list(trainable_variables)
        foreign = {id(v) for v in weights} - {id(v) for v in own}
        require(not foreign, f"The {self.name}'s optimizer gets weights of the other network.")
        how = "compute it inside `with tf.GradientTape()`, in TensorFlow or `ops`."
        if self.name == "generator":
            how = "generate images inside `with tf.GradientTape()`, and score those, not real ones."
        connected = any(gradient is not None for gradient in grads)
        require(connected, f"The {self.name}'s loss has no gradient for its weights: {how}")
        super().apply(grads, weights)


def take_step(
    answer: Any,
    critic: keras.Model,
    fake: np.ndarray = FAKE,
    real: np.ndarray = REAL,
    rate: float = RATE,
    name: str = "critic",
    **own: float,
) -> tuple[AdversarialModel, dict[str, Any]]:
    """Take a step of a reader's class with other constants of its own; its generator makes the image `fake`.

    `name` is what the lesson calls the second network. Returns the model, and what the step logs.
    """
    right = isinstance(answer, type) and issubclass(answer, AdversarialModel)
    require(right, "Give the class itself, a subclass of `wu.AdversarialModel`.")
    make = layers.Dense(fake.size, kernel_initializer="zeros", dtype="float32")
    generator = keras.Sequential([keras.Input((2,)), make, layers.Reshape(fake.shape, dtype="float32")])
    make.bias.assign(fake.ravel())
    model = type(answer.__name__, (answer,), own)(generator, critic, latent_dim=2, critic_steps=real.shape[1])
    model.compile(Watched(rate, name=name), Watched(rate, name="generator"))
    return model, model.step_on(real)


def linear_critic(offset: float = OFFSET) -> keras.Model:
    """Build the critic f(x) = START·x + offset."""
    whole = {"dtype": "float32"}  # whatever the lesson's precision
    critic = keras.Sequential([keras.Input(IMAGE), layers.Flatten(**whole), layers.Dense(1, **whole)])
    critic.set_weights([START.reshape(-1, 1), np.full(1, offset)])
    return critic


def check_moves(model: AdversarialModel, update: Update, mistakes: Mapping[str, Update]) -> None:
    """Check where a step has taken both networks from a linear critic and FAKE, with REAL.

    `update` is a right one of the critic, and `mistakes` are wrong ones; those of both lessons are known here.
    """
    moved = ops.convert_to_numpy(model.generator.weights[1]).reshape(IMAGE) - FAKE
    critic, generator = (int(o.iterations) for o in (model.critic_optimizer, model.generator_optimizer))
    counts = {
        "The critic is never updated: `self.critic_optimizer.apply(gradients, weights)`.": not critic,
        "The generator's update moves the critic's weights.": not generator and critic > UPDATES,
        "The generator is never updated: `self.generator_optimizer.apply(gradients, weights)`.": not generator,
        "Both networks move down one loss: each needs its own.": generator > 1 and np.vdot(moved, START) < 0,
        f"The generator is updated {generator} times: once a step, after all of the critic's.": generator > 1,
        "The critic is updated once: `self.critic_steps` times a step.": critic == 1,
        "Each critic update is two, of real and of generated images: make one of both.": critic == 2 * UPDATES,
        f"The critic is updated {critic} times, not `self.critic_steps` times.": critic != UPDATES,
        "The generator is updated before the critic.": np.allclose(moved, RATE * START),
    }
    for mistake, made in counts.items():
        require(not made, mistake)

    def end(changes: Any, update: Update = update) -> np.ndarray:
        return reduce(update, changes, START)

    real = REAL.mean(axis=0)
    changes, same = real - FAKE, "Every critic update sees the images `real[:, {}]`: take `real[:, i]`."
    known = {
        **{message: end(changes, wrong) for message, wrong in mistakes.items()},
        **{same.format(i): end([change] * UPDATES) for i, change in enumerate(changes)},
        "`real[i]` is one image for each update: take `real[:, i]`.": end(REAL.mean(axis=1)[:UPDATES] - FAKE),
        "The sign of the critic's loss is turned.": end(-changes),
        "The critic's loss has sums over the batch: take means.": end(BATCH * changes),
        "The critic's loss lacks the generated images.": end(real),
        "The critic's loss lacks the real images.": end([-FAKE] * UPDATES),
    }
    weights = model.critic.get_weights()[0].reshape(IMAGE)
    compare(weights, end(changes), known, "The critic ends at other weights than Algorithm 1's.")
    *_, late, last = accumulate(changes, update, initial=START)
    known = {
        "The sign of the generator's loss is turned.": -last,
        "The generator moves down the critic's loss: it needs a tape and a loss of its own.": -late,
        "The generator answers the critic as it was before its last update.": late,
        "The generator's loss has a sum over the batch: take the mean.": BATCH * last,
    }
    compare(moved / RATE, last, known, "The generator ends at other weights than Algorithm 1's.")


def check_penalised_step(answer: Any) -> None:
    """Check the step of a WGAN-GP: with a linear critic, whose gradient norm is known; then with one that tells each ε.

    The class has its λ in `penalty_weight`.
    """
    λ = 3.0

    def update(w: np.ndarray, change: np.ndarray, weight: float = λ, axes: Any = (1, 2, 3)) -> np.ndarray:
        gradients = np.broadcast_to(w, (BATCH, *w.shape))
        norms = np.sqrt(np.sum(gradients**2, axis=axes, keepdims=True))
        of_penalty = np.sum(2 * (norms - 1) * gradients / norms, axis=0) / norms.size
        return w + RATE * (change - weight * of_penalty)

    model, logs = take_step(answer, linear_critic(), penalty_weight=λ)
    clipped = model.critic.get_weights()[1] < OFFSET - 1
    require(not clipped, "You clip the weights, too: the penalty takes clipping's place.")
    *earlier, last = REAL.mean(axis=0) - FAKE
    w = START + RATE * np.sum(earlier, axis=0)  # before the last update, if no penalty acts
    total = λ * (np.linalg.norm(w) - 1) ** 2 - np.vdot(w, last)
    absent = "The penalty is not in the critic's loss, or is computed outside `with`."
    if any(np.isclose(float(value), total) for value in logs.values()):
        absent = "The penalty has no gradient: compute it inside `with`, in TensorFlow or `ops`."
    mistakes = {
        absent: partial(update, weight=0),
        "The penalty is not multiplied by λ, `self.penalty_weight`.": partial(update, weight=1),
        "Your λ is always 10: use `self.penalty_weight`.": partial(update, weight=10),
        "The penalty is subtracted: add it to the critic's loss.": partial(update, weight=-λ),
        "The penalty's norm runs over the batch.": partial(update, axes=0),
        "The penalty's norm runs over the batch, too.": partial(update, axes=None),
        "The penalty's norm runs over the channels alone.": partial(update, axes=-1),
        "The penalty's norm leaves out the channels.": partial(update, axes=(1, 2)),
    }
    check_moves(model, update, mistakes)
    epsilon = find_epsilon(answer, λ)
    require(np.isfinite(epsilon).all(), "Your weights become NaN: add 1e-12 inside the root of the norm.")
    require(epsilon.max() > 0.01, "The penalty is taken at generated images alone: go between, by ε.")
    require(epsilon.min() < 0.99, "The penalty is taken at real images alone: go between, by ε.")
    within = "The penalty has one ε for each pixel or channel: draw one for each image, of the shape (n, 1, 1, 1)."
    require(np.ptp(epsilon, axis=1).max() < 0.01, within)
    require(np.ptp(epsilon) > 0.01, "The penalty has one ε for all images.")
    require(epsilon.max() < 1.01, "The penalty's points do not lie between both images: draw ε from U(0, 1).")
    check_cost(answer, λ)


def check_cost(answer: Any, λ: float) -> None:
    """Check what two gradient norms cost, by f(x) = k₁·relu(x₁) + k₂·relu(x₂) of images with one channel.

    Real image i has 1 in xᵢ alone, and generated ones are 0: at x̂ the norms are k₁ and k₂, whatever ε is.
    """
    k, shape, own = np.array([0.5, 5.0]), (2, 3, 1), ([0, 1], [0, 1])
    kernel, whole = np.zeros((6, 2), "float32"), {"use_bias": False, "dtype": "float32"}
    kernel[own] = k
    hidden, last = layers.Dense(2, "relu", **whole), layers.Dense(1, **whole)
    critic = keras.Sequential([keras.Input(shape), layers.Flatten(dtype="float32"), hidden, last])
    critic.set_weights([kernel, np.ones((2, 1))])
    real = np.eye(2, 6, dtype="float32").reshape(2, 1, *shape)
    take_step(answer, critic, np.zeros(shape, "float32"), real, penalty_weight=λ)

    def end(of_penalty: np.ndarray) -> np.ndarray:
        return k + RATE * (0.5 - λ * of_penalty)

    root = np.sqrt(np.mean(k**2))
    known = {
        "The penalty is squared after the mean: take the mean of (norm − 1)².": end(np.full(2, k.mean() - 1)),
        "The penalty has one norm for the batch: take one for each image.": end((root - 1) * k / root),
        "The penalty leaves norms below 1 alone: take the mean of (norm − 1)².": end(np.maximum(k - 1, 0)),
    }
    compare(critic.get_weights()[0][own], end(k - 1), known, "The penalty is not the mean of (norm − 1)².")


def find_epsilon(answer: Any, λ: float) -> np.ndarray:
    """Return |ε| at three numbers of each image, (16, 3), by a step with f(x) = Σ wx².

    Generated images are 0. Real image i is 1 at three of the 4×4×3 numbers that are its own: at two channels of a
    pixel, and at the third one of the next pixel.
    """
    w, shape = 100.0, (4, 4, 3)
    image = keras.Input(shape)
    squares = layers.Multiply(dtype="float32")([layers.Flatten(dtype="float32")(image)] * 2)
    critic = keras.Model(image, layers.Dense(1, use_bias=False, dtype="float32")(squares))
    critic.set_weights([np.full((48, 1), w)])
    own = np.array([(3 * i, 3 * i + 1, (3 * i + 5) % 48) for i in range(16)])
    real = np.zeros((16, 1, 48), "float32")
    real[np.arange(16)[:, None], 0, own] = 1
    take_step(answer, critic, np.zeros(shape, "float32"), real.reshape(16, 1, *shape), penalty_weight=λ)
    # At x̂ the gradient's entries are g = 2wε, and its norm is n. The loss pulls at a weight by 2λ(n − 1)g²/(nw) − 1,
    # over the batch of 16. So the pulls at an image's own three weights add up to 2λ(n − 1)n/w − 3.
    pull = 16 * (w - critic.get_weights()[0].ravel()[own]) / RATE + 1
    total = pull.sum(axis=1, keepdims=True)
    norm = 0.5 + np.sqrt(np.maximum(0.25 + total * w / (2 * λ), 0))
    return norm * np.sqrt(np.maximum(pull / total, 0)) / (2 * w)
