"""The distances are those of torch-fidelity, given the same features."""

import numpy as np
import pytest

from tests.metrics.samples import known_pair
from wgan_utils.metrics import distances

pytest.importorskip("torch_fidelity", reason="torch-fidelity is in the environment of `make test-backends` alone")


@pytest.fixture(scope="module")
def known():
    return known_pair()


@pytest.fixture(scope="module")
def tensors(known):
    import torch

    return [torch.from_numpy(features) for features in known]


def test_frechet_distance(known, tensors):
    from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_features_to_statistics, fid_statistics_to_metric

    statistics = [fid_features_to_statistics(features) for features in tensors]
    expected = fid_statistics_to_metric(*statistics, verbose=False)[KEY_METRIC_FID]
    assert distances.frechet_distance(*known) == pytest.approx(expected, rel=1e-6)
    assert expected > 1


def test_kernel_distance(known, tensors):
    """Of whole sets; and over subsets, which are others: the means agree as closely as their deviation lets them."""
    from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, KEY_METRIC_KID_STD, kid_features_to_metric

    kernel = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None}
    kernel |= {"kid_kernel_poly_coef0": 1, "rng_seed": 0, "verbose": False}
    whole = kid_features_to_metric(*tensors, **kernel, kid_subsets=1, kid_subset_size=len(known[0]))
    assert distances.kernel_distance(*known)[0] == pytest.approx(whole[KEY_METRIC_KID_MEAN], rel=1e-6)
    some = kid_features_to_metric(*tensors, **kernel, kid_subsets=100, kid_subset_size=200)
    mean, deviation = distances.kernel_distance(*known, subsets=100, subset_size=200)
    error = np.hypot(deviation, some[KEY_METRIC_KID_STD]) / np.sqrt(100)
    assert abs(mean - some[KEY_METRIC_KID_MEAN]) < 4 * error < mean / 2
    assert deviation == pytest.approx(some[KEY_METRIC_KID_STD], rel=0.4)
