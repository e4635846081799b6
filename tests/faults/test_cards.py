"""No bit of a card or of weights can flip and something else be loaded."""

import shutil

import numpy as np

from tests.zoo.test_generators import shipped  # noqa: F401 - a fixture
from wgan_utils.zoo.generators import load_pretrained


def test_whatever_bit_flips_in_a_card_the_right_weights_are_loaded_or_none(shipped, tmp_path):  # noqa: F811
    folder = shutil.copytree(shipped[0], tmp_path / "shipped")
    expected = load_pretrained("toy", folder)[0].get_weights()
    card = folder / "toy" / "card.json"
    content, loaded = card.read_bytes(), 0
    for place in range(0, len(content), 13):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        card.write_bytes(changed)
        try:
            network, _ = load_pretrained("toy", folder)
        except ValueError as error:
            named = [name for name in ("card.json", "generator.npz") if name in str(error)]
            assert named, error
            continue
        loaded += 1
        assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), expected, strict=True))
    assert 0 < loaded < len(content) // 13  # texts and metrics, which loading does not go by


def test_whatever_bit_flips_in_the_weights_they_are_refused(shipped, tmp_path):  # noqa: F811
    folder = shutil.copytree(shipped[0], tmp_path / "shipped")
    weights = folder / "toy" / "generator.npz"
    content = weights.read_bytes()
    for place in np.linspace(0, len(content) - 1, 25).astype(int):
        changed = bytearray(content)
        changed[place] ^= 1
        weights.write_bytes(changed)
        try:
            load_pretrained("toy", folder)
        except ValueError as error:
            assert "generator.npz is damaged" in str(error)
        else:
            raise AssertionError(f"byte {place}")
