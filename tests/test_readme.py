"""The README says what the notebooks do."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from scripts.results_table import BEGIN, BEGIN_GALLERY, END, END_GALLERY, gallery, table
from scripts.web.address import site_address
from scripts.web.lessons import lessons
from wgan_utils.zoo.generators import pretrained

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def parameters_of(path: Path) -> list[str]:
    """The rows of the README's table, from the notebook's parameters cell."""
    cells = nbformat.read(path, as_version=4).cells
    source = next(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))
    lines = re.findall(r"^([A-Z0-9_]+): \w+ = (.+?)  # (.+)$", source, re.MULTILINE)
    assert len(lines) == len(source.splitlines())
    return [f"| `{name}` | `{default}` | {text} |" for name, default, text in lines]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lists_the_lesson_and_its_parameters(path):
    assert f"(notebooks/{path.name})" in README
    table = README.split(f"<!-- parameters of {path.stem} -->")[1].split("<!-- end -->")[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == parameters_of(path)


def test_lists_no_lesson_that_is_not_there():
    assert set(re.findall(r"\(notebooks/(\w+\.ipynb)\)", README)) == {path.name for path in NOTEBOOKS}


def test_its_local_links_and_pictures_exist():
    pairs = re.findall(r"\]\((?!https?:)([^)#]+)\)|(?:href|src)=\"([^\"]+)\"", README)
    links = [one or other for one, other in pairs]
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_badges_lead_to_this_repository():
    repository = re.search(r"^Repository = \"(.+)\"$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    slug = repository.removeprefix("https://github.com/")
    for path in NOTEBOOKS:
        badge = f"https://colab.research.google.com/github/{slug}/blob/main/notebooks/{path.name}"
        assert badge in README
        assert badge in path.read_text()
        assert f"git+{repository}.git" in path.read_text()


def test_results_are_those_on_the_cards():
    assert pretrained()
    assert README.split(BEGIN)[1].split(END)[0] == table(pretrained())


def test_the_gallery_is_of_the_lessons_as_they_are():
    assert README.split(BEGIN_GALLERY)[1].split(END_GALLERY)[0] == gallery(lessons())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_folded_away(path):
    before = README.split(f"<!-- parameters of {path.stem} -->")[0]
    assert before.rstrip().endswith(f"<summary>Parameters of lesson {path.stem[:2]}</summary>")
    assert README.count("<details>") == README.count("</details>")


def test_pages_of_the_site_that_it_names_have_a_source():
    pages = re.findall(rf"{re.escape(site_address())}(\w+)\.html", README)
    assert pages
    assert not [page for page in pages if not (ROOT / "site" / "pages" / f"{page}.md").exists()]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_presets_steps_and_widths_are_the_notebooks(path):
    source = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    presets = ast.literal_eval(re.search(r"^PRESETS = (\{.+?^\})", source, re.MULTILINE | re.DOTALL)[1])
    header, *rows = re.search(r"^\| `PRESET` \| for .+?\n\n", README, re.MULTILINE | re.DOTALL)[0].splitlines()
    column = next(i for i, title in enumerate(header.split("|")) if f"lesson {path.stem[:2]}" in title)
    said = {name: row.split("|")[column] for name in presets for row in rows if row.startswith(f"| `{name}` ")}
    widths = {"¼": 0.25, "½": 0.5, "⅛": 0.125, "1/16": 0.0625, "3%": 0.03, "all": 1.0}
    for name, preset in presets.items():
        steps, width = re.match(r" ([\d,]+) steps, (\S+?)[ ,]", said[name] + " ").groups()
        assert (int(steps.replace(",", "")), round(widths[width], 2)) == (preset["STEPS"], round(preset["WIDTH"], 2))
