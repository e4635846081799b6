"""The site's own figures. Those of toys are run here, and stored in site/figures/ with the hash of what made them.

python -m scripts.web.figures          all of them    (make figures)
python -m scripts.web.figures NAME …   these
"""

import hashlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import scaling
from examples.what_breaks.catalogue import BUGS, Bug
from examples.what_breaks.drawing import COLOURS, DASHES
from scripts.web.address import ROOT
from scripts.web.symptoms import SHIPPED, TOYS, Plot
from wgan_utils.plots.style import NEUTRAL, curve_axes, house_style, legend_above

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = ROOT / "site" / "figures"
MADE_BY = FOLDER / "made_by.json"
SOURCES = ("examples/what_breaks/*.py", "scripts/web/symptom*.py")
DPI = 140  # for screens with more than one pixel a point
COLOURS_IN_FILE = 96


@house_style
def draw_symptom(plot: Plot) -> "Figure":
    """Draw one small panel."""
    from matplotlib.ticker import MaxNLocator

    figure, (axes,) = curve_axes(2.9, 1, 1, width=4.6)
    for (name, (x, y)), colour, dash in zip(plot.curves.items(), COLOURS, DASHES, strict=False):
        axes.plot(x, y, color=colour, linestyle=dash, label=name, marker="o" if len(x) < 15 else "")
    if plot.level:
        axes.axhline(plot.level[1], color=NEUTRAL, linestyle=":", label=plot.level[0])
    axes.set(xlabel=plot.xlabel, ylabel=plot.ylabel)
    if plot.log:
        axes.set_yscale("log")
    if plot.limits:
        axes.set_ylim(plot.limits)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    legend_above(axes, columns=2)
    return figure


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as a PNG of few colours: these are drawings, not photographs."""
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=DPI, format="png")
    with Image.open(buffer) as picture:
        picture.convert("RGB").quantize(COLOURS_IN_FILE).save(path, optimize=True)


def draw_shipped(folder: Path) -> None:
    """Draw the figures of shipped trainings, which needs no training."""
    for name, plot in SHIPPED.items():
        save(draw_symptom(plot()), folder / f"curve_{name}.png")


def draw_measured(folder: Path) -> None:
    """Draw how time and memory grow, as it was measured and stored."""
    save(scaling.draw(json.loads(scaling.STORED.read_text("utf-8"))), folder / "growth.png")


def fingerprint() -> str:
    """Hash the programs behind the stored figures."""
    files = sorted(path for pattern in SOURCES for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _both(bug: Bug) -> "Figure":
    return bug.draw(bug.measure(False), bug.measure(True))


def _one(plot: Callable[[], Plot]) -> "Figure":
    return draw_symptom(plot())


def main(names: Iterable[str]) -> None:
    """Run the toys and store their figures."""
    wanted = set(names)
    FOLDER.mkdir(exist_ok=True)
    jobs: dict[str, Callable[[], Figure]] = {}
    for name, bug in BUGS.items():
        jobs[f"bug_{name}"] = partial(_both, bug)
    for name, plot in TOYS.items():
        jobs[f"curve_{name}"] = partial(_one, plot)
    if unknown := wanted - set(jobs):
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are: {', '.join(jobs)}.")
    made_by = json.loads(MADE_BY.read_text("utf-8")) if MADE_BY.exists() else {}
    for name, draw in jobs.items():
        if not wanted or name in wanted:
            started = time.monotonic()
            save(draw(), FOLDER / f"{name}.png")
            print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
            made_by[name] = fingerprint()
            MADE_BY.write_text(json.dumps(made_by, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
