"""What a record is made of: a target, and the recipes that race to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np

from benchmarks.multiply_adds import multiply_adds_a_step


@dataclass(frozen=True)
class Recipe:
    """All that decides a training besides its seed and its images; a row is `replace(TODAY, …)`."""

    change: str  # what differs from today's recipe and why that may help, in a sentence
    networks: Callable[[float, int], tuple[keras.Model, keras.Model]]  # of width and latent_dim
    model: Callable[..., Any]  # an `AdversarialModel`
    settings: Mapping[str, Any]  # of the model
    optimizer: Callable[..., keras.Optimizer]  # of a rate
    optimizer_settings: Mapping[str, Any]
    rates: tuple[float, float]  # the critic's, the generator's
    steps: int  # where a training that has not reached the target ends
    width: float
    latent_dim: int
    critic_steps: int
    ema_momentum: float | None  # None measures the generator itself
    batch_size: int = 64
    decay: bool = False  # whether the rates fall to 0 along a cosine until `steps`
    mirror: bool = False
    precision: str = "float32"
    batch_norm_momentum: float | None = None  # of the generator; None leaves the networks' own
    penalties: float = 0  # these two are for counting alone: see `multiply_adds_a_step`
    generations: int | None = None


@dataclass(frozen=True)
class Record:
    """A target, and the recipes that race to it; the first one is today's."""

    images: Callable[[bool], wu.Images]  # told whether stand-ins will do
    classifier: str  # whose features are compared; "" takes those that are made without labels
    n: int  # images of each kind, at most those held out
    frechet: float  # the target: no more than this
    every: int  # steps between two measurements
    rows: Mapping[str, Recipe] = field(repr=False)
    called: float = 0.0  # the target: the share of generated images that the classifier gives a class of the real ones

    def fingerprint(self, row: str) -> str:
        """Name a recipe and its target by what they say: eight hexadecimal digits."""
        target = self.classifier, self.n, self.frechet, self.called, self.every
        said = {**asdict(self.rows[row]), "change": "", "target": target}
        text = json.dumps(said, default=lambda value: value.__qualname__, sort_keys=True)
        return sha256(text.encode()).hexdigest()[:8]


def build(recipe: Recipe, seed: int) -> Any:
    """Build and compile a model, as the lessons do."""
    keras.backend.clear_session()  # of the training before
    keras.config.set_dtype_policy(recipe.precision)
    keras.utils.set_random_seed(seed)
    generator, critic = recipe.networks(recipe.width, recipe.latent_dim)
    for layer in generator.layers:
        if recipe.batch_norm_momentum and isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = recipe.batch_norm_momentum
    how = {"seed": seed, "ema_momentum": recipe.ema_momentum, **recipe.settings}
    model = recipe.model(generator, critic, recipe.latent_dim, recipe.critic_steps, **how)
    updates = recipe.critic_steps * recipe.steps, recipe.steps
    model.compile(*(optimizer_of(recipe, *each) for each in zip(recipe.rates, updates, strict=True)))
    return model


def batches_of(recipe: Recipe, images: np.ndarray, seed: int) -> wu.RealImages:
    """Return the real images of all steps, as `wu.train` makes them."""
    return wu.RealImages(images, recipe.batch_size, recipe.critic_steps, seed, 0, recipe.steps, recipe.mirror)


def optimizer_of(recipe: Recipe, rate: Any, updates: int) -> keras.Optimizer:
    """Build one network's optimizer, which will make so many updates at most."""
    if recipe.decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, updates)
    return recipe.optimizer(rate, **recipe.optimizer_settings)


def multiply_adds_of_an_image(recipe: Recipe) -> int:
    """Count the multiply-adds that a step needs for each image of its batch."""
    networks = recipe.networks(recipe.width, recipe.latent_dim)
    return multiply_adds_a_step(*networks, 1, recipe.critic_steps, recipe.penalties, recipe.generations)
