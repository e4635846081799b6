"""Run a lesson with every combination of some parameters, several runs at a time, and gather their numbers in a table.

    python -m sweeps 02_wgan_clipping_sevens SEED=0,1,2 LEARNING_RATE=5e-5,1e-4 -p PRESET=cpu --workers 2

A run's folder, OUTPUT/LESSON/RUN, is named by its values. A run that is done, which its metrics.json shows, is not done
again; one that was ended goes on from its last checkpoint. OUTPUT/LESSON/table.csv has a row for each run.
"""

import argparse
import ast
import difflib
import hashlib
import itertools
import json
import logging
import os
import re
import runpy
import sys
import time
from contextlib import ExitStack
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import pandas as pd
import papermill

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = runpy.run_path(str(ROOT / "wgan_utils" / "published.py"))  # without loading the library
LESSONS, NOTEBOOKS = PUBLISHED["LESSONS"], PUBLISHED["notebooks"]()
SET_BY_THE_SWEEP = ("OUTPUT_DIR", "RUN_NAME")
# What a lesson's kernel goes by: threads of TensorFlow and NumPy, processes of `wu.run_parallel`.
THREADS = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    "LOKY_MAX_CPU_COUNT",
)


class Run(NamedTuple):
    """One run: its notebook, its folder, and the parameters that name it."""

    notebook: Path
    folder: Path
    parameters: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether it has left its numbers."""
        return (self.folder / "metrics.json").exists()

    def row(self, state: str, reason: str = "", seconds: float | None = None) -> dict[str, Any]:
        """Its row in the table: parameters, state, and each metric under its id."""
        numbers: dict[str, Any] = {}
        if state == "done" and self.done:
            report = json.loads((self.folder / "metrics.json").read_text("utf-8"))
            metrics = {name: found["value"] for name, found in report.get("metrics", {}).items()}
            numbers = {**metrics, **report.get("lesson", {})}
        return {**self.parameters, "state": state, "reason": reason, "seconds": seconds, **numbers}


def main(arguments: list[str] | None = None) -> int:
    """Run what is not done, and print the table; returns the exit status, 1 if a run failed."""
    parser = command_line()
    asked = parser.parse_intermixed_args(arguments)
    try:
        runs = planned(asked)
    except ValueError as error:
        parser.error(str(error))
    rows = [run.row("done" if run.done else "waiting") for run in runs]
    todo = [number for number, run in enumerate(runs) if not run.done]
    print(f"{len(runs)} runs, {len(todo)} of them to do, in {runs[0].folder.parent}", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        if asked.dask:
            from distributed import Client

            stack.enter_context(Client(asked.dask))
        workers = asked.workers or joblib.cpu_count()
        stack.enter_context(joblib.parallel_config("dask" if asked.dask else "threading", n_jobs=workers))
        threads = asked.threads or max(1, joblib.cpu_count() // joblib.effective_n_jobs(workers))
        parallel = joblib.Parallel(batch_size=1, return_as="generator_unordered")
        for number, reason, seconds in parallel(joblib.delayed(execute)(n, runs[n], threads) for n in todo):
            state = "failed" if reason else "done"
            rows[number] = runs[number].row(state, reason, seconds)
            save(rows, runs)
            print(f"{runs[number].folder.name}: {state} {reason}".rstrip(), file=sys.stderr, flush=True)
    print(save(rows, runs).to_string(index=False, na_rep="", line_width=120))
    return int(any(row["state"] == "failed" for row in rows))


def command_line() -> argparse.ArgumentParser:
    """Say what the command line may have."""
    parser = argparse.ArgumentParser(prog="python -m sweeps", description=str(__doc__).split("\n\n")[0])
    parser.add_argument("lesson", help="a lesson's name, or a notebook's path")
    parser.add_argument("grid", nargs="*", metavar="NAME=A,B", help="a parameter and the values to try")
    parser.add_argument("-p", dest="fixed", action="append", default=[], metavar="NAME=VALUE", help="one for all runs")
    parser.add_argument("--workers", type=int, default=0, help="runs at a time; 0: one a core. With a GPU take 1")
    parser.add_argument("--threads", type=int, default=0, help="threads of each run; 0: its share of the cores here")
    parser.add_argument("--dask", metavar="ADDRESS", help="of a Dask scheduler, whose workers do the runs")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "runs" / "sweeps", help="default: runs/sweeps")
    return parser


def planned(asked: argparse.Namespace) -> list[Run]:
    """List the runs.

    Raises:
        ValueError: no such lesson, a parameter that it lacks, or a parameter or value that is given twice.
    """
    notebook = NOTEBOOKS.get(asked.lesson, Path(asked.lesson)).resolve()
    if notebook.suffix != ".ipynb" or not notebook.is_file():
        raise ValueError(f"there is no lesson or notebook {asked.lesson!r}; there are {', '.join(NOTEBOOKS)}")
    values: dict[str, list[Any]] = {}
    for text in [*asked.grid, *asked.fixed]:
        name, equals, given = text.partition("=")
        if not equals or not given or name in values:
            raise ValueError(f"{text!r} must be NAME=VALUE, each name once")
        values[name] = [value_of(one) for one in (given.split(",") if text in asked.grid else [given])]
    check_names(values, notebook)
    folder, runs = asked.output_dir.resolve() / notebook.stem, {}
    for combination in itertools.product(*values.values()):
        parameters = dict(zip(values, combination, strict=True))
        name = run_name(parameters)
        if name in runs:
            raise ValueError(f"two runs would be named {name!r}")
        runs[name] = Run(notebook, folder / name, parameters)
    return list(runs.values())


def check_names(names: dict[str, Any], notebook: Path) -> None:
    """Raise a ValueError for a name that is no parameter of the notebook."""
    others = LESSONS[notebook.stem].parameters if notebook.stem in LESSONS else {}
    known = [*papermill.inspect_notebook(str(notebook)), *others]
    declared = [name for name in dict.fromkeys(known) if name not in SET_BY_THE_SWEEP]
    for name in names:
        if name not in declared:
            close = difflib.get_close_matches(name.upper(), declared, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(declared)}"
            raise ValueError(f"{name} is no parameter for a sweep of {notebook.stem}: {hint}")


def value_of(text: str) -> Any:
    """A number, True, False or None where it reads as one, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def run_name(parameters: dict[str, Any]) -> str:
    """Name a run by its values: "preset_cpu-seed_1"; where that is long, it is cut and ends in a hash."""
    parts = [f"{name.lower()}_{re.sub(r'[^A-Za-z0-9.-]+', '_', str(value))}" for name, value in parameters.items()]
    name = "-".join(parts).rstrip("_.-") or "published"
    return name if len(name) <= 80 else f"{name[:71]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def execute(number: int, run: Run, threads: int) -> tuple[int, str, float]:
    """Execute one run's notebook, wherever this is called; returns its number, why it failed or "", and the seconds."""
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    logging.getLogger("papermill").setLevel(logging.ERROR)  # it warns of parameters that are not in the notebook's cell
    started = time.monotonic()
    where = {"OUTPUT_DIR": str(run.folder.parents[1]), "RUN_NAME": run.folder.name}
    executed = str(run.folder / run.notebook.name)
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        with ThreadPool(1) as thread:  # in a main thread, papermill would take over the signals
            thread.apply(
                papermill.execute_notebook,
                (str(run.notebook), executed, {**run.parameters, **where}),
                {"progress_bar": False, "extra_arguments": ["--log-level=ERROR"]},
            )
        reason = ""
    except papermill.exceptions.PapermillExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
    except Exception as error:  # no kernel, a full disk: the other runs go on
        reason = f"{type(error).__name__}: {error}"
    return number, " ".join(reason.split()), round(time.monotonic() - started, 1)


def save(rows: list[dict[str, Any]], runs: list[Run]) -> pd.DataFrame:
    """Write the table beside the runs' folders."""
    table = pd.DataFrame(rows)
    path = runs[0].folder.parent / "table.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path.with_suffix(".tmp"), index=False)
    os.replace(path.with_suffix(".tmp"), path)
    return table


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on with what is not done.", file=sys.stderr, flush=True)
        os._exit(130)  # without waiting for the runs: a kernel ends when its parent is gone
