"""Transport, exact and sliced: closed forms, POT, and the directions that distances must move in."""

import numpy as np
import pytest
from scipy import ndimage, stats

from tests.metrics.samples import drawings, known_pair, normal
from wgan_utils.metrics import transport


@pytest.fixture(scope="module")
def known():
    return known_pair()


@pytest.fixture(scope="module")
def pot():
    """POT, told to leave alone the deep learning libraries that it would otherwise import."""
    with pytest.MonkeyPatch.context() as patch:
        for backend in ("PYTORCH", "TENSORFLOW", "JAX", "CUPY"):
            patch.setenv(f"POT_BACKEND_DISABLE_{backend}", "1")
        import ot
    return ot


# Earth mover's distance


def test_earth_movers_distance_agrees_with_pot(pot, known):
    a, b = (x[:200, :2] for x in known)
    assert transport.earth_movers_distance(a, b) == pytest.approx(pot.emd2([], [], pot.dist(a, b, "euclidean")))


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_earth_movers_distance_of_a_shift_is_its_length(dimensions):
    a, shift = normal(60, dimensions), np.full(dimensions, 0.3)
    assert transport.earth_movers_distance(a, a[::-1] + shift) == pytest.approx(np.linalg.norm(shift))


def test_earth_movers_distance_on_a_line():
    a, b = normal(2, 50)
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    assert transport.earth_movers_distance(a, b) == pytest.approx(expected)
    flat = np.stack([a, np.zeros(50)], 1), np.stack([b, np.zeros(50)], 1)
    assert transport.earth_movers_distance(*flat) == pytest.approx(expected)


def test_earth_movers_distance_of_parallel_lines():
    # WGAN's Example 1: the segment at 0 and the segment at θ are |θ| apart.
    height = np.random.default_rng(0).random(100)
    lines = (np.stack([np.full(100, theta), height], axis=1) for theta in (0, -0.7))
    assert transport.earth_movers_distance(*lines) == pytest.approx(0.7)


# Transport plan


