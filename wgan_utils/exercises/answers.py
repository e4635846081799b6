"""What checks are made of: a reader's answer as numbers, or a `Mistake` that names what is wrong with it.

A whole step is watched. `check_step` takes a reader's step, as it is and compiled, at learning rates of 0, between
networks that note what they are asked. The images say what they are. Each real one says where it stands in the batch,
each generated one holds its latent vector, and a point between the two shows its ε. So what the step did can be read,
and the gradients that its optimizers got are compared with those of the right loss, and of wrong ones.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.errors import Explained
from wgan_utils.gan.backend import input_gradient, note, value_and_gradients
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
    """Raise a Mistake unless an answer is right: the one of `mistakes` that leads to this answer, or else another.

    What a mistake leads to may be a function without arguments, which is called if need be.
    """

    def same(other: Any) -> bool:
        other = other() if callable(other) else other
        # Float32 and another order of its sums; no more, as a wrong epsilon is a mistake, too.
        return np.shape(found) == np.shape(other) and np.allclose(found, other, rtol=1e-4, atol=1e-5)

    require(same(right), next((mistake for mistake, wrong in mistakes.items() if same(wrong)), otherwise))


# ---- losses, and what is often made of them


class Game(NamedTuple):
    """What a real and a generated image cost the critic, and a generated one the generator, as functions of scores."""

    of_real: Callable
    of_fake: Callable
    of_generated: Callable


GAN = Game(lambda a: ops.softplus(-a), ops.softplus, lambda a: ops.softplus(-a))
WGAN = Game(lambda a: -a, lambda a: a, lambda a: -a)


def critic_losses(game: Game, name: str) -> dict[str, Callable]:
    """Return the critic's loss of real and generated scores, under "", and wrong ones under what is wrong."""

    def right(r: Any, f: Any) -> Any:
        return ops.mean(game.of_real(r)) + ops.mean(game.of_fake(f))

    other = WGAN if game is GAN else GAN
    return {
        "": right,
        f"The sign of the {name}'s loss is turned.": lambda r, f: -right(r, f),
        f"The {name}'s loss has sums over the batch: take means.": lambda r, f: len(r) * right(r, f),
        f"Add the two means of the {name}'s loss, do not halve them.": lambda r, f: right(r, f) / 2,
        f"The {name}'s loss lacks the generated images.": lambda r, f: ops.mean(game.of_real(r)),
        f"The {name}'s loss lacks the real images.": lambda r, f: ops.mean(game.of_fake(f)),
        "The labels are swapped: real is 1, generated is 0.": lambda r, f: right(f, r),
        _softplus(game, name): lambda r, f: ops.mean(other.of_real(r)) + ops.mean(other.of_fake(f)),
    }


def generator_losses(game: Game) -> dict[str, Callable]:
    """Return the generator's loss of generated scores, under "", and wrong ones under what is wrong."""
    other = WGAN if game is GAN else GAN
    return {
        "": lambda f: ops.mean(game.of_generated(f)),
        "The sign of the generator's loss is turned.": lambda f: -ops.mean(game.of_generated(f)),
        "The generator's loss has a sum over the batch: take the mean.": lambda f: ops.sum(game.of_generated(f)),
        "The generator minimises the other network's loss: it needs its own.": lambda f: ops.mean(game.of_fake(f)),
        "The generator minimises log(1 − D): take −log D, the label 1.": lambda f: -ops.mean(game.of_fake(f)),
        "The generator's mean takes in real images.": lambda f: ops.mean(game.of_generated(f)) / 2,
        _softplus(game, "generator"): lambda f: ops.mean(other.of_generated(f)),
    }


def _softplus(game: Game, name: str) -> str:
    needs = "needs the softplus of the logits" if game is GAN else "is a mean of scores, without softplus"
    return f"The {name}'s loss {needs}."


def norm(g: Any, axes: Any = (1, 2, 3), small: float = 1e-12) -> Any:
    """Return the norms of gradients (n, height, width, channels)."""
    return ops.sqrt(ops.sum(g**2, axis=axes) + small)


