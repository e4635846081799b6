"""Every notebook: its stored form, re-execution against the stored outputs, and runs with other parameters."""

import datetime
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from sweeps.__main__ import Run as Swept
from wgan_utils.published import LESSONS as TABLE
from wgan_utils.published import notebooks
from wgan_utils.training.run import Run

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [*notebooks().values()]
LABS = [path for path in NOTEBOOKS if path.parent.name == "labs"]
LESSONS = [path for path in NOTEBOOKS if path not in LABS]
# The start of a path that exists on one machine only.
ABSOLUTE_PATH = re.compile(r"(?<![\w./])/(?:home|root|tmp|Users|work|var|opt)/|[A-Z]:\\\\")

# Each lesson is executed at every push, and two of the labs: each day the next two. `make test-all` executes them all.
DAY = datetime.date.today().toordinal()
TODAY = LESSONS + [LABS[(2 * DAY + i) % len(LABS)] for i in range(2)]

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def run(arguments: list[str], cwd: Path) -> str:
    """Run a module of this environment offline; returns everything it printed."""
    environment = {**os.environ, "WGAN_OFFLINE": "1"}
    environment.pop("MPLBACKEND", None)  # the tests' own, with which a kernel would show no figure
    answer = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    output = answer.stdout + answer.stderr
    assert answer.returncode == 0, output[-4000:]
    return output


