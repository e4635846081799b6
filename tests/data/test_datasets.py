"""Own images, and requests that can't be met."""

import io
import os
import socket
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wgan_utils.data.arrays import draw, hold_out, to_uint8_nhwc
from wgan_utils.data.datasets import Images, load_images

# --- arrays ---

CHECKERS = np.indices((20, 12, 10)).sum(axis=0) % 2  # twenty images of zeros and ones
BYTES = (CHECKERS * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("array", "channels"),
    [
        (BYTES, 1),
        (BYTES[..., None], 1),
        (np.repeat(BYTES[..., None], 3, axis=3), 3),
        (CHECKERS * 255, 1),
        (BYTES.astype(np.uint16), 1),
        (CHECKERS.astype(bool), 1),
        (CHECKERS.astype(np.float64), 1),
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
    assert "mine.npy" in images.source


def test_the_hash_tells_pixels_and_shapes_apart_but_not_containers(folder):
    array = np.arange(20 * 128, dtype=np.uint64).astype(np.uint8).reshape(20, 8, 16)
    np.save(folder / "a.npy", array)
    np.savez_compressed(folder / "b.npz", something=array[..., None])
    np.save(folder / "c.npy", array.reshape(20, 16, 8))
    np.save(folder / "d.npy", np.where(array == 77, 78, array).astype(np.uint8))
    hashes = [load_images(folder / name).sha256 for name in ("a.npy", "b.npz", "c.npy", "d.npy")]
    assert hashes[0] == hashes[1]
    assert len({*hashes}) == 3


def test_flat_rows_of_784_and_the_scale_of_floats():
    values = np.linspace(0, 1, 784)
    (images,) = to_uint8_nhwc([values[None]], "x")
    np.testing.assert_array_equal(images, np.rint(values * 255).reshape(1, 28, 28, 1))
    # One negative value anywhere tells the scale of all the arrays.
    half, zeros = to_uint8_nhwc([np.zeros((2, 8, 8)), np.full((2, 8, 8), -1.0)], "x")
    assert (half.min(), zeros.max()) == (128, 0)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 28, 28), np.uint8),
        np.full((64, 64, 3), 9, np.uint8),
        np.full((5, 3, 28, 28), 9, np.uint8),
        np.full((5, 28, 28, 4), 9, np.uint8),
        np.full((5, 100), 9, np.uint8),
        np.full((5, 28, 28), 300, np.int32),
        np.full((5, 28, 28), -1, np.int8),
        np.full((5, 28, 28), 1, np.uint8),
        np.full((5, 28, 28), 255.0),
        np.full((5, 28, 28), np.nan),
        np.where(np.arange(5)[:, None, None] == 3, np.inf, np.zeros((5, 28, 28))),
        np.full((5, 28, 28), 1j),
        np.full((5, 28, 28), "a"),
        np.full((1, 28, 28), 9, np.uint8),
    ],
    ids=lambda array: f"{array.dtype} {array.shape} {array.ravel()[-1:]}",
)
def test_unusable_arrays_are_refused_with_the_reason(folder, array):
    np.save(folder / "mine.npy", array)
    with pytest.raises(ValueError, match="mine"):
        load_images(folder / "mine.npy")


X, Y = np.arange(40 * 64, dtype=np.uint64).astype(np.uint8).reshape(40, 8, 8), np.arange(40)[:, None] % 4


def test_own_npz_with_labels_and_test_images(folder):
    path = folder / "mine.npz"
    np.savez(path, x_train=X[:32], y_train=Y[:32], x_test=X[32:], y_test=Y[32:])
    images = load_images(path, classes=[2])
    np.testing.assert_array_equal(images.train[..., 0], X[:32][2::4])
    np.testing.assert_array_equal(images.test[..., 0], X[32:][2::4])
    assert np.asarray(images.train_labels).tolist() == [2] * 8
    np.savez(path, x_train=X, y_train=Y)
    halved = load_images(path, classes=[0, 1])
    assert (len(halved.train), len(halved.test)) == (18, 2)
    assert set(np.asarray(halved.test_labels)) <= {0, 1}


