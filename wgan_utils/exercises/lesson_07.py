"""Checks of lesson 07: the rule for the number of layers, a shift, and an augmentation of both sides."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from wgan_utils.exercises.answers import Answer, compare, given, require
from wgan_utils.gan.backend import input_gradient
from wgan_utils.gan.losses import gradient_penalty
from wgan_utils.models import WGAN, WGANGP


def exercise_2(layers_for: Answer) -> str:
    """Shapes that the rule treats in different ways: whole, with a rest, portrait and landscape."""
    shapes = ((48, 48), (60, 100), (31, 90), (128, 40))

    def rule(side: Callable = min, least: int = 4, whole: Callable = np.floor, up: bool = True, **wrong: bool) -> list:
        rows = []
        for shape in shapes:
            n = int(whole(np.log2(side(shape) / least)))
            maps = [-(-one // 2**n) if up else one // 2**n for one in shape]
            more = [0 if wrong.get("bare") else cells * 2**n - one for cells, one in zip(maps, shape, strict=True)]
            turn = -1 if wrong.get("turned") else 1
            rows.append([n, *maps[::turn], *more[::turn]])
        return rows

    found = []
    for shape in shapes:
        answer = given(layers_for(*shape))
        parts = np.concatenate([np.ravel(part) for part in answer]) if isinstance(answer, tuple | list) else [answer]
        require(len(parts) == 5, "Return n, (rows, columns), (more rows, more columns): five numbers in all.")
        found.append(list(parts))
    mistakes = {
        "The shorter side decides, not the longer one.": rule(side=max),
        "At least 4 pixels have to be left: round the logarithm down.": rule(whole=np.round),
        "You have a layer too few: 4 pixels are enough.": rule(least=8),
        "You have a layer too many: 4 pixels have to be left.": rule(least=2),
        "Round the map up: the image is padded, not cut.": rule(up=False),
        "The padding is what the map times 2ⁿ has more than the image.": rule(bare=True),
        "Rows belong to the height, columns to the width; yours are swapped.": rule(turned=True),
    }
    wrong = next((shape for shape, a, b in zip(shapes, found, rule(), strict=True) if list(a) != b), shapes[0])
    compare(found, rule(), mistakes, "For {}×{} pixels it is another result.".format(*wrong))
    return "Right: layers, maps and padding, for square images and for others."


def exercise_3(shift: Answer) -> str:
    """Three images of 5×6 pixels, each with a shift of its own."""
    images = np.random.default_rng(0).uniform(-0.9, 0.9, (3, 5, 6, 2)).astype("float32")
    down, right = np.array([1, -2, 0], "int32"), np.array([0, 2, -1], "int32")

    def moved(downs: np.ndarray, rights: np.ndarray, fill: float | None = -1) -> np.ndarray:
        result = np.stack([np.roll(one, pair, (0, 1)) for one, *pair in zip(images, downs, rights, strict=True)])
        for image, y, x in zip(result, downs, rights, strict=True):
            if fill is not None:
                image[: max(y, 0)] = image[5 + min(y, 0) :] = fill
                image[:, : max(x, 0)] = image[:, 6 + min(x, 0) :] = fill
        return result

    def answer(pixels: Any) -> Any:
        return shift(pixels, ops.convert_to_tensor(down), ops.convert_to_tensor(right))

    mistakes = {
        "What leaves the image comes in again on the other side: fill with −1.": moved(down, right, None),
        "What a shift uncovers is black, −1; yours is grey, 0.": moved(down, right, 0),
        "The images move the other way.": moved(-down, -right),
        "Down and right are swapped.": moved(right, down),
        "All images move alike: each has its own shift.": moved(*np.repeat([[1], [0]], 3, axis=1)),
    }
    pixels = ops.convert_to_tensor(images)
    found = ops.convert_to_numpy(given(answer(pixels)))
    require(found.shape == images.shape, f"Return the shape of the images, {images.shape}, not {found.shape}.")
    compare(found, moved(down, right), mistakes, "The pixels are not those of the shifted images.")
    passes = ops.convert_to_numpy(input_gradient(answer, pixels)).sum()
    require(
        passes == (moved(down, right) != -1).sum(),
        "The gradient is not that of a shift: stay with tensors, without NumPy.",
    )
    return "Right: each image moves by its own shift, black comes in, and gradients pass."


class Both(WGANGP):
    """The answer, and what is often made of it; `augment` is the check's own."""

    sides: tuple[int, int, int] = (1, 1, 1)  # how often real, generated and the generator's images are augmented

    def augment(self, images: Any, times: int = 1) -> Any:
        """Halve the contrast and make the image lighter: a gradient of ½ passes."""
        return images if times == 0 else self.augment(0.5 * images + 0.25, times - 1)

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the critic's loss at augmented images."""
        return super().critic_loss(self.augment(real, self.sides[0]), self.augment(fake, self.sides[1]))

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the generator's loss at augmented images."""
        return super().loss_of_generated(self.augment(fake, self.sides[2]))


