"""Write the student edition: every lesson without its solutions, to be filled in and checked.

    python scripts/student_edition.py                    all lessons, to build/student/
    python scripts/student_edition.py 04_wgan_gp_digits  this one

In a cell tagged `solution` each function that has a `# Hint:` keeps its name, docstring and hint, and loses the rest of
its body. Folded solutions and stored outputs go too; the cells tagged `check`, which name a mistake, stay. Pictures and
pages that a lesson links are copied, to `files/`.
"""

import ast
import os
import re
import runpy
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = runpy.run_path(str(ROOT / "wgan_utils" / "published.py"))["notebooks"]()  # without TensorFlow
STUDENT = ROOT / "build" / "student"
FOLDED = re.compile(r"\n*<details>\s*<summary>Solution.*?</details>\n*", re.DOTALL)
LINK = re.compile(r"(?<=\]\()\.\./[^)#]+")
HINT = "# Hint:"
WELCOME = """*Student edition.* The functions to write raise `NotImplementedError` and carry a hint; the cell after each
checks yours and names the mistake. For an exercise and its check the cell with the imports is enough; running the whole
lesson first may take hours, and stops at the first function that is yours to write. The lesson of the same name has the
solutions."""


def main(lessons: list[str]) -> None:
    """Write the student edition of these lessons, or of all."""
    for name in lessons or NOTEBOOKS:
        if name not in NOTEBOOKS:
            raise SystemExit(f"There is no lesson {name!r}; there are {', '.join(NOTEBOOKS)}.")
        target = STUDENT / NOTEBOOKS[name].relative_to(ROOT / "notebooks")
        target.parent.mkdir(parents=True, exist_ok=True)
        lesson = student_edition(nbformat.read(NOTEBOOKS[name], as_version=4))
        for cell in (cell for cell in lesson.cells if cell.cell_type == "markdown"):
            cell.source = LINK.sub(partial(copied, NOTEBOOKS[name].parent, target.parent), cell.source)
        nbformat.write(lesson, target)
        print(f"Wrote {target.relative_to(ROOT)}.")


def copied(folder: Path, new: Path, link: re.Match) -> str:
    """Return a link of a notebook in `folder` as one in `new` has it; what is no notebook is copied there."""
    file = (folder / link[0]).resolve()
    if file.suffix == ".ipynb":
        return link[0]
    files = STUDENT / "files"
    files.mkdir(exist_ok=True)
    shutil.copy(file, files)
    return os.path.relpath(files / file.name, new)


def student_edition(lesson: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take the solutions and outputs out of a lesson; it is changed in place and returned."""
    lesson.cells[0].source += f"\n\n{WELCOME}"
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub("\n\n", cell.source).strip()
            continue
        cell.outputs, cell.execution_count = [], None
        if "solution" in cell.metadata.get("tags", []):
            cell.source = without_solution(cell.source)
            cell.metadata = nbformat.from_dict({"tags": ["exercise"]})
    nbformat.validate(lesson)
    return lesson


def without_solution(source: str) -> str:
    """Empty the body of each function that has a hint; raises ValueError where there is none.

    What comes before the hint's last line stays: the signature and the docstring.
    """
    lines = source.splitlines()
    hinted = [(node, _end_of_hint(node, lines)) for node in _functions(ast.parse(source))]
    hinted = [(node, end) for node, end in hinted if end is not None]
    if not hinted:
        raise ValueError(f"No function of this solution has a line '{HINT} ...':\n{source}")
    for node, end in reversed(hinted):
        indent = " " * node.body[0].col_offset
        lines[end : node.end_lineno] = [f'{indent}raise NotImplementedError("{node.name} is yours to write.")']
    return "\n".join(lines)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions, and methods of classes, in their order."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (method for method in node.body if isinstance(method, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef):
            yield node
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            raise ValueError(f"A solution holds imports, functions and classes alone, not {ast.unparse(node)!r}.")


def _end_of_hint(node: ast.FunctionDef, lines: list[str]) -> int | None:
    """Find the line after a function's hint, which is a block of comments; None where it has no hint."""
    for number in range(node.lineno, node.end_lineno or 0):
        if lines[number].strip().startswith(HINT):
            while lines[number].strip().startswith("#"):
                number += 1
            return number
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
