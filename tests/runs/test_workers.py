"""Worker processes: their share of the cores, whose functions they run, and how they stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wgan_utils.runs import workers
from wgan_utils.runs.workers import THREADS, Workers, thread_settings


def wait_until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_cores_are_shared_out(monkeypatch):
    monkeypatch.setattr(workers, "available_cores", lambda: 8)
    assert {thread_settings(3)[name] for name in THREADS} == {"2"}
    assert "XLA_FLAGS" not in thread_settings(3)
    monkeypatch.setattr(workers, "available_cores", lambda: 2)
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
    for processes in (2, 5):
        assert {thread_settings(processes)[name] for name in THREADS} == {"1"}
    assert thread_settings(2)["XLA_FLAGS"] == "--xla_cpu_enable_fast_math=false --xla_cpu_multi_thread_eigen=false"


def test_a_function_of_a_notebook_runs_elsewhere_and_finds_its_threads_set():
    offset = 100
    before = dict(os.environ)

    def job(number: int) -> tuple:
        return number + offset, os.getpid(), [os.environ[name] for name in THREADS]

    with Workers(2) as pool:
        found = [pool.submit(job, number).result() for number in range(3)]
    assert dict(os.environ) == before
    assert [value for value, _, _ in found] == [100, 101, 102]
    assert os.getpid() not in {pid for _, pid, _ in found}
    assert all(threads == [thread_settings(2)[name] for name in THREADS] for _, _, threads in found)


def test_an_error_stops_what_is_under_way_and_starts_nothing_more(tmp_path):
    def job(number: int) -> None:
        try:  # an interrupt may come between any two lines: who has started has all of his file, and is in here
            unfinished = tmp_path / f"{number}"
            unfinished.write_text(str(os.getpid()))
            unfinished.rename(tmp_path / f"started {number}")
            if number:
                time.sleep(600)
            wait_until((tmp_path / "started 1").exists)
            raise ValueError("the job's own words")
        except KeyboardInterrupt:
            (tmp_path / f"interrupted {number}").touch()
            raise

    with pytest.raises(ValueError, match="the job's own words"), Workers(2) as pool:  # noqa: PT012
        futures = [pool.submit(job, number) for number in range(6)]
        futures[0].result()
    started = {int(path.name.split()[1]): int(path.read_text()) for path in tmp_path.glob("started *")}
    assert {0, 1} <= set(started) < set(range(5))  # the free worker may have begun another
    assert {path.name for path in tmp_path.glob("interrupted *")} >= {f"interrupted {n}" for n in started if n}
    assert not any(map(alive, started.values()))


SCRIPT = """
import signal, sys, time
from pathlib import Path
from workers import Workers

def job(number):
    import os
    try:
        Path(f"{number}").write_text(str(os.getpid()))
        Path(f"{number}").rename(f"started {number}")
        time.sleep(600)
    except KeyboardInterrupt:
        with open(f"interrupts {number}", "a") as file:
            file.write("one\\n")
        time.sleep(1)  # a training writes its checkpoint
        raise

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with Workers(2) as pool:
        for future in [pool.submit(job, number) for number in range(4)]:
            future.result()
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX's")
@pytest.mark.parametrize("how", ["interrupted as a group", "killed"])
def test_workers_are_interrupted_once_and_do_not_outlive_their_parent(tmp_path, how):
    (tmp_path / "program.py").write_text(SCRIPT)
    # The file by itself, without the seconds that the whole library takes to load.
    environment = {**os.environ, "PYTHONPATH": str(Path(workers.__file__).parent)}
    program = subprocess.Popen(
        [sys.executable, "program.py"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, start_new_session=True
    )
    wait_until(lambda: len(list(tmp_path.glob("started *"))) == 2)
    if how == "killed":
        program.kill()
    else:
        os.killpg(program.pid, signal.SIGINT)
    said = program.communicate(timeout=60)[1].decode()
    started = {path.name.split()[1]: int(path.read_text()) for path in tmp_path.glob("started *")}
    wait_until(lambda: not any(map(alive, started.values())))
    assert len(started) == 2
    assert {(tmp_path / f"interrupts {number}").read_text() for number in started} == {"one\n"}
    if how != "killed":
        assert said.splitlines()[-1] == "KeyboardInterrupt"
