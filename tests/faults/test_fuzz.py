"""Files of images at random: whatever hypothesis comes up with is read for what it is, or refused by name."""

import io
import os
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as any_array
from PIL import Image

from wgan_utils.data.datasets import load_images

pytestmark = pytest.mark.slow

# The same examples each time, so that what passes once passes again; time depends on the machine.
fuzzed = settings(
    max_examples=int(os.environ.get("WGAN_FUZZ_EXAMPLES", "150")),  # of each kind
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Where in the file, from where on it goes on, and what comes between the two.
EDITS = st.tuples(st.floats(0, 1), st.integers(-5, 5) | st.sampled_from([-(10**6), 10**6]), st.binary(max_size=5))


def damaged(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Some of a file's bytes changed, added, gone or told twice."""
    for where, further, new in edits:
        place = int(where * len(content))
        content = content[:place] + new + content[max(0, place + further) :]
    return content


def saved(write: Callable) -> bytes:
    content = io.BytesIO()
    write(content)
    return content.getvalue()


PIXELS = np.random.default_rng(0).integers(0, 256, (12, 10, 9), dtype=np.uint8)
COLOURS = np.stack([PIXELS[0]] * 3, axis=2)


def picture(pixels: np.ndarray, kind: str = "png") -> bytes:
    return saved(lambda file: Image.fromarray(pixels).save(file, kind))


def _zip(content: io.BytesIO) -> None:
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, pixels in enumerate(PIXELS):
            archive.writestr(f"{number}.png", picture(pixels))


# Good files, by the name they are given: what is damaged begins as one of these.
FILES = {
    "images.npy": saved(lambda file: np.save(file, PIXELS)),
    "images.npz": saved(lambda file: np.savez_compressed(file, x_train=PIXELS, y_train=np.arange(12) % 3)),
    "plain.npz": saved(lambda file: np.savez(file, x_train=PIXELS, x_test=PIXELS[:2])),
    "pictures.zip": saved(_zip),
    **{f"folder/0.{kind}": picture(COLOURS, kind) for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm")},
}


def loads_or_says_why(folder: Path, name: str, content: bytes) -> None:
    """Images of pixels, or one sentence with the file's name."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    asked = path if path.parent == folder else path.parent
    if asked.is_dir():
        for number in range(1, 4):
            (asked / f"{number}.png").write_bytes(picture(COLOURS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that pictures are left out
        try:
            images = load_images(asked)
        except ValueError as error:
            assert asked.stem in str(error), error
            return
        finally:
            path.unlink()
    for part in (images.train, images.test):
        assert (part.dtype, part.ndim) == (np.uint8, 4)
        assert min(part.shape[1:3]) >= 8
        assert part.shape[3] in (1, 3)
        assert len(part) >= 1


@pytest.mark.parametrize("name", FILES)
def test_damaged_files_of_images_load_or_are_refused(tmp_path, name):
    @fuzzed
    @given(edits=st.lists(EDITS, min_size=1, max_size=5))
    def holds(edits):
        loads_or_says_why(tmp_path, name, damaged(FILES[name], edits))

    loads_or_says_why(tmp_path, name, FILES[name])
    holds()


SHAPES = any_array.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=10)
TYPES = any_array.scalar_dtypes() | any_array.array_dtypes(max_size=2) | any_array.unicode_string_dtypes()


@pytest.mark.filterwarnings("ignore:Stored array in format")  # NumPy's, of names that are not Latin
@fuzzed
@given(array=any_array.arrays(TYPES, SHAPES), name=st.sampled_from(["x_train", "a", "y_train"]))
def test_any_array_loads_or_is_refused(tmp_path, array, name):
    loads_or_says_why(tmp_path, "images.npy", saved(lambda file: np.save(file, array)))
    loads_or_says_why(tmp_path, "images.npz", saved(lambda file: np.savez(file, **{name: array})))
