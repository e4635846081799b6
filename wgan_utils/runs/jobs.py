"""One run of a sweep: a lesson in a papermill process with cores, a run folder and an outcome of its own."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wgan_utils.files import atomic_file
from wgan_utils.runs import papermill_process
from wgan_utils.runs.cores import claimed_cores
from wgan_utils.runs.papermill_process import MARK
from wgan_utils.runs.workers import thread_environment

OUTCOME, LOG = "outcome.json", "log.txt"
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Job:
    """What a worker needs to know, on whichever machine.

    Args:
        lesson: the notebook's name.
        notebook: its path.
        folder: the run's folder.
        parameters: what papermill injects, OUTPUT_DIR and RUN_NAME among it.
        varied: those of them that tell this run from the sweep's others.
        cores: how many it may use.
        stop: a file; once it exists the job ends, with a checkpoint.
    """

    lesson: str
    notebook: str
    folder: str
    parameters: dict[str, Any]
    varied: dict[str, Any]
    cores: int
    stop: str

    @property
    def name(self) -> str:
        """The lesson and the run's name."""
        return f"{self.lesson}/{Path(self.folder).name}"


def outcome_of(job: Job) -> dict[str, Any]:
    """Read how a run ended last: `state` "done", "failed" or "interrupted", `error`, `seconds`; empty if it never did.

    What was written for other parameters does not count.
    """
    try:
        outcome = json.loads((Path(job.folder) / OUTCOME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return outcome if outcome.get("parameters") == json.loads(json.dumps(job.parameters)) else {}


def run_job(job: Job) -> dict[str, Any]:
    """Run a lesson to its end, or as far as it comes; write its outcome into its folder and return it."""
    folder, stop, before = Path(job.folder), Path(job.stop), outcome_of(job)
    folder.mkdir(parents=True, exist_ok=True)
    with claimed_cores(job.cores, stop.exists) as cores:
        started = time.time()
        status = None if stop.exists() else _execute(job, cores)
    outcome = {
        **_ending(status, stop.exists(), folder / LOG),
        "seconds": before.get("seconds", 0.0) + time.time() - started,
        "attempts": before.get("attempts", 0) + (status is not None),
        "host": socket.gethostname(),
        "cores": cores,
    }
    write_outcome(job, outcome)
    return outcome


def write_outcome(job: Job, outcome: dict[str, Any]) -> None:
    """Write down how a run ended, beside the parameters that it had."""
    with atomic_file(Path(job.folder) / OUTCOME) as temporary:
        content = {**outcome, "parameters": job.parameters}
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _execute(job: Job, cores: list[int]) -> int:
    """Start papermill and wait for it; returns its exit status."""
    folder = Path(job.folder)
    executed = folder / f"{job.lesson}.ipynb"
    order = {"notebook": job.notebook, "executed": str(executed), "parameters": job.parameters, "cores": cores}
    with (folder / LOG).open("w") as log, _process(log, len(cores) or job.cores) as process:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # ended at once; its log says why
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        while process.poll() is None and not Path(job.stop).exists():
            time.sleep(SECONDS_BETWEEN_LOOKS)
    return process.returncode


@contextmanager
def _process(log: Any, threads: int) -> Iterator[subprocess.Popen]:
    """Start papermill's process; when the block is left, however, interrupt it and wait for its end."""
    process = subprocess.Popen(
        [sys.executable, papermill_process.__file__],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        text=True,
        env={**os.environ, **thread_environment(threads)},
        start_new_session=True,  # an interrupt at the terminal reaches the sweep alone, which passes it on once
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()


def _ending(status: int | None, stopped: bool, log: Path) -> dict[str, str]:
    """Say in a word how it ended, and in a sentence why."""
    if status == 0:
        return {"state": "done", "error": ""}
    if stopped:
        return {"state": "interrupted", "error": ""}
    lines = log.read_text("utf-8", errors="replace").splitlines()
    reasons = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    return {"state": "failed", "error": reasons[-1] if reasons else f"the process ended with status {status}"}
