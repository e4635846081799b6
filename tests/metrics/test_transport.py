"""Exact transport: closed forms."""

import sys

import numpy as np
import pytest
from scipy import stats

from tests.metrics.samples import normal
from tests.refused import refused
from wgan_utils.metrics.transport import earth_movers_distance, transport_plan


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_earth_movers_distance_of_a_shift_is_its_length(dimensions):
    a, shift = normal(60, dimensions), np.full(dimensions, 0.3)
    assert earth_movers_distance(a, a[::-1] + shift) == pytest.approx(np.linalg.norm(shift))


def test_earth_movers_distance_on_a_line():
    a, b = normal(2, 50)
    expected = np.abs(np.sort(a) - np.sort(b)).mean()
    assert earth_movers_distance(a, b) == pytest.approx(expected)
    flat = np.stack([a, np.zeros(50)], 1), np.stack([b, np.zeros(50)], 1)
    assert earth_movers_distance(*flat) == pytest.approx(expected)


def weights(n, seed=0):
    """Of very different sizes, some of them 0."""
    found = np.random.default_rng(seed).exponential(size=n) ** 2
    found[:: max(n // 3, 2)] = 0
    return found / found.sum()


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("given", [(None, None), (weights(30), None), (weights(30), weights(20, seed=1))])
def test_the_plan_sends_all_there_is_and_fills_all_there_is_room_for(dimensions, given):
    plan, _ = transport_plan(normal(30, dimensions), normal(20, dimensions, seed=1), *given)
    share_a, share_b = (np.full(n, 1 / n) if w is None else w for n, w in zip((30, 20), given, strict=True))
    assert plan.min() >= 0
    np.testing.assert_allclose(plan.sum(axis=1), share_a, atol=1e-12)
    np.testing.assert_allclose(plan.sum(axis=0), share_b, atol=1e-12)
    assert np.count_nonzero(plan) < 50  # a corner of the polytope: its links make no circle


def test_the_plan_by_hand():
    # Half of the mass at 0 has to reach 3, for at 1 there is room for a quarter and 0 keeps a quarter.
    plan, distance = transport_plan([0.0, 3], [3.0, 1, 0], [0.75, 0.25], [0.5, 0.25, 0.25])
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
    a, b, share = normal(20, 2), normal(30, 2, seed=1), weights(20)
    plan, distance = transport_plan(a, b, share)
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
