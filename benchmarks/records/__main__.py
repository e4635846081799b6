"""Time to quality: train until the target of a record is reached, and write down what it took.

    python -m benchmarks.records digits --row today "lazy R1" --seeds 0 1
    python -m benchmarks.records digits --table
    python -m benchmarks.records digits --roofline --row today "lazy R1"
    python -m benchmarks.records digits --verify "lazy R1" --seeds 0 1

The rows take turns, seed by seed, so that a machine whose speed drifts treats them alike. Each finished training is a
line of OUTPUT/records.csv, with its measurements in OUTPUT/records_curves.csv and 64 of its last images in a PNG; what
has a line is not trained again. No other program should run meanwhile. What the site shows is benchmarks/records.csv, a
copy.
"""

import argparse
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from benchmarks.records.catalogue import RECORDS, shown, shrunk
from benchmarks.records.recipe import Record
from benchmarks.records.results import STORED, Line, append, mean_and_range, ratios, read_lines
from benchmarks.records.training import save_images, train
from wgan_utils.errors import Refused
from wgan_utils.gan.backend import BACKEND
from wgan_utils.training.config import git_commit, processor

CURVE = ("record", "row", "backend", "seed", "step", "seconds", "frechet", "called")


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line asks for."""
    asked = parsed(arguments)
    record = shrunk(RECORDS[asked.record]) if asked.smoke else RECORDS[asked.record]
    file = asked.output / ("smoke.csv" if asked.smoke else "records.csv")
    if unknown := {*asked.row, *([asked.verify] if asked.verify else [])} - set(record.rows):
        raise Refused(f"{asked.record} has no row {', '.join(sorted(unknown))}; there are: {', '.join(record.rows)}.")
    if asked.roofline:
        from benchmarks.records.roofline import roofline  # which needs TensorFlow

        roofline(record, asked.row)
    elif asked.table:
        print(shown(asked.record, file if file.exists() else STORED))
    elif asked.verify:
        sys.exit(not verified(asked.record, record, asked.verify, asked.seeds))
    else:
        series(asked.record, record, asked.row, asked.seeds, file, asked.smoke)
        print(shown(asked.record, file))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    what = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=what)
    parser.add_argument("record", choices=RECORDS)
    parser.add_argument("--row", nargs="+", default=["today"], help="recipes of the record")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="one training for each")
    parser.add_argument("--output", type=Path, default=Path("runs/records"), help="the folder of the results")
    parser.add_argument("--smoke", action="store_true", help="tiny networks and a few steps: does it run?")
    parser.add_argument("--table", action="store_true", help="print what OUTPUT has, else what is stored")
    parser.add_argument("--roofline", action="store_true", help="how near a step comes to a matrix product's speed")
    parser.add_argument("--verify", metavar="ROW", help="measure a stored row again, beside today's")
    return parser.parse_args(arguments)


def series(name: str, record: Record, rows: list[str], seeds: list[int], file: Path, standin: bool = False) -> None:
    """Train every row with every seed, but for what the file has a line of.

    Raises:
        ValueError: the file has a line of a row that was trained by another recipe, or to another target.
    """
    recipes = {row: record.fingerprint(row) for row in rows}
    done = [line for line in read_lines(file) if line.record == name and line.row in rows]
    if other := {line.row for line in done if line.recipe != recipes[line.row]}:
        advice = "give the new recipe another name, or delete those lines"
        raise Refused(
            f"{file} has lines of {', '.join(sorted(other))} by another recipe or to another target: {advice}."
        )
    finished = {(line.row, line.seed) for line in done if line.backend.split()[0] == BACKEND}
    for seed in seeds:
        for row in rows:
            if (row, seed) not in finished:
                append(
                    file,
                    Line._fields,
                    [measured(name, record, row, seed, file.with_name(f"{file.stem}_curves.csv"), standin)],
                )


def measured(name: str, record: Record, row: str, seed: int, curves: Path | None = None, standin: bool = False) -> Line:
    """Train one row with one seed."""
    print(f"{name}, {row}, seed {seed}", flush=True)
    until, images, multiply_adds = train(record, record.rows[row], seed, standin)
    end = until.curve[-1] if until.curve else {}
    line = Line(
        record=name,
        row=row,
        recipe=record.fingerprint(row),
        backend=f"{BACKEND} {version(BACKEND)}",
        seed=seed,
        reached=until.reached,
        seconds=round(until.seconds, 3),
        first_step=round(until.first_step, 3),
        measuring=round(until.measuring, 3),
        steps=until.steps,
        images=images,
        multiply_adds=multiply_adds,
        frechet=end.get("frechet", float("nan")),
        called=end.get("called", 1.0),
        date=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        commit=git_commit() or "",
        processor=processor(),
    )
    told = "reached" if line.reached else "not reached"
    print(f"{told} in {line.seconds:.1f} s; first step {line.first_step:.1f} s, measuring {line.measuring:.1f} s")
    if curves:
        append(curves, CURVE, [(name, row, line.backend, seed, *point.values()) for point in until.curve])
        save_images(
            until.model.final_generator, curves.with_name(f"{curves.stem}, {name}, {line.title}, {seed}.png"), seed
        )
    return line


def verified(name: str, record: Record, row: str, seeds: list[int]) -> bool:
    """Train today's row and another by turns; say whether their ratio lies in the range that is stored, or below.

    Raises:
        ValueError: nothing is stored to hold it to.
    """
    stored = ratios([line for line in read_lines(STORED) if line.record == name], row)
    if not stored:
        raise Refused(f"{STORED.name} has no ratio of {row} for {name}.")
    lines = [measured(name, record, which, seed) for seed in seeds for which in ("today", row)]
    found = ratios(lines, row)
    holds = bool(found) and sum(found) / len(found) <= max(stored)
    print(f"stored {mean_and_range(stored)}, here {mean_and_range(found) or 'not reached'}: ", end="")
    print("it holds" if holds else "it does not hold")
    return holds


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        sys.exit(str(error))
