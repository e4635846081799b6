"""The workflows run what the Makefile has, on the Python that it takes."""

import re

import pytest
import yaml

from scripts.web.address import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def made_in(jobs: dict) -> set[str]:
    found: set[str] = set()
    for job in jobs.values():
        named = job.get("strategy", {}).get("matrix", {}).get("target", [])
        for step in job["steps"]:
            for target in re.findall(r"\bmake (\$\{\{ matrix\.target \}\}|[\w-]+)", step.get("run", "")):
                found |= set(named) if "matrix" in target else {target}
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_well_formed_and_runs_targets_that_exist(path):
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow[True]  # "on", which YAML reads as a truth
    assert workflow["permissions"]["contents"] == "read"
    for job in workflow["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 90
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert made_in(workflow["jobs"])
    assert made_in(workflow["jobs"]) <= TARGETS


def test_what_ci_runs_here_runs_on_github_too():
    parts = re.search(r"^parts=\((.+?)\)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)[1].split()
    assert set(parts) <= TARGETS
    there = set().union(*(made_in(yaml.safe_load(path.read_text("utf-8"))["jobs"]) for path in WORKFLOWS))
    assert set(parts) <= there
