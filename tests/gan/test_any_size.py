"""Networks for images of any size: built, one step trained, saved, loaded, exported to the explorer's format."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.refused import refused
from wgan_utils.gan import networks
from wgan_utils.models import WGANGP

EXPORT = runpy.run_path(str(Path(__file__).parents[2] / "site" / "explorer" / "export.py"))["export_for_browser"]
DOZEN = [
    (16, 16, 1), (16, 64, 3), (17, 31, 2), (28, 28, 1), (31, 31, 3), (32, 32, 4),
    (45, 29, 3), (48, 64, 1), (64, 64, 3), (65, 33, 1), (100, 25, 3), (127, 128, 1),
]  # fmt: skip
SIDES = (16, 17, 23, 24, 28, 31, 32, 33, 47, 48, 50, 63, 64, 65, 96, 100, 127, 128)
GRID = [(h, w, 1 + (h + w) % 4) for h in SIDES for w in SIDES if max(h, w) <= 4 * min(h, w)]
GRID = [shape for shape in GRID if shape not in DOZEN]


@pytest.mark.parametrize("shape", [*DOZEN, *(pytest.param(one, marks=pytest.mark.slow) for one in GRID)], ids=str)
def test_networks_of_any_size_train_and_are_kept(tmp_path, shape):
    keras.utils.set_random_seed(0)
    generator, critic = networks.networks_for(shape, width=1 / 32, latent_dim=5)
    images = np.random.default_rng(0).integers(0, 256, (2, 1, *shape), np.uint8)
    model = WGANGP(generator, critic, 5, critic_steps=1, seed=1)
    model.compile(*(keras.optimizers.Adam(1e-3) for _ in "cg"), run_eagerly=True)
    before = [ops.convert_to_numpy(weight) for network in (critic, generator) for weight in network.trainable_variables]
    logged = model.train_on_batch(ops.convert_to_tensor(images / 127.5 - 1, "float32"), return_dict=True)
    after = [ops.convert_to_numpy(weight) for network in (critic, generator) for weight in network.trainable_variables]
    assert all(np.isfinite(value) for value in logged.values())
    assert all((one != other).any() for one, other in zip(before, after, strict=True) if one.size > 1)

    latent = np.random.default_rng(1).normal(size=(3, 5)).astype("float32")
    for network, given in ((generator, latent), (critic, ops.convert_to_numpy(generator(latent)))):
        network.save(tmp_path / "kept.keras")
        loaded = keras.models.load_model(tmp_path / "kept.keras", safe_mode=True)
        found, expected = (ops.convert_to_numpy(one(given, training=False)) for one in (loaded, network))
        assert expected.shape == (3, *(shape if network is generator else (1,)))
        np.testing.assert_allclose(found, expected, atol=1e-5)
    content = json.loads(EXPORT(generator, tmp_path).read_text("utf-8"))
    assert (content["input"], content["output"]) == ([5], list(shape))


@pytest.mark.parametrize("shape", DOZEN, ids=str)
def test_layers_and_filters_follow_the_rule(shape):
    generator, critic = networks.networks_for(shape, width=1 / 32)
    (first,) = (layer.target_shape for layer in generator.layers if isinstance(layer, layers.Reshape))
    up = [layer for layer in generator.layers if isinstance(layer, layers.Conv2DTranspose)]
    down = [layer for layer in critic.layers if type(layer) is layers.Conv2D]
    assert 4 <= min(first[:2]) <= 8
    assert len(up) == len(down) == {4: 2, 5: 3, 6: 4, 7: 5}[int(np.log2(min(shape[:2])))]
    assert [layer.filters for layer in down] == [2, 4, 8, 16, 16][: len(down)]
    assert [first[2], *(layer.filters for layer in up)] == [*(layer.filters for layer in down[::-1]), shape[2]]
    assert {(*layer.kernel_size, *layer.strides) for layer in (*up, *down)} == {(4, 4, 2, 2)}
    assert not any(isinstance(layer, layers.BatchNormalization) for layer in critic.layers)
    # What is cut off and added is less than one cell of the first map, and the same at each edge.
    cut = [layer.cropping for layer in generator.layers if isinstance(layer, layers.Cropping2D)]
    added = [layer.padding for layer in critic.layers if isinstance(layer, layers.ZeroPadding2D)]
    assert cut == added
    assert all(sum(sides) < 2 ** len(up) and sides[1] - sides[0] in (0, 1) for one in cut for sides in one)


def test_images_arrays_and_shapes_say_the_same_and_lesson_06_is_of_the_family():
    array = np.zeros((3, 20, 24, 3), np.uint8)
    sizes = {
        tuple(network.count_params() for network in networks.networks_for(one, width=0.25))
        for one in (array, SimpleNamespace(train=array), (20, 24, 3), [20, 24, 3])
    }
    assert len(sizes) == 1
    ours = networks.networks_for((64, 64, 3), width=0.25)
    theirs = networks.face_generator(width=0.25), networks.face_critic(width=0.25)
    for one, other in zip(ours, theirs, strict=True):
        assert [layer.output.shape for layer in one.layers] == [layer.output.shape for layer in other.layers]


@pytest.mark.parametrize(
    "shape", [(15, 16, 1), (16, 129, 1), (16, 65, 1), (32, 32, 5), (32, 32, 0), (32, 32), (32.0, 32, 1)], ids=str
)
def test_other_shapes_are_refused(shape):
    with refused(naming="networks_for"):
        networks.networks_for(shape)
