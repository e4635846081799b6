"""Files that were made to do harm, or by accident: accepted rightly, or refused in a sentence with the file's name."""

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

from wgan_utils.data import arrays
from wgan_utils.data.arrays import hold_out, read_cifar_binary, read_idx
from wgan_utils.data.datasets import load_images

COUNT = 12


def picture(colour: int = 0, size: tuple[int, int] = (16, 16), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (colour, 40, 200)).save(content, **{"format": "png", **options})
    return content.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve good pictures; what a test adds goes first in training, by its name."""
    place = tmp_path / "given"
    place.mkdir()
    for number in range(COUNT):
        (place / f"{number:03d}.png").write_bytes(picture(10 * number))
    return place


def place_in_training() -> str:
    """A name that falls between the good ones, among those trained on."""
    return next(f"{n:03d}a.png" for n in range(COUNT) if n + 1 in hold_out(COUNT + 1)[0])


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_claims(width: int, height: int) -> bytes:
    heading = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + heading + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def gif_of_two() -> bytes:
    content = io.BytesIO()
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    first.save(content, format="gif", save_all=True, append_images=[second])
    return content.getvalue()


ACCEPTED = {
    "one pixel": (picture(7, (1, 1)), (7, 40, 200)),
    "one row": (picture(7, (400, 1)), (7, 40, 200)),
    "an animation's first frame": (gif_of_two(), (255, 0, 0)),
    "a JPEG by another ending": (picture(7, format="jpeg", quality=95), (7, 40, 200)),
    "a note to turn it that makes no sense": (picture(7, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"), (7, 40, 200)),
}


@pytest.mark.parametrize(("content", "colour"), ACCEPTED.values(), ids=ACCEPTED)
def test_odd_pictures_are_accepted_for_what_they_are(folder, content, colour):
    name = place_in_training()
    (folder / name).write_bytes(content)
    images = load_images(folder, image_size=8)
    assert len(images.train) + len(images.test) == COUNT + 1
    train = [sorted([*(f"{n:03d}.png" for n in range(COUNT)), name])[i] for i in hold_out(COUNT + 1)[0]]
    np.testing.assert_allclose(images.train[train.index(name), 4, 4], colour, atol=4)


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n%%EndComments\n(ran) print\nshowpage\n"
REFUSED = {
    "empty": b"",
    "a page of the web": b"<html>404</html>",
    "a program for a printer": POSTSCRIPT,
    "half of one": picture(7, (64, 64))[:90],
    "larger than it is": png_that_claims(9000, 9000),
    "larger than anything": png_that_claims(2**31 - 1, 2**31 - 1),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_left_out_by_name_at_once_and_takes_no_memory(folder, content):
    name = place_in_training()
    (folder / name).write_bytes(content)
    tracemalloc.start()
    started = time.monotonic()
    with pytest.warns(UserWarning, match=name):
        images = load_images(folder, image_size=8)
    assert time.monotonic() - started < 20
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert len(images.train) + len(images.test) == COUNT


def test_a_file_of_many_gigabytes_is_not_read(folder):
    name = place_in_training()
    with (folder / name).open("wb") as file:
        file.truncate(1 << 34)  # a hole: it takes no room
    with pytest.warns(UserWarning, match=name):
        load_images(folder)


def test_one_image_is_too_few_and_two_are_one_for_each(folder):
    for path in list(folder.iterdir())[2:]:
        path.unlink()
    assert [len(part) for part in (load_images(folder).train, load_images(folder).test)] == [1, 1]
    next(folder.iterdir()).unlink()
    with pytest.raises(ValueError, match="given"):
        load_images(folder)


def test_links_that_lead_in_a_circle_do_not_hang(folder, tmp_path):
    before = load_images(folder).sha256
    (folder / "around").symlink_to(folder)
    (folder / "itself.png").symlink_to(folder / "itself.png")
    (tmp_path / "one.zip").symlink_to(tmp_path / "other.zip")
    (tmp_path / "other.zip").symlink_to(tmp_path / "one.zip")
    assert load_images(folder).sha256 == before
    with pytest.raises(FileNotFoundError, match=r"one\.zip"):
        load_images(tmp_path / "one.zip")


def test_devices_are_no_files(folder, tmp_path):
    before = load_images(folder).sha256
    (folder / "endless.png").symlink_to("/dev/zero")
    assert load_images(folder).sha256 == before
    for name in ("endless.npy", "endless.npz", "endless.zip"):
        (tmp_path / name).symlink_to("/dev/zero")
        with pytest.raises(ValueError, match="zero"):
            load_images(tmp_path / name)


@pytest.mark.parametrize("name", [b"my faces", "Gesichter äöü 😀".encode(), b"caf\xe9", b"-rf", b"a\nb", b"%s {0}"])
def test_names_with_spaces_other_letters_or_bytes_that_are_none_work_to_the_end(folder, tmp_path, name):
    """A name that is no UTF-8 can be on a disk, but in no JSON file or figure's caption."""
    place = tmp_path / os.fsdecode(name)
    folder.rename(place)
    for path in list(place.iterdir())[:3]:
        path.rename(place / os.fsdecode(path.stem.encode() + name + b".png"))
    (place / os.fsdecode(b"0" + name + b".png")).write_bytes(b"")
    with pytest.warns(UserWarning, match=r"\.png"):
        images = load_images(place)
    assert len(images.train) + len(images.test) == COUNT
    for text in (images.name, images.source, repr(images)):
        assert text.encode("utf-8").decode() == text
    np.save(place / "array.npy", np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8))
    (place / "array.npy").rename(tmp_path / os.fsdecode(name + b".npy"))
    assert load_images(tmp_path / os.fsdecode(name + b".npy")).source.encode("utf-8")


