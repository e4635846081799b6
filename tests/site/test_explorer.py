"""The explorer's own JavaScript, and what is put beside it when the site is built."""

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from wgan_utils.zoo.generators import pretrained

EXPLORER = Path(__file__).parents[2] / "site" / "explorer"


@pytest.mark.skipif(
    shutil.which("node") is None, reason="Node isn't installed, so the explorer's latent vectors were NOT tested here"
)
def test_latent_vectors_are_what_the_page_says():
    tests = [str(path) for path in sorted(EXPLORER.glob("tests/*.test.mjs"))]
    done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"# pass [1-9]", done.stdout), done.stdout


def test_every_shipped_generator_gets_its_weights_and_its_facts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXPLORER)  # as where it runs as a program
    runpy.run_path(str(EXPLORER / "prepare.py"))["main"](tmp_path)
    listed = json.loads((tmp_path / "weights" / "generators.json").read_text("utf-8"))
    assert {about["name"] for about in listed} == set(pretrained())
    assert sum(about["first"] for about in listed) == 1
    for about in listed:
        card = pretrained()[about["name"]]
        weights = tmp_path / "weights" / f"{about['name']}.bin"
        network = json.loads(weights.with_suffix(".json").read_text("utf-8"))
        assert (about["bytes"], about["shape"]) == (weights.stat().st_size, network["output"])
        assert network["input"] == [about["latentDim"]]
        assert about["bytes"] < 4_000_000  # of the page's 5 MB
        assert about["terms"] == card["terms"]
        assert about["distance"]["value"] == card["metrics"]["metrics"]["frechet"]["value"]
