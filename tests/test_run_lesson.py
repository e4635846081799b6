"""`make run`: what it says of a lesson that fails; tests/test_left_behind.py ends it."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from scripts import run_lesson
from scripts.run_lesson import main


@pytest.mark.notebooks
def test_an_error_is_one_sentence_and_the_status_says_so(tmp_path, monkeypatch, capfd):
    error = 'class ParameterError(ValueError): pass\nraise ParameterError(f"X is {X}")'
    cells = [new_code_cell("X = 1", metadata={"tags": ["parameters"]}), new_code_cell(error)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "fails.ipynb")
    monkeypatch.setattr(run_lesson, "LESSONS", {"fails": tmp_path / "fails.ipynb"})
    monkeypatch.setattr(run_lesson, "pass_signals_on", list)
    assert main(["fails", "-p", "X", "7", "-p", "OUTPUT_DIR", str(tmp_path / "out")]) == 1
    assert capfd.readouterr().err == "X is 7\n"
    assert not (tmp_path / "out").exists()
