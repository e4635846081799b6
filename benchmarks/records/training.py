"""A training that ends when the target is reached, the time that it took, and what the target is measured by."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
from PIL import Image

from benchmarks.records.recipe import Recipe, Record, batches_of, build, multiply_adds_of_an_image
from wgan_utils.gan.backend import as_pipeline

Found = dict[str, float]


class UntilGood(keras.callbacks.Callback):
    """Ends `fit` when two measurements in a row are good, so that one lucky measurement does not win.

    A loss or an image that is not finite ends it, too: not reached.

    Args:
        measure: measures a generator; its time does not count.
        good: whether what was measured reaches the target.
        every: steps between two measurements.
        clock: tells the seconds.

    Attributes:
        reached: whether the target was reached.
        steps: how many were taken.
        seconds: of all steps but the first, which compiles; the next batch's way to the step is a part of it.
        first_step: seconds of that.
        measuring: seconds.
        curve: of each measurement the step, the seconds until then, and what was found.
    """

    def __init__(
        self,
        measure: Callable[[keras.Model], Found],
        good: Callable[[Found], bool],
        every: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__()
        self.measure, self.good, self.every, self.clock = measure, good, every, clock
        self.reached, self.steps, self.curve = False, 0, list[Found]()
        self.seconds = self.first_step = self.measuring = 0.0

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Start the clock."""
        self.started = self.clock()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Stop the clock, and measure if it is time to."""
        losses = [float(loss) for loss in (logs or {}).values()]  # on JAX this waits for the step
        spent = self.clock() - self.started
        if self.steps:
            self.seconds += spent
        else:
            self.first_step = spent
        self.steps += 1
        if not np.isfinite(losses).all():
            self.model.stop_training = True
        elif self.steps % self.every == 0:
            started = self.clock()
            self.look()
            self.measuring += self.clock() - started

    def look(self) -> None:
        """Measure once; `self.model` brings JAX's weights up to date."""
        before = self.curve[-1] if self.curve else None
        try:
            found = self.measure(self.model.final_generator)
        except FloatingPointError:  # images that are not finite
            self.model.stop_training = True
            return
        self.curve.append({"step": self.steps, "seconds": self.seconds, **found})
        print(" ".join(f"{name} {value:.4g}" for name, value in self.curve[-1].items()), flush=True)
        if before and self.good(before) and self.good(found):
            self.reached = self.model.stop_training = True


def train(record: Record, recipe: Recipe, seed: int, standin: bool = False) -> tuple[UntilGood, int, int]:
    """Train by a recipe until the record's target; returns also the real images seen and the multiply-adds needed."""
    images, model = record.images(standin), build(recipe, seed)

    def good(found: Found) -> bool:
        return found["frechet"] <= record.frechet and found.get("called", 1) >= record.called

    until = UntilGood(measure_of(record, images, seed), good, record.every)
    model.fit(as_pipeline(batches_of(recipe, images.train, seed)), shuffle=False, verbose=0, callbacks=[until])
    shown = recipe.batch_size * until.steps
    return until, recipe.critic_steps * shown, shown * multiply_adds_of_an_image(recipe)


def measure_of(record: Record, images: wu.Images, seed: int) -> Callable[[keras.Model], Found]:
    """Return what measures a generator: the "frechet" of `wu.evaluate`, from the same latent vectors and images.

    The lessons print this number. It compares generated images with training images; with a target for it, "called" is
    the share of generated images in whose class the classifier sees a class of the training images.
    """
    n = min(record.n, len(images.train), len(images.test))
    chosen = np.sort(np.random.default_rng(seed).choice(len(images.train), n, replace=False))
    classifier = wu.load_classifier(record.classifier) if record.classifier else None
    features = classifier.features if classifier else wu.fit_pca_features(images.train, seed)
    of_train = features(images.train[chosen])

    def measure(generator: keras.Model) -> Found:
        generated = wu.generate(generator, wu.latent_vectors(n, generator.input_shape[1], seed + 1_000_000))
        found = {"frechet": wu.frechet_distance(features(generated), of_train)}
        if record.called and classifier and images.train_labels is not None:
            classes = classifier.probabilities(generated).argmax(axis=1)
            found["called"] = float(np.mean(np.isin(classes, images.train_labels)))
        return found

    return measure


def save_images(generator: keras.Model, path: Path, seed: int) -> None:
    """Write 64 images as a PNG, eight a row."""
    latent = wu.latent_vectors(64, generator.input_shape[1], seed)
    with suppress(FloatingPointError):  # of a training that diverged
        Image.fromarray(wu.image_grid(wu.generate(generator, latent), columns=8)).save(path)
