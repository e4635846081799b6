"""The pages that answer questions: their snippets run, and their tables are those of the programs as they are."""

import re

import pytest

from scripts.web.address import ROOT
from scripts.web.measured import made_by, stored

PAGES = {name: (ROOT / "site" / "pages" / f"{name}.md").read_text("utf-8") for name in ("asked", "anomaly")}


@pytest.mark.parametrize("name", PAGES)
def test_every_snippet_of_a_page_runs(name):
    snippets = re.findall(r"^```python\n(.+?)^```$", PAGES[name], re.MULTILINE | re.DOTALL)
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, f"{name}.md", "exec"), {})


@pytest.mark.parametrize(("program", "page"), [("asked", "asked"), ("augmented", "asked"), ("anomaly", "anomaly")])
def test_a_page_shows_every_stored_table_and_each_is_of_the_program_as_it_is(program, page):
    measured_by, tables = stored(program)
    assert measured_by == made_by(program), f"Run python -m scripts.web.{program}, and read what the page says of it."
    assert re.findall(rf"figures/{program}\.txt\n:start-after: <!-- (\S+) -->", PAGES[page]) == [*tables]
