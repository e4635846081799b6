"""Processes on one machine that each compute on cores of their own, whoever started them.

A core is claimed by locking a file that bears its number; the system drops the locks of a process that ends, however it
ends. So the jobs of two sweeps, of two workers of a cluster, or of a sweep begun twice do not fight for the same cores.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

SECONDS_BETWEEN_TRIES = 0.5


def core_numbers() -> list[int]:
    """The cores that this process may use, where the system lets a process be bound to some (Linux); else none."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def claimed_cores(count: int, give_up: Callable[[], bool] = lambda: False) -> Iterator[list[int]]:
    """Hold so many of the machine's cores for as long as the block runs, once they are free.

    Args:
        count: how many; no more than there are.
        give_up: asked while waiting; when it says so, the block runs without any.

    Yields:
        The cores' numbers; none where the system can't bind a process to them.
    """
    cores = core_numbers()
    with ExitStack() as held:
        claimed: list[int] = []
        while cores and not claimed and not give_up():
            claimed = _claim(cores, min(count, len(cores)), held)
            if not claimed:
                time.sleep(SECONDS_BETWEEN_TRIES)
        yield claimed


def _claim(cores: list[int], count: int, held: ExitStack) -> list[int]:
    """Lock `count` of the cores, all of them or none."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir()) / f"wgan-utils-cores-{user}"
    folder.mkdir(exist_ok=True)
    with ExitStack() as tried, FileLock(folder / "choosing.lock"):  # or two might hold half of what each needs
        claimed: list[int] = []
        for core in cores:
            lock = FileLock(folder / f"{core}.lock")
            try:
                tried.enter_context(lock.acquire(timeout=0))
            except Timeout:
                continue
            claimed.append(core)
            if len(claimed) == count:
                held.push(tried.pop_all())
                return claimed
    return []
