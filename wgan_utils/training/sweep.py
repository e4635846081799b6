"""Many runs of lessons, on one machine or a cluster: `wu.sweep`."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from wgan_utils.files import checkout
from wgan_utils.gan.backend import gpu_name
from wgan_utils.runs.grids import Grid
from wgan_utils.runs.jobs import Job, outcome_of, run_job, write_outcome
from wgan_utils.runs.workers import available_cores
from wgan_utils.training.progress import ShowCount
from wgan_utils.training.run import RunBusy, only_writer
from wgan_utils.training.sweep_results import Sweep, collect

SECONDS_BETWEEN_LOOKS = 0.2


def sweep(
    name: str,
    lessons: Sequence[str | Path],
    parameters: Mapping[str, Sequence] | Sequence[Mapping[str, Sequence]] = (),
    seeds: Iterable[int] = (0,),
    fixed: Mapping[str, Any] | None = None,
    *,
    workers: int = 0,
    cores: int = 0,
    executor: Any = None,
    metric: str = "",
    output_dir: str | Path = "",
    show_progress: bool = True,
) -> Sweep:
    """Run lessons with every combination of parameters and every seed, each as a papermill process of its own.

    A run that fails does not stop the others; its reason is in the table. The same call again leaves what is done, and
    takes up everything else: a training goes on from its last checkpoint. An interrupt ends all runs under way, each
    with a checkpoint.

    Args:
        name: of the sweep's folder, `<output_dir>/sweeps/<name>/`.
        lessons: names of lessons, or paths of notebooks with a cell tagged `parameters`.
        parameters: name → values to try, in every combination; or several such tables, one after the other.
        seeds: the values of SEED for each combination.
        fixed: parameters that are the same in all runs, such as {"PRESET": "cpu"}.
        workers: how many runs at a time on this machine; 0 takes one a core, and with a GPU one.
        cores: how many cores each run has to itself; 0 shares this machine's among the workers, and gives a run that
            an `executor` starts elsewhere all that it finds.
        executor: where to run instead: anything with `submit`, whose answers have `done` and `result`, such as
            `dask.distributed.Client(...).get_executor()` or `submitit.AutoExecutor(...)`. Its workers need this library
            and the same folders.
        metric: the number in metrics.json that the figure shows; "" takes the first.
        output_dir: "" is runs/ in the checkout, else ./runs.
        show_progress: say on standard error what has ended.

    Returns:
        The sweep, with what each run came to.

    Raises:
        ParameterError: before anything runs, when a lesson has no such parameter.
        RunBusy: another process runs this sweep.
        KeyboardInterrupt: interrupted; table and figure are written all the same.
    """
    if workers < 0 or cores < 0:
        raise ValueError(f"workers and cores must be 0 or more, not {workers!r} and {cores!r}.")
    root = Path(output_dir) if output_dir else (checkout() or Path()) / "runs"
    folder = root.resolve() / "sweeps" / name
    at_once = workers or (1 if gpu_name() else available_cores())
    share = cores or (available_cores() if executor is not None else max(1, available_cores() // at_once))
    jobs = Grid(lessons, parameters or {}, tuple(seeds), fixed or {}).jobs(folder, share)
    with _only_sweep(folder):
        (folder / "stop").unlink(missing_ok=True)
        todo = [job for job in jobs if outcome_of(job).get("state") != "done"]
        say = _Report(len(jobs), len(jobs) - len(todo), show_progress)
        try:
            if executor is not None:
                _run(todo, executor, folder, say)
            else:
                with ThreadPoolExecutor(at_once) as threads:
                    _run(todo, threads, folder, say)
        finally:
            result = collect(folder, jobs, metric)
    return result


def _run(todo: list[Job], executor: Any, folder: Path, say: "_Report") -> None:
    """Give all jobs to the executor and wait; an interrupt stops those under way, and is raised once they ended."""
    futures: dict[Any, Job] = {}
    try:
        for job in todo:
            futures[executor.submit(run_job, job)] = job
        while futures:
            _take_ended(futures, say)
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except BaseException:
        (folder / "stop").touch()
        for future in futures:
            # Of a cluster only what SLURM has not started: the rest comes, sees the file, and ends at once.
            if isinstance(executor, ThreadPoolExecutor) or getattr(future, "state", "") == "PENDING":
                future.cancel()
        while futures:
            _take_ended(futures, say)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        raise


def _take_ended(futures: dict[Any, Job], say: "_Report") -> None:
    """Report what has ended, and why if its worker could not."""
    for future in [future for future in futures if future.done()]:
        job = futures.pop(future)
        try:
            outcome = future.result()
        except Exception as error:  # cancelled, or its worker is gone
            outcome = {"state": "interrupted", "error": ""}
            if not Path(job.stop).exists():
                outcome = {"state": "failed", "error": f"{type(error).__name__}: {error}"}
                write_outcome(job, outcome)
        say.ended(job, outcome)


@contextmanager
def _only_sweep(folder: Path) -> Iterator[None]:
    """Hold the sweep's folder."""
    with ExitStack() as held:
        try:
            held.enter_context(only_writer(folder))
        except RunBusy as error:
            message = f"Another process runs the sweep {folder.name}; wait for it, or give this one another name."
            raise RunBusy(message) from error
        yield


class _Report:
    """Says what has ended, and how many are left."""

    def __init__(self, total: int, done: int, show: bool) -> None:
        self.show = show
        if done and show:
            print(f"{done} of {total} runs are done already.", file=sys.stderr)
        self.count = ShowCount(total - done) if show else None

    def ended(self, job: Job, outcome: dict[str, Any]) -> None:
        """Say how one ended."""
        if self.count is not None and outcome["state"] != "interrupted":
            said = f"{job.name}: {outcome['state']}{': ' if outcome['error'] else ''}{outcome['error']}"
            print(said, file=sys.stderr, flush=True)
            self.count.one_more()