@pytest.mark.parametrize(
    ("arrays", "classes", "said"),
    [
        ({"x_train": X, "y_train": Y}, [9], r"\[9\]"),
        ({"x_train": X, "y_train": Y[1:]}, None, "mine"),
        ({"x_train": X, "y_train": Y / 2}, None, "float64"),
        ({"a": X, "b": X}, None, "'a', 'b'"),
        ({"a": X}, [1], r"classes=\[1\]"),
        ({"x_train": X, "x_test": X[:, :, :, None][..., [0, 0, 0]]}, None, "mine"),
    ],
)
def test_an_npz_that_lacks_what_is_asked_of_it(folder, arrays, classes, said):
    np.savez(folder / "mine.npz", **arrays)
    with pytest.raises(ValueError, match=said):
        load_images(folder / "mine.npz", classes=classes)


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_a_file_that_promises_more_than_it_holds_is_refused_before_memory_is_taken(folder, suffix):
    resource = pytest.importorskip("resource")  # not on Windows
    file, path = io.BytesIO(), folder / f"mine.{suffix}"
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (4 * 10**6, 28, 28)})
    promise = file.getvalue() + bytes(784)
    if suffix == "npy":
        path.write_bytes(promise)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x_train.npy", promise)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=path.name):
        load_images(path)
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert taken < 300_000 * (1024 if sys.platform == "darwin" else 1)  # kB; of the 3 GB promised


