"""Sweeps that are interrupted and killed, and sweeps on clusters: each in processes that load the whole library."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.toy_lesson import runs_of, toy_lesson
from wgan_utils.runs.cores import core_numbers
from wgan_utils.training.run import RunBusy, only_writer
from wgan_utils.training.sweep import sweep


@pytest.fixture
def toy(tmp_path) -> Path:
    return toy_lesson(tmp_path)


PROGRAM = """
import sys
from wgan_utils.training.sweep import sweep
sweep("stopped", [sys.argv[1]], {}, seeds=[0, 1, 2], fixed={"SECONDS": 30}, workers=2, output_dir=sys.argv[2])
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX's")
@pytest.mark.parametrize("how", ["interrupted", "killed"])
def test_a_stopped_sweep_leaves_no_process_and_goes_on_where_it_was(how, toy, tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(toy), str(tmp_path)]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    runs = runs_of(tmp_path, "stopped")
    _wait(lambda: len(list(runs.glob("*/started"))) == 2)
    time.sleep(1)
    if how == "killed":
        program.kill()
    else:
        os.killpg(program.pid, signal.SIGINT)  # as the terminal does
    said = program.communicate(timeout=300)[1]
    _wait(lambda: len(list(runs.glob("*/steps"))) == 2)
    reached = {path.parent: int(path.read_text()) for path in runs.glob("*/steps")}
    assert all(0 < steps < 300 for steps in reached.values())  # interrupted once: three seconds were left to write in
    if how == "interrupted":
        assert said.splitlines()[-1] == "KeyboardInterrupt"
        states = [json.loads((folder / "outcome.json").read_text())["state"] for folder in reached]
        assert states == ["interrupted", "interrupted"]
        assert "interrupted" in (tmp_path / "sweeps" / "stopped" / "table.csv").read_text()
    _wait(lambda: not any(_holds_lock(folder) for folder in [tmp_path / "sweeps" / "stopped"]))
    found = sweep(
        *("stopped", [toy], {}), seeds=[0, 1, 2], fixed={"SECONDS": 0.1}, workers=2, output_dir=tmp_path,
        show_progress=False,
    )  # fmt: skip
    assert [row["state"] for row in found.rows] == ["done"] * 3
    for folder, steps in reached.items():
        assert (folder / "started").read_text().splitlines()[-1].split()[0] == str(steps)


def _holds_lock(folder: Path) -> bool:
    try:
        with only_writer(folder):
            return False
    except RunBusy:
        return True


def _wait(holds, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def clusters() -> list[str]:
    return [name for name in ("distributed", "submitit") if importlib.util.find_spec(name) is not None]


@pytest.mark.skipif("distributed" not in clusters(), reason="without dask.distributed this was NOT run here")
def test_on_a_dask_cluster_of_two_workers(toy, tmp_path):
    run_program("--dask", "local", toy, tmp_path)


@pytest.mark.skipif("submitit" not in clusters(), reason="without submitit this was NOT run here")
def test_through_submitit(toy, tmp_path):
    run_program("--submitit", "local", toy, tmp_path)


def run_program(option: str, value: str, toy: Path, tmp_path: Path) -> None:
    """The command line, with two workers: both runs at the same time, each on its core, a third one that fails."""
    grid = tmp_path / "grid.toml"
    tables = "[[parameters]]\nLAMBDA = [2, 3]\nTOGETHER = [2]\n[[parameters]]\nLAMBDA = [-1]\n"
    grid.write_text(f'lessons = ["{toy}"]\nseeds = [0]\n{tables}[submitit]\ntimeout_min = 5\n')
    words = [str(grid), "--workers", "2", "--output-dir", str(tmp_path), option, value]
    command = [sys.executable, "-m", "wgan_utils.runs.sweeps", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "2 of 3 runs are done." in done.stdout
    assert "failed: toy/auto-lambda_-1-seed_0: ValueError: LAMBDA must be positive" in done.stderr
    own = [json.loads(path.read_text()) for path in sorted(runs_of(tmp_path, "grid").glob("*/own.json"))]
    assert len(own) == 2
    if len(core_numbers()) > 1:
        assert own[0]["cores"] != own[1]["cores"]
