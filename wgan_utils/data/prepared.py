"""Pictures decoded, cropped and resized once, into a memory-mapped array that every later load only opens.

200,000 faces of 64×64 pixels take 2.5 GB on disk and no memory until they are looked at. A preparation that was
interrupted goes on where it was; a source that has changed is prepared anew.

    <data folder>/prepared/img_align_celeba-64-<hashes>.npy     the pictures, one row each
                                                      .json    how many, and which can't be read
"""

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock

from wgan_utils.data.pictures import Box, decode_pictures, picture_stamps
from wgan_utils.data.progress import Progress
from wgan_utils.files import atomic_file, default_data_dir

LEAST = 2000  # pictures; fewer are decoded in seconds
CHUNK = 2048  # pictures between two notes in the journal


class Prepared(NamedTuple):
    """Pictures in the order of their names, uint8 (n, size, size, 3); of each that can't be read its name and why."""

    images: np.ndarray
    unreadable: dict[str, str]


def prepare(
    source: Path,
    names: Sequence[str],
    read: Callable[[str], bytes],
    size: int,
    square: Callable[[int, int], Box],
) -> Prepared:
    """Decode pictures, or open what was decoded before; one process does it and others wait.

    Where the disk is full or the data folder can't be written, they are decoded into memory, with a warning.

    Args:
        source: the folder or zip that the pictures lie in.
        names: of the pictures, in it.
        read: gives a picture's bytes.
        size: pixels a side.
        square: which square of a picture to take, from its width and height.
    """

    def decode(chunk: Sequence[str]) -> tuple[np.ndarray, dict[str, str]]:
        return decode_pictures(read, chunk, size, square=square)

    try:
        return _keep(source, names, size, _fingerprint(source, names, size, square), decode)
    except OSError as error:
        reason = error.strerror or "no permission"
        warnings.warn(f"decoded pictures can't be kept ({reason}): they take memory and time anew", stacklevel=2)
        return Prepared(*decode(names))


def _keep(source: Path, names: Sequence[str], size: int, key: str, decode: Callable) -> Prepared:
    # Of this source alone: another one of the same name must not be taken for a changed one, and deleted.
    stem = f"{source.stem}-{size}-{hashlib.sha256(bytes(source.resolve())).hexdigest()[:6]}"
    folder = default_data_dir() / "prepared"
    folder.mkdir(parents=True, exist_ok=True)
    array, journal = folder / f"{stem}-{key}.npy", folder / f"{stem}-{key}.json"
    with FileLock(folder / f"{stem}.lock"):
        if found := _opened(array, journal):
            return found
        for old in folder.glob(f"{stem}-*"):  # of the source as it was before
            if key not in old.name:
                old.unlink()
        _decode_all(array, journal, names, decode, size)
        return Prepared(*_opened(array, journal) or decode(names))


def _opened(array: Path, journal: Path) -> Prepared | None:
    """What was prepared; None where it is not there or not whole."""
    try:
        note = json.loads(journal.read_text("utf-8"))
        return Prepared(np.load(array, mmap_mode="r")[: note["good"]], note["unreadable"])
    except (OSError, ValueError):
        return None


def _decode_all(array: Path, journal: Path, names: Sequence[str], decode: Callable, size: int) -> None:
    """Fill the array chunk by chunk; after each, the journal says how far it is."""
    partial_array, notes = array.with_suffix(".partial"), journal.with_suffix(".partial.json")
    note: dict[str, Any] = {"names": 0, "good": 0, "unreadable": {}}
    if partial_array.is_file() and notes.is_file():
        note = json.loads(notes.read_text("utf-8"))
    progress = Progress(f"preparing {array.stem.split('-')[0]}", "pictures", len(names))
    # Written as a file: in mapped memory, a full disk would end the process.
    with partial_array.open("r+b" if note["names"] else "wb") as file, closing(progress):
        shape, row = (len(names), size, size, 3), size * size * 3
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        start = file.tell()
        file.seek(start + note["good"] * row)
        progress.update(note["names"])
        while note["names"] < len(names):
            chunk = names[note["names"] : note["names"] + CHUNK]
            images, unreadable = decode(chunk)
            file.write(images.data)
            file.flush()
            os.fsync(file.fileno())
            note["names"] += len(chunk)
            note["good"] += len(images)
            note["unreadable"] |= unreadable
            _write(notes, note)
            progress.update(len(chunk))
        file.truncate(start + len(names) * row)  # empty rows in place of what can't be read
    partial_array.replace(array)
    _write(journal, note)
    notes.unlink()


def _write(path: Path, note: dict[str, Any]) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(note), "utf-8")


def _fingerprint(source: Path, names: Sequence[str], size: int, square: Callable) -> str:
    """A hash of what the result depends on; of each picture its length and time or checksum, not its bytes."""
    content = [square.__name__, size, *zip(names, picture_stamps(source, names), strict=True)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
