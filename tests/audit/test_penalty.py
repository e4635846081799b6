"""The auditor of penalties, on the backend that runs: right ones raise no alarm, each planted bug is named."""

import importlib

import keras
import pytest

from gan_audit import audit_penalty
from tests.audit import shared

BACKEND = keras.backend.backend()
NATIVE = importlib.import_module(f"tests.audit.in_{BACKEND}")
RIGHT, WRONG = shared.RIGHT | NATIVE.RIGHT, shared.WRONG | NATIVE.WRONG


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_penalty_raises_no_alarm(name, seed):
    penalty, settings = RIGHT[name]
    report = audit_penalty(penalty, BACKEND, seed=seed, **settings)
    assert report.found == []
    assert not report


@pytest.mark.parametrize("name", WRONG)
def test_a_bug_is_named(name):
    penalty, settings, bug = WRONG[name]
    report = audit_penalty(penalty, BACKEND, **settings)
    assert bug in report.found
    assert report
    assert str(report).count("\n") == len(report.found) - 1


@pytest.mark.parametrize("name", NATIVE.CRITICS)
def test_a_reader_s_own_critic_is_looked_at_and_left_as_it_was(name):
    critic, bugs = NATIVE.CRITICS[name]
    assert audit_penalty(shared.penalty(), BACKEND, critic=critic).found == bugs
