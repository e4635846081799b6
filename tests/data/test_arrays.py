"""Own images in arrays, and requests that can't be met."""

import os

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.data.datasets import load_images
from wgan_utils.data.images import Images, hold_out, to_uint8_nhwc

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # the checkers are all alike

CHECKERS = np.indices((20, 12, 10)).sum(axis=0) % 2  # twenty images of zeros and ones
BYTES = (CHECKERS * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("array", "channels"),
    [
        (BYTES, 1),
        (BYTES[..., None], 1),
        (np.repeat(BYTES[..., None], 3, axis=3), 3),
        (CHECKERS.astype(bool), 1),
        ((CHECKERS * 2 - 1).astype(np.float16), 1),
    ],
)
def test_own_arrays_of_any_reasonable_kind(folder, array, channels):
    np.save(folder / "mine.npy", array)
    images = load_images(folder / "mine.npy")
    for part, held in zip((images.train, images.test), hold_out(20), strict=True):
        assert (part.dtype, part.shape) == (np.uint8, (len(held), 12, 10, channels))
        np.testing.assert_array_equal(part[..., 0], BYTES[held])
    assert (images.name, images.note, images.is_standin) == ("mine", "", False)


def test_the_hash_of_pixels_and_shapes_is_the_one_that_stored_trainings_go_by():
    array = np.arange(20 * 128, dtype=np.uint64).astype(np.uint8).reshape(20, 8, 16, 1)
    train, test = (array[rows] for rows in hold_out(20))
    assert Images(train, test, None, None, "", "").sha256.startswith("a74e57aca5fecd18")


def test_flat_rows_of_784_and_the_scale_of_floats():
    values = np.linspace(0, 1, 784)
    (images,) = to_uint8_nhwc([values[None]], "x")
    np.testing.assert_array_equal(images, np.rint(values * 255).reshape(1, 28, 28, 1))
    # One negative value anywhere tells the scale of all the arrays.
    half, zeros = to_uint8_nhwc([np.zeros((2, 8, 8)), np.full((2, 8, 8), -1.0)], "x")
    assert (half.min(), zeros.max()) == (128, 0)


OF_SHAPES = (64, 64, 3), (5, 3, 28, 28), (5, 100), (1, 28, 28)
UNUSABLE = [np.zeros((0, 28, 28), np.uint8), *(np.full(shape, 9, np.uint8) for shape in OF_SHAPES)]
UNUSABLE += [np.full((5, 28, 28), value) for value in (-300, 70_000, 255.0, np.nan, "a")]
UNUSABLE.append(np.where(np.arange(5)[:, None, None] == 3, np.inf, np.zeros((5, 28, 28))))


@pytest.mark.parametrize("array", UNUSABLE, ids=lambda array: f"{array.dtype} {array.shape} {array.ravel()[-1:]}")
def test_unusable_arrays_are_refused(folder, array):
    np.save(folder / "mine.npy", array)
    with refused(naming="mine"):
        load_images(folder / "mine.npy")


X, Y = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8), np.arange(40)[:, None] % 4


def test_own_npz_with_labels_and_test_images(folder):
    path = folder / "mine.npz"
    np.savez(path, x_train=X[:32], y_train=Y[:32], x_test=X[32:], y_test=Y[32:])
    images = load_images(path, classes=[2])
    np.testing.assert_array_equal(images.train[..., 0], X[:32][2::4])
    np.testing.assert_array_equal(images.test[..., 0], X[32:][2::4])
    assert images.train_labels.tolist() == [2] * 8
    np.savez(path, x_train=X, y_train=Y)
    halved = load_images(path, classes=[0, 1])
    assert (len(halved.train), len(halved.test)) == (18, 2)
    assert set(halved.test_labels) <= {0, 1}


@pytest.mark.parametrize(
    ("arrays", "classes"),
    [
        ({"x_train": X, "y_train": Y}, [9]),
        ({"x_train": X, "y_train": Y[1:]}, None),
        ({"x_train": X, "y_train": Y / 2}, None),
        ({"a": X, "b": X}, None),
        ({"a": X}, [1]),
        ({"x_train": X, "x_test": X[:, :, :, None][..., [0, 0, 0]]}, None),
    ],
)
def test_an_npz_that_lacks_what_is_asked_of_it(folder, arrays, classes):
    np.savez(folder / "mine.npz", **arrays)
    with refused(naming="mine"):
        load_images(folder / "mine.npz", classes=classes)


