"""`make run`: what it says while a lesson runs, what it passes on, and that it leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from scripts import run_lesson
from scripts.run_lesson import main

SLEEPS = """
from pathlib import Path
import time
Path("began").touch()
try:
    time.sleep(100)
finally:
    Path("interrupted").touch()
"""
# The script, with one lesson that sleeps.
PROGRAM = """
import sys
from pathlib import Path
from scripts import run_lesson
run_lesson.LESSONS = {"sleeps": Path("sleeps.ipynb")}
sys.exit(run_lesson.main(["sleeps", "-p", "OUTPUT_DIR", "out"]))
"""


def write_lesson(path: Path, *cells: nbformat.NotebookNode) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=[*cells], metadata={"kernelspec": kernel}), path)


@pytest.mark.notebooks
def test_an_error_is_one_sentence_and_the_status_says_so(tmp_path, monkeypatch, capfd):
    error = 'class ParameterError(ValueError): pass\nraise ParameterError(f"X is {X}")'
    cells = [new_code_cell("X = 1", metadata={"tags": ["parameters"]}), new_code_cell(error)]
    write_lesson(tmp_path / "fails.ipynb", *cells)
    monkeypatch.setattr(run_lesson, "LESSONS", {"fails": tmp_path / "fails.ipynb"})
    monkeypatch.setattr(run_lesson, "pass_signals_on", list)
    assert main(["fails", "-p", "X", "7", "-p", "OUTPUT_DIR", str(tmp_path / "out")]) == 1
    assert capfd.readouterr().err == "X is 7\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.notebooks
@pytest.mark.skipif(os.name != "posix", reason="Signals are POSIX.")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_whatever_ends_it_no_kernel_is_left(tmp_path, name):
    """Started with SIGINT ignored, as a shell starts a command in the background."""
    write_lesson(tmp_path / "sleeps.ipynb", new_code_cell(SLEEPS))
    path = os.pathsep.join([str(run_lesson.ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        until(lambda: (tmp_path / "began").exists(), 60)
        kernels = psutil.Process(process.pid).children(recursive=True)
        assert kernels
        process.send_signal(getattr(signal, name))
        until(lambda: not [kernel for kernel in kernels if kernel.is_running()], 20)
        assert process.wait(10) == (-9 if name == "SIGKILL" else 128 + getattr(signal, name))
        assert (tmp_path / "interrupted").exists() == (name != "SIGKILL")
    finally:
        process.kill()
        process.wait()


def until(condition, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.1)
