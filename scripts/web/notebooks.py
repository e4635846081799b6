"""Lessons made ready for the web: no request to another host, alternative texts for figures, set-up folded."""

import ast
import html
import re
import shutil
from pathlib import Path

import nbformat

from scripts.web.address import BADGE, ROOT, TITLE
from scripts.web.gifs import extract_gifs, gif_tag, write_gif

# The set-up that every lesson begins with, where its cell is not tagged for it.
SET_UP = re.compile(r'"google\.colab" in sys\.modules|^run = wu\.lesson\(|^PRESET: str', re.MULTILINE)
ASSET = re.compile(r"!\[([^\]]*)\]\((?:\.\./)+assets/(\w+)\.gif\)")
DIAGRAM = re.compile(r"(!\[[^\]]*\])\((?:\.\./)+assets/(\w+\.svg)\)")
SITE_PAGE = re.compile(r"(?<=\]\()(?:\.\./)+site/pages/(?=\w+\.md)")
PLAYGROUND = re.compile(r"\[([^\]]+)\]\((?:\.\./)+site/playground/page\.md#([\w=&~.]+)\)")
PLANE = """

<link rel="stylesheet" href="{up}_static/playground/style.css">
<div class="pg" data-settings="{settings}"><p>A plane that moves needs JavaScript and a page from a server.</p></div>
<script type="module" src="{up}_static/playground/main.js"></script>"""
PANEL = "The panel that wu.train draws while it trains: the newest samples, and the curves so far."


def prepare(path: Path, gifs: Path) -> nbformat.NotebookNode:
    """Read a stored lesson or lab and change what the web needs otherwise; texts, code and outputs stay.

    Args:
        path: the notebook.
        gifs: the folder that becomes _static/gifs/, for its animations and diagrams.
    """
    notebook = nbformat.read(path, as_version=4)
    up = "../" * (2 if path.parent.name == "labs" else 1)  # from its page to the site's root
    solutions = any("solution" in cell.metadata.get("tags", ()) for cell in notebook.cells)
    notebook.cells[0].source = _links_under_title(notebook.cells[0].source, path, solutions)
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = SITE_PAGE.sub(up, _pictures(_planes(cell.source, up), gifs, f"{up}_static/gifs"))
        elif cell.cell_type == "code":
            _fold(cell)
            _describe_figures(cell, following)
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    output.data["text/html"] = extract_gifs(output.data["text/html"], gifs, f"{up}_static/gifs")
    return notebook


def _pictures(source: str, gifs: Path, static: str) -> str:
    def replace(found: re.Match[str]) -> str:
        size = write_gif((ROOT / "assets" / f"{found[2]}.gif").read_bytes(), found[2], gifs)
        return gif_tag(f"{static}/{found[2]}", found[1], size)

    def copy(found: re.Match[str]) -> str:
        gifs.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "assets" / found[2], gifs / found[2])
        return f"{found[1]}({static}/{found[2]})"

    return DIAGRAM.sub(copy, ASSET.sub(replace, source))


def _planes(source: str, up: str) -> str:
    """Lead links with settings to the playground; below their paragraph stands the first training that they set."""

    def lead(found: re.Match[str]) -> str:
        return f'<a href="{up}playground.html#{html.escape(found[2])}">{found[1]}</a>'

    def place(paragraph: str) -> str:
        plane = ""
        for found in PLAYGROUND.finditer(paragraph):
            first = re.sub(r"trainings=\d", "trainings=1", re.sub(r"~[^&]*", "", found[2]))
            plane += PLANE.format(up=up, settings=html.escape(first))
        return PLAYGROUND.sub(lead, paragraph) + plane

    return "\n\n".join(map(place, source.split("\n\n")))


def _links_under_title(source: str, path: Path, student: bool) -> str:
    """Put links to the notebook and to its student edition under its title, and a plain one to Colab for its badge."""
    links = f"{{download}}`Download the notebook <{path.name}>`"
    if student:
        links += f" {{download}}`Download it without solutions <{path.stem}_student.ipynb>`"
    links += "\n\n"
    if badge := BADGE.search(source):
        links = f'<a class="wu-button" href="{badge[1]}">Open in Colab</a> {links}'
    return TITLE.sub(lambda title: title[0] + links, BADGE.sub("", source))


def _fold(cell: nbformat.NotebookNode) -> None:
    tags = cell.metadata.setdefault("tags", [])
    if "hide-input" not in tags and ("solution" in tags or SET_UP.search(cell.source)):
        tags.append("hide-input")
    if "hide-input" in tags:
        what = "one solution" if "solution" in tags else "the set-up" if SET_UP.search(cell.source) else "the code"
        prompts = {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
        cell.metadata.setdefault("mystnb", {}).update(prompts)


def _describe_figures(cell: nbformat.NotebookNode, following: nbformat.NotebookNode | None) -> None:
    """Give the pictures that a cell shows an alternative text: their captions, or else the paragraph under them."""
    trains = "wu.train(" in cell.source and "plt.show()" not in cell.source
    captions = captions_of(cell.source) or [PANEL] * trains
    drawn = any({"image/png", "image/jpeg"} & {*output.get("data", ())} for output in cell.get("outputs", ()))
    if drawn and not captions and following is not None and following.cell_type == "markdown":
        told = re.sub(r"[*`$\\]", "", following.source.split("\n\n")[0]).replace("\n", " ")
        image = {"alt": told, "classes": "wu-told"}  # it stands below already
    elif captions:
        image = {"alt": " ".join(captions)}
    else:
        return
    cell.metadata.setdefault("mystnb", {})["image"] = image


def captions_of(source: str) -> list[str]:
    """Find the texts given as `caption=`; what is filled in as the cell runs reads as an ellipsis."""
    if "caption" not in source:
        return []
    code = re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    nodes = list(ast.walk(ast.parse(code)))
    values = [keyword.value for keyword in nodes if isinstance(keyword, ast.keyword) and keyword.arg == "caption"]
    named = {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    values = [named.get(value.id, value) if isinstance(value, ast.Name) else value for value in values]
    return [text for text in map(_text, values) if text]


def _text(value: ast.AST) -> str:
    """Read a string out of a constant, an f-string, or several of them joined."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in value.values)
    if isinstance(value, ast.BinOp):
        return _text(value.left) + _text(value.right)
    return ""
