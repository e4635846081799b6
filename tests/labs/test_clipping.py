"""What the lab on clipping shows of its deepest critics, with bounds that three seeds keep; the tests run the first."""

import numpy as np
import pytest

from wgan_utils.labs import critics, toys

pytestmark = pytest.mark.slow


def start_and_end(c, depth=12, **options):
    real = toys.swiss_roll(512, seed=0)
    fake = (real + np.random.default_rng(1000).normal(size=real.shape)).astype("float32")
    options |= {"hidden": (128,) * depth, "optimizer": "rmsprop", "learning_rate": c / 50}
    both = [critics.fit_critic(real, fake, "clipping", c, steps=steps, **options) for steps in (0, 400)]
    kernels = [[w.astype(float) for w in critic.get_weights() if w.ndim == 2] for critic in both]
    norms = [np.median(np.linalg.norm(critics.gradients(critic, fake).astype(float), axis=1)) for critic in both]
    return kernels, norms


def test_a_gradient_that_the_first_clip_made_small_explodes_in_training():
    _, (start, end) = start_and_end(0.1)
    # Three seeds: 3e-4 to 9e-4; 3e8.
    assert start < 0.01
    assert end > 1e7


@pytest.mark.parametrize(("epsilon", "learns"), [(1e-8, False), (1e-30, True)])
def test_a_gradient_that_has_vanished_trains_nothing_unless_rmsprop_has_a_smaller_epsilon(epsilon, learns):
    (before, after), (start, end) = start_and_end(0.01, epsilon=epsilon)
    moved = np.linalg.norm(after[0] - before[0]) / np.linalg.norm(before[0])
    # Three seeds: the first layer moves by 0, or by .20 to .42; a gradient norm of 4e-16 to 1e-15, then 3e-6 to 1e-5.
    assert start < 1e-14
    assert (end > 1e-7) == learns
    assert moved > 0.1 if learns else moved == 0


@pytest.mark.parametrize(("c", "change"), [(0.1, 1), (0.01, -1)])
def test_training_moves_weights_to_a_wide_bound_and_away_from_a_narrow_one(c, change):
    kernels, _ = start_and_end(c, depth=4)
    start, end = (np.mean(np.concatenate([np.abs(w).ravel() for w in one]) > 0.99 * c) for one in kernels)
    # Three seeds: 47 % to 63–66 %; 94 % to 76–78 %.
    assert change * (end - start) > 0.08
