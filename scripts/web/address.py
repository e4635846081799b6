"""Where the repository and its pages are: read from pyproject.toml, the one place that says so.

python -m scripts.web.address https://github.com/OWNER/REPO    (make address URL=…) changes it everywhere

The files that repeat it (badges, install lines, CITATION.cff) have to, since they are read by themselves.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What may hold the address: everything a reader or a program reads by itself.
HOLDERS = (
    "pyproject.toml",
    "CITATION.cff",
    "*.md",
    "notebooks/*.ipynb",
    "site/**/*.md",
    ".github/**/*.yml",
    "data/*.md",
)
GITHUB = re.compile(r"https://github\.com/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+?)(?:\.git)?/?")


def repository(root: Path = ROOT) -> str:
    """Return the repository's address: https://github.com/OWNER/REPO."""
    found = re.search(r'^Repository = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise ValueError('pyproject.toml has no line Repository = "…" under [project.urls].')
    return found[1]


def slug(address: str) -> str:
    """Return OWNER/REPO.

    Raises:
        ValueError: the address is not that of a repository on GitHub.
    """
    found = GITHUB.fullmatch(address.strip())
    if not found:
        raise ValueError(f"The address must look like https://github.com/OWNER/REPO, not {address!r}.")
    return f"{found[1]}/{found[2]}"


def site_address(root: Path = ROOT) -> str:
    """Return where GitHub puts the repository's pages: https://OWNER.github.io/REPO/."""
    return _pages(slug(repository(root)))


def _pages(slug: str) -> str:
    owner, name = slug.split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def change(new: str, root: Path = ROOT) -> list[Path]:
    """Put another address in the place of the present one, everywhere; returns the files that changed."""
    old, wanted = slug(repository(root)), slug(new)
    # Only where it is an address: the same words may be a folder's name elsewhere.
    address = re.compile(rf"(github\.com/|/github/){re.escape(old)}(?![\w-])")
    changed = []
    for path in sorted({path for pattern in HOLDERS for path in root.glob(pattern)}):
        before = path.read_text("utf-8")
        after = address.sub(rf"\g<1>{wanted}", before.replace(_pages(old), _pages(wanted)))
        if after != before:
            path.write_text(after, "utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit("Say where the repository is: make address URL=https://github.com/OWNER/REPO")
    try:
        print(*(path.relative_to(ROOT) for path in change(sys.argv[1])), sep="\n")
    except ValueError as error:
        sys.exit(str(error))
