"""Run a stored lesson's cells that only print its shipped generator's card once more, and store what they say now.

    python scripts/store_cards.py 02_wgan_clipping_sevens

A lesson is stored before its generator can be shipped, and the card tells of three seeds. Such a cell has the tag
`card` and needs nothing but `wu`; all other cells keep what the one execution printed.
"""

import contextlib
import io
import sys
from pathlib import Path

import wgan_utils as wu  # isort: skip - before Keras, which it configures

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def main(lesson: str) -> None:
    """Renew the outputs of one lesson's card cells."""
    path = NOTEBOOKS / f"{lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "card" in cell.metadata.get("tags", [])]
    if not cells:
        raise SystemExit(f"{path.name} has no cell with the tag 'card'; tag the one that prints wu.pretrained_seeds.")
    for cell in cells:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(cell.source, {"wu": wu})
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed.getvalue())]
    nbformat.write(notebook, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
