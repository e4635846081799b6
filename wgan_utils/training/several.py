"""Many trainings, a few at a time: one call with a function and what to call it with."""

import linecache
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any
from unittest.mock import patch

import joblib

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import gpu_name
from wgan_utils.training.callbacks import Bar, TrainingInterrupted


def run_parallel(function: Callable, jobs: Iterable[tuple], workers: int = 0) -> dict[tuple, Any]:
    """Call `function(*job)` for every job, several at a time in processes that share the cores.

    Two small trainings side by side, with a thread each, get through more steps than one after the other with two.
    Each is to leave a `Run`: whatever ends this call, the same call then goes on from the last checkpoints.

    Args:
        function: may be defined in a notebook. It is copied to the processes with the variables that it uses, so these
            should be small: load images within it.
        jobs: tuples of arguments, no two the same.
        workers: processes; 0 takes one a core. With 1, or with 0 and a GPU, which trainings would fight for, everything
            is done here, one after the other.

    Returns:
        job → what the function returned.

    Raises:
        TrainingInterrupted: a KeyboardInterrupt; the processes have ended.
        Exception: the first that a job raised; the processes have ended.
    """
    todo = list(dict.fromkeys(jobs))
    if workers < 0:
        raise Refused(f"workers must be 0, for one a core, or how many there shall be, not {workers!r}.")
    processes = max(1, min(workers or (1 if gpu_name() else joblib.cpu_count()), len(todo)))
    threads = max(1, joblib.cpu_count() // processes)
    for_tensorflow = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), str(threads))
    how: dict[str, Any] = {"inner_max_num_threads": threads, "initializer": _end_with, "initargs": (os.getpid(),)}
    # The source of a notebook's cells, from which a step that is compiled there is read.
    cells = {file: entry for file, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}
    count, results = Bar(len(todo), "{n_fmt} of {total_fmt} done, {remaining} left"), {}
    count.display_in_notebook()
    with patch.dict(os.environ, for_tensorflow), joblib.parallel_config("loky", **how), warnings.catch_warnings():
        # A process that has grown by 300 MB, as it does in five trainings or so, is replaced; nobody need know.
        warnings.filterwarnings("ignore", "A worker stopped")
        # No batches of jobs; and no array of the notebook's becomes a file that can only be read.
        parallel = joblib.Parallel(processes, return_as="generator_unordered", batch_size=1, max_nbytes=None)
        try:
            with closing(parallel(joblib.delayed(_call)(function, job, cells) for job in todo)) as ended:
                for job, result in ended:
                    results[job] = result
                    count.update()
                    count.display_in_notebook()
        except KeyboardInterrupt as error:
            done = f"{len(results)} of {len(todo)}"
            raise TrainingInterrupted(
                f"Interrupted with {done} done. What was written is kept; run again to continue."
            ) from error
    return results


def _call(function: Callable, job: tuple, cells: Mapping[str, tuple]) -> tuple[tuple, Any]:
    linecache.cache.update(cells)
    return job, function(*job)


def _end_with(parent: int) -> None:
    """Make this process end within a second of its parent, however that ends: a loky worker would go on."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
