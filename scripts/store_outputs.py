"""Run lessons and labs with their defaults and store the outputs in notebooks/, normalised for review.

python scripts/store_outputs.py                          all of them
python scripts/store_outputs.py 02_wgan_clipping_sevens  this one
"""

import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = runpy.run_path(str(ROOT / "wgan_utils" / "published.py"))["notebooks"]()  # without TensorFlow
# What only says when and where a notebook ran; execution counts and outputs stay.
VOLATILE = "metadata.papermill cell.metadata.papermill cell.metadata.execution"


def main(lessons: list[str]) -> None:
    """Execute and store each lesson; the stored one stays as it is when a run fails."""
    for notebook in [path for name, path in NOTEBOOKS.items() if name in (lessons or NOTEBOOKS)]:
        with tempfile.TemporaryDirectory() as folder:
            executed = Path(folder) / notebook.name
            # Defaults, not -p: an injected cell would be published.
            subprocess.run([sys.executable, "-m", "papermill", str(notebook), str(executed)], check=True)
            normalise(executed)
            shutil.copyfile(executed, notebook)
        store_gif(notebook.stem)
        print(f"Stored {notebook.relative_to(ROOT)}, {notebook.stat().st_size / 1e6:.2f} MB.")


def store_gif(lesson: str) -> None:
    """Keep the GIF of the run that was just stored, for the README; a lab makes none."""
    gifs = (ROOT / "runs" / lesson).glob("*/training.gif")
    if newest := max(gifs, key=lambda path: path.stat().st_mtime, default=None):
        shutil.copyfile(newest, ROOT / "assets" / f"{lesson}.gif")


def without_progress(notebook: Path) -> None:
    """Drop the line on stderr that a first preparation of a data set renews; any other message there stays."""
    stored = nbformat.read(notebook, as_version=4)
    for cell in stored.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_progress(output)]
    nbformat.write(stored, notebook)


def _is_progress(output: nbformat.NotebookNode) -> bool:
    text = output.get("text", "")
    return output.get("name") == "stderr" and (text.startswith("\r") or not text.strip())


def normalise(notebook: Path) -> None:
    """Drop what changes with every run and says nothing."""
    without_progress(notebook)
    subprocess.run(
        [
            *(sys.executable, "-m", "nbstripout", "--keep-output", "--keep-count", "--keep-id"),
            *("--extra-keys", VOLATILE, str(notebook)),
        ],
        check=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
