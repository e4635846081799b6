"""Seconds a training step: ours beside the Keras example's way and PyTorch, on this machine's processor.

    python -m benchmarks.peers [--rounds 5] [--steps 4] [--pytorch-python .venv-backends/bin/python]

Each contestant computes in a process of its own, since TensorFlow and PyTorch would fight over the cores in one; they
take turns, so that a machine whose speed drifts treats them alike. All train networks with equally many weights, with
equally many threads, on random pixels. The median of the rounds counts; a turn's first step does not. No other program
should run meanwhile: on a busy machine PyTorch's threads wait for each other for seconds.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from joblib import cpu_count

from benchmarks.contest.entries import COLUMNS, ENTRIES, SMOKE, Column
from benchmarks.contest.processes import ROOT, Contestant, started
from wgan_utils.training.config import processor


def main(arguments: list[str] | None = None) -> None:
    """Measure and print the table."""
    asked = parsed(arguments)
    pythons = {entry.module: Path(sys.executable) for entry in ENTRIES.values()}
    pythons["with_pytorch"] = asked.pytorch_python
    columns, rounds, steps = (SMOKE, 2, 1) if asked.smoke else (COLUMNS, asked.rounds, asked.steps)
    times: list[list[list[float]]] = []
    versions: dict[str, str] = {}
    for column in columns:
        with started(asked.only, column, asked.threads, pythons) as contestants:
            times.append(measured(contestants, column, rounds, steps))
            for contestant in contestants:
                versions |= contestant.about["versions"]
    print("\n".join(table(asked.only, columns, np.array(times))))
    print(f"""
Seconds a step, the median of {rounds} rounds of {steps} steps; in brackets, times the column's fastest.
Sevens: clipping, {columns[0].critic_steps} critic steps; digits: gradient penalty, {columns[-1].critic_steps}; \
batch {columns[0].batch_size}.
{processor()}, {asked.threads} threads; {", ".join(map(" ".join, versions.items()))}.""")


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], prog="python -m benchmarks.peers")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant; the median counts")
    parser.add_argument("--steps", type=int, default=4, help="steps a turn")
    parser.add_argument("--threads", type=int, default=cpu_count(), help="threads of each contestant")
    parser.add_argument(
        "--only", nargs="+", default=list(ENTRIES), choices=ENTRIES, metavar="NAME", help="who takes part"
    )
    parser.add_argument("--smoke", action="store_true", help="tiny networks and two rounds: does it all run?")
    parser.add_argument(
        "--pytorch-python",
        type=Path,
        default=ROOT / ".venv-backends/bin/python",
        help="the interpreter of an environment with PyTorch; make test-backends makes the default one",
    )
    asked = parser.parse_args(arguments)
    if not asked.pytorch_python.exists() and any(ENTRIES[name].module == "with_pytorch" for name in asked.only):
        parser.error(
            f"there is no interpreter {asked.pytorch_python} for PyTorch; make it with make .venv-backends/installed, "
            "name another with --pytorch-python, or leave PyTorch out with --only."
        )
    return asked


def measured(contestants: list[Contestant], column: Column, rounds: int, steps: int) -> list[list[float]]:
    """Let all take turns; returns seconds a step of each contestant in each round."""
    for contestant in contestants:
        contestant.seconds_a_step(1)  # compiles
    times: list[list[float]] = [[] for _ in contestants]
    for done in range(rounds):
        print(f"{column.title}: round {done + 1} of {rounds}", file=sys.stderr)
        for contestant, row in zip(contestants, times, strict=True):
            row.append(contestant.seconds_a_step(steps))
    return times


def table(names: list[str], columns: tuple[Column, ...], times: np.ndarray) -> list[str]:
    """Lay out the medians as the lines of a markdown table, the fastest of each column in bold.

    Args:
        names: the contestants.
        columns: what they trained.
        times: seconds a step of shape (columns, contestants, rounds).
    """
    medians = np.median(times, axis=2)
    ratios = medians / medians.min(axis=1, keepdims=True)
    lines = [f"| | {' | '.join(column.title for column in columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, seconds, times_fastest in zip(names, medians.T, ratios.T, strict=True):
        cells = [
            f"**{s:.3g}** ({r:.2f})" if r == 1 else f"{s:.3g} ({r:.2f})"
            for s, r in zip(seconds, times_fastest, strict=True)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    spread = (times.max(axis=2) - times.min(axis=2)) / medians
    return [*lines, f"| largest spread of the rounds | {' | '.join(f'{s:.0%}' for s in spread.max(axis=1))} |"]


if __name__ == "__main__":
    main()
