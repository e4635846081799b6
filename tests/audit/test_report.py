"""What an audit says, and that it asks for no framework before it is told which."""

import re
import subprocess
import sys

import pytest

from gan_audit import audit_penalty, audit_step
from gan_audit.report import PENALTY, STEP, Report
from tests.audit import shared, steps
from tests.audit.reported import NATIVE, REPORTED, STORED


def test_importing_it_imports_no_framework_and_nothing_of_the_library():
    code = "import sys, gan_audit; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    imported = {name.split(".")[0] for name in done.stdout.split()}
    assert not {"keras", "tensorflow", "torch", "jax", "wgan_utils"} & imported


@pytest.mark.parametrize("audit", [audit_penalty, audit_step])
def test_an_unknown_framework_is_refused_by_its_name(audit):
    with pytest.raises(ValueError, match="theano"):
        audit(print, "theano")


def test_what_a_function_raises_by_itself_comes_through():
    def broken(critic, real, fake):
        raise ZeroDivisionError("its own")

    with pytest.raises(ZeroDivisionError):
        audit_penalty(broken, steps.BACKEND)


def test_a_report_is_false_without_a_bug_and_has_a_sentence_for_each():
    report = Report("It", PENALTY)
    assert not report
    assert str(len(PENALTY)) in str(report)
    report.add("sum")
    report.add("sum")
    report.add("weight", factor=10, weight=1)
    assert report
    assert report.found == ["sum", "weight"]
    assert len(str(report).splitlines()) == 2
    assert "10" in str(report)


def test_each_bug_s_id_is_planted_somewhere():
    """But for those that only PyTorch allows, and what is none of the known ones."""
    planted = {bug for _, _, bug in [*shared.WRONG.values(), *NATIVE.WRONG.values()]}
    planted |= {bug for _, bugs in NATIVE.CRITICS.values() for bug in bugs}
    elsewhere = {"gradients_left", "graph_kept", "images_changed", "unwatched", "mode", "dropout", "bounded"}
    assert set(PENALTY) - planted <= (elsewhere if steps.BACKEND != "torch" else set())
    planted = {bug for _, _, bug in steps.WRONG.values()}
    elsewhere = {"gradients_kept", "generator_mode", "statistics_clipped"} if steps.BACKEND != "torch" else set()
    assert set(STEP) - planted <= elsewhere | {"critic_unknown", "generator_unknown", "critic_mode"}


def test_the_page_has_what_was_reported():
    rows = [row.split(" | ") for row in STORED.read_text("utf-8").splitlines()[2:]]
    assert [row[0].removeprefix("| ") for row in rows] == [fault for fault, _, _ in REPORTED]
    assert all(re.search(r"\w{5}.*\.", row[2]) for row in rows)
