"""The student edition: solutions are gone, checks accept the true ones and name the mistake of each wrong one."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest

import wgan_utils as wu
from scripts.student_edition import STUDENT, student_edition, without_solution

ROOT = Path(__file__).resolve().parent.parent
LESSONS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
# These are still to get exercises with checks.
WITHOUT = set()


def read(lesson: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)


def tagged(notebook: nbformat.NotebookNode, tag: str) -> list[str]:
    return [cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def exercises(lesson: str) -> list[tuple[str, str]]:
    """The solution and the checks of each exercise."""
    found: list[tuple[str, str]] = []
    for cell in read(lesson).cells:
        if "solution" in cell.metadata.get("tags", []):
            found.append((cell.source, ""))
        elif "check" in cell.metadata.get("tags", []):
            solution, checks = found.pop()
            found.append((solution, f"{checks}\n\n{cell.source}"))
    assert all(checks for _, checks in found)
    return found


def check(answer: str, check: str) -> None:
    """Run an answer and its check with nothing but what a lesson's first cells import."""
    names = {"np": np, "keras": keras, "layers": keras.layers, "ops": keras.ops, "wu": wu}
    exec(answer, names)
    exec(check, names)


ALL = [(lesson, *pair) for lesson in LESSONS for pair in exercises(lesson)]


def wrong_answers() -> list[tuple[str, str, str, str]]:
    """The lesson, the function's name, a wrong answer, and words of the message that it must get."""
    found = []
    for path in sorted((ROOT / "tests" / "wrong_answers").glob("lesson_*.py")):
        (lesson,) = (name for name in LESSONS if name.startswith(path.stem.removeprefix("lesson_")))
        wrong = importlib.import_module(f"tests.wrong_answers.{path.stem}").WRONG
        found += [(lesson, *row) for row in wrong]
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_two_exercises_to_write(lesson):
    solutions = tagged(read(lesson), "solution")
    assert (len(solutions) >= 2) != (lesson in WITHOUT)


@pytest.mark.parametrize(("lesson", "solution", "checked"), ALL, ids=[f"{row[0]}-{n}" for n, row in enumerate(ALL)])
def test_checks_accept_the_solution_and_nothing_less(lesson, solution, checked):
    check(solution, checked)
    with pytest.raises(NotImplementedError):
        check(without_solution(solution), checked)
    defined = re.findall(r"(?:def|class) (\w+)", solution)
    assert [row for row in wrong_answers() if row[0] == lesson and row[1] in defined]


WRONG = wrong_answers()


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "name", "answer", "words"), WRONG, ids=[f"{row[0]}-{row[3]}" for row in WRONG])
def test_checks_name_the_mistake(lesson, name, answer, words):
    ((solution, checked),) = (pair for pair in exercises(lesson) if re.search(rf"(def|class) {name}\b", pair[0]))
    # What the wrong answer does not define, the solution does.
    with pytest.raises(AssertionError, match=re.escape(words)):
        check(f"{solution}\n{answer}", checked)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_student_edition_tells_nothing(lesson):
    original = read(lesson)
    student = student_edition(read(lesson))
    assert [cell.id for cell in student.cells] == [cell.id for cell in original.cells]
    assert not tagged(student, "solution")
    assert tagged(student, "check") == tagged(original, "check")
    assert len(tagged(student, "exercise")) == len(tagged(original, "solution"))
    assert "<summary>Solution" not in json.dumps(student)
    assert not any(cell.get("outputs") for cell in student.cells)


def test_a_solution_keeps_signature_docstring_and_hint():
    source = '''import numpy as np


class Clip(keras.constraints.Constraint):
    """Clip."""

    def __init__(self, c):
        self.c = c

    def __call__(self, w):
        """Weights of any shape."""
        # Hint: there is an op for it.
        # Two lines.
        clipped = 1
        return clipped


def other(x):
    # Hint: guess.
    return x'''
    kept = without_solution(source)
    assert "self.c = c" in kept
    assert '# Two lines.\n        raise NotImplementedError("__call__ is yours to write.")\n\n\ndef other(x):' in kept
    assert kept.endswith('# Hint: guess.\n    raise NotImplementedError("other is yours to write.")')
    assert "clipped" not in kept


@pytest.mark.parametrize(
    ("source", "message"), [("def f():\n    return 1", "has a line '# Hint: "), ("a = 1", "alone, not 'a = 1'")]
)
def test_a_cell_that_is_no_solution_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        without_solution(source)


def test_the_command_writes_all_and_refuses_others():
    command = [sys.executable, "-m", "scripts.student_edition"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert {path.stem for path in STUDENT.glob("*.ipynb")} >= set(LESSONS)
    answer = subprocess.run([*command, "07_none"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "There is no lesson '07_none'" in answer.stderr
