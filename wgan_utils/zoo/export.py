"""A generator as two files that a web page reads: `name.json` with its layers, `name.bin` with its weights.

    {"format": 1, "name": "sevens", "input": [50], "output": [28, 28, 1],
     "layers": [{"kind": "dense", "shape": [3136], "kernel": {"type": "float16", "offset": 0, "shape": [50, 3136]},
                 "shift": {"type": "float32", "offset": 313600, "shape": [3136]}}, …]}

`shape` is what a layer gives, channels last, without the batch. `offset` counts bytes in `name.bin`, which is
little-endian; a float32 array begins at a multiple of four. The kinds, and what each holds besides:

    dense                    kernel (in, out)
    convolution              kernel (rows, columns, in, out), strides, before
    transposed_convolution   kernel (rows, columns, out, in), strides, before
    scale                    nothing
    activation               function: "rectifier" with a slope for negative values, "tanh" or "sigmoid"
    upsampling               size: each pixel is repeated so often, in rows and in columns
    cropping                 before: rows and columns that are cut off above and on the left
    reshape                  nothing

The first four may have `factor` and `shift`, a number a channel: their result is multiplied by the one, then the other
is added. That is where a bias goes, and BatchNormalization with its moving statistics. Since a shipped kernel *is*
float16, and factor and shift stay float32, nothing is rounded on the way.

`before` is the padding above and on the left. Output pixel y of a convolution sees the input rows
y·stride − before + i for the kernel's rows i; input row y of a transposed one adds to the output rows
y·stride − before + i. Keras's padding "same" puts the odd row below and on the right (Dumoulin and Visin 1603.07285).
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from wgan_utils.files import atomic_file
from wgan_utils.zoo.generators import load_pretrained
from wgan_utils.zoo.plain_layers import Description, describe

FORMAT = 1


def export_for_browser(generator: str | keras.Model, folder: str | Path, name: str = "") -> Path:
    """Write a generator for the site's explorer, or for a page of your own; this module's head has the format.

    Args:
        generator: a shipped generator's name, or a network: one chain of layers, channels last.
        folder: where the two files go; it is made if need be.
        name: what they are called; "" takes the shipped generator's name, or the network's.

    Returns:
        The path of the JSON file; the weights lie beside it, with the suffix .bin.

    Raises:
        ValueError: no such generator, a layer or a setting that the format doesn't know, layers that are no chain, or
            weights that half precision can't hold.
    """
    name = name or (generator if isinstance(generator, str) else generator.name)
    network = load_pretrained(generator)[0] if isinstance(generator, str) else generator
    weights = _Weights()
    content = {
        "format": FORMAT,
        "name": name,
        "input": list(network.input_shape[1:]),
        "output": list(network.output_shape[1:]),
        "layers": [weights.moved(description) for description in describe(network)],
    }
    path = Path(folder) / f"{name}.json"
    with atomic_file(path.with_suffix(".bin")) as temporary:
        temporary.write_bytes(weights.content)
    with atomic_file(path) as temporary:
        temporary.write_text(_one_layer_a_line(content), "utf-8")
    return path


def _one_layer_a_line(content: dict[str, Any]) -> str:
    text = json.dumps(content, allow_nan=False)
    return text.replace('{"kind"', '\n {"kind"') + "\n"


class _Weights:
    """The file of weights, as it grows."""

    def __init__(self) -> None:
        self.content = bytearray()

    def moved(self, description: Description) -> Description:
        """Put a description's arrays into the file, and in their place say where they are."""
        return {
            key: self._add(value, "float16" if key == "kernel" else "float32")
            if isinstance(value, np.ndarray)
            else value
            for key, value in description.items()
        }

    def _add(self, array: np.ndarray, dtype: str) -> Description:
        with np.errstate(over="ignore"):
            stored = array.astype(np.dtype(dtype).newbyteorder("<"))
        if not np.isfinite(stored).all():
            raise ValueError(
                f"A weight is {array.flat[np.argmin(np.isfinite(stored))]:g}, which {dtype} can't hold; "
                "a training that diverged has nothing to export."
            )
        self.content.extend(bytes(-len(self.content) % 4))
        place = {"type": dtype, "offset": len(self.content), "shape": list(array.shape)}
        self.content.extend(stored.tobytes())
        return place
