"""A notebook that takes a second and behaves as a lesson does, for the tests of sweeps."""

from pathlib import Path

import nbformat

PARAMETERS = """PRESET: str = "auto"  # one
LAMBDA: float = 10.0  # factor
SECONDS: float = 0.0  # to wait
TOGETHER: int = 0  # wait until so many runs have started
SEED: int = 0  # seed
OUTPUT_DIR: str = ""  # where
RUN_NAME: str = ""  # name"""
# Counts its starts, fails for a negative factor, and goes on where an interrupt has ended it, as a lesson does.
BODY = """
import json, os, time
from pathlib import Path

folder = Path(OUTPUT_DIR) / "toy" / RUN_NAME
steps = folder / "steps"
if LAMBDA < 0:
    raise ValueError(f"LAMBDA must be positive,\\nnot {LAMBDA}.")
deadline = time.monotonic() + 300
done = int(steps.read_text()) if steps.exists() else 0
(folder / "started").open("a").write(f"{done} {time.time()}\\n")
try:
    while len(list(folder.parent.glob("*/started"))) < TOGETHER:
        assert time.monotonic() < deadline, "the others have not come"
        time.sleep(0.1)
    while done < 10 * SECONDS:
        time.sleep(0.1)
        done += 1
except KeyboardInterrupt:
    time.sleep(3)  # it ends its step, and writes
    raise
finally:
    steps.write_text(str(done))
cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
own = {"cores": cores, "threads": os.environ["TF_NUM_INTRAOP_THREADS"]}
(folder / "own.json").write_text(json.dumps(own))
metrics = {"frechet": {"value": LAMBDA + SEED, "title": "distance", "reference": 1.0, "better": "lower"}}
(folder / "metrics.json").write_text(json.dumps({"metrics": metrics, "lesson": {"steps": done}}))
"""


def toy_lesson(folder: Path) -> Path:
    """Write it."""
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(BODY)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "toy.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def runs_of(output: Path, sweep: str) -> Path:
    """Where a sweep keeps its runs."""
    return output / "sweeps" / sweep / "toy"
