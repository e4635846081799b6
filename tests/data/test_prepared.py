"""Pictures prepared once: the same as decoded directly, only opened afterwards, made anew when the source changed."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.alone import start_python
from wgan_utils.data import pictures, sources
from wgan_utils.data.datasets import load_images
from wgan_utils.data.pictures import decode_pictures, open_pictures, prepare
from wgan_utils.data.sources import face_square

SIZE = 16
COUNT = 11


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "CHUNK", 3)
    monkeypatch.setattr(sources, "MANY", 5)


def write_faces(folder: Path, count: int = COUNT, seed: int = 0) -> Path:
    """Random pictures of CelebA's proportions, called as CelebA's are."""
    place = folder / "celeba" / "img_align_celeba"
    place.mkdir(parents=True, exist_ok=True)
    for number, pixels in enumerate(np.random.default_rng(seed).integers(0, 256, (count, 109, 89, 3), np.uint8), 1):
        Image.fromarray(pixels).save(place / f"{number:06d}.png")
    return place


def go(place: Path) -> np.ndarray:
    with open_pictures(place) as (names, read):
        return prepare(place, names, read, SIZE, face_square)[0]


def directly(place: Path) -> np.ndarray:
    with open_pictures(place) as (names, read):
        return decode_pictures(read, names, SIZE, square=face_square)[0]


def kept(default: Path, suffix: str = ".bin") -> list[Path]:
    return list((default / "prepared").glob(f"*{suffix}"))


def test_the_same_pixels_as_decoded_directly_and_only_opened_afterwards(tmp_path, default, monkeypatch):
    place = write_faces(tmp_path)
    first = go(place)
    assert isinstance(first, np.memmap)
    assert not first.flags.writeable
    np.testing.assert_array_equal(first, directly(place))
    monkeypatch.setattr(pictures, "decode_pictures", None)  # nothing is decoded a second time
    np.testing.assert_array_equal(go(place), first)
    assert {path.suffix for path in (default / "prepared").iterdir()} == {".bin", ".json", ".lock"}


def test_an_interrupted_preparation_leaves_nothing_and_is_made_anew(tmp_path, default, monkeypatch):
    place, calls = write_faces(tmp_path), []

    def interrupted(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return decode_pictures(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "decode_pictures", interrupted)
        with pytest.raises(KeyboardInterrupt):
            go(place)
    assert {path.suffix for path in (default / "prepared").iterdir()} == {".lock"}
    np.testing.assert_array_equal(go(place), directly(place))


@pytest.mark.parametrize("packed", [False, True])
def test_a_changed_source_is_noticed_and_the_old_array_goes(tmp_path, default, packed):
    place = write_faces(tmp_path)
    for shade in (0, 200):
        Image.new("RGB", (89, 109), (shade,) * 3).save(place / "000004.png")
        source = shutil.make_archive(tmp_path / "faces", "zip", place) if packed else place
        assert (go(Path(source))[3] == shade).all()
    assert len(kept(default)) == 1


def test_another_source_of_the_same_name_is_kept_beside(tmp_path, default):
    for name in ("one", "other"):
        go(write_faces(tmp_path / name))
    assert len(kept(default)) == 2


def test_celeba_is_split_as_it_is_without_preparing_and_bad_pictures_are_named_every_time(tmp_path, monkeypatch):
    place = write_faces(tmp_path, count=20)
    (place / "000003.png").write_bytes(b"no picture")
    (place / "000005.png").write_bytes((place / "000005.png").read_bytes()[:500])
    hashes = []
    for many in (5, 5, 1000):
        monkeypatch.setattr(sources, "MANY", many)
        with pytest.warns(UserWarning, match=r"000003\.png"):
            images = load_images("celeba", data_dir=tmp_path, image_size=SIZE)
        assert (len(images.train), len(images.test)) == (16, 2)
        hashes.append(images.sha256)
    assert len({*hashes}) == 1


def test_a_folder_that_cannot_be_written_or_a_full_disk_costs_memory_and_a_warning(tmp_path, default, monkeypatch):
    place = write_faces(tmp_path)
    default.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="File exists|Not a directory"):
        np.testing.assert_array_equal(go(place), directly(place))
    default.unlink()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.warns(UserWarning, match="No space left on device"):
            np.testing.assert_array_equal(go(place), directly(place))
    assert isinstance(go(place), np.memmap)


@pytest.mark.parametrize("suffix", [".bin", ".json"])
def test_a_damaged_preparation_is_made_anew(tmp_path, default, suffix):
    place = write_faces(tmp_path)
    expected = np.array(go(place))
    (path,) = kept(default, suffix)
    path.write_bytes(path.read_bytes()[:-700] if suffix == ".bin" else b"{")
    np.testing.assert_array_equal(go(place), expected)


def test_two_processes_at_once_decode_once(tmp_path, default):
    place = write_faces(tmp_path, 40)
    code = f"""
import sys
from pathlib import Path
from wgan_utils.data import pictures, sources
pictures.default_data_dir = lambda: Path({str(default)!r})
decode, decoded = pictures.decode_pictures, []
pictures.decode_pictures = lambda read, some, *rest, **more: decoded.extend(some) or decode(read, some, *rest, **more)
place = Path({str(place)!r})
with pictures.open_pictures(place) as (names, read):
    images, _ = pictures.prepare(place, names, read, {SIZE}, sources.face_square)
print(len(decoded), images.astype(int).sum(), file=sys.stderr)
"""
    both = [start_python(code) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[1].split() for process in both)
    total = str(directly(place).astype(int).sum())
    assert said == [["0", total], ["40", total]]
