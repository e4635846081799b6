"""The lessons as most people run them: in JupyterLab, by "Run All Cells", at the smoke preset."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser.looking import ROOT, screenshot
from tests.kernel_stderr import HARMLESS_LINE
from wgan_utils.published import notebooks

NOTEBOOKS = [*notebooks().values()]
BIN = Path(os.environ.get("WGAN_BIN", ROOT / ".venv" / "bin"))  # of the environment with JupyterLab and TensorFlow
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    # All cells are in the page, also those that are scrolled out of sight.
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
}
MINUTES = 60_000  # in milliseconds
PATIENCE = 20 * MINUTES  # with a free machine each lesson takes one
# A folded cell has a placeholder without a number.
PROMPTS = (
    "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)')]"
    ".map(e => e.textContent.trim())"
)
# JupyterLab shows a traceback as either; a lesson has nothing else to say there.
ERRORS = (
    '[...document.querySelectorAll(\'[data-mime-type$="jupyter.error"], [data-mime-type$="jupyter.stderr"]\')]'
    f".map(e => e.textContent.replace(/{HARMLESS_LINE}/gm, '')).filter(t => t.trim())"
)
PICTURE = ".jp-OutputArea-output img"
PICTURES = f"[...document.querySelectorAll('{PICTURE}')].map(e => e.src)"
STEPS = 3000  # at smoke: enough for the panel to be renewed twice before an interrupt


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of its own: its address, and the folder it shows."""
    folder, home = tmp_path_factory.mktemp("lessons"), tmp_path_factory.mktemp("jupyter")
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    environment = {**os.environ, **own, "PYTHONPATH": str(ROOT), "WGAN_OFFLINE": "1", "KERAS_BACKEND": "tensorflow"}
    environment.pop("MPLBACKEND", None)  # the tests' own, with which a kernel would show no figure
    options = [f"--port={port}", "--no-browser", "--allow-root", "--IdentityProvider.token=t"]
    command = [str(BIN / "jupyter"), "lab", f"--ServerApp.root_dir={folder}", *options]
    address = f"http://127.0.0.1:{port}"
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/api?token=t", timeout=2).close()
                    break
                except OSError:
                    assert server.poll() is None, (home / "log").read_text()
                    time.sleep(0.5)
            yield address, folder
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:  # on a busy machine a kernel that has not started keeps it for minutes
                server.kill()
                server.wait()


def put(lesson: Path, folder: Path, **parameters: Any) -> Path:
    """Put a lesson with parameters into JupyterLab's folder, as if it had never been run."""
    target = folder / lesson.name
    given = [word for name, value in parameters.items() for word in ("-p", name, str(value))]
    prepare = [str(BIN / "papermill"), "--prepare-only", str(lesson), str(target), *given]
    subprocess.run(prepare, check=True, capture_output=True)
    notebook = nbformat.read(target, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, target)
    return target