class BarePenalty(Both):
    """The scores are those of augmented images, the penalty is not."""

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the loss with the penalty between images as they are."""
        loss, logs = WGAN.critic_loss(self, self.augment(real), self.augment(fake))
        penalty = gradient_penalty(self.critic, real, fake, self.seed_generator)
        return loss + self.penalty_weight * penalty, logs | {"gradient_penalty": penalty}


def exercise_4(AugmentedGAN: Answer) -> str:
    """Both losses, with an augmentation that draws nothing and whose gradient is known."""
    require(isinstance(AugmentedGAN, type) and issubclass(AugmentedGAN, WGANGP), "Derive a class from wu.WGANGP.")
    rng = np.random.default_rng(0)
    real, fake = (ops.convert_to_tensor(rng.uniform(-1, 1, (4, 3, 3, 1)).astype("float32")) for _ in range(2))
    shape = layers.Reshape((3, 3, 1), dtype="float32")
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(9, dtype="float32"), shape])
    parts = [layers.Dense(5, "tanh", dtype="float32"), layers.Dense(1, dtype="float32")]
    critic = keras.Sequential([keras.Input((3, 3, 1)), layers.Flatten(), *parts])
    critic.set_weights([rng.normal(size=w.shape) for w in critic.weights])

    def model(kind: Any, **attributes: Any) -> WGANGP:
        return type("Known", (kind,), attributes)(generator, critic, 2, 1, 0.1, seed=1)

    def of_critic(one: WGANGP) -> list[float]:
        answer = given(one.critic_loss(real, fake))
        pair = isinstance(answer, tuple) and len(answer) == 2
        require(pair, "critic_loss returns two things: the loss, and a dictionary of what is logged.")
        return [float(answer[0]), float(answer[1]["gradient_penalty"])]

    def of_generator(one: WGANGP) -> np.ndarray:
        return ops.convert_to_numpy(input_gradient(one.loss_of_generated, fake))

    answer = model(AugmentedGAN, augment=lambda self, images: 0.5 * images + 0.25)
    mistakes = {
        "Only the real images are augmented: this is what leaks.": (1, 0, 1),
        "Only the generated images are augmented.": (0, 1, 1),
        "The critic sees images as they are: use self.augment.": (0, 0, 1),
        "An image is augmented twice.": (2, 2, 1),
    }
    wrong = {name: of_critic(model(Both, sides=sides)) for name, sides in mistakes.items()}
    wrong["The penalty belongs to augmented images, too."] = of_critic(model(BarePenalty))
    compare(of_critic(answer), of_critic(model(Both)), wrong, "The critic's loss is another one.")
    of_sample = {
        "The generator's images are not augmented in its own loss.": of_generator(model(Both, sides=(1, 1, 0))),
        "The generator gets no gradient through the augmentation.": np.zeros_like(fake),
        "The sign of the generator's loss is turned.": -of_generator(model(Both)),
    }
    compare(of_generator(answer), of_generator(model(Both)), of_sample, "The generator's loss is another one.")
    return "Right: the critic sees augmented images only, and the generator learns through them."