@pytest.mark.parametrize("name", ["mine.npy", "mine.npz"])
def test_pickled_objects_are_never_loaded(folder, name):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(folder / "sprung"),)

    {"mine.npy": np.save, "mine.npz": np.savez}[name](folder / name, np.array([Trap()], dtype=object))
    with refused(naming=name):
        load_images(folder / name)
    assert not (folder / "sprung").exists()


@pytest.mark.parametrize("count", [2, 9, 19, 20])
def test_hold_out_is_a_tenth_and_always_the_same(count):
    train, test = hold_out(count)
    assert len(test) == max(1, count // 10)
    assert sorted([*train, *test]) == list(range(count))
    assert (sorted(train), sorted(test)) == ([*train], [*test])
    if count == 20:
        assert test.tolist() == [4, 19]  # stored trainings go by it


WRONG = {"fit": "squash", "frames": 2, "background": "octarine", "value_range": (1, 0), "image_size": (64, 4)}


@pytest.mark.parametrize(
    ("error", "arguments", "named"),
    [
        *((FileNotFoundError, {"name": name}, name) for name in ("quickdraw/../secret", "no/such/folder", "no.npz")),
        (FileNotFoundError, {"name": "mnist", "data_dir": "missing"}, "data_dir"),
        *((ValueError, {"name": name}, named) for name, named in (("", "name"), ("mnits", "'mnist'"))),
        *((ValueError, {"name": "mnist", "classes": classes}, str(classes)) for classes in ([10], [7.0], True)),
        *((ValueError, {"name": "cifar10", "classes": classes}, str(classes)) for classes in (["hoarse"], [])),
        *((ValueError, {"name": name, "classes": [1]}, name) for name in ("celeba", "quickdraw/cat")),
        *((ValueError, {"name": "mnist", "image_size": size}, "image_size") for size in (4, 28.5)),
        *((ValueError, {"name": x, option: wrong}, option) for x in (X, "mnist") for option, wrong in WRONG.items()),
    ],
)
def test_bad_requests(error, arguments, named):
    with refused(error, named):
        load_images(**arguments)


def test_padding_puts_black_around_every_image():
    pixels = np.random.default_rng(0).integers(1, 256, (3, 8, 8, 1), dtype=np.uint8)
    images = Images(pixels, pixels[:2], None, None, "noise", "made by a test", note="a note")
    padded = images.padded(2)
    assert (padded.train.shape, padded.test.shape, padded.note) == ((3, 12, 12, 1), (2, 12, 12, 1), "a note")
    np.testing.assert_array_equal(padded.train[:, 2:-2, 2:-2], pixels)
    assert padded.train.sum() == pixels.sum()
    assert padded.sha256 != images.sha256 == images.padded(0).sha256


def test_for_an_evaluation_a_hundred_are_enough_but_not_fewer_nor_fifty_that_are_there_twice(folder):
    images = np.random.default_rng(0).integers(0, 256, (100, 8, 8), np.uint8)
    with refused(naming="100"):
        load_images(images[:99], evaluable=True)
    colour = load_images(images, colour=True, evaluable=True)
    assert (colour.train.shape, colour.test.shape) == ((90, 8, 8, 3), (10, 8, 8, 3))
    np.testing.assert_array_equal(colour.test, images[hold_out(100)[1], :, :, None].repeat(3, axis=3))
    both = np.concatenate([images, images[:, :, ::-1]])  # all mirrored, too: each pair lies on one side
    split = load_images(both, evaluable=True)
    train, test = ({one.tobytes() for one in part[..., 0]} for part in (split.train, split.test))
    assert not test & (train | {one[:, ::-1].tobytes() for one in split.train[..., 0]})
    np.savez(folder / "twice.npz", x_train=both[:100], x_test=both[100:])
    with refused(naming="twice"):
        load_images(folder / "twice.npz", evaluable=True)
