"""Run a lesson through papermill, show how far its training is, and say what it left.

    python scripts/run_lesson.py 02_wgan_clipping_sevens -p PRESET cpu -p SEED 1

Whatever follows the lesson's name goes to papermill.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS_BETWEEN_LINES = 10


def main(lesson: str, arguments: list[str]) -> int:
    """Run one lesson; returns the process's exit status."""
    notebook = ROOT / "notebooks" / f"{lesson}.ipynb"
    if not notebook.exists():
        known = ", ".join(sorted(path.stem for path in notebook.parent.glob("*.ipynb")))
        print(f"There is no lesson {lesson!r}; there are {known}.", file=sys.stderr)
        return 2
    runs = output_folder(arguments) / lesson
    started = time.time()
    print(f"Running {lesson}. Its runs are kept in {shown(runs)}; interrupt at any time, the same command continues.")
    with tempfile.TemporaryDirectory() as temporary:
        executed = Path(temporary) / notebook.name
        command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook), str(executed), *arguments]
        with (Path(temporary) / "stderr").open("w+") as messages:
            with subprocess.Popen(command, stderr=messages) as process:
                watch(process, runs, started)
            messages.seek(0)
            # The kernel's own log lines are about its connection, and alarm without need.
            sys.stderr.writelines(line for line in messages if not line.startswith("[IPKernelApp]"))
        folder = newest_run(runs, started)
        if folder is not None and executed.exists():
            (folder / notebook.name).write_bytes(executed.read_bytes())
    if process.returncode == 0 and folder is not None:
        print(f"Done in {(time.time() - started) / 60:.1f} minutes. Open, in {shown(folder)}:")
        for name in (notebook.name, "training.gif", "metrics.json"):
            print(f"  {name}{'' if (folder / name).exists() else '  (missing)'}")
    return process.returncode


def output_folder(arguments: list[str]) -> Path:
    """Find where the lesson writes its runs: the parameter OUTPUT_DIR, else runs/ in the checkout."""
    for flag, name, value in zip(arguments, arguments[1:], arguments[2:], strict=False):
        if flag in ("-p", "-r", "--parameters", "--parameters_raw") and name == "OUTPUT_DIR":
            return Path(value)
    return ROOT / "runs"


def watch(process: subprocess.Popen, runs: Path, started: float) -> None:
    """Print a line of progress every few seconds until the process ends."""
    line = ""
    while True:
        try:
            process.wait(timeout=SECONDS_BETWEEN_LINES)
            return
        except subprocess.TimeoutExpired:
            latest = progress(newest_run(runs, started, "**/config.json"))
            if latest not in ("", line):
                line = latest
                print(line, flush=True)


def newest_run(runs: Path, since: float, pattern: str = "*/config.json") -> Path | None:
    """Return the folder of the run that was begun or continued last, if that was after `since`."""
    configs = [path for path in runs.glob(pattern) if path.stat().st_mtime >= since - 1]
    return max(configs, key=lambda path: path.stat().st_mtime).parent if configs else None


def progress(folder: Path | None) -> str:
    """Say step, rate and time left, from the run's own files."""
    if folder is None or not (folder / "history.csv").exists():
        return ""
    total = json.loads((folder / "config.json").read_text()).get("parameters", {}).get("STEPS")
    if total is None:  # a shipped training that was put in place of one
        return ""
    with (folder / "history.csv").open(newline="") as file:
        rows = [(int(row["step"]), float(row["seconds"])) for row in csv.DictReader(file) if row.get("seconds")]
    if len(rows) < 2:
        return ""
    (first, began), (step, seconds) = rows[max(0, len(rows) - 50)], rows[-1]
    rate = (step - first) / max(seconds - began, 1e-9)
    minutes, left = divmod(round((total - step) / rate), 60)
    return f"  {folder.name}: step {step} of {total}, {rate:.1f} steps a second, {minutes} min {left:02d} s left"


def shown(path: Path) -> str:
    """Write a path the way one would type it here."""
    return os.path.relpath(path)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command continues from the last checkpoint.")
