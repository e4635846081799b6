"""Run a lesson or a lab with papermill, show how far it is and its newest samples, and say what it left.

    python scripts/run_lesson.py 02_wgan_clipping_sevens -p PRESET cpu -p SEED 1
    python scripts/run_lesson.py 02_wgan_clipping_sevens --help

The second form lists the lesson's parameters.
"""

import argparse
import ast
import builtins
import csv
import json
import logging
import os
import runpy
import shutil
import signal
import sys
import tempfile
import threading
import time
import webbrowser
from pathlib import Path
from types import FrameType
from typing import Any

import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
# By its path, which loads neither the library nor TensorFlow.
PUBLISHED = runpy.run_path(str(ROOT / "wgan_utils" / "published.py"))
LESSONS = PUBLISHED["notebooks"]()
SECONDS_BETWEEN_LINES = 20
# What a lesson leaves in its run's folder, and a lab a part of it; "" is the executed notebook.
LEFT = {
    "training.gif": "how the samples changed",
    "": "the lesson with your results: `make lab`, then open this path",
    "metrics.json": "what was measured, as numbers",
}
PAGE = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>{lesson}</title>'
    '<img src="latest.png" alt="the newest samples" style="image-rendering: pixelated; width: 560px">\n'
)


class PatientKernelManager(AsyncKernelManager):
    """Gives an interrupted training time to store a checkpoint before its kernel is ended."""

    shutdown_wait_time = 34.0  # seconds: half of it before SIGTERM, which ends a training at once, half before SIGKILL


def main(arguments: list[str]) -> int:
    """Run the lesson that the arguments name; returns the process's exit status."""
    parser = argparse.ArgumentParser(description="Run a lesson.", add_help=False)
    parser.add_argument("lesson", choices=LESSONS)
    parser.add_argument("-h", "--help", action="store_true", help="list the lesson's parameters")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="set a parameter")
    if not arguments or arguments in (["-h"], ["--help"]):
        parser.print_help()
        return 0
    given = parser.parse_args(arguments)
    if given.help:
        print(list_of_parameters(given.lesson))
        return 0
    received = pass_signals_on()
    try:
        return run(given.lesson, {name: value_of(text) for name, text in given.p})
    except KeyboardInterrupt:
        print("Interrupted. The same command continues from the last checkpoint.", file=sys.stderr)
        return 128 + received[0]


def run(lesson: str, parameters: dict[str, Any]) -> int:
    """Run one lesson with these parameters."""
    runs = Path(str(parameters.get("OUTPUT_DIR") or ROOT / "runs")) / lesson
    started = time.time()
    print(f"Running {lesson}. Its runs are kept in {shown(runs)}.")
    print("Stop with Ctrl-C at any time; the same command continues.")
    print(f"The newest samples, renewed while it trains: {shown(runs / 'latest.png')}", flush=True)
    # The kernel's own log lines are about its connection, papermill's about parameters that the lesson itself checks.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    options = {"kernel_manager_class": PatientKernelManager, "extra_arguments": ["--log-level=CRITICAL"]}
    failed = None
    with tempfile.TemporaryDirectory() as temporary:
        executed = Path(temporary) / LESSONS[lesson].name
        done = threading.Event()
        watching = threading.Thread(target=watch, args=(runs, executed, started, done), daemon=True)
        watching.start()
        try:
            papermill.execute_notebook(LESSONS[lesson], executed, parameters, progress_bar=False, **options)
        except PapermillExecutionError as error:
            failed = error
        finally:
            done.set()
            watching.join()
            folder = newest_run(runs, started)
            if folder is not None and executed.exists():
                shutil.copyfile(executed, folder / executed.name)
    if failed is not None:
        # What the library refuses is one sentence; Python's own errors need their name.
        name = f"{failed.ename}: " if hasattr(builtins, failed.ename) else ""
        print(f"{name}{failed.evalue}", file=sys.stderr)
        if folder is not None:
            print(f"As far as it came: {shown(folder / executed.name)}", file=sys.stderr)
        return 1
    print(f"Done in {(time.time() - started) / 60:.1f} minutes.")
    if folder is not None:
        print("Open:")
        for left, what in LEFT.items():
            path = folder / (left or executed.name)
            if path.exists():
                print(f"  {shown(path)}  {what}")
    return 0


def pass_signals_on() -> list[int]:
    """Turn SIGINT, SIGTERM and SIGHUP into a KeyboardInterrupt, at which papermill interrupts and ends its kernel.

    Also where they were ignored, as a shell does with SIGINT for a command that it starts in the background. A kernel
    whose parent was killed ends by itself.

    Returns:
        A list that holds the signal once one has come.
    """
    received: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        received.append(number)
        os.write(2, b"\nStopping. Storing a checkpoint can take half a minute.\n")
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), interrupt)
    return received


