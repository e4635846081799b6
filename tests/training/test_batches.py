"""The real images of each step: a function of seed and step, each image once a pass."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.training.train import RealImages

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 5, 3), dtype=np.uint8)


def batches(n: int = 10, batch_size: int = 4, critic_steps: int = 3, seed: int = 0, first_step: int = 0):
    """Of images that can be told apart: image i has the pixel i."""
    images = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1)
    return RealImages(images, batch_size, critic_steps, seed, first_step, steps=20)


def numbers(data: RealImages, index: int) -> np.ndarray:
    return data[index][0][:, :, 0, 0, 0]


@pytest.mark.parametrize(("n", "batch_size", "critic_steps"), [(10, 4, 3), (10, 5, 1), (7, 3, 2), (3, 8, 2), (1, 2, 1)])
def test_every_pass_shows_every_image_once_in_a_new_order(n, batch_size, critic_steps):
    data = batches(n, batch_size, critic_steps)
    assert (len(data), numbers(data, 0).shape) == (20, (batch_size, critic_steps))  # devices can share the batch
    stream = np.concatenate([numbers(data, i).ravel() for i in range(20)])
    passes = [stream[i : i + n] for i in range(0, len(stream) - n + 1, n)]
    assert all(sorted(one) == list(range(n)) for one in passes)
    assert n == 1 or len({one.tobytes() for one in passes}) > 1


def test_batches_depend_on_seed_and_step_alone():
    """Not on where a run was continued, nor on the order they are asked for."""
    expected = [numbers(batches(), i) for i in range(12)]
    whole, continued = batches(), batches(first_step=7)
    for i in (5, 0, 3, 3, 1, 0, 4, 2):
        np.testing.assert_array_equal(numbers(whole, i), expected[i])
    for i in range(5):
        np.testing.assert_array_equal(numbers(continued, i), expected[7 + i])
    assert not np.array_equal(numbers(batches(n=100, seed=3), 2), numbers(batches(n=100, seed=4), 2))


def test_points_are_taken_as_they_are_and_other_shapes_and_types_are_not():
    points = np.random.default_rng(0).standard_normal((9, 2), dtype="float32")
    (item,) = RealImages(points, batch_size=3, critic_steps=3, seed=0, first_step=0, steps=1)[0]
    assert (item.shape, item.dtype) == ((3, 3, 2), np.float32)
    np.testing.assert_array_equal(np.sort(item.reshape(9, 2), axis=0), np.sort(points, axis=0))
    unfit = [(points.astype("float64"), False), (points, True), (IMAGES.astype("float32"), False), (IMAGES[0], False)]
    for other, mirror in unfit:
        with refused(naming=f"{other.dtype} of shape {other.shape}"):
            RealImages(other, 3, 3, 0, 0, 1, mirror)


def test_mirrored_images_are_the_same_ones_about_half_of_them_turned_round():
    def mirrored(mirror: bool = True, first_step: int = 0, seed: int = 0) -> RealImages:
        return RealImages(IMAGES, 4, 3, seed, first_step, 20, mirror)

    turned, before = [], IMAGES.copy()
    for step in range(20):
        (as_they_are,), (found,) = mirrored(False)[step], mirrored()[step]
        same = (found == as_they_are).all(axis=(2, 3, 4))
        round_about = (found == as_they_are[:, :, :, ::-1]).all(axis=(2, 3, 4))
        assert (same ^ round_about).all()
        turned.append(round_about)
        np.testing.assert_array_equal(mirrored(first_step=step)[0][0], found)
    assert 0.4 < np.mean(turned) < 0.6
    assert not np.array_equal(mirrored(seed=1)[0][0], mirrored(seed=2)[0][0])
    np.testing.assert_array_equal(IMAGES, before)