def cost(norms: Any) -> Any:
    """Return the penalty of some norms."""
    return ops.mean((norms - 1) ** 2)


PENALTIES: dict[str, Callable] = {  # of gradients: the right one, and wrong ones under what is wrong
    "": lambda g: cost(norm(g)),
    "The penalty's norm runs over the batch.": lambda g: cost(norm(g, 0)),
    "The penalty's norm runs over the batch, too.": lambda g: cost(norm(g, None)),
    "The penalty's norm runs over the channels alone: add up height and width, too.": lambda g: cost(norm(g, -1)),
    "The penalty's norm leaves out the channels.": lambda g: cost(norm(g, (1, 2))),
    "The penalty's norm runs over the height alone.": lambda g: cost(norm(g, 1)),
    "A norm's root holds a sum, not a mean.": lambda g: cost(ops.sqrt(ops.mean(g**2, axis=(1, 2, 3)))),
    "The gradient is that of the mean score: take it of the scores.": lambda g: cost(norm(g / len(g))),
    "A norm has a root: yours is its square.": lambda g: cost(norm(g) ** 2),
    "A norm adds squares.": lambda g: cost(ops.sum(ops.abs(g), axis=(1, 2, 3))),
    "The number inside the root is too large: 1e-12 is enough.": lambda g: cost(norm(g, small=1e-2)),
    "The penalty is squared after the mean: take the mean of (norm − 1)².": lambda g: (ops.mean(norm(g)) - 1) ** 2,
    "The penalty has one norm for the batch, not one an image.": lambda g: cost(ops.sqrt(ops.mean(norm(g) ** 2))),
    "The penalty leaves norms below 1 alone: take the mean of (norm − 1)².": lambda g: cost(ops.maximum(norm(g), 1)),
    "The penalty wants the norm 0: take the mean of (norm − 1)².": lambda g: ops.mean(norm(g) ** 2),
    "Square the deviations: (norm − 1)².": lambda g: ops.mean(norm(g) - 1),
    "Square the deviations, (norm − 1)², in place of their size.": lambda g: ops.mean(ops.abs(norm(g) - 1)),
    "The penalty is a sum over the batch: take the mean.": lambda g: len(g) * cost(norm(g)),
    "The penalty is halved: it has no factor ½.": lambda g: cost(norm(g)) / 2,
}


def gradients(critic: Callable, points: np.ndarray) -> Any:
    """Return the gradient of the critic's score at each of some points."""
    return input_gradient(critic, ops.convert_to_tensor(points))


BARE_ROOT = "The gradient at a constant critic is not finite: add 1e-12 inside the root of the norm."


# ---- networks and images that show what a step does


BATCH, UPDATES, IMAGE, LATENT = 8, 2, (2, 3, 3), 2


def real_images(n: int, updates: int) -> np.ndarray:
    """Return images (n, updates, *IMAGE) whose six pixels tell what they are.

    The first is 1 in real images, the second in generated ones. The third is 1 in the channel that stands for the
    critic update. The fourth is the place in the batch, and a sign that changes from image to image. The fifth holds
    the latent vector of a generated image.
    """
    pixels, update, place = np.zeros((n, updates, 6, 3), "float32"), np.arange(updates), np.arange(n)[:, None]
    pixels[:, :, 0] = 1
    pixels[:, update, 2, update] = 1
    pixels[:, :, 3, 0], pixels[:, :, 3, 1] = place / n, (-1.0) ** place
    return pixels.reshape(n, updates, *IMAGE)


class Watched(keras.Sequential):
    """A network that notes its inputs, and whether it is asked for training."""

    def __init__(self, called: str, events: list[tuple], *parts: Any) -> None:
        super().__init__(parts)
        self.called = called
        self.see = lambda what, *tensors: note(lambda *values: events.append((called, what, values)), *tensors)

    def __call__(self, inputs: Any, training: Any = None, **options: Any) -> Any:
        """Note the inputs, and return what the network makes of them."""
        inputs = ops.convert_to_tensor(inputs)
        alike = len(inputs.shape) == len(self.input_shape)
        require(alike, f"The {self.called} gets the shape {tuple(inputs.shape)}: it takes one batch, as `real[:, 0]`.")
        self.see(training, inputs)
        return super().__call__(inputs, training=training, **options)


