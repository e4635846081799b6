"""Many trainings, a few at a time: one call with a function and what to call it with."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import as_completed
from typing import Any

from wgan_utils.gan.backend import gpu_name
from wgan_utils.runs.workers import Workers, available_cores
from wgan_utils.training.progress import ShowCount


def run_all(
    function: Callable, jobs: Iterable[tuple], workers: int = 0, show_progress: bool = True
) -> Mapping[tuple, Any]:
    """Call `function(*job)` for every job, several at a time in processes of their own.

    Two trainings of small networks side by side, with a thread each, get through more steps than one after the
    other with two threads. Each training is to leave a `Run`; then whatever ends this call, a second one goes on.

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
        KeyboardInterrupt: interrupted; the trainings under way have written everything.
        Exception: the first that a job raised, once those under way have stopped; no other starts.
    """
    todo = list(dict.fromkeys(jobs))
    if workers < 0:
        raise ValueError(f"workers must be 0, for one a core, or how many there shall be, not {workers!r}.")
    processes = min(workers or (1 if gpu_name() else available_cores()), len(todo))
    count = ShowCount(len(todo)) if show_progress else None
    results: dict[tuple, Any] = {}
    if processes < 2:
        for job in todo:
            results[job] = function(*job)
            if count:
                count.one_more()
        return results
    with Workers(processes) as pool:
        futures = {pool.submit(function, *job): job for job in todo}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            if count:
                count.one_more()
    return {job: results[job] for job in todo}
