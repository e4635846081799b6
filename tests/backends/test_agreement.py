"""JAX and PyTorch compute what TensorFlow computes, and need no TensorFlow for it. `make test-backends` runs this."""

import importlib.util
import os

import keras
import numpy as np
import pytest

from tests.backends.reference import CASES, NETWORKS, compute

PATH = os.environ.get("WGAN_REFERENCE", "")
pytestmark = pytest.mark.skipif(not PATH, reason="WGAN_REFERENCE is not set; `make test-backends` sets it")
NAMES = np.load(PATH).files if PATH else []
TOLERANCE = 2e-4  # of an array's largest number; what goes into a tanh reaches 500
ROUNDING = 1e-6  # arrays that are nothing but rounding errors, such as the gradient of a bias before BatchNorm


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    with np.load(PATH) as file:
        return dict(file)


@pytest.fixture(scope="module")
def computed() -> dict[str, np.ndarray]:
    return compute()


def test_the_reference_is_complete_and_this_environment_has_no_tensorflow(reference, computed):
    assert keras.backend.backend() in ("jax", "torch")
    assert importlib.util.find_spec("tensorflow") is None
    assert sorted(reference) == sorted(computed)
    assert len(NETWORKS) == 12  # of six lessons, a critic and a generator each
    assert len({float(reference[f"{case}: log generator_loss of step 8"]) for case in CASES}) == len(CASES)
    changes = [np.abs(values).max() for name, values in reference.items() if ": change" in name]
    assert np.mean(np.array(changes) > 1e-4) > 0.7


@pytest.mark.parametrize("name", NAMES)
def test_agreement(name, reference, computed):
    expected = reference[name]
    assert np.isfinite(expected).all()
    atol = TOLERANCE * np.abs(expected).max() + ROUNDING
    np.testing.assert_allclose(computed[name], expected, rtol=0, atol=atol)
