"""The auditor on the backend that runs: right functions raise no alarm, each planted bug is named, and nothing else."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gan_audit import audit_penalty, audit_step
from gan_audit.bugs import PENALTY, STEP
from tests.audit import penalties, steps
from tests.audit.penalties import BACKEND

NATIVE = importlib.import_module(f"tests.audit.in_{BACKEND}")
WITHOUT_KEY = {"call": lambda penalty, *given: penalty(*given)} if BACKEND == "jax" else {}


def rows(audit, functions, defaults):
    """Yield (audit, function, settings, name) from a table."""
    for name, listed in functions.items():
        for row in listed if isinstance(listed, list) else [listed]:
            function, settings = row if isinstance(row, tuple) else (row, {})
            yield audit, function, defaults | settings, name


RIGHT = [
    *rows(audit_penalty, penalties.RIGHT, WITHOUT_KEY),
    *rows(audit_penalty, NATIVE.RIGHT, {}),
    *rows(audit_step, steps.RIGHT, {}),
]
WRONG = [
    *rows(audit_penalty, penalties.WRONG, WITHOUT_KEY),
    *rows(audit_penalty, NATIVE.WRONG, {}),
    *rows(audit_step, steps.WRONG, {}),
]
FEW = {"short", "WGAN-GP", "epsilon_shared", "norm_axes", "detached", "penalty_missing", "clip_before", "same_batch"}


def table(cases):
    """As parameters of a test; all but a few are slow."""
    return [pytest.param(*case, id=case[-1], marks=[] if case[-1] in FEW else pytest.mark.slow) for case in cases]


@pytest.mark.parametrize("seeds", [[0], pytest.param(range(1, 10), marks=pytest.mark.slow)], ids=["0", "1-9"])
@pytest.mark.parametrize(("audit", "function", "settings", "name"), table(RIGHT))
def test_a_right_function_raises_no_alarm(audit, function, settings, name, seeds):
    for seed in seeds:
        report = audit(function, BACKEND, seed=seed, **settings)
        assert report.found == []
        assert not report


@pytest.mark.filterwarnings("ignore:Using backward")  # of one bug PyTorch warns itself
@pytest.mark.parametrize(("audit", "function", "settings", "bug"), table(WRONG))
def test_a_bug_is_named_and_no_other(audit, function, settings, bug):
    report = audit(function, BACKEND, **settings)
    expected = {"gradients_left": [bug, "graph_kept"]}  # its graph is kept, too
    assert sorted(report.found) == expected.get(bug, [bug])
    assert report
    assert str(report).count("\n") == len(report) - 1


@pytest.mark.slow
@pytest.mark.parametrize(("critic", "bugs"), NATIVE.CRITICS)
def test_a_reader_s_own_critic_is_looked_at(critic, bugs):
    assert audit_penalty(penalties.penalty(), BACKEND, critic=critic, **WITHOUT_KEY).found == bugs


def test_each_bug_is_planted():
    """But for those that other frameworks allow alone."""
    planted = {name for *_, name in WRONG} | {bug for _, bugs in NATIVE.CRITICS for bug in bugs}
    elsewhere = {"gradients_left", "graph_kept", "mode", "dropout", "statistics_clipped", "gradients_kept", "step_mode"}
    assert {*PENALTY, *STEP} - planted <= elsewhere


def test_importing_it_imports_numpy_alone():
    code = "import sys; before = {*sys.modules}; import numpy, gan_audit; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    imported = {name.split(".")[0] for name in done.stdout.split()}
    assert imported - {*sys.stdlib_module_names} == {"numpy", "gan_audit"}


@pytest.mark.parametrize("audit", [audit_penalty, audit_step])
def test_an_unknown_framework_and_a_function_s_own_error_come_through(audit):
    with pytest.raises(ValueError, match="theano"):
        audit(print, "theano")
    with pytest.raises(ZeroDivisionError):
        audit(lambda *given: 1 / 0, BACKEND)


def test_the_page_s_table_has_sentences_of_the_auditor_alone():
    known = "|".join(re.sub(r"\\\{[^}]*\}", ".+", re.escape(text)) for text in (PENALTY | STEP).values())
    for row in (Path(__file__).parents[2] / "site" / "figures" / "audit.txt").read_text("utf-8").splitlines()[2:]:
        fault, _, said = row.strip("| ").split(" | ")
        assert not re.sub(known, "", said).strip(), fault
