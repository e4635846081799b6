"""Functions side by side: curves that are known as lines, and what was measured or trained as dots on them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.plots.style import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style, label_plainly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]  # name → x and y
LINES = [
    (REAL, "-"),
    (FAKE, "-"),
    (OTHER, "-"),
    (NEUTRAL, "--"),
    ("#CC79A7", "-."),
    ("#56B4E9", "--"),
    ("#000000", ":"),
]
MARKERS = "osD^vPX"


@house_style
def plot_lines(
    panels: Mapping[str, Curves],
    xlabel: str | Sequence[str],
    ylabel: str | Sequence[str],
    dots: Mapping[str, Curves] | None = None,
    columns: int = 2,
    log: str = "",
    limits: Sequence[tuple[float, float] | None] = (),
    height: float = 2.5,
    caption: str = "",
    note: str = "",
) -> "Figure":
    """Show curves in several panels; one name has one colour in all of them, and one legend stands above.

    Args:
        panels: title → name → (x, y), drawn as lines.
        xlabel: what x is, with its unit, in all panels or in each.
        ylabel: what y is, in all panels or in each.
        dots: title → name → (x, y), drawn as dots in the name's colour.
        columns: panels in a row.
        log: which axes are logarithmic: "x", "y", "xy" or none.
        limits: of y in each panel; None leaves one to matplotlib.
        height: of a row, in inches.
        caption: what is to be seen.
        note: the stand-in sentence.
    """
    dots = dots or {}
    names = list(dict.fromkeys(name for group in (*panels.values(), *dots.values()) for name in group))
    if not panels or len(names) > len(LINES) or set(dots) - set(panels):
        raise Refused(f"There must be panels with at most {len(LINES)} names in all, and dots only in these.")
    looks = {name: (*LINES[i], MARKERS[i]) for i, name in enumerate(names)}
    rows = -(-len(panels) // columns)
    figure, axes = curve_axes(height * rows + 0.3, rows, columns, caption, note)
    xlabels, ylabels = ([label] * len(panels) if isinstance(label, str) else label for label in (xlabel, ylabel))
    for number, (one, (title, curves)) in enumerate(zip(axes, panels.items(), strict=False)):
        for name, (x, y) in curves.items():
            colour, line, _ = looks[name]
            one.plot(x, y, color=colour, linestyle=line, linewidth=1.8, label=name)
        for name, (x, y) in dots.get(title, {}).items():
            colour, _, marker = looks[name]
            shown = f"{name} " if name in curves else name  # a legend entry of its own where there is no line
            one.plot(
                x, y, marker, color=colour, markersize=6, markeredgecolor="white", markeredgewidth=0.6, label=shown
            )
        one.set(title=title, xlabel=xlabels[number], ylabel=ylabels[number])
        one.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear")
        if number < len(limits) and limits[number] is not None:
            one.set_ylim(limits[number])
        for axis in [one.xaxis] * ("x" in log) + [one.yaxis] * ("y" in log):
            label_plainly(axis)
    for empty in axes[len(panels) :]:
        empty.set_axis_off()
    _legend(figure, axes)
    return figure


def _legend(figure: "Figure", axes: Sequence) -> None:
    """One legend for all panels, over them; a name's line stands for its dots too."""
    found: dict = {}
    for one in axes:
        for handle, label in zip(*one.get_legend_handles_labels(), strict=True):
            found.setdefault(label.strip(), handle)
    if len(found) > 1:
        figure.legend(
            handles=list(found.values()),
            labels=list(found),
            loc="outside upper left",
            ncols=min(len(found), 5),
            frameon=False,
        )
