"""What a sweep came to: a row for each run, as a table and as a figure."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wgan_utils.files import atomic_file
from wgan_utils.plots.sweeps import Metric, plot_sweep
from wgan_utils.runs.jobs import Job, outcome_of


@dataclass
class Sweep:
    """What a sweep left.

    Args:
        folder: where it lies: table.csv, figure.png, and a folder for each run.
        rows: for each run its lesson, name, what varied, `state` ("done", "failed", "interrupted" or "waiting"),
            `error`, `seconds`, and every number of its metrics.json.
        varied: the names of what varied.
        metric: what the figure shows.
    """

    folder: Path
    rows: list[dict[str, Any]]
    varied: list[str]
    metric: Metric

    @property
    def failed(self) -> dict[str, str]:
        """Run → the reason, of those that failed."""
        return {f"{row['lesson']}/{row['run']}": row["error"] for row in self.rows if row["state"] == "failed"}

    def table(self) -> Any:
        """The rows as a pandas DataFrame, or as they are where pandas is not installed."""
        try:
            import pandas
        except ImportError:
            return self.rows
        return pandas.DataFrame(self.rows)

    def plot(self, caption: str = "") -> Any:
        """Draw every run's number, see `plot_sweep`."""
        return plot_sweep(self.rows, self.varied, self.metric, caption)


def collect(folder: Path, jobs: list[Job], metric: str) -> Sweep:
    """Gather what the runs left, and write table.csv and figure.png."""
    reports = [_report(job) for job in jobs]
    rows = [_row(job, report) for job, report in zip(jobs, reports, strict=True)]
    varied = list(dict.fromkeys(name for job in jobs for name in job.varied))
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic_file(folder / "table.csv") as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, restval="")
        table.writeheader()
        table.writerows(rows)
    result = Sweep(folder, rows, varied, Metric.chosen(metric, reports))
    with atomic_file(folder / "figure.png") as temporary:
        result.plot().savefig(temporary, format="png")
    return result


def _report(job: Job) -> dict[str, Any]:
    """What metrics.json says of a run that is done."""
    try:
        return json.loads((Path(job.folder) / "metrics.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _row(job: Job, report: dict[str, Any]) -> dict[str, Any]:
    outcome = outcome_of(job)
    numbers = {name: found["value"] for name, found in report.get("metrics", {}).items()}
    return {
        "lesson": job.lesson,
        "run": Path(job.folder).name,
        **job.varied,
        "state": outcome.get("state", "waiting"),
        "error": outcome.get("error", ""),
        "seconds": round(outcome.get("seconds", 0.0), 1),
        **({**numbers, **report.get("lesson", {})} if outcome.get("state") == "done" else {}),
    }
