"""What the pages are made from: names that exist, figures that are current, texts for every picture."""

import json
import re

import pytest
import yaml

from examples.what_breaks.catalogue import BUGS
from scripts.web.address import ROOT, repository
from scripts.web.figures import FOLDER, MADE_BY, fingerprint
from scripts.web.roles import REFERENCE, line_of
from scripts.web.symptoms import SHIPPED, TOYS

PAGES = sorted((ROOT / "site" / "pages").glob("*.md"))


def test_every_function_and_test_that_a_page_names_exists_and_a_name_that_is_gone_is_an_error():
    references = {reference for page in PAGES for reference in REFERENCE.findall(page.read_text("utf-8"))}
    assert references
    for reference in sorted(references):
        assert line_of(reference) >= 1
    for gone, named in (("wgan_utils/models.py::WGAN.fly", "fly"), ("wgan_utils/gan/nothing.py", "nothing")):
        with pytest.raises(ValueError, match=named):
            line_of(gone)


def test_the_algorithms_page_names_each_line_of_both_papers_and_a_test_for_each():
    page = (ROOT / "site" / "pages" / "algorithm.md").read_text("utf-8")
    tables = re.findall(r"\| line \|.+?\n:::", page, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        for row in table.splitlines()[2:-1]:
            assert row.count("{src}") >= 1, row
            assert row.count("{test}") >= 1, row


def test_every_bug_and_every_symptom_has_a_row_a_section_and_a_figure():
    bugs, curves = ((ROOT / "site" / "pages" / f"{name}.md").read_text("utf-8") for name in ("bugs", "curves"))
    assert re.findall(r"^\((\w+)\)=$", bugs, re.MULTILINE) == re.findall(r"figures/bug_(\w+)\.png", bugs) == [*BUGS]
    for name, bug in BUGS.items():
        assert f":pyobject: {bug.check.__name__}\n" in bugs
        assert f"](#{name}) |" in bugs
    assert re.findall(r"figures/curve_(\w+)\.png", curves) == [*SHIPPED, *TOYS]
    for name in (*SHIPPED, *TOYS):
        assert f"({name.replace('_', '-')})=\n" in curves
        assert f"](#{name.replace('_', '-')}) |" in curves


def test_the_stored_figures_are_of_the_programs_as_they_are():
    stored = {path.stem for path in FOLDER.glob("*.png")}
    assert stored == {*(f"bug_{name}" for name in BUGS), *(f"curve_{name}" for name in TOYS)}
    made_by = json.loads(MADE_BY.read_text("utf-8"))
    assert set(made_by) == stored
    assert set(made_by.values()) == {fingerprint()}, "Run make figures, and look at them."


def test_the_citation_file_is_valid_and_names_this_repository():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors", "license", "version"} <= set(cited)
    assert cited.get("repository-code") == repository()
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[1]
    assert cited["version"] == version
