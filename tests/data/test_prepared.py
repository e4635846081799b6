"""Pictures prepared once: the same as decoded directly, resumable, and made anew when the source has changed."""

import errno
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.alone import start_python
from wgan_utils.data import celeba, prepared
from wgan_utils.data.celeba import face_square
from wgan_utils.data.datasets import load_images
from wgan_utils.data.pictures import decode_pictures, open_pictures

SIZE = 16
COUNT = 11


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three, kept in a folder of the test's own."""
    monkeypatch.setattr(prepared, "CHUNK", 3)
    monkeypatch.setattr(prepared, "default_data_dir", lambda: tmp_path / "kept")
    monkeypatch.setattr(celeba, "LEAST", 5)


def write_faces(folder: Path, count: int = COUNT, seed: int = 0) -> Path:
    """Random pictures of CelebA's shape, called as CelebA's are."""
    place = folder / "celeba" / "img_align_celeba"
    place.mkdir(parents=True, exist_ok=True)
    for number, pixels in enumerate(np.random.default_rng(seed).integers(0, 256, (count, 218, 178, 3), np.uint8), 1):
        Image.fromarray(pixels).save(place / f"{number:06d}.png")
    return place


def go(place: Path) -> prepared.Prepared:
    with open_pictures(place) as (names, read):
        return prepared.prepare(place, names, read, SIZE, face_square)


def directly(place: Path) -> np.ndarray:
    with open_pictures(place) as (names, read):
        return decode_pictures(read, names, SIZE, square=face_square)[0]


def files(tmp_path: Path) -> set[str]:
    return {path.suffix for path in (tmp_path / "kept" / "prepared").iterdir()}


def test_the_same_pixels_as_decoded_directly_and_only_opened_afterwards(tmp_path, monkeypatch):
    place = write_faces(tmp_path)
    first = go(place)
    assert isinstance(first.images, np.memmap)
    assert not first.images.flags.writeable
    np.testing.assert_array_equal(first.images, directly(place))
    monkeypatch.setattr(prepared, "decode_pictures", None)  # nothing is decoded a second time
    np.testing.assert_array_equal(go(place).images, first.images)
    assert files(tmp_path) == {".npy", ".json", ".lock"}


def test_an_interrupted_preparation_goes_on_where_it_was(tmp_path, monkeypatch):
    place = write_faces(tmp_path)
    decoded: list[str] = []

    def counting(read, names, *arguments, **options):
        if len(decoded) == 6:
            raise KeyboardInterrupt
        decoded.extend(names)
        return decode_pictures(read, names, *arguments, **options)

    monkeypatch.setattr(prepared, "decode_pictures", counting)
    with pytest.raises(KeyboardInterrupt):
        go(place)
    decoded.append("the interrupt")  # lets it pass from here on
    np.testing.assert_array_equal(go(place).images, directly(place))
    assert sorted(decoded) == sorted([*(f"{n:06d}.png" for n in range(1, COUNT + 1)), "the interrupt"])


@pytest.mark.parametrize("packed", [False, True])
def test_a_changed_source_is_noticed_and_the_old_array_goes(tmp_path, packed):
    place = write_faces(tmp_path)

    def source() -> Path:
        if not packed:
            return place
        with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
            for path in sorted(place.iterdir()):
                archive.write(path, path.name)
        return tmp_path / "faces.zip"

    before = np.array(go(source()).images)
    Image.fromarray(np.zeros((218, 178, 3), np.uint8)).save(place / "000004.png")
    os.utime(place / "000004.png", (10**9, 10**9))
    after = go(source()).images
    np.testing.assert_array_equal(after[3], 0)
    np.testing.assert_array_equal(np.delete(after, 3, axis=0), np.delete(before, 3, axis=0))
    assert len(list((tmp_path / "kept" / "prepared").glob("*.npy"))) == 1


def test_another_source_of_the_same_name_is_kept_beside(tmp_path):
    one, other = write_faces(tmp_path / "one"), write_faces(tmp_path / "other", seed=1)
    first, second = go(one).images, go(other).images
    assert not np.array_equal(first, second)
    assert len(list((tmp_path / "kept" / "prepared").glob("*.npy"))) == 2