@every_notebook
def test_is_stored_as_executed_and_clean(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = code_cells(path)
    assert cells[0].metadata.tags == ["parameters"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert path not in LABS or len(cells) <= 15
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert path.stat().st_size < 2_000_000
    # Base64 pictures may hold any letters, so only text is looked at.
    texts = [cell.source for cell in notebook.cells]
    texts += ["".join(o.get("text", "")) + o.get("data", {}).get("text/plain", "") for o in outputs]
    assert not [text for text in texts if ABSOLUTE_PATH.search(text)]
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    # A page shows 88 letters of a line, and a cell that fits on a screen: a class with its whole step does.
    lines = [cell.source.splitlines() for cell in cells]
    assert max(map(len, lines)) <= 30
    assert not [line for source in lines for line in source if len(line) > 88]
    checked = [cell for cell in cells if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert checked
    assert all(cell.outputs for cell in checked)


@every_notebook
def test_its_links_to_other_files_lead_somewhere(path):
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", "\n".join(texts))
    assert not [link for link in links if not (path.parent / link).exists()]


MIXED = {"PRECISION": "mixed_bfloat16"}
# By notebook: parameters of its own, and the data set's name; None for a lab that keeps no training.
OTHER_PARAMETERS = {
    "01_gan_camels": ({"CATEGORY": "cat", "TRIAL_STEPS": 2, **MIXED}, "quickdraw/cat"),
    "02_wgan_clipping_sevens": ({"DIGIT": 5}, "mnist"),
    "03_wgan_clipping_horses": ({"CLIP_VALUE": 0.1}, "cifar10"),
    "04_wgan_gp_digits": ({"LAMBDA": 5, "TRIAL_STEPS": 2, "CLIP_STEPS": 1, **MIXED}, "mnist"),
    "05_gan_vs_wgan_gp": ({"LAMBDA": 5}, "mnist"),
    "06_wgan_gp_faces": ({"LAMBDA": 5, **MIXED}, "celeba"),
    "07_your_own_images": ({"LAMBDA": 5, **MIXED}, "heads"),
    "checkerboard": ({"ARM": "upsampling"}, "celeba"),
    "clipping": ({"LAMBDA": 5.0}, None),
    "critics": ({"LAMBDA": 5, "SEEDS": 2}, None),
    "distances": ({"SEEDS": 1}, None),
    "collapse": ({"ARM": "WGAN-GP 1:1", "LAMBDA": 5}, "ring_of_gaussians"),
    "metrics": ({"SEEDS": 1}, None),
    "published_recipe": ({"ARM": "no BatchNorm"}, "mnist"),
    "vae": ({"LEARNING_RATE": 1e-3}, None),
}
# What a lesson may say on stderr with nothing being wrong: how far it is, where pictures take seconds to be read.
HARMLESS_LINE = r"^(?:[ \t]*reading pictures.*|.*Kernel is running over TCP without encryption.*)$"
# Given to nbval, which keeps no outputs: a cell that says something on stderr is an error.
STDERR_IS_AN_ERROR = f"""
import re
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    yield  # only then: the following cells are executed all the same
    said = [out.text for out in item.test_outputs or () if out.get("name") == "stderr"]
    said = re.sub({HARMLESS_LINE!r}, "", "".join(said).replace("\\r", "\\n"), flags=re.MULTILINE)
    assert not said.strip(), said
"""


def nbval(path: Path) -> str:
    """Execute a notebook in its folder and compare its checked cells; returns what pytest printed."""
    (path.parent / "pytest.ini").write_text("[pytest]\n")
    (path.parent / "conftest.py").write_text(STDERR_IS_AN_ERROR)
    options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600", "-p", "no:cacheprovider"]
    return run(["pytest", "-q", "-c", "pytest.ini", *options, path.name], path.parent)


@pytest.mark.notebooks
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if path in TODAY else pytest.mark.slow, id=path.stem) for path in NOTEBOOKS],
)
def test_reproduces_its_stored_outputs_with_other_parameters_from_any_folder(path, tmp_path):
    """nbval re-executes a small version and compares the checked cells, which no parameter changes, with the stored."""
    own, data = OTHER_PARAMETERS[path.stem]
    common = {"PRESET": "smoke", "STEPS": 3, "BATCH_SIZE": 9, "SEED": 4, "OUTPUT_DIR": "here"}
    parameters = own | {name: value for name, value in common.items() if name in TABLE[path.stem].parameters}
    given = [word for name, value in parameters.items() for word in ("-p", name, str(value))]
    run(["papermill", "--prepare-only", str(path), path.name, *given], tmp_path)
    output = nbval(tmp_path / path.name)
    assert f"{len(code_cells(path)) + 1} passed" in output  # and the injected cell

    (folder,) = (tmp_path / "here" / path.stem).iterdir()
    config = json.loads((folder / "config.json").read_text())
    asked = config["parameters"]
    of_the_winner = ("SEED", "STEPS") if "METHOD" in asked else ()  # lesson 05's run is one of its trainings
    assert {name: asked[name] for name in parameters if name not in of_the_winner} == {
        name: value for name, value in parameters.items() if name not in of_the_winner
    }
    assert config["environment"]["versions"]["keras"]
    report, row = json.loads((folder / "metrics.json").read_text()), Swept(path, folder, asked).row("done")
    assert report
    assert all(row[id] == metric["value"] for id, metric in report.get("metrics", {}).items())  # in a sweep's table
    if data is None:
        return
    assert config["data"]["name"] == data
    assert config["setup"]["batch_size"] == 9
    steps = asked["STEPS"]
    rows = (folder / "history.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["step", *map(str, range(1, steps + 1))]
    assert (folder / "training.gif").exists() == (path in LESSONS)


# Some lessons train nothing that could ship: they declare no TRAIN. One stands for all where time matters.
WITH_TRAINING = [path for path in NOTEBOOKS if re.search("^TRAIN: ", code_cells(path)[0].source, re.MULTILINE)]
ONE = "02_wgan_clipping_sevens"


@pytest.mark.notebooks
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if path.stem == ONE else pytest.mark.slow, id=path.stem) for path in WITH_TRAINING],
)
def test_can_be_read_without_training(path, tmp_path):
    """TRAIN=False fills the run from what ships with the library, whatever the preset, and trains nothing."""
    given = ["-p", "TRAIN", "False", "-p", "PRESET", "smoke", "-p", "OUTPUT_DIR", "here"]
    run(["papermill", "--no-progress-bar", str(path), "out.ipynb", *given], tmp_path)
    (folder,) = (tmp_path / "here" / path.stem).iterdir()
    assert folder.name.startswith("shipped_")
    assert not list(folder.rglob("checkpoints/*"))
    assert json.loads((folder / "metrics.json").read_text())["metrics"]


TRAINING = """
import wgan_utils as wu
from tests.tiny import tiny_images, tiny_model

run = wu.Run("here", {"STEPS": 400})
model = tiny_model("gan", dense=True)
history = wu.train(model, tiny_images(), run, steps=400, batch_size=4)
"""


@pytest.mark.notebooks
def test_an_interrupt_stops_run_all_and_keeps_what_was_trained(tmp_path, monkeypatch):
    """As in JupyterLab: no cell after the training judges half of one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the kernel's; it starts in another folder
    cells = [nbformat.v4.new_code_cell(text) for text in (TRAINING, "run.write_json('judged.json', {})")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    run = Run(tmp_path / "here")

    def interrupt_at_step_five() -> None:
        while len(run.history().get("step", ())) < 5:
            time.sleep(0.02)
        os.kill(client.km.provisioner.process.pid, signal.SIGINT)

    threading.Thread(target=interrupt_at_step_five, daemon=True).start()
    with pytest.raises(CellExecutionError) as raised:
        client.execute()
    assert raised.value.ename == "TrainingInterrupted"
    assert 5 <= run.last_checkpoint_step() < 400
    assert not (run.folder / "judged.json").exists()