def networks(name: str = "critic") -> tuple[Watched, Watched, list[tuple]]:
    """Build a critic, a generator, and the list of what they note: (name, training, arrays).

    The critic has three hidden units. Its gradient norm is below 1 at every other point, and above it.
    """
    events: list[tuple] = []
    whole = {"dtype": "float32"}  # whatever the lesson's precision
    hidden, last = layers.Dense(3, "relu", **whole), layers.Dense(1, **whole)
    critic = Watched(name, events, keras.Input(IMAGE), layers.Flatten(**whole), hidden, last)
    kernel = np.random.default_rng(0).normal(scale=0.2, size=(6, 3, 3))
    kernel[3, 1] = 3, -3, 0.2  # the sign: one unit for each half of the images, and one for all
    kernel[[1, 4], :, :2] = 0
    critic.set_weights([*map(np.array, (kernel.reshape(18, 3), [-0.05, -0.9, 9], [[0.1], [1.5], [-0.6]], [7.0]))])
    make = layers.Dense(18, **whole)
    generator = Watched("generator", events, keras.Input((LATENT,)), make, layers.Reshape(IMAGE, **whole))
    make.set_weights([np.eye(LATENT, 18, 12), np.repeat([0, 1, 0], (3, 3, 12))])
    return critic, generator, events


class WatchedSGD(keras.optimizers.SGD):
    """Gradient descent at the rate 0 that notes gradients and weights of its network, and refuses the other one's."""

    def __init__(self, network: Watched) -> None:
        super().__init__(0.0)
        self.called, self.see = network.called, network.see

    def apply(self, grads: Iterable, trainable_variables: Iterable | None = None) -> None:
        """Note the gradients."""
        grads, own, name = list(grads), self._trainable_variables, self.called
        weights = own if trainable_variables is None else list(trainable_variables)
        foreign = {id(v) for v in weights} - {id(v) for v in own}
        require(not foreign, f"The {name}'s optimizer gets weights of the other network.")
        how = "compute it inside `with tf.GradientTape()`, in TensorFlow or `ops`."
        if name == "generator":
            how = "generate images inside `with tf.GradientTape()`, and score those, not real ones."
        known = {id(v): gradient for v, gradient in zip(weights, grads, strict=True) if gradient is not None}
        require(known, f"The {name}'s loss has no gradient for its weights: {how}")
        self.see("update", *(known.get(id(v), ops.zeros(v.shape)) for v in own), *(v.value for v in own))
        super().apply(grads, weights)


@dataclass
class Update:
    """One update in a step: of which network, what the critic has scored since the one before, and what moves it."""

    network: str
    images: np.ndarray
    gradient: np.ndarray
    weights: list[np.ndarray]

    def __post_init__(self) -> None:
        pixels = self.images.reshape(-1, 6, 3)
        real, fake = ~pixels[:, 1].any(axis=1), ~pixels[:, 0].any(axis=1)
        self.real, self.fake, self.between = (self.images[kind] for kind in (real, fake, ~real & ~fake))
        self.places = {round(BATCH * float(place)) for place in pixels[real, 3, 0]}
        self.batches = {int(one.argmax()) for one in pixels[real, 2]}
        self.latent = {tuple(z) for z in pixels[fake, 4, :LATENT]}
        self.epsilon = {*pixels[~real & ~fake, 0, 0]}


def read_updates(events: list[tuple]) -> list[Update]:
    """Cut at the updates what was noted, and empty the list. In a compiled step the order is not known."""
    updates: list[Update] = []
    images = [np.empty((0, *IMAGE), "float32")]
    for network, what, values in events:
        if what == "update":
            half = len(values) // 2
            gradient = np.concatenate([value.ravel() for value in values[:half]])
            updates.append(Update(network, np.concatenate(images), gradient, list(values[half:])))
            images = images[:1]
        elif network != "generator":
            images = [*images, values[0]]
    events.clear()
    return updates


