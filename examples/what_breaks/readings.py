"""Bugs in what is written down: curves that do not show what their label says."""

import keras
import numpy as np
from keras import ops

import wgan_utils as wu
from examples.what_breaks.toy import Measured, estimate, network, train_critic, two_clouds


def measure_logged(wrong: bool, updates: int = 150) -> Measured:
    """Train a critic between clouds that are 4 apart; the wrong curves are half the loss, and the loss with penalty."""
    keras.utils.set_random_seed(0)
    critic = network(2, 1, 64)
    clouds = two_clouds(256)
    real, fake = map(ops.convert_to_tensor, clouds)

    def after(step: int) -> tuple[float, float]:
        penalty = float(wu.losses.gradient_penalty(critic, real, fake, seed=step))
        return estimate(critic, *clouds), penalty

    scores, penalties = np.array(train_critic(critic, lambda step: clouds, updates, 10.0, after)).T
    if wrong:
        curves = {
            "half the two losses' sum": -scores / 2,
            "the whole loss, with the penalty": -scores + 10 * penalties,
        }
    else:
        curves = {"score of real − score of generated": scores}
    return {"curves": curves, "scores": scores, "exact": wu.earth_movers_distance(*clouds)}


def check_logged(measured: Measured) -> None:
    """What is called the estimate is the mean score of real images minus that of generated ones."""
    for name, curve in measured["curves"].items():
        same = np.allclose(curve, measured["scores"], atol=1e-5)
        assert same, f"What you log is no estimate of the distance, but {name}."


def measure_merged(wrong: bool, updates: int = 150) -> Measured:
    """Train a critic on 64 points in 8 dimensions with 64 held out; the wrong split trains on these too."""
    keras.utils.set_random_seed(0)
    critic = network(8, 1, 64)
    (points, _), (_, fake) = two_clouds(128, 1, 1.0, 8), two_clouds(4000, 2, 1.0, 8)
    train, held_out = (points if wrong else points[:64]), points[64:]
    rng = np.random.default_rng(3)

    def batches(step: int) -> tuple[np.ndarray, np.ndarray]:
        return train[rng.integers(len(train), size=64)], fake[rng.integers(len(fake), size=64)]

    def after(step: int) -> tuple[float, float]:
        return estimate(critic, train, fake), estimate(critic, held_out, fake)

    found = np.array(train_critic(critic, batches, updates, 10.0, after))
    return {"training points": found[:, 0], "held-out points": found[:, 1], "train": train, "test": held_out}


def check_merged(measured: Measured) -> None:
    """No held-out image is among the training images."""
    train = {row.tobytes() for row in measured["train"]}
    shared = sum(row.tobytes() in train for row in measured["test"])
    assert shared == 0, f"{shared} held-out images are trained on: nothing is left that could show overfitting."