def archive_of(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.png", content)
    return path


def good_members() -> dict[str, bytes]:
    return {f"p{number:02d}": picture(number) for number in range(COUNT)}


def test_a_zip_whose_list_lies_about_a_picture_loses_that_picture(tmp_path):
    path = archive_of(tmp_path / "lying.zip", **good_members())
    content = bytearray(path.read_bytes())
    listed = content.rindex(b"PK\x01\x02")
    content[listed + 24 : listed + 28] = struct.pack("<I", 7)  # so many bytes, it says of the last one
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"lying\.zip"):
        assert len(load_images(path).train) >= 10


@pytest.mark.filterwarnings("ignore:.*odd.zip")
@pytest.mark.parametrize(
    ("place", "refused"),
    [
        *((place, False) for place in (4, 8, 10, 36, 42)),
        *((place, True) for place in (6, 28, 30)),
        (32, True),  # a comment that swallows all the members after it
    ],
)
def test_a_zip_with_a_damaged_list_is_refused_by_name_or_read_without_what_is_damaged(tmp_path, place, refused):
    """Fields of its first member's entry in the list, each set to its highest value."""
    path = archive_of(tmp_path / "odd.zip", **good_members())
    content = bytearray(path.read_bytes())
    listed = content.index(b"PK\x01\x02")
    content[listed + place : listed + place + 2] = b"\xff\xff"
    path.write_bytes(content)
    if refused:
        with pytest.raises(ValueError, match="odd"):
            load_images(path)
    else:
        assert len(load_images(path).train) in (10, 11)


def test_many_arrays_that_grow_a_little_are_refused_as_one_that_grows_much_is(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "UNPACKED", 1_000_000)
    monkeypatch.setattr(arrays, "PACKED", 2)
    np.savez_compressed(tmp_path / "bomb.npz", **{f"a{i}": np.zeros((20, 100, 100), np.uint8) for i in range(6)})
    with pytest.raises(ValueError, match=r"bomb\.npz"):
        load_images(tmp_path / "bomb.npz")


def test_cifars_archive_and_folder_are_read_no_further_than_they_should_be(tmp_path, monkeypatch):
    inside = tmp_path / "cifar-10-batches-bin"
    inside.mkdir()
    os.mkfifo(inside / "data_batch_1.bin")  # reading it would wait for ever
    with pytest.raises(ValueError, match="cifar-10-batches-bin"):
        read_cifar_binary(inside)
    monkeypatch.setattr(arrays, "UNPACKED", 100_000)
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as archive:
        for number in range(4):
            info = tarfile.TarInfo(f"filling {number}")
            info.size = 90_000
            archive.addfile(info, io.BytesIO(bytes(info.size)))
    with pytest.raises(ValueError, match=r"bomb\.tar\.gz"):
        read_cifar_binary(tmp_path / "bomb.tar.gz")


def test_an_idx_file_that_grows_without_end_is_read_to_its_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "LARGEST_IDX", 100_000)
    heading = struct.pack(">4B3I", 0, 0, 8, 3, 60_000, 28, 28)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(heading + bytes(10_000_000)))
    with pytest.raises(ValueError, match=r"bomb\.gz"):
        read_idx(tmp_path / "bomb.gz")
