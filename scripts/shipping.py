"""Writes what ships, for the scripts that make it."""

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
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


def weights_file(network: keras.Model) -> bytes:
    """A network's weights as an .npz of float16, in their order; `read_weights` reads it."""
    content = io.BytesIO()
    np.savez_compressed(content, *(keras.ops.convert_to_numpy(weight).astype(np.float16) for weight in network.weights))
    return content.getvalue()


def pack(target: Path, files: dict[str, bytes]) -> None:
    """Write a zip of files, path within it → content; the same bytes for the same content."""
    with atomic_file(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for path, content in sorted(files.items()):
            method = zipfile.ZIP_STORED if path.endswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(path), content, method)  # dated 1980
