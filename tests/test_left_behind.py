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
PEERS = ["-m", "benchmarks.peers", "--steps", "9999", "--pytorch-python", sys.executable]
SWEEP = ["SEED=0,1,2", "-p", "SECONDS=200", "--output-dir"]
PROGRAMS = {
    "sweep": lambda folder: ["-m", "sweeps", toy_lesson(folder), *SWEEP, str(folder)],
    "run_parallel": lambda folder: ["-c", RUN_PARALLEL, str(folder)],
    "peers": lambda folder: [*PEERS, "--only", "ours, float32", "Keras example's way"],
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL", "SIGINT", "SIGTERM where SIGINT is ignored"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_goes_on(name, how, tmp_path):
    command, log = [sys.executable, *PROGRAMS[name](tmp_path)], tmp_path / "log"
    if how.endswith("ignored"):  # as a shell starts what goes on in the background
        command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as program:
        deadline = time.monotonic() + 300
        while len(list(tmp_path.rglob("*started"))) < 2 and "round 1" not in log.read_text():
            assert program.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        children = psutil.Process(program.pid).children(recursive=True)
        program.send_signal(getattr(signal, how.split()[0]))
        _, left = psutil.wait_procs([psutil.Process(program.pid), *children], timeout=20)
        for process in left:
            process.kill()
    assert len(children) >= 2
    assert left == []
