"""A contestant's process: it builds its training, then runs as many steps as each line of its input says.

    python -m benchmarks.contest.worker ENTRY COLUMN THREADS

COLUMN is a JSON list. Each answer is one line of JSON: first what was built, then the seconds a step of each turn.
"""

import json
import os
import queue
import sys
import threading
from importlib import import_module
from typing import Any, Protocol

from benchmarks.contest.entries import ENTRIES, Column


class Training(Protocol):
    """What a contestant's module builds."""

    def about(self) -> dict[str, Any]:
        """Return `weights` (those of generator and critic, BatchNorm's statistics included), `threads`, `versions`."""

    def seconds_a_step(self, steps: int) -> float:
        """Train for one step that is not counted and for `steps` that are; return the mean seconds of these."""


def main(entry: str, column: str, threads: str) -> None:
    """Build, then answer until the input ends, which ends the process whatever it computes."""
    turns: queue.Queue[str] = queue.Queue()
    threading.Thread(target=listen, args=(turns,), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    module, options = ENTRIES[entry]
    training = import_module(f"benchmarks.contest.{module}").build(Column(*json.loads(column)), int(threads), **options)
    print(json.dumps(training.about()), file=answers)
    while True:
        print(json.dumps(training.seconds_a_step(int(turns.get()))), file=answers)


def listen(turns: "queue.Queue[str]") -> None:
    """Pass the lines of the input on; it ends when whoever asks has ended, however that was."""
    for line in sys.stdin:
        turns.put(line)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
