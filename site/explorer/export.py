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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from wgan_utils.files import atomic_file
from wgan_utils.zoo.generators import load_pretrained

FORMAT = 1
Description = dict[str, Any]
ONE_CHAIN = "Export one plain chain of layers, each used once and in this network only."
WEIGHTED = ("dense", "convolution", "transposed_convolution", "scale")


def export_for_browser(generator: str | keras.Model, folder: str | Path, name: str = "") -> Path:
    """Write a generator for the explorer, or for a page of your own; this module's head has the format.

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


def describe(network: keras.Model) -> list[Description]:
    """Describe a network layer by layer; its arrays stand in the descriptions as float32.

    Raises:
        ValueError: a layer or a setting that the format doesn't know, or layers that are no chain.
    """
    described: list[Description] = []
    for layer in _chain(network):
        for description in _describe(layer):
            _append(described, description)
    return described


def _chain(network: keras.Model) -> list[keras.Layer]:
    """Return a network's layers after checking that each takes what the one before it gives."""
    given: Any = None
    chain: list[keras.Layer] = []
    for layer in network.layers:
        if isinstance(layer, layers.InputLayer):
            given = layer.output
            continue
        # A Sequential keeps its input to itself; of a functional network it is the first layer.
        if (given is not None or chain) and layer.input is not given:
            raise ValueError(f"{layer.name} doesn't take the layer before it alone. {ONE_CHAIN}")
        given = layer.output
        chain.append(layer)
    if not chain or network.outputs[0] is not given or len(network.outputs) > 1:
        raise ValueError(f"{network.name} doesn't give what its last layer gives, and that alone. {ONE_CHAIN}")
    return chain


def _append(described: list[Description], description: Description) -> None:
    """Add a layer; one that scales each channel goes into the weighted layer before it, if that is the last."""
    before = described[-1] if described else {"kind": ""}
    if description["kind"] != "scale" or before["kind"] not in WEIGHTED:
        described.append(description)
        return
    if "factor" in before or "shift" in before:
        before["shift"] = before.get("shift", 0) * description["factor"]
    before["shift"] = before.get("shift", 0) + description["shift"]
    before["factor"] = before.get("factor", 1) * description["factor"]


def _describe(layer: keras.Layer) -> list[Description]:
    """Say what a layer computes at inference; its activation is a layer of its own."""
    if type(layer) not in KINDS:
        known = ", ".join(sorted(kind.__name__ for kind in KINDS))
        raise ValueError(f"{layer.name} is a {type(layer).__name__}, which the browser's format doesn't know: {known}.")
    _require(layer, "data_format", "channels_last")
    described = KINDS[type(layer)](layer)
    return [{"kind": one["kind"], "shape": list(layer.output.shape[1:]), **one} for one in described]


def _require(layer: keras.Layer, setting: str, *allowed: Any) -> None:
    """Refuse a layer whose setting is none of those that the format can say."""
    value = getattr(layer, setting, allowed[0])
    if value not in allowed:
        expected = " or ".join(repr(one) for one in allowed)
        raise ValueError(f"{layer.name} has {setting}={value!r}; the browser's format has {expected} only.")


def _weighted(kind: str, layer: keras.Layer, **settings: Any) -> list[Description]:
    described: Description = {"kind": kind, **settings, "kernel": _array(layer.kernel)}
    if layer.use_bias:
        described["shift"] = _array(layer.bias)
    return [described, *_activation(layer)]


def _array(weight: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(weight).astype(np.float32)


def _dense(layer: layers.Dense) -> list[Description]:
    return _weighted("dense", layer)


def _convolution(layer: layers.Conv2D) -> list[Description]:
    _require(layer, "padding", "same", "valid")
    _require(layer, "dilation_rate", (1, 1))
    _require(layer, "groups", 1)
    given, made = layer.input.shape[1:3], layer.output.shape[1:3]
    needed = [(o - 1) * s + k - i for i, o, s, k in zip(given, made, layer.strides, layer.kernel_size, strict=True)]
    return _weighted("convolution", layer, strides=list(layer.strides), before=_before(layer, needed))


def _transposed_convolution(layer: layers.Conv2DTranspose) -> list[Description]:
    _require(layer, "padding", "same", "valid")
    _require(layer, "dilation_rate", (1, 1))
    _require(layer, "output_padding", None)
    beyond = [k - s for s, k in zip(layer.strides, layer.kernel_size, strict=True)]
    return _weighted("transposed_convolution", layer, strides=list(layer.strides), before=_before(layer, beyond))


def _before(layer: keras.Layer, total: list[int]) -> list[int]:
    """Return the padding above and on the left, the smaller half of all."""
    return [max(rows, 0) // 2 if layer.padding == "same" else 0 for rows in total]


def _batch_norm(layer: layers.BatchNormalization) -> list[Description]:
    axis, rank = layer.axis, len(layer.input.shape)
    if axis not in (-1, rank - 1):
        raise ValueError(f"{layer.name} normalises axis {axis}; the browser's format has the last one, channels, only.")
    factor = 1 / np.sqrt(_array(layer.moving_variance) + np.float32(layer.epsilon))
    if layer.scale:
        factor = factor * _array(layer.gamma)
    shift = -_array(layer.moving_mean) * factor
    return [{"kind": "scale", "factor": factor, "shift": shift + _array(layer.beta) if layer.center else shift}]


def _activation(layer: keras.Layer) -> list[Description]:
    function = keras.activations.serialize(layer.activation)
    if function == "linear":
        return []
    named = {"relu": 0.0, "leaky_relu": 0.2}  # the latter is what keras.activations.leaky_relu takes if not told
    if function in named:
        return [_rectifier(named[function])]
    if function not in ("tanh", "sigmoid"):
        raise ValueError(
            f"{layer.name} has the activation {function!r}; the browser's format has linear, relu, "
            "leaky_relu, tanh and sigmoid."
        )
    return [{"kind": "activation", "function": function}]


def _rectifier(slope: float) -> Description:
    return {"kind": "activation", "function": "rectifier", "slope": float(slope)}


def _relu(layer: layers.ReLU) -> list[Description]:
    _require(layer, "max_value", None)
    _require(layer, "threshold", 0)
    return [_rectifier(layer.negative_slope)]


def _leaky_relu(layer: layers.LeakyReLU) -> list[Description]:
    return [_rectifier(layer.negative_slope)]


def _upsampling(layer: layers.UpSampling2D) -> list[Description]:
    _require(layer, "interpolation", "nearest")
    return [{"kind": "upsampling", "size": list(layer.size)}]


def _cropping(layer: layers.Cropping2D) -> list[Description]:
    return [{"kind": "cropping", "before": [before for before, _ in layer.cropping]}]


def _reshape(layer: keras.Layer) -> list[Description]:
    return [{"kind": "reshape"}]


def _nothing(layer: keras.Layer) -> list[Description]:
    return []


KINDS: dict[type[keras.Layer], Callable[[Any], list[Description]]] = {
    layers.Dense: _dense,
    layers.Conv2D: _convolution,
    layers.Conv2DTranspose: _transposed_convolution,
    layers.BatchNormalization: _batch_norm,
    layers.Activation: _activation,
    layers.ReLU: _relu,
    layers.LeakyReLU: _leaky_relu,
    layers.UpSampling2D: _upsampling,
    layers.Cropping2D: _cropping,
    layers.Reshape: _reshape,
    layers.Flatten: _reshape,
    layers.Dropout: _nothing,
}
