"""Tables that pages include: measured by a program, and stored as text with the hash of that program."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from scripts.web.address import ROOT

FOLDER = ROOT / "site" / "figures"
SEEDS = (0, 1, 2)
TOYS = ("examples/what_breaks/toy.py", "scripts/web/measured.py")
PART = re.compile(r"<!-- (\S+) -->\n\n(.+?)\n\n<!-- end \1 -->", re.DOTALL)


def mean_and_range(values: list[float], digits: int = 2) -> str:
    """Say the mean of a few seeds, and the smallest and largest."""
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table as Markdown has it."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def made_by(page: str) -> str:
    """Hash the program behind a page's tables, and what it builds them of."""
    files = (*TOYS, f"scripts/web/{page}.py")
    return hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in files)).hexdigest()


def stored(page: str, folder: Path = FOLDER) -> tuple[str, dict[str, str]]:
    """Read the hash of the program that measured a page's tables, and the tables by name."""
    text = (folder / f"{page}.txt").read_text("utf-8")
    return text.splitlines()[0].split()[-1], dict(PART.findall(text))


def store(page: str, measures: Mapping[str, Callable[[], str]]) -> None:
    """Measure everything, and store it beside the site's figures."""
    parts = [f"Measured by scripts/web/{page}.py, SHA-256 {made_by(page)}"]
    for name, measure in measures.items():
        started = time.monotonic()
        found = measure()
        print(f"{name}: {time.monotonic() - started:.0f} s\n{found}", flush=True)
        parts.append(f"<!-- {name} -->\n\n{found}\n\n<!-- end {name} -->")
    (FOLDER / f"{page}.txt").write_text("\n\n".join(parts) + "\n", "utf-8")
