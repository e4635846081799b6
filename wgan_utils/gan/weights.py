"""Weights that are committed: half precision, and refused when they are not the ones on record."""

import hashlib
import io
import zipfile
from pathlib import Path

import keras
import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.files import atomic_file


def save_weights(path: Path, network: keras.Model) -> str:
    """Write a network's weights as float16, in their order; returns the file's SHA-256."""
    content = io.BytesIO()
    arrays = [keras.ops.convert_to_numpy(weight).astype(np.float16) for weight in network.weights]
    np.savez_compressed(content, *arrays)
    with atomic_file(path) as temporary:
        temporary.write_bytes(content.getvalue())
    return hashlib.sha256(content.getvalue()).hexdigest()


def load_weights(path: Path | zipfile.Path, network: keras.Model, sha256: str) -> None:
    """Set a network's weights from a file that `save_weights` wrote; `read_weights` has the errors."""
    network.set_weights(read_weights(path, network, sha256))


def read_weights(path: Path | zipfile.Path, network: keras.Model, sha256: str) -> list[np.ndarray]:
    """Read a network's weights from a file that `save_weights` wrote, and leave the network as it is.

    Raises:
        ValueError: the file is missing, is not the one on record, or belongs to another network.
    """
    if not path.is_file():
        raise Refused(f"{path.name} is missing beside its card; restore it.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(f"{path.name} is damaged: its SHA-256 is not the one on its card; restore it.")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = [file[f"arr_{i}"].astype(np.float32) for i in range(len(file.files))]
    shapes, wanted = [array.shape for array in arrays], [tuple(weight.shape) for weight in network.weights]
    if shapes != wanted:
        raise Refused(f"{path.name} holds weights of other shapes than {network.name} has; build it as on its card.")
    return arrays
