"""Exact transport: closed forms."""

import sys

import numpy as np
import pytest
from scipy import stats

from tests.metrics.samples import normal
from tests.refused import refused
from wgan_utils.metrics.distances import earth_movers_distance, transport_plan


def test_earth_movers_distance_on_a_line_and_of_a_shift():
    a, b = normal(2, 50)
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    assert earth_movers_distance(a, b) == pytest.approx(expected)
    assert earth_movers_distance(*in_the_plane(a, b)) == pytest.approx(expected)
    points = normal(60, 5)
    assert earth_movers_distance(points, points[::-1] + 0.3) == pytest.approx(0.3 * np.sqrt(5))


def in_the_plane(*clouds):
    return [np.stack([x, 0 * np.asarray(x)], axis=1) for x in clouds]


@pytest.mark.parametrize("lifted", [np.array, lambda x: in_the_plane(x)[0]])
def test_the_plan_by_hand(lifted):
    # Half of the mass at 0 has to reach 3, for at 1 there is room for a quarter and 0 keeps a quarter.
    plan, distance = transport_plan(lifted([0.0, 3]), lifted([3.0, 1, 0]), [0.75, 0.25], [0.5, 0.25, 0.25])
    np.testing.assert_allclose(plan, [[0.25, 0.25, 0.25], [0.25, 0, 0]])
    assert distance == pytest.approx(0.25 * 3 + 0.25 * 1)


def test_on_a_line_points_keep_their_order_and_equal_shares_leave_no_rounding():
    a, b = normal(300), normal(200, seed=1)
    plan, distance = transport_plan(a, b)
    cells = np.argwhere(plan[np.argsort(a)][:, np.argsort(b)])
    assert np.all(np.diff(cells, axis=0) >= 0)
    assert plan[plan > 0].min() > 1e-3  # all are multiples of 1/600
    assert distance == pytest.approx(stats.wasserstein_distance(a, b))


@pytest.mark.parametrize("scale", [1e-12, 1e6])
def test_the_distance_has_the_points_unit(scale):
    a, b, share = normal(20, 2), normal(30, 2, seed=1), np.arange(20) / 190  # of which one sends nothing
    plan, distance = transport_plan(a, b, share)
    np.testing.assert_allclose(plan.sum(axis=1), share, atol=1e-12)
    scaled, longer = transport_plan(scale * a, scale * b, share)
    np.testing.assert_allclose(scaled, plan, atol=1e-9)
    assert longer == pytest.approx(scale * distance, rel=1e-9, abs=0)


def test_pot_brings_no_framework_along():
    transport_plan([0.0], [1.0])
    backend = sys.modules["ot.backend"]
    assert (backend.torch, backend.jax, backend.cp, backend.tf) == (False, False, False, False)


@pytest.mark.parametrize(
    ("a", "b", "shares"),
    [
        (normal(5, 2), normal(6, 3), ()),
        (normal(5, 2), np.full((6, 2), np.inf), ()),
        (normal(0, 2), normal(6, 2), ()),
        (normal(5), normal(6), (np.full(6, 1 / 6),)),
        *((normal(2), normal(3), shares) for shares in ((None, [1, 1, 1]), ([1.5, -0.5],), ([np.nan, 1],))),
    ],
)
def test_wrong_input_is_refused(a, b, shares):
    with refused():
        transport_plan(a, b, *shares)
    with refused():
        earth_movers_distance(normal(5, 2), normal(6, 2))
