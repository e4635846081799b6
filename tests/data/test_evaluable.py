"""Own images that an evaluation could not use are refused before a training."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.data.datasets import load_images


def save(path, count, copies=lambda images: images[:0]):
    images = np.random.default_rng(0).integers(0, 256, (count, 8, 8), np.uint8)
    images = np.concatenate([images, copies(images)])
    np.save(path, images)
    return images


@pytest.mark.parametrize("count", [7, 12, 60, 99])
def test_too_few_images_are_refused(tmp_path, count):
    save(tmp_path / "few.npy", count)
    assert len(load_images(tmp_path / "few.npy").test) == max(1, count // 10)
    with refused(naming="100"):
        load_images(tmp_path / "few.npy", evaluable=True)


def test_a_hundred_grey_images_are_enough_and_have_three_channels(tmp_path):
    grey = save(tmp_path / "grey.npy", 100)
    images = load_images(tmp_path / "grey.npy", colour=True, evaluable=True)
    assert (images.train.shape, images.test.shape) == ((90, 8, 8, 3), (10, 8, 8, 3))
    assert (images.test == images.test[..., :1]).all()
    assert all((grey == image[..., 0]).all(axis=(1, 2)).any() for image in images.test)


@pytest.mark.parametrize("direction", [1, -1])
def test_images_that_are_there_twice_lie_on_one_side_or_are_refused(tmp_path, direction):
    images = save(tmp_path / "twice.npy", 100, lambda images: images[:, :, ::direction])
    with pytest.warns(UserWarning, match="100"):
        split = load_images(tmp_path / "twice.npy", evaluable=True)
    train, test = ({image.tobytes() for image in part[..., 0]} for part in (split.train, split.test))
    assert len(split.train) + len(split.test) == 200
    assert 10 <= len(split.test) <= 40
    assert not test & (train | {image[:, ::-1].tobytes() for image in split.train[..., 0]})
    np.savez(tmp_path / "own.npz", x_train=images[:100], x_test=images[100:])
    with pytest.warns(UserWarning, match="100"), refused(naming="own"):
        load_images(tmp_path / "own.npz", evaluable=True)