def test_bad_pictures_are_left_out_counted_and_named_every_time(tmp_path):
    place = write_faces(tmp_path)
    (place / "000002.png").write_bytes(b"no picture")
    (place / "000005.png").write_bytes((place / "000005.png").read_bytes()[:500])
    said = r"2 of 11 pictures in 'img_align_celeba' can't be read, such as 000002\.png"
    for _ in range(2):
        with pytest.warns(UserWarning, match=said):
            images = load_images("celeba", data_dir=tmp_path, image_size=SIZE)
        assert (len(images.train), len(images.test)) == (8, 1)


def test_celeba_is_split_as_it_is_without_preparing(tmp_path, monkeypatch):
    place = write_faces(tmp_path, count=20)
    (place / "000003.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="1 of 20"):
        ready = load_images("celeba", data_dir=tmp_path, image_size=SIZE)
    monkeypatch.setattr(celeba, "LEAST", 1000)
    with pytest.warns(UserWarning, match="1 of 20"):
        direct = load_images("celeba", data_dir=tmp_path, image_size=SIZE)
    assert (len(ready.train), len(ready.test)) == (17, 2)
    assert ready.sha256 == direct.sha256


def test_a_journal_says_how_far_it_is(tmp_path):
    go(write_faces(tmp_path))
    (journal,) = (tmp_path / "kept" / "prepared").glob("*.json")
    assert json.loads(journal.read_text()) == {"names": COUNT, "good": COUNT, "unreadable": {}}


def test_a_folder_that_cannot_be_written_or_a_full_disk_costs_memory_and_a_warning(tmp_path, monkeypatch):
    place = write_faces(tmp_path)
    kept = tmp_path / "kept"
    kept.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match=r"can't be kept \((File exists|Not a directory)\)"):
        np.testing.assert_array_equal(go(place).images, directly(place))
    kept.unlink()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(prepared.os, "fsync", full)
        with pytest.warns(UserWarning, match=r"can't be kept \(No space left on device\)"):
            np.testing.assert_array_equal(go(place).images, directly(place))
    images = go(place).images
    assert isinstance(images, np.memmap)
    np.testing.assert_array_equal(images, directly(place))


@pytest.mark.parametrize("file", [".npy", ".json"])
def test_a_damaged_preparation_is_made_anew(tmp_path, file):
    place = write_faces(tmp_path)
    expected = np.array(go(place).images)
    path = next((tmp_path / "kept" / "prepared").glob(f"*{file}"))
    path.write_bytes(path.read_bytes()[:-700] if file == ".npy" else b"{")
    np.testing.assert_array_equal(go(place).images, expected)


def test_two_processes_at_once_decode_once(tmp_path):
    place = write_faces(tmp_path, 40)
    code = f"""
from pathlib import Path
from wgan_utils.data import prepared
from wgan_utils.data.celeba import face_square
from wgan_utils.data.pictures import open_pictures
prepared.CHUNK = 3
prepared.default_data_dir = lambda: Path({str(tmp_path / "kept")!r})
decode, decoded = prepared.decode_pictures, []
def counted(read, chunk, *rest, **more):
    decoded.extend(chunk)
    return decode(read, chunk, *rest, **more)
prepared.decode_pictures = counted
with open_pictures(Path({str(place)!r})) as (names, read):
    images = prepared.prepare(Path({str(place)!r}), names, read, {SIZE}, face_square).images
print(len(decoded), images.shape, int(images.astype(int).sum()), file=__import__("sys").stderr)
"""
    both = [start_python(code) for _ in range(2)]
    said = [process.communicate(timeout=60)[1].split(" ", 1) for process in both]
    assert sorted(int(decoded) for decoded, _ in said) == [0, 40]
    assert said[0][1] == said[1][1] == f"(40, 16, 16, 3) {directly(place).astype(int).sum()}\n"
