"""Many trainings, a few at a time: one call with a function and what to call it with."""

import linecache
import os
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from typing import Any
from unittest.mock import patch

import joblib

from wgan_utils.errors import Refused
from wgan_utils.gan.backend import gpu_name
from wgan_utils.training.callbacks import ShowCount, TrainingInterrupted


def run_parallel(
    function: Callable, jobs: Iterable[tuple], workers: int = 0, show_progress: bool = True
) -> Mapping[tuple, Any]:
    """Call `function(*job)` for every job, several at a time in processes of their own.

    Two trainings of small networks side by side, with a thread each, get through more steps than one after the
    other with two threads. Each training is to leave a `Run`: whatever ends this call, the same call then goes on
    from the last checkpoints.

    Args:
        function: may be defined in a notebook. It is copied to the workers with the variables that it uses, so these
            should be small: load images within it.
        jobs: tuples of arguments, no two the same.
        workers: processes; 0 takes one a core, and with a GPU, which two trainings would fight for, none: then, as
            with 1, everything is done here, one after the other.
        show_progress: say how many are done, and how long the rest will take.

    Returns:
        job → what the function returned, in the order of the jobs.

    Raises:
        TrainingInterrupted: a KeyboardInterrupt; the workers have ended.
        Exception: the first that a job raised; the workers have ended.
    """
    todo = list(dict.fromkeys(jobs))
    if workers < 0:
        raise Refused(f"workers must be 0, for one a core, or how many there shall be, not {workers!r}.")
    processes = min(workers or (1 if gpu_name() else joblib.cpu_count()), len(todo))
    count = ShowCount(len(todo)) if show_progress else None
    results: dict[tuple, Any] = {}
    here = ((job, function(*job)) for job in todo)
    try:
        with closing(_in_processes(function, todo, processes) if processes > 1 else here) as ended:
            for job, result in ended:
                results[job] = result
                if count:
                    count.one_more()
    except KeyboardInterrupt as error:
        done = f"{len(results)} of {len(todo)}"
        raise TrainingInterrupted(
            f"Interrupted with {done} done. What was written is kept; run again to continue."
        ) from error
    return {job: results[job] for job in todo}


def _in_processes(function: Callable, jobs: list[tuple], processes: int) -> Generator[tuple[tuple, Any], None, None]:
    """Yield each job with its result as it comes; the workers share the cores, and end with this process."""
    threads = max(1, joblib.cpu_count() // processes)
    for_tensorflow = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), str(threads))
    watch: dict[str, Any] = {"initializer": _end_with, "initargs": (os.getpid(),)}
    with (
        patch.dict(os.environ, for_tensorflow),  # the workers start meanwhile
        joblib.parallel_config("loky", inner_max_num_threads=threads, **watch),
        warnings.catch_warnings(),
    ):
        # A worker that has grown by 300 MB, as it does in five trainings or so, is replaced; nobody need know.
        warnings.filterwarnings("ignore", "A worker stopped")
        # No batches of jobs; and no array of the notebook's becomes a file that can only be read.
        parallel = joblib.Parallel(processes, return_as="generator_unordered", batch_size=1, max_nbytes=None)
        # With the source of a notebook's cells, which a step that is compiled there, or told from others, is read from.
        cells = {file: entry for file, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}
        yield from parallel(joblib.delayed(_call)(function, job, cells) for job in jobs)


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
