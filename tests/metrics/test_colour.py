"""Colours of images, against colours whose hue, saturation and place are known."""

import numpy as np
import pytest

from tests.refused import refused
from wgan_utils.metrics.colour import (
    circular_mean_and_spread,
    colour_statistics,
    hue_saturation_value,
    scene_statistics,
)

WRONG = [((2, 8, 8, 1), "uint8"), ((2, 8, 8, 3), "float32"), ((0, 8, 8, 3), "uint8")]
GREEN, SKY, BROWN, BLACK = (40, 160, 40), (200, 210, 230), (140, 80, 40), (10, 10, 10)


def scene() -> np.ndarray:
    """Four equal pictures: sky above, grass below, something brown in the middle, on two legs, over its shadow."""
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:16], picture[16:] = SKY, GREEN
    picture[10:20, 8:24] = BROWN
    picture[20:28, 10:12] = picture[20:28, 20:22] = BROWN
    picture[29:31, 8:24] = BLACK
    return np.stack([picture] * 4)


@pytest.mark.parametrize(
    ("rgb", "hsv"),
    [((255, 0, 0), (0, 1, 1)), ((0, 255, 0), (120, 1, 1)), ((0, 0, 51), (240, 1, 0.2)), ((51, 51, 51), (0, 0, 0.2))],
)
def test_known_colours(rgb, hsv):
    found = hue_saturation_value(np.full((2, 8, 8, 3), rgb, np.uint8))
    np.testing.assert_allclose(found, np.broadcast_to(hsv, found.shape), atol=1e-6)


def test_the_mean_of_350_and_10_degrees_is_0_and_not_180():
    mean, spread = circular_mean_and_spread(np.array([350.0, 10.0]), np.ones(2))
    assert min(mean, 360 - mean) == pytest.approx(0, abs=1e-9)
    assert spread == pytest.approx(np.degrees(np.sqrt(-2 * np.log(np.cos(np.radians(10))))))


def test_weights_of_angles_count_and_none_leave_no_angle():
    assert circular_mean_and_spread(np.array([30.0, 200.0]), np.array([2.0, 0.0])) == (pytest.approx(30), 0)
    assert np.isnan(circular_mean_and_spread(np.array([30.0]), np.zeros(1))).all()
    # Evenly all around, no direction is left; the spread is finite all the same.
    assert circular_mean_and_spread(np.arange(0, 360, 10.0), np.ones(36))[1] > 300


def test_statistics_of_two_plain_images():
    images = np.stack([np.full((8, 8, 3), (255, 0, 0), np.uint8), np.full((8, 8, 3), (102, 102, 102), np.uint8)])
    found = colour_statistics(images)
    expected = {"hue": 0, "hue_spread": 0, "saturation": 0.5, "saturation_spread": 0.5, "value": 0.7}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert found["value_spread"] == pytest.approx(0.3)


def test_a_scene_has_everything_where_it_belongs():
    found = scene_statistics(scene())
    assert found["sky"] > 0.2
    assert found["grass"] == pytest.approx(1 - (2 * 16 + 4 * 4) / (8 * 32))  # all but shadow and legs
    assert found["brown"] == pytest.approx((10 * 16 + 4 * 4) / 256 - 4 * 4 / (1024 - 256))
    assert found["shadow"] == pytest.approx(2 / 16)


def test_upside_down_sky_and_grass_change_their_signs():
    upright, turned = scene_statistics(scene()), scene_statistics(scene()[:, ::-1])
    assert turned["sky"] == pytest.approx(-upright["sky"])
    assert turned["grass"] == pytest.approx(-upright["grass"])


def test_strokes_across_are_no_legs():
    stripes = np.zeros((1, 32, 32, 3), np.uint8)
    stripes[:, :, ::4] = 255
    standing = scene_statistics(stripes)["legs"]
    lying = scene_statistics(stripes.swapaxes(1, 2))["legs"]
    assert standing > 5
    assert lying < -5


def test_without_order_every_number_is_about_0():
    found = scene_statistics(np.random.default_rng(0).integers(0, 256, (400, 32, 32, 3), np.uint8))
    assert max(abs(value) for value in found.values()) < 0.02


@pytest.mark.parametrize("images", [np.zeros(shape, kind) for shape, kind in WRONG])
def test_only_colour_images_are_taken(images):
    with refused():
        colour_statistics(images)


def test_small_images_have_no_bands():
    with pytest.raises(ValueError, match="4×4"):
        scene_statistics(np.zeros((2, 4, 4, 3), np.uint8))
