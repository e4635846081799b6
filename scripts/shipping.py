"""Writes what ships, for `ship_generator` and `ship_trials`."""

import io
import zipfile
from pathlib import Path

from PIL import Image

from wgan_utils.files import atomic_file

GREY_STEP = 5  # between the levels of grey that are kept; it divides 255, so black and white stay
PACKED = (".npz", ".png", ".jpg")  # no smaller in a zip


def as_png(picture: Image.Image) -> bytes:
    """Make a PNG; of a grey picture with 52 levels, at most 2 of 255 off, which takes two thirds of the bytes."""
    buffer = io.BytesIO()
    if picture.mode == "L":
        picture = picture.point(lambda value: GREY_STEP * round(value / GREY_STEP))
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def pack(target: Path, files: dict[str, bytes]) -> None:
    """Write a zip of files, path within it → content; the same bytes for the same content."""
    with atomic_file(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for path, content in sorted(files.items()):
            method = zipfile.ZIP_STORED if path.endswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(path), content, method)  # dated 1980
