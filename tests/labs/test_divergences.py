"""The penalised optimum where h is proportional to p."""

import numpy as np
import pytest

from wgan_utils.labs import divergences


@pytest.mark.parametrize(("weight", "expected"), [(10.0, 0.5 * (1 + 1 / 40)), (0.5, 0.5 * 1.5)])
def test_where_h_is_as_p_the_penalty_multiplies_the_distance(weight, expected):
    # From one point to another half a unit away: h = 1 and p = 2 between them, so that the estimate is W (1 + W / 2λ).
    real, fake = np.full((100, 1), 0.5), np.zeros((100, 1))
    assert divergences.penalised_optimum_1d(real, fake, weight) == pytest.approx(expected, rel=0.02)