def read_epsilon(points: np.ndarray, batches: set[int]) -> np.ndarray:
    """Return the ε at which points lie between real images of a batch and generated ones: (n,)."""
    pixels = points.reshape(-1, 6, 3)
    alike = np.abs(np.column_stack([pixels[:, 0], pixels[:, 3, 1], pixels[:, 2].sum(axis=1)]))
    each = "The penalty has one ε for each pixel or channel: draw one for each image, of the shape (n, 1, 1, 1)."
    require(max(np.ptp(alike, axis=1).max(), np.ptp(pixels[:, 1], axis=1).max()) < 1e-4, each)
    e, f = pixels[:, 0, 0], pixels[:, 1, 0]
    require(e.any() and f.any(), "The penalty is taken at one kind of image alone: go between, by ε.")
    require(np.abs(e + f - 1).max() < 1e-4, "The shares of both images must add up to 1: they are ε and 1 − ε.")
    inside = min(e.min(), f.min()) > -1e-4
    require(inside, "The penalty's points do not lie between both images: draw ε from U(0, 1).")
    same = {*pixels[:, 2].argmax(axis=1)} == batches
    require(same, "The penalty's points hold other real images than the critic scores: take the same `real[:, i]`.")
    require(np.ptp(e) > 1e-4, "The penalty has one ε for all images.")
    return e


# ---- one step of a reader's class


def check_step(
    answer: Any,
    game: Game,
    logged: list[str],
    name: str = "critic",
    updates: int = UPDATES,
    clip_value: float | None = None,
    penalty_weight: float | None = None,
) -> None:
    """Check the step of a GAN, a WGAN with clipping or a WGAN-GP.

    Args:
        answer: the reader's class.
        game: the two losses.
        logged: the names that the step has to return.
        name: what the lesson calls the second network.
        updates: of the critic, in a step.
        clip_value, penalty_weight: what the class has under this name, if anything.
    """
    right = isinstance(answer, type) and issubclass(answer, AdversarialModel)
    require(right, "Give the class itself, a subclass of `wu.AdversarialModel`.")
    critic, generator, events = networks(name)
    own = {key: v for key, v in {"clip_value": clip_value, "penalty_weight": penalty_weight}.items() if v}
    model = type(answer.__name__, (answer,), own)(generator, critic, latent_dim=LATENT, critic_steps=updates)
    model.compile(WatchedSGD(critic), WatchedSGD(generator))
    start, made = critic.get_weights(), generator.get_weights()
    real = ops.convert_to_tensor(real_images(BATCH, updates))

    check_logs(model.step(real), logged)
    untrained = next((network for network, training, _ in events if not training), None)
    require(not untrained, f"Call the {untrained} with `training=True`: this is a training.")
    first = read_updates(events)
    check_order(first, updates, name)
    check_seen(first, updates, name)
    if clip_value:
        check_clipped(critic, start, clip_value)
        early, *later = ([*map(np.array_equal, update.weights, start)] for update in first[:-1])
        require(all(early), "You clip before the update: clip after it.")
        require(not any(map(all, later)), "Clip after every update of the critic, inside of the loop.")
    else:
        instead = "the penalty takes clipping's place" if penalty_weight else f"`self.{name}_optimizer` moves them"
        still = all(map(np.array_equal, critic.get_weights(), start))
        require(still, f"Your step itself changes the {name}'s weights: {instead}.")
    still = all(map(np.array_equal, generator.get_weights(), made))
    require(still, "Your step itself changes the generator's weights: its optimizer moves them.")

    logs, second = model.step(real), read_updates(events)
    if penalty_weight:
        for update in second[:-1]:
            there = len(update.between)
            require(there, "The critic is never asked between the images: take the penalty there, at points by ε.")
            read_epsilon(update.between, update.batches)
        again = second[0].epsilon == second[1].epsilon
        require(not again, "The ε are the same at every update: draw them with `seed=self.seed_generator`.")
    check_gradients(critic, generator, second, game, penalty_weight or 0, logs)

    try:
        steps = []
        for _ in range(2):
            events.clear()
            model.compiled_step.graph(real)
            images = [values[0] for network, what, values in events if network == name and what != "update"]
            steps.append(Update(name, np.concatenate(images), np.empty(0), []))
    except Mistake:
        raise
    except Exception as error:
        how = "keep to TensorFlow or `ops`, without `.numpy()`, `predict` or `get_weights`"
        reason = str(error).strip().splitlines()[-1].strip()
        raise Mistake(f"Your step runs, but does not compile, as `fit` wants it: {how}. ({reason})") from error
    one, other = steps
    frozen = "The {} are the same at every compiled step: draw them with `{}`."
    require(not one.latent & other.latent, frozen.format("latent vectors", "self.draw_latent(n)"))
    drawn = not penalty_weight or one.epsilon != other.epsilon
    require(drawn, frozen.format("ε", "keras.random.uniform(…, seed=self.seed_generator)"))
    if penalty_weight:
        critic.set_weights([0 * weight for weight in start])
        events.clear()
        model.step(real)
        require(all(np.isfinite(update.gradient).all() for update in read_updates(events)), BARE_ROOT)


