"""How lessons are made ready for the web, and what the gallery says of them."""

import base64
import io
import re
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from scripts.web.address import ROOT, badge
from scripts.web.lessons import _seconds, labs, lessons
from scripts.web.notebooks import captions_of, prepare
from wgan_utils.published import notebooks

NOTEBOOKS = [*notebooks().values()]
# What makes a browser ask another host: pictures, scripts, styles. A link does not.
FOREIGN = re.compile(r"!\[[^\]]*\]\(https?:|<(?:img|script|iframe|link|source|video)[^>]+(?:src|href)=[\"']https?:")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_keeps_code_and_outputs_describes_its_figures_and_asks_no_other_host(path, tmp_path):
    notebook, stored = prepare(path, tmp_path), nbformat.read(path, as_version=4)
    set_up = 0
    for cell, before in zip(notebook.cells, stored.cells, strict=True):
        assert not FOREIGN.search(cell.source)
        if cell.cell_type == "code":
            assert cell.source == before.source
            assert len(cell.outputs) == len(before.outputs)
            folded = "hide-input" in cell.metadata.tags
            assert "solution" not in cell.metadata.tags or "solution" in cell.metadata["mystnb"]["code_prompt_show"]
            set_up += folded and ("google.colab" in cell.source or "PRESET: str" in cell.source)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            html = data.get("text/html", "")
            assert not FOREIGN.search(html)
            assert "data:image/gif" not in html
            assert all(re.search(r'alt="[^"]+"', tag) for tag in re.findall(r"<img[^>]*>", html))
            if {"image/png", "image/jpeg"} & set(data):
                assert cell.metadata["mystnb"]["image"]["alt"].strip(), cell.source
    assert set_up == 2


def test_captions_are_read_off_the_code():
    source = """if a:
    %pip install x
caption = "Named."
wu.plot_images(x, caption=caption)
wu.plot_losses(h, caption=f"Digit {DIGIT} at "
    "{step:,}.")"""
    assert captions_of(source) == ["Named.", "Digit … at {step:,}."]


@pytest.mark.parametrize("link", ["https://colab.research.google.com/x", None])
def test_links_stand_under_the_title_gifs_become_files_and_diagrams_come_along(tmp_path, link):
    frames, content, gifs = [Image.new("L", (6, 4), grey) for grey in (0, 100, 250)], io.BytesIO(), tmp_path / "gifs"
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    data = base64.b64encode(content.getvalue()).decode()
    outputs = [
        new_output("display_data", {"text/html": f'<img src="data:image/gif;base64,{data}" width="12" alt="&lt;"><p>'}),
    ]
    text = "# Lab\n\n![a](../../assets/01_who_learns_when.svg) [b](../../site/pages/bugs.md#sign) [c](../02_x.ipynb)"
    text += "\n\n[play](../../site/playground/page.md#trainings=2&method=gp~clip&seed=3) here"
    cells = [new_markdown_cell(badge(text, link)), new_code_cell("show()", outputs=outputs)]
    (tmp_path / "labs").mkdir()
    nbformat.write(new_notebook(cells=cells), tmp_path / "labs" / "one.ipynb")
    title, code = prepare(tmp_path / "labs" / "one.ipynb", gifs).cells
    assert title.source.startswith("# Lab\n\n")
    assert "badge.svg" not in title.source
    assert "<one.ipynb>" in title.source
    to_playground = "../../playground.html#trainings=2&amp;method=gp~clip&amp;seed=3"
    style = "../../_static/playground/style.css"
    assert re.findall(r'href="([^"]+)"', title.source) == [*[link] * (link is not None), to_playground, style]
    assert 'data-settings="trainings=1&amp;method=gp&amp;seed=3"' in title.source
    links = ["../../_static/gifs/01_who_learns_when.svg", "../../bugs.md#sign", "../02_x.ipynb"]
    assert re.findall(r"\]\(([^)]+)\)", title.source) == links
    diagram = gifs / "01_who_learns_when.svg"
    assert diagram.read_bytes() == (ROOT / "assets" / diagram.name).read_bytes()
    (path,), (output,) = gifs.glob("*.gif"), code.outputs
    assert path.read_bytes() == content.getvalue()
    with Image.open(path.with_suffix(".png")) as still:  # the last frame
        assert (still.size, still.getpixel((0, 0))[0] > 240) == ((6, 4), True)
    for part in (f'data-moving="../../_static/gifs/{path.name}"', 'width="12" height="8"', 'alt="&lt;"'):
        assert part in output.data["text/html"]


def test_the_gallery_has_every_lesson_with_numbers_from_its_run_and_every_lab():
    found, listed = lessons(), labs()
    assert [*(lesson.stem for lesson in found), *sorted(lab.stem for lab in listed)] == [
        path.stem for path in NOTEBOOKS
    ]
    numbers = [lesson.number for lesson in found]
    assert all(lab.lesson in numbers and lab.question.endswith("?") for lab in listed)
    for lesson in found:
        assert lesson.question.endswith("?")
        assert re.search(r"\d.* min.*CPU", lesson.time)
        assert re.search(r"\d", lesson.result)
        assert (ROOT / "assets" / f"{lesson.stem}.gif").stat().st_size < 1_000_000


def test_a_training_that_went_on_from_another_counts_what_it_added(tmp_path, monkeypatch):
    monkeypatch.setattr("scripts.web.lessons.FOLDER", tmp_path)
    with zipfile.ZipFile(tmp_path / "card.zip", "w") as shipped:
        for name, seconds in (("short", (10.5, 20.25)), ("longer", (10.5, 20.25, 31.0)), ("other", (9.0, 18.0))):
            rows = "".join(f"{step},{value}\n" for step, value in enumerate(seconds, 1))
            shipped.writestr(f"{name}/history.csv", f"step,seconds\n{rows}")
        shipped.writestr("card.json", "{}")
    assert _seconds("card") == 31.0 + 18.0
