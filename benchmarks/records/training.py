"""The one loop that trains until a target is reached and measures the time, and what it measures."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np

from benchmarks.records.recipe import Recipe, Record, build, multiply_adds_of_an_image


class Timed(NamedTuple):
    """What `train_until` found; `spent` are seconds."""

    reached: bool
    steps: int
    spent: dict[str, float]  # on "training", which is all steps but those that compile; on those, "first"; "measuring"
    curve: list[dict[str, float]]  # of each measurement: step, seconds until then, and what was found


def train_until(
    step_on: Callable[[int], Mapping[str, Any]],
    measure: Callable[[], dict[str, float]],
    good: Callable[[dict[str, float]], bool],
    steps: int,
    every: int,
    compiling: tuple[int, ...] = (0,),
    clock: Callable[[], float] = time.perf_counter,
) -> Timed:
    """Train until two measurements in a row are good, so that one lucky measurement does not win.

    Args:
        step_on: takes the step of that number and returns its losses; its time counts.
        measure: measures; its time does not count.
        good: whether what was measured reaches the target.
        steps: the most. A loss or an image that is not finite ends the training, too: not reached.
        every: steps between two measurements.
        compiling: steps whose time is kept apart, since they also compile.
        clock: tells the seconds.
    """
    spent = {"training": 0.0, "first": 0.0, "measuring": 0.0}
    curve: list[dict[str, float]] = []
    before = False

    def timed(what: str, work: Callable, *arguments: Any) -> Any:
        started = clock()
        result = work(*arguments)
        spent[what] += clock() - started
        return result

    for step in range(steps):
        losses = timed("first" if step in compiling else "training", step_on, step)
        if not np.isfinite([float(loss) for loss in losses.values()]).all():
            break
        if (step + 1) % every:
            continue
        try:
            found = timed("measuring", measure)
        except FloatingPointError:  # images that are not finite
            break
        curve.append({"step": step + 1, "seconds": spent["training"], **found})
        print(" ".join(f"{name} {value:.4g}" for name, value in curve[-1].items()), flush=True)
        if good(found) and before:
            return Timed(True, step + 1, spent, curve)
        before = good(found)
    return Timed(False, step + 1, spent, curve)


def train(record: Record, recipe: Recipe, seed: int, standin: bool = False) -> tuple[Timed, int, int]:
    """Train by a recipe until the record's target; returns also the real images seen and the multiply-adds needed."""
    images, model = record.images(standin), build(recipe, seed)
    measured = measure_of(record, images, seed)
    batches = {
        size: wu.RealImages(images.train, size, recipe.critic_steps, seed, 0, recipe.steps, recipe.mirror)
        for _, size in recipe.batch_sizes
    }

    def size_at(step: int) -> int:
        return [size for start, size in recipe.batch_sizes if start <= step][-1]

    timed = train_until(
        step_on=lambda step: model.train_on_batch(*batches[size_at(step)][step], return_dict=True),
        measure=lambda: measured(model.final_generator),
        good=lambda found: found["frechet"] <= record.frechet and found.get("called", 1) >= record.called,
        steps=recipe.steps,
        every=record.every,
        compiling=tuple(start for start, _ in recipe.batch_sizes),
    )
    sizes = [size_at(step) for step in range(timed.steps)]
    return timed, recipe.critic_steps * sum(sizes), sum(sizes) * multiply_adds_of_an_image(recipe)


def measure_of(record: Record, images: wu.Images, seed: int) -> Callable[[keras.Model], dict[str, float]]:
    """Return what measures a generator: the "frechet" of `wu.evaluate`, from the same latent vectors and images.

    The lessons print this number. It compares generated images with training images; with a target for it, "called" is
    the share of generated images in whose class the classifier sees a class of the training images.
    """
    n = min(record.n, len(images.train), len(images.test))
    chosen = np.sort(np.random.default_rng(seed).choice(len(images.train), n, replace=False))
    classifier = wu.load_classifier(record.classifier) if record.classifier else None
    features = classifier.features if classifier else wu.fit_pca_features(images.train, seed)
    of_train = features(images.train[chosen])

    def measure(generator: keras.Model) -> dict[str, float]:
        generated = wu.generate(generator, wu.latent_vectors(n, generator.input_shape[1], seed + 1_000_000))
        found = {"frechet": wu.frechet_distance(features(generated), of_train)}
        if record.called and classifier and images.train_labels is not None:
            classes = classifier.probabilities(generated).argmax(axis=1)
            found["called"] = float(np.mean(np.isin(classes, images.train_labels)))
        return found

    return measure
