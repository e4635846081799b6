"""Many calls at a time: what comes back, and what is raised; tests/test_left_behind.py interrupts them."""

import os

import joblib
import pytest

from tests.refused import refused
from tests.tiny import run_cell
from wgan_utils.training.several import run_parallel


def test_jobs_run_in_processes_with_a_share_of_the_threads():
    def where(name: str, seed: int) -> tuple[int, str]:
        return os.getpid(), os.environ["TF_NUM_INTRAOP_THREADS"]

    jobs = [("gan", 2), ("wgan", 1), ("gan", 3)]
    found = run_parallel(where, jobs, workers=2)
    assert set(found) == set(jobs)
    assert os.getpid() not in {process for process, _ in found.values()}
    assert {threads for _, threads in found.values()} == {str(max(1, joblib.cpu_count() // 2))}


def test_the_source_of_a_notebooks_cell_can_be_read_in_a_worker():
    """As AutoGraph does of a step, and a run of what it is the run of."""
    cell, names = "def source(n):\n    import inspect\n    return inspect.getsource(source)\n", {"__name__": "__main__"}
    run_cell(cell, names)
    assert run_parallel(names["source"], [(1,), (2,)], workers=2) == {(1,): cell, (2,): cell}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_job_raises_is_raised(workers):
    with pytest.raises(ZeroDivisionError):
        run_parallel(lambda seed: 1 // seed, [(1,), (0,)], workers=workers)


def test_one_worker_is_this_process():
    assert set(run_parallel(lambda seed: os.getpid(), [(1,), (2,)], workers=1).values()) == {os.getpid()}


def test_nothing_to_do_is_done_at_once_and_no_number_of_workers_is_refused():
    assert run_parallel(print, []) == {}
    with refused(naming="workers"):
        run_parallel(print, [(1,)], workers=-1)