class Payload:
    """Unpickling this creates a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["mine.npy", "mine.npz"])
def test_pickled_objects_are_never_loaded(folder, tmp_path, name):
    trap = tmp_path / "sprung"
    array = np.array([Payload(trap)], dtype=object)
    if name == "mine.npy":
        np.save(folder / name, array, allow_pickle=True)
    else:
        np.savez(folder / name, x_train=array)
    with pytest.raises(ValueError, match=name):
        load_images(folder / name)
    (folder / name).rename(folder / "mnist.npz")
    with pytest.warns(UserWarning, match=r"mnist\.npz"):
        load_images("mnist", classes=[1], data_dir=folder)
    assert not trap.exists()
    if name == "mine.npy":  # the trap does work
        np.load(folder / "mnist.npz", allow_pickle=True)
        assert trap.exists()


# --- pictures ---


def test_pictures_are_cropped_not_stretched_and_upright(folder):
    wide = np.zeros((60, 180, 3), np.uint8)
    wide[:, :60], wide[:, 60:120], wide[:, 120:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    (folder / "below").mkdir()
    Image.fromarray(wide).save(folder / "below" / "wide.png")
    Image.fromarray(wide.transpose(1, 0, 2)).save(folder / "tall.PNG")
    # Stored on its side with a note to turn it: what is on top when seen is the left of what is stored.
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.zeros((64, 64, 3), np.uint8)
    turned[:, :32] = 255
    for name in ("turned.png", "again.png"):
        Image.fromarray(turned).save(folder / name, exif=exif)
    images = load_images(folder)
    both = np.concatenate([images.train, images.test])
    assert both.shape == (4, 64, 64, 3)
    for picture in both:
        green = (abs(picture[2:-2, 2:-2].astype(int) - [0, 255, 0]) < 2).all()
        upright = (picture[:30] == 255).all() and (picture[34:] == 0).all()
        assert green or upright
    assert images.name == folder.name


def test_every_mode_of_picture_becomes_rgb(folder):
    grey = np.full((16, 16), 51, np.uint8)
    white, red, dark = (255, 255, 255), (255, 0, 0), (51, 51, 51)
    pictures = [
        (Image.fromarray(grey), "png", dark),
        (Image.fromarray(np.full((16, 16), 51 * 257 + 100, np.uint16)), "png", dark),
        (Image.new("RGBA", (16, 16), (255, 0, 0, 0)), "png", white),
        (Image.new("RGBA", (16, 16), (255, 0, 0, 255)), "png", red),
        (Image.new("LA", (16, 16), (0, 204)), "png", dark),  # on white
        (Image.fromarray(np.stack([grey, 0 * grey, grey * 5], axis=2)).quantize(), "png", (51, 0, 255)),
        (Image.new("1", (16, 16), 1), "png", white),
        (Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "tif", red),
        (Image.fromarray(np.full((16, 16), 51 * 257 + 100, np.int32)), "tif", dark),
    ]
    for number, (picture, suffix, _) in enumerate(pictures):
        picture.save(folder / f"{number}.{suffix}")
    Image.new("RGB", (16, 16), (1, 2, 3)).quantize().save(folder / "9.png", transparency=0)
    wanted = np.array([*(colour for _, _, colour in pictures), white])
    images = load_images(folder, image_size=8)
    for part, held in zip((images.train, images.test), hold_out(10), strict=True):
        np.testing.assert_array_equal(part[:, 4, 4], wanted[held])


def test_pictures_without_colour_have_one_channel(twelve):
    for path in twelve.iterdir():
        Image.open(path).convert("L").save(path)
    images = load_images(twelve, image_size=20)
    assert images.train.shape == (11, 20, 20, 1)
    with Image.open(twelve / "000.png") as picture:
        np.testing.assert_array_equal(images.train[0, ..., 0], np.asarray(picture)[:, 2:22])


def test_a_zip_gives_what_its_folder_gives_and_writes_nothing(twelve, tmp_path):
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in sorted(twelve.iterdir(), reverse=True):
            archive.write(path, f"../../{path.name}")
        archive.writestr("a folder.png/", b"")
        archive.writestr("__MACOSX/._000.png", b"not a picture")
        archive.writestr("read me.txt", b"not a picture")
    before = sorted(tmp_path.parent.rglob("*"))
    zipped, unzipped = load_images(tmp_path / "pictures.zip"), load_images(twelve)
    assert zipped.sha256 == unzipped.sha256
    assert zipped.name == "pictures"
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_damaged_pictures_are_left_out_and_reported_once(twelve):
    whole, (first, second) = load_images(twelve), hold_out(12)[0][:2]
    (twelve / f"{first:03d}.png").write_bytes(b"")
    (twelve / f"{second:03d}.png").write_bytes((twelve / f"{second:03d}.png").read_bytes()[:300])
    (twelve / "notes.txt").write_text("not a picture")
    with pytest.warns(UserWarning, match=f"{first:03d}") as caught:
        images = load_images(twelve)
    assert len(caught) == 1
    np.testing.assert_array_equal(images.train, whole.train[2:])
    with pytest.warns(UserWarning, match=f"{first:03d}|{second:03d}"):
        few = load_images(twelve, limit=7)
    np.testing.assert_array_equal(few.train, whole.train[[i for i in draw(11, 7) if i > 1][:7]])
    np.testing.assert_array_equal(few.test, whole.test)


def test_one_damaged_picture_held_out_is_replaced(twelve):
    (twelve / f"{hold_out(12)[1][0]:03d}.png").write_bytes(b"")
    with pytest.warns(UserWarning, match="given"):
        images = load_images(twelve)
    assert (len(images.train), len(images.test)) == (10, 1)


def test_only_regular_files_are_pictures(twelve, tmp_path):
    whole = load_images(twelve)
    os.mkfifo(twelve / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(twelve / "socket.png"))
    (twelve / "dangling.png").symlink_to(tmp_path / "nowhere")
    (twelve / "000.png").rename(tmp_path / "elsewhere.png")
    (twelve / "000.png").symlink_to(tmp_path / "elsewhere.png")
    assert load_images(twelve).sha256 == whole.sha256
    for name in ("pipe.zip", "pipe.npy"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(ValueError, match=name):
            load_images(tmp_path / name)
    (twelve / "mnist").mkdir()
    for name in ("mnist/train-images-idx3-ubyte", "mnist.npz", "img_align_celeba.zip"):
        os.mkfifo(twelve / name)
    assert load_images("mnist", data_dir=twelve).is_standin
    assert load_images("celeba", data_dir=twelve).is_standin


def test_a_picture_in_a_zip_that_would_fill_the_memory_is_left_out(twelve, monkeypatch):
    monkeypatch.setattr("wgan_utils.data.pictures.LARGEST", 1_000_000)
    with zipfile.ZipFile(twelve / "pictures.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(twelve.glob("*.png")):
            archive.write(path, path.name)
        archive.writestr("100.png", bytes(1_000_001))
    with pytest.warns(UserWarning, match=r"100\.png"):
        images = load_images(twelve / "pictures.zip")
    assert len(images.train) + len(images.test) == 12


def test_folders_and_files_without_a_readable_picture(folder):
    with pytest.raises(ValueError, match="given"):
        load_images(folder)
    for name in ("a.jpg", "b.png", "cut.zip"):
        (folder / name).write_bytes(b"PK\x03\x04 and no more")
    for asked in (folder, folder / "cut.zip", folder / "a.jpg"):
        with pytest.raises(ValueError, match=asked.name):
            load_images(asked)


@pytest.mark.parametrize("kind", ["array", "pictures"])
def test_a_limit_on_images_sorted_by_class_keeps_every_class(folder, kind):
    grey = np.repeat(np.arange(10, dtype=np.uint8) * 20 + 20, 40)  # the class, as a shade
    pixels = np.broadcast_to(grey[:, None, None], (400, 8, 8))
    if kind == "array":
        np.save(folder / "mine.npy", pixels)
    else:
        for i, image in enumerate(pixels):
            Image.fromarray(image).save(folder / f"{grey[i]:03d} {i}.png")
    images = load_images(folder / "mine.npy" if kind == "array" else folder, image_size=8, limit=100)
    assert len(images.train) == 100
    assert len(np.unique(images.train[:, 0, 0, 0])) == 10


@pytest.mark.parametrize("count", [2, 9, 10, 19, 20, 1000])
def test_hold_out_is_a_tenth_spread_over_all_and_always_the_same(count):
    train, test = hold_out(count)
    assert len(test) == max(1, count // 10)
    assert sorted([*train, *test]) == list(range(count))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    np.testing.assert_array_equal(hold_out(count)[1], test)
    if count == 1000:
        assert np.bincount(test // 100, minlength=10).min() > 2  # from every part of the files
        assert np.bincount(test % 10, minlength=10).min() > 2  # and of every rhythm in them


# --- requests ---


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"name": ""}, ValueError, "name"),
        ({"name": " "}, ValueError, "name"),
        ({"name": "mnits"}, ValueError, "'mnist'"),
        ({"name": "cifar-10"}, ValueError, "'cifar10'"),
        ({"name": "quickdraw"}, ValueError, "'quickdraw/<category>'"),
        ({"name": "quickdraw/../secret"}, FileNotFoundError, "secret"),
        ({"name": "no/such/folder"}, FileNotFoundError, "no/such/folder"),
        ({"name": b"no.npz"}, FileNotFoundError, r"no\.npz"),
        ({"name": "mnist", "classes": [10]}, ValueError, "10"),
        ({"name": "mnist", "classes": [-1]}, ValueError, "-1"),
        ({"name": "mnist", "classes": [7.0]}, ValueError, r"7\.0"),
        ({"name": "mnist", "classes": 7.0}, ValueError, r"7\.0"),
        ({"name": "mnist", "classes": True}, ValueError, "True"),
        ({"name": "cifar10", "classes": ["hoarse"]}, ValueError, "'hoarse'"),
        ({"name": "cifar10", "classes": []}, ValueError, r"classes=\[\]"),
        ({"name": "celeba", "classes": [1]}, ValueError, "celeba"),
        ({"name": "quickdraw/cat", "classes": [1]}, ValueError, "quickdraw/cat"),
        ({"name": "mnist", "limit": 0}, ValueError, "limit"),
        ({"name": "mnist", "limit": 2.5}, ValueError, "limit"),
        ({"name": "mnist", "limit": True}, ValueError, "limit"),
        ({"name": "mnist", "image_size": 4}, ValueError, "image_size"),
        ({"name": "mnist", "data_dir": "missing"}, FileNotFoundError, "data_dir"),
    ],
)
def test_bad_requests(arguments, error, said):
    with pytest.raises(error, match=said):
        load_images(**arguments)


def test_padding_puts_black_around_every_image():
    pixels = np.random.default_rng(0).integers(1, 256, (3, 8, 8, 1), dtype=np.uint8)
    images = Images(pixels, pixels[:2], None, None, "noise", "made by a test", "sha", False, "a note")
    padded = images.padded(2)
    assert (padded.train.shape, padded.test.shape, padded.note) == ((3, 12, 12, 1), (2, 12, 12, 1), "a note")
    np.testing.assert_array_equal(padded.train[:, 2:-2, 2:-2], pixels)
    assert padded.train.sum() == pixels.sum()
    assert padded.sha256 == padded.padded(0).sha256 != images.padded(0).sha256
    assert len(padded.sha256) == 64
    assert padded.originals is None
    assert replace(images, originals=pixels[:1]).padded(1).originals.shape == (1, 10, 10, 1)
    for said in ("noise", "3", "2", "8×8×1", "made by a test"):
        assert said in repr(images)
