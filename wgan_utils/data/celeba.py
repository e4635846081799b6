"""CelebA: aligned pictures of faces in a folder or zip, cropped to the face, with the official partition.

Z. Liu, P. Luo, X. Wang, X. Tang, "Deep Learning Face Attributes in the Wild", ICCV 2015. For non-commercial
research only, and not to be passed on: it is fetched for those alone who say that they accept its terms, and no
picture of it belongs in a repository.
"""

import errno
import re
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from wgan_utils.data.downloads import DownloadError, place, reach
from wgan_utils.data.pictures import Box, decode_pictures, open_pictures, report_unreadable
from wgan_utils.data.prepared import LEAST, prepare
from wgan_utils.data.splits import Split, draw
from wgan_utils.files import read_or_warn

# The official partition goes by the image number: training, 19,867 for validation (unused here), test.
LAST_TRAIN, FIRST_TEST = 162_770, 182_638
ALIGNED_WIDTH, ALIGNED_HEIGHT = 178, 218


# The authors' own copy on Google Drive, which hands it out a limited number of times a day.
DRIVE_ID, ARCHIVE_MD5 = "0B7EVK8r0v71pZjFTYXZWM3FlRnM", "md5:00d2c5bc6d35e252742224ab0c1e8fcb"
DRIVE = "https://drive.google.com/"


def fetch_celeba(folder: Path) -> None:
    """Download the official archive of aligned pictures, 1.4 GB, into `folder`; for who has accepted its terms.

    Raises:
        DownloadError: the package gdown is missing, no network, or Google Drive did not hand it out.
        OSError: the file can't be written.
    """
    if find_spec("gdown") is None:
        raise DownloadError("it needs `pip install gdown`")
    reach(DRIVE)

    def fetch(_: str, file: str, __: object) -> None:
        import gdown

        print("downloading CelebA, 1.4 GB, from Google Drive", file=sys.stderr)
        try:
            gdown.download(id=DRIVE_ID, output=file, quiet=True, use_cookies=False)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise DownloadError("Google Drive broke off") from error
        except Exception as error:  # several classes, others in each version of gdown
            raise DownloadError("Google Drive does not hand it out now: too many have asked today") from error

    # What comes in its place, a page that asks for a login or names a quota, has another hash.
    place(DRIVE, folder / "celeba" / "img_align_celeba.zip", ARCHIVE_MD5, fetch, retries=0)


def face_square(width: int, height: int) -> Box:
    """The central 148 x 148 of the aligned 178 x 218 pixels, scaled for smaller copies: the head, centred."""
    if abs(width / height - ALIGNED_WIDTH / ALIGNED_HEIGHT) > 0.01:
        raise ValueError(f"{width} x {height} is not the aligned {ALIGNED_WIDTH} x {ALIGNED_HEIGHT} or a scaled copy")
    scale = width / ALIGNED_WIDTH
    left, top = 15 * scale, 35 * scale
    return left, top, left + 148 * scale, top + 148 * scale


def partition(numbers: list[int]) -> tuple[list[int], list[int]]:
    """Ascending image numbers for training and testing.

    With no official test image among them, the last tenth (at least one) is held out.
    """
    numbers = sorted(numbers)
    test = [number for number in numbers if number >= FIRST_TEST]
    if test:
        return [number for number in numbers if number <= LAST_TRAIN], test
    first_held_out = len(numbers) - max(1, len(numbers) // 10)
    return numbers[:first_held_out], numbers[first_held_out:]


def find_celeba(folder: Path, size: int, limit: int | None) -> Split | None:
    """CelebA out of `folder`, from the folder or zip there with the most of it; None if it is not there."""
    candidates = []
    for parent in (folder / "celeba", folder):
        for path in [parent / "img_align_celeba", *sorted(parent.glob("img_align_celeba*.zip"))]:
            if (path.is_dir() or path.is_file()) and (numbered := read_or_warn(partial(_numbered, path), path)):
                candidates.append((len(numbered), path, numbered))
    if not candidates:
        return None
    _, path, numbered = max(candidates, key=lambda candidate: candidate[0])
    return read_or_warn(partial(_read, path, numbered, size, limit), path)


def _numbered(path: Path) -> dict[int, str]:
    """The pictures named as CelebA's are, by image number."""
    with open_pictures(path) as (names, _):
        stems = {name: PurePosixPath(name).stem for name in names}
    return {int(stem): name for name, stem in stems.items() if re.fullmatch(r"\d{6}", stem)}


def _read(path: Path, numbered: dict[int, str], size: int, limit: int | None) -> Split:
    train, test = ([numbered[number] for number in part] for part in partition(list(numbered)))
    with open_pictures(path) as (_, read):
        if limit is None and len(train) + len(test) >= LEAST:
            images, unreadable = prepare(path, [*train, *test], read, size, face_square)
            first_test = len(train) - len(unreadable.keys() & set(train))
            train_images, test_images = images[:first_test], images[first_test:]
        else:
            drawn = [train[i] for i in draw(len(train), limit)]
            train_images, bad = decode_pictures(read, drawn, size, limit, face_square)
            test_images, bad_too = decode_pictures(read, test, size, square=face_square)
            unreadable = bad | bad_too
    report_unreadable(unreadable, len(numbered), path)
    return Split(train_images, test_images, source=f"CelebA ({path.name} in the data folder)")
