"""The explorer's own JavaScript, and what is put beside it when the site is built."""

import json
import re
import runpy
from pathlib import Path

from tests.playground.node import needs_node, run_node
from wgan_utils.zoo.generators import pretrained

EXPLORER = Path(__file__).parents[2] / "site" / "explorer"


@needs_node
def test_latent_vectors_are_what_the_page_says():
    printed = run_node("--test", *map(str, sorted(EXPLORER.glob("tests/*.test.mjs"))))
    assert re.search(r"# pass [1-9]", printed), printed


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
