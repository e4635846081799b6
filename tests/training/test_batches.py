"""The real images of each step: a function of seed and step, each image once a pass."""

import numpy as np
import pytest

from wgan_utils.training.batches import RealImages

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 5, 3), dtype=np.uint8)


def batches(n: int = 10, batch_size: int = 4, critic_steps: int = 3, seed: int = 0, first_step: int = 0):
    """Of images that can be told apart: image i has the pixel i."""
    images = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1)
    return RealImages(images, batch_size, critic_steps, seed, first_step, steps=20)


def numbers(data: RealImages, index: int) -> np.ndarray:
    return data[index][0][:, :, 0, 0, 0]


def test_an_item_holds_the_images_of_one_step():
    data = RealImages(IMAGES, batch_size=2, critic_steps=3, seed=0, first_step=0, steps=7)
    (item,) = data[0]
    assert (item.shape, item.dtype) == ((2, 3, 4, 5, 3), np.uint8)  # batch first: devices can share it
    assert len(data) == 7
    assert all((image == IMAGES).all(axis=(1, 2, 3)).any() for image in item.reshape(6, 4, 5, 3))


@pytest.mark.parametrize(("n", "batch_size", "critic_steps"), [(10, 4, 3), (10, 5, 1), (7, 3, 2), (12, 3, 4)])
def test_every_pass_shows_every_image_once(n, batch_size, critic_steps):
    data = batches(n, batch_size, critic_steps)
    stream = np.concatenate([numbers(data, i).ravel() for i in range(20)])
    passes = [stream[i : i + n] for i in range(0, len(stream) - n + 1, n)]
    assert len(passes) > 2
    for one in passes:
        assert sorted(one) == list(range(n))
    assert not np.array_equal(passes[0], passes[1])  # in a new order each time


def test_the_critic_steps_of_one_step_see_different_images():
    for step in range(3):
        seen = numbers(batches(n=60, batch_size=4, critic_steps=5), step).ravel()
        assert len(set(seen)) == 20


@pytest.mark.parametrize("n", [1, 3])
def test_a_batch_may_be_larger_than_the_data_set(n):
    found = numbers(batches(n, batch_size=8, critic_steps=2), 1)
    counts = np.bincount(found.ravel(), minlength=n)
    assert counts.max() - counts.min() <= 1  # as evenly as 16 images go


def test_batches_depend_on_seed_and_step_alone():
    """Not on where a run was continued, nor on the order they are asked for, nor on the global random state."""
    expected = [numbers(batches(), i) for i in range(12)]
    np.random.seed(1)  # noqa: NPY002 - the global state is the point
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    whole, continued = batches(), batches(first_step=7)
    for i in (5, 0, 3, 3, 1, 0, 4, 2):
        np.testing.assert_array_equal(numbers(whole, i), expected[i])
    for i in range(5):
        np.testing.assert_array_equal(numbers(continued, i), expected[7 + i])
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert not np.array_equal(numbers(batches(n=100, seed=3), 2), numbers(batches(n=100, seed=4), 2))


@pytest.mark.parametrize("shape_and_type", [((3, 4, 4, 1), "float32"), ((3, 4, 4), "uint8")])
def test_unfit_images_are_refused_with_what_they_are(shape_and_type):
    images = np.zeros(*shape_and_type)
    with pytest.raises(ValueError, match=rf"{images.dtype} of shape \({images.shape[0]}"):
        RealImages(images, 2, 1, 0, 0, 1)


def test_points_are_taken_as_they_are():
    points = np.random.default_rng(0).standard_normal((9, 2), dtype="float32")
    (item,) = RealImages(points, batch_size=3, critic_steps=3, seed=0, first_step=0, steps=1)[0]
    assert (item.shape, item.dtype) == ((3, 3, 2), np.float32)
    np.testing.assert_array_equal(np.sort(item.reshape(9, 2), axis=0), np.sort(points, axis=0))
    for other, mirror in ((points.astype("float64"), False), (points, True)):
        with pytest.raises(ValueError, match="points"):
            RealImages(other, 3, 3, 0, 0, 1, mirror)


def mirrored(mirror: bool = True, first_step: int = 0, seed: int = 0) -> RealImages:
    return RealImages(IMAGES, 4, 3, seed, first_step, 20, mirror)


def test_mirrored_images_are_the_same_ones_about_half_of_them_turned_round():
    turned, before = [], IMAGES.copy()
    for step in range(20):
        (as_they_are,), (found,) = mirrored(False)[step], mirrored()[step]
        same = (found == as_they_are).all(axis=(2, 3, 4))
        round_about = (found == as_they_are[:, :, :, ::-1]).all(axis=(2, 3, 4))
        assert (same ^ round_about).all()
        turned.append(round_about)
        np.testing.assert_array_equal(mirrored(first_step=step)[0][0], found)
    assert 0.4 < np.mean(turned) < 0.6
    assert not np.array_equal(turned[0], turned[1])
    assert not np.array_equal(mirrored(seed=1)[0][0], mirrored(seed=2)[0][0])
    np.testing.assert_array_equal(IMAGES, before)