def weights(n, seed=0):
    """Of very different sizes, some of them 0."""
    found = np.random.default_rng(seed).exponential(size=n) ** 2
    found[:: max(n // 3, 2)] = 0
    return found / found.sum()


CLOUDS = {
    "on a line": (normal(40), normal(30, seed=1), weights(40), weights(30, seed=1)),
    "on a line, as columns": (normal(40, 1), normal(30, 1, seed=1), weights(40), weights(30, seed=1)),
    "on a line, equal weights": (normal(21), normal(14, seed=1), None, None),
    "equally many": (normal(50, 2), normal(50, 2, seed=1), None, None),
    "equally many, with weights": (normal(30, 3), normal(30, 3, seed=1), weights(30), None),
    "more of one": (normal(40, 2), normal(25, 2, seed=1), None, weights(25, seed=2)),
    "more of one, equal weights": (normal(12, 4), normal(30, 4, seed=1), None, None),
}


@pytest.fixture(params=CLOUDS, ids=str)
def clouds(request):
    """Two clouds (n, d) and (m, d) or (n,) and (m,), what is given as weights, and the weights that are meant."""
    a, b, *given = CLOUDS[request.param]
    meant = (np.full(len(x), 1 / len(x)) if w is None else w for x, w in zip((a, b), given, strict=True))
    return (a, b, *given), tuple(meant)


def test_the_plan_agrees_with_pot(pot, clouds):
    (a, b, *given), meant = clouds
    plan, distance = transport.transport_plan(a, b, *given)
    cost = pot.dist(a.reshape(len(a), -1), b.reshape(len(b), -1), "euclidean")
    assert distance == pytest.approx(pot.emd2(*meant, cost), rel=1e-9)
    assert np.sum(plan * cost) == pytest.approx(np.sum(pot.emd(*meant, cost) * cost), rel=1e-9)


def test_the_plan_sends_all_there_is_and_fills_all_there_is_room_for(clouds):
    (a, b, *given), (share_a, share_b) = clouds
    plan, _ = transport.transport_plan(a, b, *given)
    assert plan.shape == (len(a), len(b))
    assert plan.min() >= 0
    np.testing.assert_allclose(plan.sum(axis=1), share_a, atol=1e-12)
    np.testing.assert_allclose(plan.sum(axis=0), share_b, atol=1e-12)
    assert np.count_nonzero(plan) <= len(a) + len(b) - 1  # a corner of the polytope: its links make no circle


def test_the_plan_of_a_shift_sends_each_point_to_its_own_image():
    a, shift = normal(40, 3), np.array([0.2, -0.1, 0.2])
    order = np.random.default_rng(1).permutation(40)
    plan, distance = transport.transport_plan(a, a[order] + shift)
    np.testing.assert_allclose(plan, np.eye(40)[order].T / 40)
    assert distance == pytest.approx(0.3)


def test_the_plan_from_one_point_is_the_weights():
    b, share = normal(9, 2), weights(9)
    plan, distance = transport.transport_plan(np.zeros((1, 2)), b, weights_b=share)
    np.testing.assert_allclose(plan[0], share, atol=1e-12)
    assert distance == pytest.approx(share @ np.linalg.norm(b, axis=1))


def test_the_plan_by_hand():
    # Half of the mass at 0 has to reach 3, for at 1 there is room for a quarter and 0 keeps a quarter.
    plan, distance = transport.transport_plan([0.0, 3], [3.0, 1, 0], [0.75, 0.25], [0.5, 0.25, 0.25])
    np.testing.assert_allclose(plan, [[0.25, 0.25, 0.25], [0.25, 0, 0]])
    assert distance == pytest.approx(0.25 * 3 + 0.25 * 1)
    in_the_plane = ([[0.0, 0], [3, 0]], [[3.0, 0], [1, 0], [0, 0]])
    plan, distance = transport.transport_plan(*in_the_plane, [0.75, 0.25], [0.5, 0.25, 0.25])
    np.testing.assert_allclose(plan, [[0.25, 0.25, 0.25], [0.25, 0, 0]], atol=1e-12)
    assert distance == pytest.approx(1)


def test_on_a_line_nobody_overtakes_and_equal_points_meet_no_crumbs():
    a, b = normal(300), normal(200, seed=1)
    plan, distance = transport.transport_plan(a, b)
    cells = np.argwhere(plan[np.argsort(a)][:, np.argsort(b)])
    assert np.all(np.diff(cells, axis=0) >= 0)
    assert plan[plan > 0].min() > 1e-3  # all are multiples of 1/600
    assert distance == pytest.approx(stats.wasserstein_distance(a, b))


def test_the_plans_distance_is_the_earth_movers():
    a, b = normal(60, 2), normal(60, 2, seed=1)
    assert transport.transport_plan(a, b)[1] == pytest.approx(transport.earth_movers_distance(a, b))
    equal = np.full(60, 1 / 60)
    assert transport.transport_plan(a, b, equal, equal)[1] == pytest.approx(transport.earth_movers_distance(a, b))


@pytest.mark.parametrize("scale", [1e-12, 1e6])
def test_the_distance_has_the_points_unit(scale):
    a, b, share = normal(20, 2), normal(30, 2, seed=1), weights(20)
    plan, distance = transport.transport_plan(a, b, share)
    scaled, longer = transport.transport_plan(scale * a, scale * b, share)
    np.testing.assert_allclose(scaled, plan, atol=1e-9)
    assert longer == pytest.approx(scale * distance, rel=1e-9, abs=0)


def test_equal_points_are_nowhere_apart():
    plan, distance = transport.transport_plan(np.ones((3, 2)), np.ones((5, 2)))
    assert distance == 0
    assert plan.sum() == pytest.approx(1)


# Sliced Wasserstein


@pytest.mark.parametrize(
    ("shape", "sides"),
    [
        ((28, 28, 1), [28, 14]),
        ((32, 32, 3), [32, 16]),
        ((64, 64, 3), [64, 32, 16]),
        ((109, 89, 3), [89, 45, 23]),
        ((9, 40, 2), [9]),
    ],
)
def test_sliced_wasserstein_takes_any_shape(shape, sides):
    a, b = np.random.default_rng(0).integers(0, 256, (2, 4, *shape), dtype=np.uint8)
    distance = transport.sliced_wasserstein(a, b)
    assert list(distance) == sides
    assert all(value > 0 for value in distance.values())


def test_sliced_wasserstein_agrees_with_scipy_on_one_direction():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 300, 7, 7, 1))
    y = y**2
    direction = rng.normal(size=(49, 3))
    direction /= np.linalg.norm(direction, axis=0)
    flat = [((z - z.mean()) / z.std()).reshape(300, 49) @ direction for z in (x, y)]
    expected = np.mean([stats.wasserstein_distance(flat[0][:, i], flat[1][:, i]) for i in range(3)])
    assert transport._mean_distance(x, y, direction) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_agrees_with_pot(pot):
    x, y = normal(2, 200, 7, 7, 1) ** 3
    directions = normal(49, 20)
    directions /= np.linalg.norm(directions, axis=0)
    flat = (((z - z.mean()) / z.std()).reshape(200, 49) for z in (x, y))
    expected = pot.sliced_wasserstein_distance(*flat, projections=directions, p=1)
    assert transport._mean_distance(x, y, directions) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_is_symmetric_zero_for_itself_and_small_for_its_like():
    a, b = drawings(128, 32), drawings(128, 32, seed=1)
    assert set(transport.sliced_wasserstein(a, a.copy()).values()) == {0}
    there, back = transport.sliced_wasserstein(a, b), transport.sliced_wasserstein(b, a)
    assert there == pytest.approx(back)
    noise = np.random.default_rng(0).integers(0, 256, a.shape, dtype=np.uint8)
    for side, value in transport.sliced_wasserstein(a, noise).items():
        assert value > 3 * there[side]


