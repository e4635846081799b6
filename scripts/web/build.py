"""Lay out the site's sources in build/site/source, and let Sphinx make pages of them in build/site/html.

python -m scripts.web.build    (make site) in the site's environment; needs no network

A folder site/<name>/ with a page.md becomes the page <name>.html.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from filelock import FileLock

from scripts.student_edition import student_edition
from scripts.web.address import ROOT, site_address
from scripts.web.figures import draw_measured, draw_shipped
from scripts.web.generated import generated_pages
from scripts.web.mathjax import copy_mathjax
from scripts.web.notebooks import prepare
from wgan_utils.published import notebooks

SITE = ROOT / "site"
NOT_COPIED = ("*.md", "*.py", "*test*", "__pycache__")
# Pages that have moved, old address → new one.
MOVED = {"lessons/00_distances.html": "lessons/labs/distances.html"}
ELSEWHERE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<meta http-equiv="refresh" content="0; url={link}">
<link rel="canonical" href="{canonical}">
</head>
<body><h1>This page has moved</h1><p>It is <a href="{link}">here</a> now.</p></body>
</html>
"""


def main() -> None:
    """Build everything anew; where another process is at it, wait until it has done."""
    lock = ROOT / "build" / "site.lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock):
        build()


def build() -> None:
    """Let Sphinx make the pages; a warning is an error."""
    started = time.monotonic()
    source, html = ROOT / "build" / "site" / "source", ROOT / "build" / "site" / "html"
    for folder in (source, html):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out(source)
    options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(SITE), "-d", str(source.parent / "doctrees")]
    made = subprocess.run([sys.executable, "-m", "sphinx", *options, str(source), str(html)])
    if made.returncode:
        sys.exit("The site has not been made: every warning above is an error here.")
    redirect(html)
    pages = list(html.rglob("*.html"))
    size = sum(path.stat().st_size for path in html.rglob("*") if path.is_file())
    print(
        f"{len(pages)} pages, {size / 1e6:.1f} MB, in {time.monotonic() - started:.0f} s: "
        f"{html.relative_to(ROOT)}. Look at them with make site-serve."
    )


def redirect(html: Path) -> None:
    """Leave a page at each old address that leads to the new one.

    Raises:
        ValueError: there is a page at the old address, or none at the new one.
    """
    for old, new in MOVED.items():
        if (html / old).exists() or not (html / new).exists():
            raise ValueError(f"MOVED in scripts/web/build.py says that {old} is now {new}: one of them is wrong.")
        link = os.path.relpath(new, Path(old).parent).replace(os.sep, "/")
        home = site_address()
        canonical = link if home is None else home + new
        (html / old).write_text(ELSEWHERE.format(link=link, canonical=canonical), "utf-8")


def lay_out(source: Path) -> None:
    """Copy and generate what Sphinx reads."""
    shutil.copytree(SITE / "pages", source)
    shutil.copytree(SITE / "static", source / "_static")
    shutil.copytree(SITE / "figures", source / "figures")
    for package in ("wgan_utils", "examples", "benchmarks"):  # for the pages that quote from them
        code = shutil.ignore_patterns("shipped", "trials", "weights", "__pycache__")
        shutil.copytree(ROOT / package, source / "code" / package, ignore=code)
    draw_shipped(source / "figures")
    draw_measured(source / "figures")
    for notebook in notebooks().values():
        page = source / "lessons" / notebook.relative_to(ROOT / "notebooks")
        page.parent.mkdir(parents=True, exist_ok=True)
        student = student_edition(nbformat.read(notebook, as_version=4))
        if any("exercise" in cell.metadata.get("tags", ()) for cell in student.cells):
            nbformat.write(student, page.with_name(f"{page.stem}_student.ipynb"))
        nbformat.write(prepare(notebook, source / "_static" / "gifs"), page)
    copy_mathjax(source / "_static" / "mathjax")
    own = sorted(SITE.glob("*/page.md"), reverse=True)  # the playground before the explorer
    for page in own:
        _lay_out_own_page(page.parent, source)
    for name, text in generated_pages([page.parent for page in own], source / "_static").items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")


def _lay_out_own_page(folder: Path, source: Path) -> None:
    """Take over a page that brings its own script: explorer, playground."""
    static = source / "_static" / folder.name
    shutil.copytree(folder, static, ignore=shutil.ignore_patterns(*NOT_COPIED))
    if (folder / "prepare.py").exists():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, str(folder / "prepare.py"), str(static)], check=True, env=environment)
    html = []
    if (static / "style.css").exists():
        html.append(f'<link rel="stylesheet" href="_static/{folder.name}/style.css">')
    html.append(f'<script type="module" src="_static/{folder.name}/main.js"></script>')
    text = (folder / "page.md").read_text("utf-8")
    (source / f"{folder.name}.md").write_text(text + "\n\n```{raw} html\n" + "\n".join(html) + "\n```\n", "utf-8")


if __name__ == "__main__":
    main()
