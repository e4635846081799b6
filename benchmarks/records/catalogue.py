"""All records, and the table of each."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.records import camels, digits, faces, sevens
from benchmarks.records.recipe import Record
from benchmarks.records.results import STORED, read_lines, tables

RECORDS = {"sevens": sevens.RECORD, "digits": digits.RECORD, "camels": camels.RECORD, "faces": faces.RECORD}
TINY: dict[str, Any] = {"width": 0.05, "steps": 4, "batch_size": 4}


def shown(name: str, file: Path = STORED) -> str:
    """Write one record's tables, or say that there is none."""
    lines = [line for line in read_lines(file) if line.record == name]
    changes = {row: recipe.change for row, recipe in RECORDS[name].rows.items()}
    return tables(lines, changes) if lines else "No results yet."


def shrunk(record: Record) -> Record:
    """Make a trial of a record: it is over in seconds and reaches nothing."""
    return replace(record, n=20, every=2, rows={name: replace(row, **TINY) for name, row in record.rows.items()})
