"""How lessons are made ready for the web, and what the gallery says of them."""

import base64
import io
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from scripts.web.address import ROOT, badge, site_address
from scripts.web.build import MOVED, redirect
from scripts.web.gifs import extract_gifs, write_gif
from scripts.web.lessons import _seconds, labs, lessons
from scripts.web.notebooks import WIDGET, captions_of, prepare
from wgan_utils.published import notebooks

NOTEBOOKS = [*notebooks().values()]
# What makes a browser ask another host: pictures, scripts, styles. A link does not.
FOREIGN = re.compile(r"!\[[^\]]*\]\(https?:|<(?:img|script|iframe|link|source|video)[^>]+(?:src|href)=[\"']https?:")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_asks_nothing_of_another_host_and_describes_its_figures(path, tmp_path):
    notebook = prepare(path, tmp_path)
    for cell in notebook.cells:
        assert not FOREIGN.search(cell.source)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            assert WIDGET not in data
            html = data.get("text/html", "")
            assert not FOREIGN.search(html)
            assert "data:image/gif" not in html
            assert all(re.search(r'alt="[^"]+"', tag) for tag in re.findall(r"<img[^>]*>", html))
            if {"image/png", "image/jpeg"} & set(data):
                assert cell.metadata["mystnb"]["image"]["alt"].strip(), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_and_outputs_stay_and_set_up_is_folded(path, tmp_path):
    notebook, stored = prepare(path, tmp_path), nbformat.read(path, as_version=4)
    pairs = [pair for pair in zip(notebook.cells, stored.cells, strict=True) if pair[1].cell_type == "code"]
    assert all(now.source == then.source for now, then in pairs)
    assert all(now.outputs or not then.outputs or WIDGET in str(then.outputs) for now, then in pairs)
    folded = [now for now, _ in pairs if "hide-input" in now.metadata.tags]
    assert len([cell for cell in folded if "google.colab" in cell.source or "PRESET: str" in cell.source]) == 2


@pytest.mark.parametrize(
    ("source", "captions"),
    [
        ('wu.plot_images(x, caption="Real drawings.")', ["Real drawings."]),
        ('wu.plot_images(\n    x,\n    caption="One "\n    "two.",\n)', ["One two."]),
        ('wu.plot_losses(h, caption=f"Digit {DIGIT} at {step:,}.")', ["Digit … at …."]),
        ('caption = "Named."\ndisplay(wu.plot_images(x, caption=caption))', ["Named."]),
        ('%pip install x\nwu.plot_points(a, b, caption="After a magic.")', ["After a magic."]),
        ('if a:\n    %pip install x\nwu.plot_points(a, b, caption="Indented magic.")', ["Indented magic."]),
        ("wu.plot_points(a, b)", []),
    ],
)
def test_captions_are_read_off_the_code(source, captions):
    assert captions_of(source) == captions


@pytest.mark.parametrize("link", ["https://colab.research.google.com/x", None])
def test_links_stand_under_the_title_and_a_widget_goes(tmp_path, link):
    widget = new_output("display_data", {WIDGET: {"model_id": "1"}, "text/plain": "Picker()"})
    text = new_output("stream", name="stdout", text="still here")
    first = new_markdown_cell(badge("# Title\n\nMore.", link))
    cells = [first, new_code_cell("show()", outputs=[widget, text])]
    nbformat.write(new_notebook(cells=cells), tmp_path / "lesson.ipynb")
    made = prepare(tmp_path / "lesson.ipynb", tmp_path)
    source = made.cells[0].source
    assert "badge.svg" not in source
    assert re.findall(r'href="([^"]+)"', source) == [link] * (link is not None)
    assert "<lesson.ipynb>" in source
    assert source.startswith("# Title\n\n")
    assert source.endswith("\n\nMore.")
    assert [output.output_type for output in made.cells[1].outputs] == ["stream"]


def test_a_diagram_goes_along(tmp_path):
    made = prepare(ROOT / "notebooks" / "01_gan_camels.ipynb", tmp_path)
    names = re.findall(r"!\[[^\]]+\]\(\.\./_static/gifs/(\w+\.svg)\)", "\n".join(cell.source for cell in made.cells))
    assert names == ["01_who_learns_when.svg"]
    assert (tmp_path / names[0]).read_bytes() == (ROOT / "assets" / names[0]).read_bytes()


def test_a_lab_lies_one_folder_deeper(tmp_path):
    (tmp_path / "labs").mkdir()
    data = base64.b64encode(gif([0])).decode()
    shown = new_output("display_data", {"text/html": f'<img src="data:image/gif;base64,{data}" alt="a">'})
    text = "# Lab\n\n![a](../../assets/01_who_learns_when.svg) [b](../../site/pages/bugs.md#sign) [c](../02_x.ipynb)"
    cells = [new_markdown_cell(text), new_code_cell("show()", outputs=[shown])]
    nbformat.write(new_notebook(cells=cells), tmp_path / "labs" / "one.ipynb")
    made = prepare(tmp_path / "labs" / "one.ipynb", tmp_path)
    links = re.findall(r"\]\(([^)]+)\)", made.cells[0].source)
    assert links == ["../../_static/gifs/01_who_learns_when.svg", "../../bugs.md#sign", "../02_x.ipynb"]
    assert 'src="../../_static/gifs/' in made.cells[1].outputs[0].data["text/html"]


def test_every_lab_is_listed_with_its_lesson_and_question():
    found = labs()
    assert sorted(lab.stem for lab in found) == [path.stem for path in NOTEBOOKS if path.parent.name == "labs"]
    numbers = [lesson.number for lesson in lessons()]
    assert all(lab.lesson in numbers and lab.question.endswith("?") for lab in found)


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


def test_a_gif_stands_beside_its_last_frame(tmp_path):
    assert write_gif(gif([0, 100, 250]), "a", tmp_path) == (6, 4)
    assert (tmp_path / "a.gif").read_bytes() == gif([0, 100, 250])
    with Image.open(tmp_path / "a.png") as still:
        assert still.getpixel((0, 0))[0] > 240


def test_a_gif_within_an_output_becomes_a_file_of_the_same_size_and_text(tmp_path):
    data = base64.b64encode(gif([0, 250])).decode()
    tag = f'<img src="data:image/gif;base64,{data}" width="12" style="max-width: 100%" alt="a &lt; b"><p>after</p>'
    found = extract_gifs(tag, tmp_path, "../_static/gifs")
    (path,) = tmp_path.glob("*.gif")
    assert f'src="../_static/gifs/{path.name}"' in found
    assert 'width="12" height="8"' in found
    assert 'alt="a &lt; b"' in found
    assert found.endswith("<p>after</p>")


def test_the_gallery_has_every_lesson_with_numbers_from_its_run():
    found = lessons()
    assert [lesson.stem for lesson in found] == [path.stem for path in NOTEBOOKS if path.parent.name != "labs"]
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
