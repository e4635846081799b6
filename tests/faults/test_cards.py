"""No bit of a shipped training can flip and something else be loaded."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from tests.zoo.test_generators import shipped, unpacked  # noqa: F401 - fixtures
from wgan_utils.zoo.generators import load_pretrained

pytestmark = pytest.mark.slow


def loads_as_it_was(file: Path, places: Iterable[int], folder: Path, expected: list[np.ndarray]) -> list[bool]:
    """For a bit flipped at each of these places in a file: whether the training loads none the less, as it was."""
    content, loaded = file.read_bytes(), []
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        file.write_bytes(changed)
        try:
            network, _ = load_pretrained("toy", folder)
        except ValueError as error:
            assert any(name in str(error) for name in ("card.json", "generator.npz", "toy.zip")), error
            loaded.append(False)
            continue
        loaded.append(True)
        assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), expected, strict=True))
    return loaded


def test_whatever_bit_flips_in_a_folder_the_right_weights_are_loaded_or_none(unpacked):  # noqa: F811
    expected = load_pretrained("toy", unpacked)[0].get_weights()
    card, weights = unpacked / "toy" / "card.json", unpacked / "toy" / "generator.npz"
    loaded = loads_as_it_was(card, range(0, card.stat().st_size, 13), unpacked, expected)
    assert set(loaded) == {True, False}  # there are texts and metrics, which loading does not go by
    size = weights.stat().st_size
    assert not any(loads_as_it_was(weights, range(0, size, size // 25), unpacked, []))


def test_whatever_bit_flips_in_a_zip_the_right_weights_are_loaded_or_none(shipped, tmp_path):  # noqa: F811
    expected = load_pretrained("toy", shipped[0])[0].get_weights()
    path = tmp_path / "toy.zip"
    path.write_bytes((shipped[0] / "toy.zip").read_bytes())
    with zipfile.ZipFile(path) as archive:
        directory, size = archive.start_dir, path.stat().st_size  # the directory has no checksum
    loads_as_it_was(path, [*range(0, directory, directory // 60), *range(directory, size, 5)], tmp_path, expected)
