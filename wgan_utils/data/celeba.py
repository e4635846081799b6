"""CelebA: aligned pictures of faces in a folder or zip, cropped to the face, with the official partition.

Z. Liu, P. Luo, X. Wang, X. Tang, "Deep Learning Face Attributes in the Wild", ICCV 2015. For non-commercial
research only, and not to be passed on: nothing here fetches it, and no picture of it belongs in a repository.
"""

import re
from functools import partial
from pathlib import Path, PurePosixPath

from wgan_utils.data.pictures import Box, decode_pictures, open_pictures, report_unreadable
from wgan_utils.data.prepared import LEAST, prepare
from wgan_utils.data.splits import Split, draw
from wgan_utils.files import read_or_warn

# The official partition goes by the image number: training, 19,867 for validation (unused here), test.
LAST_TRAIN, FIRST_TEST = 162_770, 182_638
ALIGNED_WIDTH, ALIGNED_HEIGHT = 178, 218


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
    for place in (folder / "celeba", folder):
        for path in [place / "img_align_celeba", *sorted(place.glob("img_align_celeba*.zip"))]:
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
