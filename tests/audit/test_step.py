"""The auditor of steps, on the backend that runs: right ones raise no alarm, each planted bug is named."""

import pytest

from gan_audit import audit_step
from tests.audit.steps import BACKEND, RIGHT, WRONG


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_step_raises_no_alarm(name, seed):
    step, settings = RIGHT[name]
    assert audit_step(step, BACKEND, seed=seed, **settings).found == []


@pytest.mark.parametrize("name", WRONG)
def test_a_bug_of_a_step_is_named(name):
    step, settings, bug = WRONG[name]
    assert bug in audit_step(step, BACKEND, **settings).found
