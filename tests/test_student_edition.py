"""The student edition: solutions and outputs are gone, checks stay."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from scripts.student_edition import NOTEBOOKS, STUDENT, student_edition, without_solution

ROOT = Path(__file__).resolve().parent.parent


def tagged(notebook: nbformat.NotebookNode, tag: str) -> list[str]:
    return [cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("path", NOTEBOOKS.values(), ids=lambda path: path.stem)
def test_the_student_edition_tells_nothing(path):
    original = nbformat.read(path, as_version=4)
    student = student_edition(nbformat.read(path, as_version=4))
    assert [cell.id for cell in student.cells] == [cell.id for cell in original.cells]
    assert not tagged(student, "solution")
    assert tagged(student, "check") == tagged(original, "check")
    assert len(tagged(student, "exercise")) == len(tagged(original, "solution"))
    assert "<summary>Solution" not in json.dumps(student)
    assert not any(cell.get("outputs") for cell in student.cells)


def test_a_solution_keeps_signature_docstring_and_hint():
    kept = '''class Clip:
    def __init__(self, c):
        self.c = c

    def __call__(self, w):
        """Weights of any shape."""
        # Hint: there is an op for it.
        # Two lines.
        '''
    student = without_solution(f"{kept}clipped = 1\n        return clipped")
    assert student == f'{kept}raise NotImplementedError("__call__ is yours to write.")'
    for no_solution in ("def f():\n    return 1", "a = 1"):
        with pytest.raises(ValueError):
            without_solution(no_solution)


def test_the_command_writes_all():
    subprocess.run([sys.executable, "-m", "scripts.student_edition"], cwd=ROOT, check=True, capture_output=True)
    written = [path for path in STUDENT.rglob("*.ipynb") if path.stem in NOTEBOOKS]  # an older edition's stay, too
    assert len(written) == len(NOTEBOOKS)
    for path in written:
        text = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
        linked = [link for link in re.findall(r"\]\(([^):#]+)", text) if "/" in link]
        assert not [link for link in linked if not (path.parent / link).exists()]
