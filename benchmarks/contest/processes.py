"""The contestants' processes, as the one who asks them sees them."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.contest.entries import ENTRIES, Column

ROOT = Path(__file__).resolve().parent.parent.parent


class Contestant:
    """One process; it computes while it is asked and waits otherwise."""

    def __init__(self, entry: str, column: Column, threads: int, python: Path) -> None:
        self.name = entry
        command = [str(python), "-m", "benchmarks.contest.worker", entry, json.dumps(column), str(threads)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(threads)
        )
        self.about: dict[str, Any] = self.answer()

    def seconds_a_step(self, steps: int) -> float:
        """Let it train for some steps."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def answer(self) -> Any:
        """Wait for the next line.

        Raises:
            RuntimeError: the process has ended; what it said is on standard error.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.end()
            raise RuntimeError(f'"{self.name}" ended with status {self.process.returncode}; its messages stand above.')
        return json.loads(line)

    def end(self) -> None:
        """Close its input, which ends it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment(threads: int) -> dict[str, str]:
    """What a contestant sees: the processor alone, and as many threads as the others have."""
    return os.environ | {
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "OMP_NUM_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }


@contextmanager
def started(names: list[str], column: Column, threads: int, pythons: Mapping[str, Path]) -> Iterator[list[Contestant]]:
    """Start all of them, one after the other; they end with the block."""
    with ExitStack() as stack:
        contestants = []
        for name in names:
            contestants.append(Contestant(name, column, threads, pythons[ENTRIES[name].module]))
            stack.callback(contestants[-1].end)
        check_equal(contestants, threads)
        yield contestants


def check_equal(contestants: list[Contestant], threads: int) -> None:
    """Raise a ValueError unless all have the same numbers of weights, and the threads that were asked for."""
    for what, wanted in (("weights", contestants[0].about["weights"]), ("threads", threads)):
        for contestant in contestants:
            if contestant.about[what] != wanted:
                raise ValueError(
                    f'"{contestant.name}" has {contestant.about[what]} {what}, and {wanted} are wanted: this would '
                    "compare different things."
                )
