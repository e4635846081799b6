"""Worker processes that share the machine's cores without fighting for them, and that stop together and cleanly.

Each gets its share of the threads before its backend starts. An interrupt reaches the parent alone, which passes it on
once to each worker; whatever a worker is doing then ends as it would have ended alone. Workers do not outlive their
parent.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

# What TensorFlow, and the libraries that NumPy and PyTorch compute with, read once, when they start.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

_stopping: Any = None  # in a worker: set once no job may start any more
_busy = threading.Lock()  # in a worker: held while a job runs


def available_cores() -> int:
    """How many cores this process may use; containers and job schedulers often grant fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_settings(processes: int) -> dict[str, str]:
    """The environment in which each of so many processes takes its share of the cores."""
    return thread_environment(max(1, available_cores() // processes))


def thread_environment(threads: int) -> dict[str, str]:
    """The environment in which a process computes with so many threads."""
    settings = dict.fromkeys(THREADS, str(threads))
    if threads == 1:  # JAX knows one thread or all
        settings["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
    return settings


class Workers:
    """Processes that run functions: `with Workers(2) as workers: future = workers.submit(function, argument)`.

    When the block is left by an error or an interrupt, no further job starts, those under way are interrupted once,
    and the error is raised as soon as they have ended.

    Args:
        processes: how many.
    """

    def __init__(self, processes: int) -> None:
        self.processes = processes
        context = multiprocessing.get_context("spawn")  # a forked TensorFlow hangs
        self._stopping = context.Event()
        self._pool = ProcessPoolExecutor(processes, context, _prepare, (self._stopping,))

    def submit(self, function: Callable, *arguments: Any) -> Future:
        """Queue a call; the function may be a notebook's own, and what it uses of the notebook is copied along."""
        import cloudpickle

        with _environment(thread_settings(self.processes)), _ignored_interrupts():
            return self._pool.submit(_call, cloudpickle.dumps((function, arguments)))

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not None:
            self._stopping.set()
            for process in list((self._pool._processes or {}).values()):
                if process.is_alive() and process.pid is not None:
                    os.kill(process.pid, signal.SIGINT)
        self._pool.shutdown(cancel_futures=True)


def _prepare(stopping: Any) -> None:
    """Make a fresh process a worker."""
    global _stopping
    _stopping = stopping
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # a terminal and Jupyter interrupt whole groups of processes
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _call(pickled: bytes) -> Any:
    """Run one job, which an interrupt may end."""
    import pickle

    with _busy:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            if _stopping.is_set():
                raise KeyboardInterrupt
            function, arguments = pickle.loads(pickled)
            return function(*arguments)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _leave_with_parent() -> None:
    """Wait until the parent is gone, whatever killed it; end the job, and then the process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _stopping.set()
        os.kill(os.getpid(), signal.SIGINT)
        with _busy:
            os._exit(1)


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the processes that start meanwhile."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _ignored_interrupts() -> Iterator[None]:
    """Let processes that start meanwhile be born deaf to interrupts; only a main thread can do that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