def value_of(text: str) -> Any:
    """Read a parameter's value: a number, True, False or None, else the text itself."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, int | float | None) else text


def watch(runs: Path, executed: Path, started: float, done: threading.Event) -> None:
    """Keep latest.png up to date, and print a line of progress every few seconds."""
    last_line, picture, opened = "", None, False
    next_line = started + SECONDS_BETWEEN_LINES
    while not done.wait(1):
        folder = newest_run(runs, started, "**/config.json")
        newest = samples_to_show(runs, started)
        if newest is not None and newest != picture:
            picture = newest
            show(picture, runs, started, opened)
            opened = True
        if time.time() >= next_line:
            line = progress(folder, runs) or reached(executed)
            if line not in ("", last_line):
                last_line = line
                print(f"{time.time() - started:4.0f} s  {line}", flush=True)
            next_line += SECONDS_BETWEEN_LINES


def show(picture: Path, runs: Path, started: float, opened: bool) -> None:
    """Copy a picture to latest.png; the first time, open a page with it where there is a screen."""
    temporary = runs / ".latest.png"
    Image.open(picture).save(temporary, "png")  # in colour those that ship are JPEG
    os.replace(temporary, runs / "latest.png")
    if opened:
        return
    print(f"{time.time() - started:4.0f} s  The first picture is there: grey or noise, before training.", flush=True)
    here = "SSH_CONNECTION" not in os.environ and sys.stdout.isatty()
    if here and (sys.platform in ("win32", "darwin") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ):
        (runs / "latest.html").write_text(PAGE.format(lesson=runs.name), encoding="utf-8")
        webbrowser.open((runs / "latest.html").resolve().as_uri())


def newest_run(runs: Path, since: float, pattern: str = "*/config.json") -> Path | None:
    """Return the folder of the run that was begun or continued last, if that was after `since`."""
    times = {path.parent: path.stat().st_mtime for path in runs.glob(pattern)}
    recent = [folder for folder, changed in times.items() if changed >= since - 1]
    return max(recent, key=times.__getitem__) if recent else None


def newest_samples(folder: Path | None) -> Path | None:
    """Return a run's last sheet of samples."""
    return max((folder / "samples").glob("step_*.[jp]*g"), default=None) if folder else None


def samples_to_show(runs: Path, since: float) -> Path | None:
    """Return the last sheet of the lesson's own training; of a training within it only while that has none."""
    own, latest = (newest_run(runs, since, pattern) for pattern in ("*/config.json", "**/config.json"))
    return newest_samples(own) or newest_samples(latest)


def progress(folder: Path | None, runs: Path) -> str:
    """Say step, rate and time left of a training that has not ended, from its own files."""
    if folder is None or not (folder / "history.csv").exists() or (folder / "generator.keras").exists():
        return ""
    with (folder / "history.csv").open(newline="") as file:
        rows = [(int(row["step"]), float(row["seconds"])) for row in csv.DictReader(file) if row.get("seconds")]
    if len(rows) < 2:
        return ""
    (first, began), (step, seconds) = rows[max(0, len(rows) - 50)], rows[-1]
    rate = (step - first) / max(seconds - began, 1e-9)
    total = json.loads((folder / "config.json").read_text("utf-8")).get("parameters", {}).get("STEPS")
    if total is None or folder.parent != runs:  # a training within the lesson has its own number of steps
        return f"run {folder.name!r}: step {step}, {rate:.1f} steps a second"
    minutes, left = divmod(round((total - step) / rate), 60)
    time_left = f"{minutes} min {left:02d} s of training left"
    return f"run {folder.name!r}: step {step} of {total}, {rate:.1f} steps a second, {time_left}"


def reached(executed: Path) -> str:
    """Say how many of the lesson's code cells are done, and under which heading the next one stands."""
    try:
        cells = json.loads(executed.read_text("utf-8"))["cells"]
    except (OSError, ValueError):  # not there yet, or being written
        return ""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    heading, done = "", 0
    for cell in cells:
        if cell["cell_type"] == "markdown":
            lines = [line for line in "".join(cell["source"]).splitlines() if line.startswith("#")]
            heading = lines[-1].lstrip("# ") if lines else heading
        elif cell["metadata"].get("papermill", {}).get("status") == "completed":
            done += 1
        else:
            break
    return f"{done} of {len(code)} cells of the notebook are done; next: {heading}"


def list_of_parameters(lesson: str) -> str:
    """Write a lesson's parameters, two lines each: name and published values, meaning and range."""
    lines = [f"Parameters of {lesson}, set by -p NAME VALUE, with their published values (smoke / cpu / full):"]
    about = PUBLISHED["LESSONS"][lesson]
    for name, kind in about.parameters.items():
        values = [str(about.published[preset][name]) for preset in PUBLISHED["PRESETS"]]
        lines.append(f"  {name} = {' / '.join(values) if len(set(values)) > 1 else values[0]}")
        lines.append(f"      {kind.help}" + f" ({kind.allowed})" * bool(kind.allowed))
    return "\n".join(lines)


def shown(path: Path) -> str:
    """Write a path the way one would type it here."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive, on Windows
        return str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
