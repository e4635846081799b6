"""Files that were made to do harm, or by accident: accepted rightly, or refused with the file's name."""

import gzip
import io
import os
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wgan_utils.data import arrays, pictures
from wgan_utils.data.arrays import hold_out, read_cifar_binary, read_idx
from wgan_utils.data.datasets import load_images


def picture(size: tuple[int, int] = (16, 16), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (7, 40, 200)).save(content, **{"format": "png", **options})
    return content.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    heading = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + heading + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


NAME = next(f"{n:03d}a.png" for n in range(12) if n + 1 in hold_out(13)[0])  # among those trained on
ACCEPTED = {
    "one pixel": picture((1, 1)),
    "one row": picture((400, 1)),
    "an animation's first frame": picture(format="gif", save_all=True, append_images=[Image.new("RGB", (16, 16))]),
    "a JPEG by another ending": picture(format="jpeg", quality=95),
    "a note to turn it that makes no sense": picture(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_odd_pictures_are_accepted_for_what_they_are(twelve, content):
    (twelve / NAME).write_bytes(content)
    images = load_images(twelve, image_size=8)
    assert len(images.train) + len(images.test) == 13
    trained = np.array(sorted(path.name for path in twelve.iterdir()))[hold_out(13)[0]].tolist()
    np.testing.assert_allclose(images.train[trained.index(NAME), 4, 4], (7, 40, 200), atol=4)


REFUSED = {
    "empty": b"",
    "a page of the web": b"<html>404</html>",
    "a program for a printer": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n(ran) print\nshowpage\n",
    "of another kind": picture(format="ico"),
    "half of one": picture((64, 64))[:90],
    "larger than it is": png_that_claims(9000, 9000),
    "larger than anything": png_that_claims(2**31 - 1, 2**31 - 1),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_left_out_by_name_at_once_and_takes_no_memory(twelve, content):
    (twelve / NAME).write_bytes(content)
    tracemalloc.start()
    started = time.monotonic()
    with pytest.warns(UserWarning, match=NAME):
        images = load_images(twelve, image_size=8)
    assert time.monotonic() - started < 20
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert len(images.train) + len(images.test) == 12


def test_a_picture_of_too_many_pixels_is_left_out(twelve, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_AREA", 500)  # the others have 480
    (twelve / NAME).write_bytes(picture((25, 25)))
    with pytest.warns(UserWarning, match=NAME):
        load_images(twelve)


def test_a_file_of_many_gigabytes_is_not_read(twelve):
    with (twelve / NAME).open("wb") as file:
        file.truncate(1 << 34)  # a hole: it takes no room
    with pytest.warns(UserWarning, match=NAME):
        load_images(twelve)


def test_one_image_is_too_few_and_two_are_one_for_each(twelve):
    first, second, *others = twelve.iterdir()
    for path in others:
        path.unlink()
    assert [len(part) for part in (load_images(twelve).train, load_images(twelve).test)] == [1, 1]
    second.unlink()
    with pytest.raises(ValueError, match="given"):
        load_images(twelve)
    assert first.exists()


def test_links_that_lead_in_a_circle_do_not_hang(twelve, tmp_path):
    before = load_images(twelve).sha256
    (twelve / "around").symlink_to(twelve)
    (twelve / "itself.png").symlink_to(twelve / "itself.png")
    (tmp_path / "one.zip").symlink_to(tmp_path / "other.zip")
    (tmp_path / "other.zip").symlink_to(tmp_path / "one.zip")
    assert load_images(twelve).sha256 == before
    with pytest.raises(FileNotFoundError, match=r"one\.zip"):
        load_images(tmp_path / "one.zip")


def test_devices_are_no_files(twelve, tmp_path):
    before = load_images(twelve).sha256
    (twelve / "endless.png").symlink_to("/dev/zero")
    assert load_images(twelve).sha256 == before
    for suffix in ("npy", "npz", "zip"):
        (tmp_path / f"endless.{suffix}").symlink_to("/dev/zero")
        with pytest.raises(ValueError, match="zero"):
            load_images(tmp_path / f"endless.{suffix}")


@pytest.mark.parametrize("name", [b"my faces", "Gesichter äöü 😀".encode(), b"caf\xe9", b"-rf", b"a\nb", b"%s {0}"])
def test_names_with_spaces_other_letters_or_bytes_that_are_none_work_to_the_end(twelve, tmp_path, name):
    """A name that is no UTF-8 can be on a disk, but in no JSON file or figure's caption."""
    place, array = (tmp_path / os.fsdecode(name + suffix) for suffix in (b"", b".npy"))
    twelve.rename(place)
    (place / "000.png").rename(place / os.fsdecode(b"000" + name + b".png"))
    (place / os.fsdecode(b"0" + name + b".png")).write_bytes(b"")
    with pytest.warns(UserWarning, match=r"\.png"):
        images = load_images(place)
    assert len(images.train) + len(images.test) == 12
    np.save(place / "array.npy", images.train)
    (place / "array.npy").rename(array)
    for text in (images.name, images.source, repr(images), load_images(array).source):
        assert text.encode("utf-8").decode() == text


def damaged_zip(path: Path, place: int, value: bytes, first: bool = True) -> Path:
    """A zip of twelve pictures with other bytes in its first or last member's entry in the list."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"p{number:02d}.png", picture())
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02") if first else content.rindex(b"PK\x01\x02")
    content[entry + place : entry + place + len(value)] = value
    path.write_bytes(content)
    return path


def test_a_zip_whose_list_lies_about_a_picture_loses_that_picture(tmp_path):
    path = damaged_zip(tmp_path / "lying.zip", 24, struct.pack("<I", 7), first=False)  # so many bytes, it says
    with pytest.warns(UserWarning, match=r"lying\.zip"):
        assert len(load_images(path).train) >= 10


@pytest.mark.filterwarnings("ignore:.*odd.zip")
@pytest.mark.parametrize("place", [4, 6, 8, 10, 28, 30, 32, 36, 42])
def test_a_zip_with_a_damaged_list_is_refused_by_name_or_read_without_what_is_damaged(tmp_path, place):
    """Fields of its first member's entry in the list, each set to its highest value."""
    path = damaged_zip(tmp_path / "odd.zip", place, b"\xff\xff")
    if place in (6, 28, 30, 32):  # the last is a comment's length, which swallows all the members after it
        with pytest.raises(ValueError, match="odd"):
            load_images(path)
    else:
        assert len(load_images(path).train) in (10, 11)


def test_many_arrays_that_grow_a_little_are_refused_as_one_that_grows_much_is(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "UNPACKED", 1_000_000)
    monkeypatch.setattr(arrays, "PACKED", 2)
    for count, side in ((6, 100), (1, 300)):
        arrays_of_zeros = {f"a{i}": np.zeros((20, side, side), np.uint8) for i in range(count)}
        np.savez_compressed(tmp_path / "bomb.npz", **arrays_of_zeros)
        with pytest.raises(ValueError, match=r"bomb\.npz.*GB"):
            load_images(tmp_path / "bomb.npz")


def test_cifars_archive_and_folder_are_read_no_further_than_they_should_be(tmp_path, monkeypatch):
    inside = tmp_path / "cifar-10-batches-bin"
    inside.mkdir()
    os.mkfifo(inside / "data_batch_1.bin")  # reading it would wait for ever
    with pytest.raises(ValueError, match="cifar-10-batches-bin"):
        read_cifar_binary(inside)
    monkeypatch.setattr(arrays, "UNPACKED", 100_000)
    sizes = {f"filling {number}": 90_000 for number in range(4)}
    batches = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    sizes |= {f"cifar-10-batches-bin/{name}.bin": 3073 for name in batches}
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as archive:
        for name, size in sizes.items():
            info = tarfile.TarInfo(name)
            info.size = size
            archive.addfile(info, io.BytesIO(bytes(size)))
    with pytest.raises(ValueError, match=r"bomb\.tar\.gz"):
        read_cifar_binary(tmp_path / "bomb.tar.gz")


def test_an_idx_file_that_grows_without_end_is_read_to_its_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "LARGEST_IDX", 100_000)
    heading = struct.pack(">4B3I", 0, 0, 8, 3, 60_000, 28, 28)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(heading + bytes(10_000_000)))
    with pytest.raises(ValueError, match=r"bomb\.gz.*99984"):
        read_idx(tmp_path / "bomb.gz")
