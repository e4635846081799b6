"""The five distances: closed forms against integrals, samples and differences, and what each is blind to."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import cdist

from tests.refused import refused
from wgan_utils.labs import divergences
from wgan_utils.metrics.transport import earth_movers_distance

X = np.linspace(-12, 16, 8001)
SHIFTS = np.array([0.2, 1.0, 3.0])


@pytest.mark.parametrize("std", [0.5, 1.0])
def test_closed_forms_of_gaussians_are_the_integrals(std):
    found = divergences.shifted_gaussians(SHIFTS, std).values
    for i, shift in enumerate(SHIFTS):
        p, q = (divergences.gaussian_density(X, mean, std) for mean in (0, shift))
        assert found["KL"][i] == pytest.approx(divergences.kl_divergence(p, q, X), rel=1e-6)
        assert found["JS"][i] == pytest.approx(divergences.js_divergence(p, q, X), abs=1e-8)
        assert found["total variation"][i] == pytest.approx(np.trapezoid(np.abs(p - q), X) / 2, abs=1e-5)
        cumulated = np.cumsum(p - q) * (X[1] - X[0])
        assert found["Wasserstein"][i] == pytest.approx(np.trapezoid(np.abs(cumulated), X), rel=1e-4)


@pytest.mark.parametrize("curves", [divergences.shifted_gaussians, divergences.parallel_lines])
def test_derivatives_are_those_of_the_values(curves):
    step, found = 1e-5, curves(SHIFTS)
    above, below = curves(SHIFTS + step).values, curves(SHIFTS - step).values
    for name, slope in found.derivatives.items():
        if np.isfinite(slope).all():
            np.testing.assert_allclose(slope, (above[name] - below[name]) / (2 * step), rtol=1e-4, atol=1e-8)
    assert set(found.derivatives) == set(found.values) == set(divergences.NAMES)


def test_beside_each_other_lines_are_as_far_apart_as_can_be_for_all_but_two():
    found = divergences.parallel_lines([1e-3, 1.0]).values
    np.testing.assert_array_equal(found["KL"], np.inf)
    np.testing.assert_allclose(found["JS"], np.log(2))
    np.testing.assert_array_equal(found["total variation"], 1)
    assert found["MMD"][0] < 1e-2
    np.testing.assert_array_equal(found["Wasserstein"], [1e-3, 1.0])
    height = (np.arange(200) + 0.5) / 200
    lines = (np.stack([np.full(200, at), height], 1) for at in (0.0, 1.0))
    assert earth_movers_distance(*lines) == pytest.approx(1.0)


def mmd(a, b, bandwidth):
    """The maximum mean discrepancy of two samples, from all pairs."""
    kernels = (np.exp(-cdist(x, y, "sqeuclidean") / (2 * bandwidth**2)).mean() for x, y in ((a, a), (b, b), (a, b)))
    within_a, within_b, between = kernels
    return np.sqrt(within_a + within_b - 2 * between)


def test_the_mmd_is_that_of_samples():
    share = (np.arange(1500) + 0.5) / 1500
    lines = (np.stack([np.full(1500, at), share], 1) for at in (0.0, 0.7))
    expected = divergences.parallel_lines(0.7, bandwidth=0.5).values["MMD"]
    assert mmd(*lines, bandwidth=0.5) == pytest.approx(float(expected[0]), abs=1e-4)
    clouds = (stats.norm.ppf(share, at, 1.0)[:, None] for at in (0.0, 0.7))
    expected = divergences.shifted_gaussians(0.7, bandwidth=0.5).values["MMD"]
    assert mmd(*clouds, bandwidth=0.5) == pytest.approx(float(expected[0]), abs=3e-3)


def test_zero_probability_counts_nothing_and_an_impossible_event_counts_infinitely():
    x = np.linspace(0, 1, 1001)
    left, anywhere = np.where(x < 0.5, 2.0, 0.0), np.ones_like(x)
    assert divergences.kl_divergence(left, anywhere, x) == pytest.approx(np.log(2), abs=2e-3)
    assert divergences.kl_divergence(anywhere, left, x) == np.inf


def test_a_kink_is_refused():
    for curves in (divergences.shifted_gaussians, divergences.parallel_lines):
        with refused():
            curves([0.0, 1.0])
