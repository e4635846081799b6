"""A training in a notebook: its figure is drawn anew in its place, an interrupt ends "Run All", and it goes on."""

import nbclient
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.training.running import ROOT, STEPS
from wgan_utils.training.run import Run

SET_UP = """
import os, signal
from tests.training.running import EVERY, STEPS, AtStep, eager_model, tiny_images
from wgan_utils.training.progress import ShowProgress
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

def go(*extra):
    run = Run("{folder}")
    extra += (ShowProgress(run, STEPS, every_seconds=0),)
    train(eager_model(), tiny_images(), run, STEPS, 4, extra_callbacks=extra, show_progress=False, **EVERY)
"""
INTERRUPTED = "go(AtStep(4, lambda model: os.kill(os.getpid(), signal.SIGINT)))"


def run_all(*cells: str) -> list[nbformat.NotebookNode]:
    """Run cells, to the end or the first error; returns them with what they show."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(ROOT)}}
    client = nbclient.NotebookClient(notebook, kernel_name="python3", timeout=300, resources=resources)
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        assert error.ename == "TrainingInterrupted"
    return notebook.cells


@pytest.mark.notebooks
def test_an_interrupt_ends_run_all_a_second_one_resumes_and_the_figure_lives_in_its_place(tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a kernel chooses its own
    set_up = SET_UP.format(folder=tmp_path)
    _, stopped, after = run_all(set_up, INTERRUPTED, "print('on and on')")
    assert [output.output_type for output in stopped.outputs] == ["display_data", "error"]
    assert after.execution_count is None
    np.testing.assert_array_equal(Run(tmp_path).history()["step"], np.arange(1, 5))
    _, resumed = run_all(set_up, "go();")
    (figure,) = resumed.outputs  # of four that were drawn
    assert "image/png" in figure.data
    np.testing.assert_array_equal(Run(tmp_path).history()["step"], np.arange(1, STEPS + 1))
