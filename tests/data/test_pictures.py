"""Own pictures in folders and zips: taken for what they show, left out, or refused."""

import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.refused import refused
from wgan_utils.data.datasets import load_images
from wgan_utils.data.images import hold_out

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # what else is told of them: tests/data/test_own.py


def picture(size: tuple[int, int] = (16, 16), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (7, 40, 200)).save(content, **{"format": "png", **options})
    return content.getvalue()


def test_pictures_stand_upright(folder):
    """Stored on their side with a note to turn them: what is on top when seen is the left of what is stored."""
    exif, turned = Image.Exif(), np.zeros((64, 64), np.uint8)
    exif[0x0112], turned[:, :32] = 6, 255
    for name in ("a.png", "b.png"):
        Image.fromarray(turned).save(folder / name, exif=exif)
    np.testing.assert_array_equal(load_images(folder).train[0, ..., 0], turned.T)


def test_every_mode_of_picture_becomes_rgb(folder):
    grey, deep = np.full((16, 16), 51, np.uint8), np.full((16, 16), 51 * 257 + 100)
    deep[0, 0] = 65535
    white, red, dark = (255, 255, 255), (255, 0, 0), (51, 51, 51)
    pictures = [
        (Image.fromarray(grey), "png", dark),
        (Image.fromarray(deep.astype(np.uint16)), "png", dark),
        (Image.new("RGBA", (16, 16), (255, 0, 0, 0)), "png", white),
        (Image.new("RGBA", (16, 16), (255, 0, 0, 255)), "png", red),
        (Image.new("LA", (16, 16), (0, 204)), "png", dark),  # on white
        (Image.fromarray(np.stack([grey, 0 * grey, grey * 5], axis=2)).quantize(), "png", (51, 0, 255)),
        (Image.new("1", (16, 16), 1), "png", white),
        (Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "tif", red),
        (Image.fromarray(deep.astype(np.int32)), "tif", dark),
    ]
    for number, (one, suffix, _) in enumerate(pictures):
        one.save(folder / f"{number}.{suffix}")
    Image.new("RGB", (16, 16), (1, 2, 3)).quantize().save(folder / "9.png", transparency=0)
    wanted = np.array([*(colour for _, _, colour in pictures), white])
    images = load_images(folder, image_size=8)
    found = np.concatenate([images.train, images.test])[:, 4, 4]  # those of one colour lie on one side of the split
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, wanted.tolist()))


def test_a_zip_gives_what_its_folder_gives_and_writes_nothing(twelve, tmp_path):
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in sorted(twelve.iterdir(), reverse=True):
            archive.write(path, path.name)
        archive.writestr("../../.png", b"not a picture")
        archive.writestr("a folder.png/", b"")
        archive.writestr("__MACOSX/._000.png", b"not a picture")
        archive.writestr("read me.txt", b"not a picture")
    before = sorted(tmp_path.parent.rglob("*"))
    zipped, unzipped = load_images(tmp_path / "pictures.zip"), load_images(twelve)
    assert zipped.sha256 == unzipped.sha256
    assert zipped.name == "pictures"
    assert sorted(tmp_path.parent.rglob("*")) == before


ACCEPTED = {
    "one pixel": picture((1, 1)),
    "one row": picture((400, 1)),
    "an animation's first frame": picture(format="gif", save_all=True, append_images=[Image.new("RGB", (16, 16))]),
    "a JPEG by another ending": picture(format="jpeg", quality=95),
    "a note to turn it that makes no sense": picture(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_odd_pictures_are_accepted_for_what_they_are(folder, content):
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(content)
    np.testing.assert_allclose(load_images(folder, image_size=8).train[0, 4, 4], (7, 40, 200), atol=4)


REFUSED = {
    "empty": b"",
    "a page of the web": b"<html>404</html>",
    "a program for a printer": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n(ran) print\nshowpage\n",
    "of another kind": picture(format="ico"),
    "half of one": picture((64, 64))[:90],
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_left_out_by_name(twelve, content):
    (twelve / "005a.png").write_bytes(content)
    with pytest.warns(UserWarning, match="005a") as caught:
        images = load_images(twelve)
    assert len(caught) == 1
    assert len(images.train) + len(images.test) == 12


def test_one_image_is_too_few_and_two_are_one_for_each_and_a_damaged_one_held_out_is_replaced(twelve):
    (twelve / f"{hold_out(12)[1][0]:03d}.png").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"\.png"):
        images = load_images(twelve)
    assert (len(images.train), len(images.test)) == (10, 1)
    (twelve / f"{hold_out(12)[1][0]:03d}.png").unlink()
    paths = sorted(twelve.iterdir())
    images = load_images(paths[:2])
    assert (len(images.train), len(images.test)) == (1, 1)
    with refused(naming="'images'"):
        load_images(paths[:1])


def test_folders_and_files_without_a_readable_picture(folder):
    with refused(naming="given"):
        load_images(folder)
    for name in ("a.jpg", "b.png", "cut.zip"):
        (folder / name).write_bytes(b"PK\x03\x04 and no more")
    for asked in (folder, folder / "cut.zip", folder / "a.jpg"):
        with refused(naming=asked.name):
            load_images(asked)
    with refused(naming="given"):
        load_images(folder, classes=1)


def test_only_regular_files_are_pictures_and_links_in_a_circle_do_not_hang(twelve, tmp_path):
    whole = load_images(twelve).sha256
    for name in ("pipe.png", "mnist.npz", "img_align_celeba.zip", "own.zip", "own.npy"):
        os.mkfifo(twelve / name)
    for name, target in (("endless.png", "/dev/zero"), ("around", twelve), ("itself.png", twelve / "itself.png")):
        (twelve / name).symlink_to(target)
    (twelve / "000.png").rename(tmp_path / "elsewhere.png")
    (twelve / "000.png").symlink_to(tmp_path / "elsewhere.png")
    assert load_images(twelve).sha256 == whole
    for name in ("own.zip", "own.npy"):
        with refused(naming="own"):
            load_images(twelve / name)
    (tmp_path / "one.zip").symlink_to(tmp_path / "other.zip")
    (tmp_path / "other.zip").symlink_to(tmp_path / "one.zip")
    with refused(FileNotFoundError, naming="one.zip"):
        load_images(tmp_path / "one.zip")
    for name in ("mnist", "celeba"):
        with refused(FileNotFoundError, naming="data_dir"):
            load_images(name, data_dir=twelve, allow_standin=False)


@pytest.mark.parametrize("name", [b"my faces", "Gesichter äöü 😀".encode(), b"caf\xe9", b"-rf", b"a\nb", b"%s {0}"])
def test_names_with_spaces_other_letters_or_bytes_that_are_none_work_to_the_end(twelve, tmp_path, name):
    """A name that is no UTF-8 can be on a disk, but in no JSON file or figure's caption."""
    place = twelve.rename(tmp_path / os.fsdecode(name))
    (place / "000.png").rename(place / os.fsdecode(b"000" + name + b".png"))
    (place / os.fsdecode(b"0" + name + b".png")).write_bytes(b"")
    with pytest.warns(UserWarning, match=r"\.png"):
        images = load_images(place)
    assert len(images.train) + len(images.test) == 12
    for text in (images.name, images.source, repr(images)):
        assert text.encode("utf-8").decode() == text
