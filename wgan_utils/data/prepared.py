"""Pictures decoded, cropped and resized once, into a memory-mapped array that every later load only opens.

200,000 faces of 64×64 pixels take 2.5 GB on disk and no memory until they are looked at. A preparation that was
interrupted goes on where it was; a source that has changed is prepared anew.

    <data folder>/prepared/img_align_celeba-64-<hashes>.npy     the pictures, one row each
                                                      .json    how many, and which can't be read
"""

import hashlib
import json
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

    Args:
        source: the folder or zip that the pictures lie in.
        names: of the pictures, in it.
        read: gives a picture's bytes.
        size: pixels a side.
        square: which square of a picture to take, from its width and height.
    """
    key = _fingerprint(source, names, size, square)
    # Of this source alone: another one of the same name must not be taken for a changed one, and deleted.
    stem = f"{source.stem}-{size}-{hashlib.sha256(bytes(source.resolve())).hexdigest()[:6]}"
    folder = default_data_dir() / "prepared"
    folder.mkdir(parents=True, exist_ok=True)
    array, journal = folder / f"{stem}-{key}.npy", folder / f"{stem}-{key}.json"
    with FileLock(folder / f"{stem}.lock"):
        if not (array.is_file() and journal.is_file()):
            for old in folder.glob(f"{stem}-*"):  # of the source as it was before
                if key not in old.name:
                    old.unlink()
            _decode_all(array, journal, names, lambda chunk: decode_pictures(read, chunk, size, square=square), size)
    note = json.loads(journal.read_text("utf-8"))
    return Prepared(np.load(array, mmap_mode="r")[: note["good"]], note["unreadable"])


def _decode_all(array: Path, journal: Path, names: Sequence[str], decode: Callable, size: int) -> None:
    """Fill the array chunk by chunk; after each, the journal says how far it is."""
    partial, notes = array.with_suffix(".partial"), journal.with_suffix(".partial.json")
    note: dict[str, Any] = {"names": 0, "good": 0, "unreadable": {}}
    if partial.is_file() and notes.is_file():
        note = json.loads(notes.read_text("utf-8"))
    mode = "r+" if note["names"] else "w+"
    rows = np.lib.format.open_memmap(partial, mode, np.uint8, (len(names), size, size, 3))
    with closing(Progress(f"preparing {array.stem.split('-')[0]}", "pictures", len(names))) as progress:
        progress.update(note["names"])
        while note["names"] < len(names):
            chunk = names[note["names"] : note["names"] + CHUNK]
            images, unreadable = decode(chunk)
            rows[note["good"] : note["good"] + len(images)] = images
            rows.flush()
            note["names"] += len(chunk)
            note["good"] += len(images)
            note["unreadable"] |= unreadable
            _write(notes, note)
            progress.update(len(chunk))
    del rows  # closes the file
    partial.replace(array)
    _write(journal, note)
    notes.unlink()


def _write(path: Path, note: dict[str, Any]) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(note), "utf-8")


def _fingerprint(source: Path, names: Sequence[str], size: int, square: Callable) -> str:
    """A hash of what the result depends on; of each picture its length and time or checksum, not its bytes."""
    stamps = picture_stamps(source)
    content = [square.__name__, size, *((name, stamps.get(name)) for name in names)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
