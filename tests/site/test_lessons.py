"""How lessons are made ready for the web, and what the gallery says of them."""

import base64
import io
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from scripts.web.address import ROOT, badge, site_address
from scripts.web.build import MOVED, redirect
from scripts.web.gifs import extract_gifs
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


def prepared(folder: Path, first: str, *outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook of one text and one cell with outputs, made ready."""
    folder.mkdir(exist_ok=True)
    cells = [new_markdown_cell(first), new_code_cell("show()", outputs=[*outputs])]
    nbformat.write(new_notebook(cells=cells), folder / "one.ipynb")
    return prepare(folder / "one.ipynb", folder)


@pytest.mark.parametrize("link", ["https://colab.research.google.com/x", None])
def test_links_stand_under_the_title(tmp_path, link):
    made = prepared(tmp_path, badge("# Title\n\nMore.", link))
    source = made.cells[0].source
    assert "badge.svg" not in source
    assert re.findall(r'href="([^"]+)"', source) == [link] * (link is not None)
    assert "<one.ipynb>" in source
    assert source.startswith("# Title\n\n")
    assert source.endswith("\n\nMore.")


def test_a_lab_lies_one_folder_deeper_and_a_diagram_goes_along(tmp_path):
    data = base64.b64encode(gif([0])).decode()
    shown = new_output("display_data", {"text/html": f'<img src="data:image/gif;base64,{data}" alt="a">'})
    text = "# Lab\n\n![a](../../assets/01_who_learns_when.svg) [b](../../site/pages/bugs.md#sign) [c](../02_x.ipynb)"
    made = prepared(tmp_path / "labs", text, shown)
    links = re.findall(r"\]\(([^)]+)\)", made.cells[0].source)
    assert links == ["../../_static/gifs/01_who_learns_when.svg", "../../bugs.md#sign", "../02_x.ipynb"]
    assert 'src="../../_static/gifs/' in made.cells[1].outputs[0].data["text/html"]
    copied = tmp_path / "labs" / "01_who_learns_when.svg"
    assert copied.read_bytes() == (ROOT / "assets" / copied.name).read_bytes()


def test_an_old_address_leads_to_the_new_one(tmp_path):
    assert MOVED["lessons/00_distances.html"] == "lessons/labs/distances.html"
    for new in MOVED.values():
        (tmp_path / new).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / new).touch()
    redirect(tmp_path)
    page = (tmp_path / "lessons" / "00_distances.html").read_text("utf-8")
    assert re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page) == ["labs/distances.html"]
    assert re.findall(r'<a href="([^"]+)"', page) == ["labs/distances.html"]
    home = site_address()
    canonical = "labs/distances.html" if home is None else f"{home}lessons/labs/distances.html"
    assert re.findall(r'rel="canonical" href="([^"]+)"', page) == [canonical]
    with pytest.raises(ValueError, match="00_distances"):
        redirect(tmp_path)  # there is a page by now
    (tmp_path / "lessons" / "00_distances.html").unlink()
    (tmp_path / "lessons" / "labs" / "distances.html").unlink()
    with pytest.raises(ValueError, match="labs/distances"):
        redirect(tmp_path)


def gif(frames: list[int]) -> bytes:
    pictures = [Image.new("L", (6, 4), grey) for grey in frames]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def test_a_gif_within_an_output_becomes_a_file_beside_its_last_frame(tmp_path):
    content = gif([0, 100, 250])
    tag = (
        f'<img src="data:image/gif;base64,{base64.b64encode(content).decode()}" width="12" alt="a &lt; b"><p>after</p>'
    )
    found = extract_gifs(tag, tmp_path, "../_static/gifs")
    (path,) = tmp_path.glob("*.gif")
    assert path.read_bytes() == content
    with Image.open(path.with_suffix(".png")) as still:
        assert still.size == (6, 4)
        assert still.getpixel((0, 0))[0] > 240
    for part in (f'src="../_static/gifs/{path.name}"', 'width="12" height="8"', 'alt="a &lt; b"'):
        assert part in found
    assert found.endswith("<p>after</p>")


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
    for name, seconds in (("short", (10.5, 20.25)), ("longer", (10.5, 20.25, 31.0)), ("other", (9.0, 18.0))):
        (tmp_path / "card" / name).mkdir(parents=True)
        rows = "".join(f"{step},{value}\n" for step, value in enumerate(seconds, 1))
        (tmp_path / "card" / name / "history.csv").write_text(f"step,seconds\n{rows}")
    (tmp_path / "card" / "card.json").touch()
    assert _seconds("card") == 31.0 + 18.0