@pytest.fixture
def desk(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(5 * MINUTES)
    yield context.new_page()
    context.close()


def start(page: Any, lab: tuple[str, Path], lesson: Path, **parameters: Any) -> list[str]:
    """Open a lesson and run all its cells; returns what their prompts say at the end.

    The page calls a kernel idle before it is connected, and forgets what it is asked to run then: ask the server.
    """
    address, folder = lab
    notebook = put(lesson, folder, PRESET="smoke", OUTPUT_DIR=folder / "runs", **parameters)
    code = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    folded = [cell.metadata.get("jupyter", {}).get("source_hidden", False) for cell in code]
    expected = [str(number) for number, hidden in enumerate(folded, 1) if not hidden]
    page.goto(f"{address}/lab/tree/{lesson.name}?reset&token=t")
    page.wait_for_function(f"{PROMPTS}.length === {len(expected)}")
    for _ in range(600):
        with urllib.request.urlopen(f"{address}/api/sessions?token=t", timeout=30) as answer:
            kernels = [session["kernel"] for session in json.load(answer) if session["path"] == lesson.name]
        if [kernel for kernel in kernels if kernel["execution_state"] == "idle" and kernel["connections"]]:
            break
        page.wait_for_timeout(500)
    else:
        pytest.fail(f"No kernel of {lesson.name} was connected and idle in five minutes: {kernels}")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    run_all(page)
    return expected


def choose(page: Any, menu: str, item: str) -> None:
    """Click an entry of a menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{item}")).click()  # its shortcut follows


def run_all(page: Any) -> None:
    """Run all cells; on a busy machine the kernel may look idle before it listens, and then nothing begins."""
    before = numbers(page)  # none in a fresh notebook, those of the first run at the second
    for _ in range(3):
        choose(page, "Run", "Run All Cells")
        for _ in range(60):
            if numbers(page) != before:
                return
            page.wait_for_timeout(250)
    pytest.fail("Run All Cells was chosen three times, and no cell began.")


def numbers(page: Any) -> list[str]:
    """The cells' prompts: numbers, '*' while they wait or run, '' before."""
    return [re.sub(r"[\[\]: ]", "", text) for text in page.evaluate(PROMPTS)]


def finish(page: Any) -> None:
    """Wait until every cell has run, and none of them with an error."""
    page.wait_for_function(f"{PROMPTS}.every(t => /\\d/.test(t)) || {ERRORS}.length", timeout=PATIENCE)
    assert page.evaluate(ERRORS) == []


@pytest.mark.slow
@pytest.mark.parametrize("lesson", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_all_finishes_without_an_error(desk, lab, lesson):
    expected = start(desk, lab, lesson)
    finish(desk)
    assert numbers(desk) == expected
    outputs = [output for cell in nbformat.read(lesson, as_version=4).cells for output in cell.get("outputs", ())]
    drawn = sum("image/png" in output.get("data", ()) for output in outputs)
    desk.wait_for_function(f"{PICTURES}.length >= {min(5, drawn)}")  # they are drawn a little later
    desk.locator(PICTURE).nth(min(3, drawn - 1)).scroll_into_view_if_needed()
    screenshot(desk, f"jupyterlab-{lesson.stem}")


@pytest.mark.slow
def test_the_panel_is_alive_an_interrupt_stops_run_all_and_a_second_one_resumes(desk, lab):
    """Of one lesson, for all: the panel, the interrupt and the resuming are `wu.train`'s."""
    lesson = ROOT / "notebooks" / "02_wgan_clipping_sevens.ipynb"
    expected = start(desk, lab, lesson, STEPS=STEPS, RUN_NAME="mine")
    run = lab[1] / "runs" / lesson.stem / "mine"
    seen: dict[int, set[str]] = {}
    while max(map(len, seen.values()), default=0) < 2:  # one picture, renewed in its place
        for place, source in enumerate(desk.evaluate(PICTURES)):
            seen.setdefault(place, set()).add(source)
        assert not desk.evaluate(ERRORS)
        assert "" in numbers(desk) or "*" in numbers(desk), "It ended before the panel was renewed."
        desk.wait_for_timeout(1000)
    choose(desk, "Kernel", "Interrupt Kernel")
    desk.wait_for_function(f"{ERRORS}.length > 0")
    assert "TrainingInterrupted" in desk.evaluate(ERRORS)[0]
    desk.wait_for_function(f"!{PROMPTS}.some(t => t.includes('*'))")
    assert len([number for number in numbers(desk) if number]) < len(expected)
    rows = len((run / "history.csv").read_text().splitlines()) - 1
    assert 0 < rows < STEPS
    assert not (run / "metrics.json").exists()

    run_all(desk)
    desk.wait_for_function(f"{PROMPTS}.every(t => /\\d/.test(t)) && {ERRORS}.length === 0", timeout=PATIENCE)
    steps_written = [line.split(",")[0] for line in (run / "history.csv").read_text().splitlines()[1:]]
    assert steps_written == [str(i) for i in range(1, STEPS + 1)]
    assert (run / "metrics.json").exists()
    assert f"step {rows}." in desk.evaluate("document.querySelector('.jp-Notebook').innerText")
