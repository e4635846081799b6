"""What computes in several processes, ended in the middle of it: no process is left after 20 seconds."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.test_sweeps import toy_lesson

RUN_PARALLEL = """
import sys
from pathlib import Path
import wgan_utils as wu

def compute(number):
    Path(sys.argv[1], f"{number}.started").touch()
    while True:
        pass

wu.run_parallel(compute, [(number,) for number in range(3)], workers=2)
"""
# `make run`, with the toy in place of the lessons.
RUN_LESSON = """
import sys
from pathlib import Path
from scripts import run_lesson

run_lesson.LESSONS = {"toy": Path(sys.argv[1])}
sys.exit(run_lesson.main(["toy", "-p", "SECONDS", "200", "-p", "OUTPUT_DIR", sys.argv[2]]))
"""
PEERS = ["-m", "benchmarks.peers", "--steps", "9999", "--pytorch-python", sys.executable]
SWEEP = ["SEED=0,1,2", "-p", "SECONDS=200", "--output-dir"]
PROGRAMS = {
    "sweep": lambda folder: ["-m", "sweeps", toy_lesson(folder), *SWEEP, str(folder)],
    "run_parallel": lambda folder: ["-c", RUN_PARALLEL, str(folder)],
    "peers": lambda folder: [*PEERS, "--only", "ours, float32", "Keras example's way"],
    "make run": lambda folder: ["-c", RUN_LESSON, toy_lesson(folder), str(folder)],
}
IGNORED = "SIGTERM where SIGINT is ignored"
CASES = [(name, how) for name in PROGRAMS for how in ("SIGTERM", "SIGKILL", "SIGINT", IGNORED)]
CASES.append(("make run", "SIGHUP"))  # its terminal is closed
AT_EACH_PUSH = ("make run", IGNORED)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("name", "how"),
    [pytest.param(*case, marks=pytest.mark.notebooks if case == AT_EACH_PUSH else pytest.mark.slow) for case in CASES],
)
def test_nothing_goes_on(name, how, tmp_path):
    command, log = [sys.executable, *PROGRAMS[name](tmp_path)], tmp_path / "log"
    processes = 1 if name == "make run" else 2
    if how == IGNORED:  # as a shell starts what goes on in the background
        command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as program:
        deadline = time.monotonic() + 300
        while len(list(tmp_path.rglob("*started"))) < processes and "round 1" not in log.read_text():
            assert program.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        parent, number = psutil.Process(program.pid), getattr(signal, how.split()[0])
        children = parent.children(recursive=True)
        parent.send_signal(number)
        _, left = psutil.wait_procs([parent, *children], timeout=20)
        for process in left:
            process.kill()
    assert len(children) >= processes
    assert left == []
    if name == "make run" and how != "SIGKILL":
        assert parent.wait() == 128 + number
        assert list(tmp_path.rglob("interrupted"))
    if (name, how) == ("run_parallel", "SIGINT"):
        assert "TrainingInterrupted" in log.read_text()