def check_logs(logs: Any, logged: list[str]) -> None:
    """Check the names of what a step returns, and that they are numbers."""
    wanted = f"Your step has to return a dictionary with {', '.join(logged)}"
    require(isinstance(logs, dict), f"{wanted}.")
    missing = [name for name in logged if name not in logs]
    require(not missing, f"{wanted}; yours lacks {', '.join(missing)}.")
    for name, value in logs.items():
        shape = ops.convert_to_numpy(value).shape
        require(shape == (), f"Your step returns {name} in the shape {shape}, not as one number: take the mean.")


def check_order(updates: list[Update], wanted: int, name: str) -> None:
    """Check how often, and in which order, both networks are updated."""
    order = "".join("g" if update.network == "generator" else "c" for update in updates)
    critic, generator = order.count("c"), order.count("g")
    mistakes = {
        f"The {name} is never updated: `self.{name}_optimizer.apply(gradients, weights)`.": not critic,
        f"The generator's update moves the {name}'s weights.": not generator and critic > wanted,
        "The generator is never updated: `self.generator_optimizer.apply(gradients, weights)`.": not generator,
        f"The generator is updated {generator} times: once a step, after all of the {name}'s.": generator > 1,
        f"Each update of the {name} is two, of real and of generated images: make one of both.": critic == 2 * wanted,
        f"The {name} is updated {critic} times, not `self.critic_steps` times.": critic != wanted,
        f"The generator is updated before the {name}.": order[-1:] != "g",
    }
    for mistake, made in mistakes.items():
        require(not made, mistake)


def check_seen(updates: list[Update], wanted: int, name: str) -> None:
    """Check which real images the critic has scored at its updates, and that latent vectors are new at each."""
    *critic, generator = updates
    require(all(update.places for update in critic), f"The {name}'s loss lacks the real images.")
    require(all(update.latent for update in critic), f"The {name}'s loss lacks the generated images.")
    one_image = all(len(update.places) == 1 for update in critic)
    require(not one_image, "`real[i]` is one image for each update: take `real[:, i]`.")
    whole = all(len(update.places) == BATCH and len(update.batches) == 1 for update in critic)
    require(whole, f"Each update of the {name} takes one batch of real images, `real[:, i]`.")
    different = len(set.union(*(update.batches for update in critic))) == wanted
    require(different, f"Every update of the {name} sees the same real images: take `real[:, i]`.")
    require(generator.latent, f"The generator answers the {name} as it was before its last update: score images anew.")
    drawn: set[tuple] = set()
    for update in updates:
        enough = len(update.latent) >= BATCH
        require(enough, "Generate as many images as there are real ones: `self.draw_latent(len(real))`.")
        require(not drawn & update.latent, "Every update, the generator's too, draws latent vectors of its own.")
        drawn |= update.latent
    numbers = np.array([*drawn])
    require(np.abs(numbers).max() > 1, "Latent vectors are normally distributed: draw them with `self.draw_latent(n)`.")


