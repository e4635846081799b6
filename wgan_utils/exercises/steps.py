"""What the checks of a whole step share: one step of a reader's class on a toy whose next weights are known.

The generator makes the same image of every latent vector, and the critic is linear. So neither the order of the
random draws nor how often the critic is called changes where a step ends.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from itertools import accumulate
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import compare, require
from wgan_utils.models import AdversarialModel

Update = Callable[[np.ndarray, np.ndarray], np.ndarray]  # new weights of the critic from old ones and mean real − fake

BATCH, UPDATES, IMAGE, RATE = 4, 3, (2, 2, 2), 0.1
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
