"""What must hold whatever a file or a parameter holds: each function here takes one, and raises if it does not.

tests/faults/test_fuzz.py lets hypothesis look for what breaks them, tests/faults/guided.py a fuzzer that sees the code.
"""

import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from wgan_utils.data import arrays
from wgan_utils.data.arrays import read_cifar_binary, read_idx
from wgan_utils.data.datasets import load_images
from wgan_utils.files import read_json
from wgan_utils.parameters import ParameterError, resolve
from wgan_utils.published import LESSONS
from wgan_utils.training.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from wgan_utils.training.run import append_row, read_table

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 10, 9), dtype=np.uint8)


def saved(write: Callable) -> bytes:
    content = io.BytesIO()
    write(content)
    return content.getvalue()


def _zip(content: io.BytesIO) -> None:
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, pixels in enumerate(PIXELS):
            archive.writestr(f"{number}.png", saved(lambda file, it=pixels: Image.fromarray(it).save(file, "png")))


def _cifar(content: io.BytesIO) -> None:
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in names:
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            info.size = 3073
            archive.addfile(info, io.BytesIO(bytes(3073)))


COLOURS = np.stack([PIXELS[0]] * 3, axis=2)
# Good files, by the name they are given: what is damaged begins as one of these.
FILES = {
    "images.npy": saved(lambda file: np.save(file, PIXELS)),
    "images.npz": saved(lambda file: np.savez_compressed(file, x_train=PIXELS, y_train=np.arange(12) % 3)),
    "plain.npz": saved(lambda file: np.savez(file, x_train=PIXELS, x_test=PIXELS[:2])),
    "pictures.zip": saved(_zip),
    **{
        f"folder/0.{kind}": saved(lambda file, kind=kind: Image.fromarray(COLOURS).save(file, kind))
        for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm")
    },
}


def loads_or_says_why(folder: Path, name: str, content: bytes) -> None:
    """Images of pixels, or one sentence with the file's name."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    asked = path if path.parent == folder else path.parent
    if asked.is_dir():
        for number in range(1, 4):
            (asked / f"{number}.png").write_bytes(saved(lambda file: Image.fromarray(COLOURS).save(file, "png")))
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
        assert part.dtype == np.uint8
        assert part.ndim == 4
        assert min(part.shape[1:3]) >= 8
        assert part.shape[3] in (1, 3)
        assert len(part) >= 1


IDX = b"\0\0\x08\x03" + np.array([2, 8, 8], ">u4").tobytes() + bytes(128)
CIFAR = saved(_cifar)


def reads_or_says_why(folder: Path, name: str, content: bytes) -> None:
    """The readers behind the data sets known by name, which hand a ValueError on as a warning."""
    path = folder / name
    path.write_bytes(content)
    try:
        read = read_cifar_binary if name.endswith(".tar.gz") else read_idx
        read(path)
    except ValueError as error:
        assert name in str(error), error
    finally:
        path.unlink()


def _checkpoint(folder: Path) -> Path:
    state = {"0000 kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "0001 steps_done": np.array(5, np.int32)}
    (folder / "checkpoints").mkdir(exist_ok=True)
    save_checkpoint(folder / "checkpoints", 5, state)
    return folder / "checkpoints" / "step_000005.npz"


def checkpoint_is_the_same_or_refused(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """Never other numbers than were stored, and never half of them."""
    path = _checkpoint(folder)
    _, whole = load_checkpoint(path.parent)
    path.write_bytes(damage(path.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            step, found = load_checkpoint(path.parent)
        except CheckpointError as error:
            assert "step_000005.npz" in str(error)
            return
    assert step == 5
    assert list(found) == list(whole)
    for name, array in whole.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def table_is_read_or_refused(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """Numbers in rows of one length, or a ValueError with the file's name."""
    path = folder / "history.csv"
    path.unlink(missing_ok=True)
    for step in range(1, 6):
        append_row(path, {"step": step, "loss": 0.1 * step, "score": -1e9})
    path.write_bytes(damage(path.read_bytes()))
    try:
        history = read_table(path)
    except ValueError as error:
        assert "history.csv" in str(error)
        return
    assert len({len(values) for values in history.values()}) <= 1


def json_is_read_or_refused(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """An object with its keys, or a ValueError with the file's name."""
    path = folder / "card.json"
    path.write_bytes(damage(b'{"width": 0.5, "steps": 2300, "name": "\xce\xbb"}'))
    try:
        assert {"width", "steps"} <= read_json(path, ("width", "steps")).keys()
    except ValueError as error:
        assert "card.json" in str(error)


LESSON = "02_wgan_clipping_sevens"


def parameters_are_good_or_refused(values: dict[str, object]) -> None:
    """Final values of their types and within their ranges, or a refusal."""
    parameters = LESSONS[LESSON].parameters
    try:
        settings = resolve(LESSON, values, gpu=False)
    except ParameterError as error:
        assert str(error)
        return
    assert list(settings) == list(parameters)
    for name, kind in parameters.items():
        assert type(settings[name]) in {kind.type, *map(type, kind.choices)}
        assert not kind.choices or settings[name] in kind.choices
        assert kind.low is None or kind.low <= settings[name] <= kind.high
    assert Path(settings["RUN_NAME"]).name == settings["RUN_NAME"]


# A limit that a fuzzer's small files can reach.
arrays.UNPACKED = min(arrays.UNPACKED, 1 << 26)