def test_blur_shows_at_the_fine_level_first():
    a, b = drawings(256, 32), drawings(256, 32, seed=1)
    blurred = ndimage.gaussian_filter(b, (0, 0.8, 0.8, 0))
    usual, distance = transport.sliced_wasserstein(a, b), transport.sliced_wasserstein(a, blurred)
    assert distance[32] > 2 * usual[32]
    assert distance[32] - usual[32] > 3 * abs(distance[16] - usual[16])


def test_sliced_wasserstein_does_not_see_brightness_and_contrast_but_does_see_structure():
    a, b = drawings(128, 32), drawings(128, 32, seed=1)
    distance = transport.sliced_wasserstein(a, b)
    assert transport.sliced_wasserstein(a, b // 2 + 40) == pytest.approx(distance, rel=0.05)
    squeezed = b[:, :, np.argsort(np.arange(32) % 2, kind="stable")]  # twice side by side, half as wide
    assert transport.sliced_wasserstein(a, squeezed)[32] > 2 * distance[32]


def test_sliced_wasserstein_of_plain_images_is_finite():
    plain = np.full((8, 28, 28, 1), 7, np.uint8)
    assert all(np.isfinite(value) for value in transport.sliced_wasserstein(plain, drawings(8, 28)).values())


# Wrong input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transport.earth_movers_distance(normal(5, 2), normal(6, 2)), "equally many points, not 5 and 6"),
        (lambda: transport.earth_movers_distance(normal(5, 2), normal(5)), "equally wide"),
        (lambda: transport.transport_plan(normal(5, 2), normal(6, 3)), "equally wide"),
        (lambda: transport.transport_plan(normal(5, 2), np.full((6, 2), np.inf)), "infinite"),
        (lambda: transport.transport_plan(normal(0, 2), normal(6, 2)), "1 rows at least"),
        (lambda: transport.transport_plan(normal(5), normal(6), np.full(6, 1 / 6)), r"weights_a must be 5 .+ \(6,\)"),
        (lambda: transport.transport_plan(normal(2), normal(3), None, [1, 1, 1]), "weights_b must be 3 .+ sum 3"),
        (lambda: transport.transport_plan(normal(2), normal(3), [1.5, -0.5]), "0 or more"),
        (lambda: transport.transport_plan(normal(2), normal(3), [np.nan, 1]), "sum nan"),
        (lambda: transport.sliced_wasserstein(drawings(4), drawings(5)), "equally many uint8 images"),
        (lambda: transport.sliced_wasserstein(*np.zeros((2, 4, 32, 32, 1))), "float64"),
        (lambda: transport.sliced_wasserstein(*np.zeros((2, 4, 32, 5, 1), np.uint8)), "32×5 pixels are too small"),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
