"""Run a sweep that a TOML file describes.

    python -m wgan_utils.runs.sweeps grid.toml                    on this machine, a run a core
    python -m wgan_utils.runs.sweeps grid.toml --workers 2        two at a time
    python -m wgan_utils.runs.sweeps grid.toml --dask local       on a dask.distributed cluster: an address, or "local"
    python -m wgan_utils.runs.sweeps grid.toml --submitit slurm   through submitit; its settings are in [submitit]
    python -m wgan_utils.runs.sweeps grid.toml --list             only say which runs there are

The same command goes on where it stopped.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import wgan_utils as wu  # a program, not a part of the library that others import: it stands above all rooms
from wgan_utils.runs.grids import Grid, read_grid
from wgan_utils.runs.workers import available_cores


def main(words: list[str] | None = None) -> int:
    """Run the sweep; returns 1 where runs failed."""
    options = _options(words)
    try:
        grid = read_grid(options.grid)
        settings = grid.pop("submitit", {})
        if options.list:
            varying = {key: grid[key] for key in ("lessons", "parameters", "seeds", "fixed") if key in grid}
            for job in Grid(**varying).jobs(Path(), 1):
                print(job.name)
            return 0
        with _executor(options, settings) as (executor, cores):
            shares = {"workers": options.workers, "cores": options.cores or cores}
            done = wu.sweep(**grid, **shares, executor=executor, output_dir=options.output_dir)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from the last checkpoints.", file=sys.stderr)
        return 130
    print(f"{sum(row['state'] == 'done' for row in done.rows)} of {len(done.rows)} runs are done. In {done.folder}:")
    print("  table.csv\n  figure.png")
    for name, reason in done.failed.items():
        print(f"failed: {name}: {reason}", file=sys.stderr)
    return 1 if done.failed else 0


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m wgan_utils.runs.sweeps", description="Run lessons over a grid.")
    parser.add_argument("grid", type=Path, help="the TOML file")
    parser.add_argument("--workers", type=int, default=0, help="runs at a time on this machine; 0: one a core")
    parser.add_argument("--cores", type=int, default=0, help="cores for each run; 0: the machine's, shared")
    parser.add_argument("--output-dir", default="", help="instead of runs/")
    parser.add_argument("--list", action="store_true", help="say which runs there are, and run none")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--dask", metavar="ADDRESS", help='a scheduler, or "local"')
    where.add_argument("--submitit", metavar="CLUSTER", choices=("local", "slurm"), help="local or slurm")
    return parser.parse_args(words)


@contextmanager
def _executor(options: argparse.Namespace, settings: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    """Yield the executor that was asked for, None for threads, and the cores that each of its runs may use."""
    workers = options.workers or available_cores()
    share = max(1, available_cores() // workers)
    if options.dask == "local":
        from dask.distributed import Client, LocalCluster

        with LocalCluster(n_workers=workers, threads_per_worker=1) as cluster, Client(cluster) as client:
            yield client.get_executor(pure=False), share
    elif options.dask:
        from dask.distributed import Client

        with Client(options.dask) as client:
            yield client.get_executor(pure=False), 0
    elif options.submitit:
        import submitit

        folder = Path(options.output_dir or "runs") / "sweeps" / "submitit"
        executor = submitit.AutoExecutor(folder=folder, cluster=options.submitit)
        executor.update_parameters(**settings)
        yield executor, share if options.submitit == "local" else settings.get("cpus_per_task", 0)
    else:
        yield None, 0


if __name__ == "__main__":
    sys.exit(main())