def check_clipped(critic: keras.Model, before: list[np.ndarray], c: float) -> None:
    """Check a critic's weights, of which there are some below −c and some above c in every layer."""
    left_alone = {
        "kernel": "You leave a whole layer alone.",
        "bias": "You clip the kernels and not the biases.",
        "gamma": "The scales of LayerNormalization are weights, too: clip them.",
        "beta": "The offsets of LayerNormalization are weights, too: clip them.",
    }
    weights = [(v.name, new, old) for v, new, old in zip(critic.weights, critic.get_weights(), before, strict=True)]
    changed = any(np.any(new != old) for _, new, old in weights)
    require(changed, "No weight is clipped: `weight.assign(…)` stores a new value.")
    for name, new, old in sorted(weights, key=lambda weight: [*left_alone].index(weight[0])):
        mistakes = {
            left_alone[name]: old,
            "A weight below 0 became 0: the lower bound is −c.": np.clip(old, 0, c),
            "You have no upper bound.": np.maximum(old, -c),
            "You have no lower bound.": np.minimum(old, c),
            "A weight within the bounds stays as it is.": c * np.sign(old),
        }
        compare(new, np.clip(old, -c, c), mistakes, "Your bounds are not −c and c.")


def check_gradients(
    critic: Watched, generator: Watched, updates: list[Update], game: Game, λ: float, logs: dict[str, Any]
) -> None:
    """Check the gradients that both optimizers got, and the numbers that the step returned."""
    name = critic.called

    def gradient(network: keras.Model, value: Callable) -> np.ndarray:
        _, _, parts = value_and_gradients(lambda: (value(), {}), network.trainable_variables)
        return np.concatenate([ops.convert_to_numpy(part).ravel() for part in parts])

    losses = critic_losses(game, name)
    right, penalty = losses[""], PENALTIES[""]
    wanted = {message: (loss, penalty, λ) for message, loss in losses.items()}
    if λ:
        absent = "The penalty is not in the critic's loss, or has no gradient: compute it inside `with`, in TensorFlow."
        wanted |= {
            absent: (right, penalty, 0),
            "The penalty is not multiplied by λ, `self.penalty_weight`.": (right, penalty, 1),
            "Your λ is always 10: use `self.penalty_weight`.": (right, penalty, 10),
            "The penalty is subtracted: add it to the critic's loss.": (right, penalty, -λ),
            **{message: (right, wrong, λ) for message, wrong in PENALTIES.items() if message},
        }
    for update in updates[:-1]:

        def total(loss: Callable, penalty: Callable, weight: float, update: Update = update) -> Any:
            value = loss(critic(update.real[:BATCH]), critic(update.fake[:BATCH]))
            return value + weight * penalty(gradients(critic, update.between)) if λ else value

        ends = {
            message: lambda parts=parts: gradient(critic, lambda: total(*parts)) for message, parts in wanted.items()
        }
        compare(update.gradient, ends.pop(""), ends, f"The {name}'s gradient is not that of its loss in the lesson.")
    *_, last, end = updates
    latent = ops.convert_to_tensor(end.fake.reshape(-1, 18)[:BATCH, 12 : 12 + LATENT])
    ends = {
        message: lambda loss=loss: gradient(generator, lambda: loss(critic(generator(latent))))
        for message, loss in generator_losses(game).items()
    }
    compare(end.gradient, ends.pop(""), ends, "The generator's gradient is not that of its loss in the lesson.")
    real, fake = critic(last.real[:BATCH]), critic(last.fake[:BATCH])
    paid = penalty(gradients(critic, last.between)) if λ else 0
    values = {
        "real_score": ops.mean(real),
        "fake_score": ops.mean(fake),
        f"{name}_loss": right(real, fake) + λ * paid,
        "generator_loss": generator_losses(game)[""](critic(end.fake[:BATCH])),
    }
    if λ:
        values |= {"gradient_penalty": paid, "gradient_penalty times λ": λ * paid}
    for key in logs.keys() & values.keys():
        of_other = [other for other, value in values.items() if np.isclose(float(logs[key]), float(value), rtol=1e-4)]
        require(key in of_other or not of_other, f"What your step returns as {key} is the {', '.join(of_other)}.")
