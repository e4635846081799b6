"""Figures that labs share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.plots.style import FAKE, NEUTRAL, OTHER, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]  # name → x and y
COLOURS = (REAL, FAKE, OTHER, NEUTRAL, "#CC79A7", "#56B4E9", "#000000")
LOOKS = list(zip(COLOURS, ("-", "-", "-", "--", "-.", "--", ":"), "osD^vPX", strict=True))


@house_style
def plot_lines(
    panels: Mapping[str, Curves],
    xlabel: str,
    ylabel: str,
    dots: Mapping[str, Curves] | None = None,
    columns: int = 2,
    limits: Sequence[tuple[float, float] | None] = (),
    height: float = 2.5,
    caption: str = "",
    note: str = "",
) -> "Figure":
    """Show curves in several panels; one name has one colour in all of them, and one legend stands above.

    Args:
        panels: title → name → (x, y), drawn as lines.
        xlabel: what x is, with its unit.
        ylabel: what y is.
        dots: title → name → (x, y), drawn as dots in the name's colour.
        columns: panels in a row.
        limits: of y in each panel; None leaves one to matplotlib.
        height: of a row, in inches.
        caption: what is to be seen, printed under the figure.
        note: the sentence that names stand-in data, put behind it.
    """
    dots = dots or {}
    names = list(dict.fromkeys(name for group in (*panels.values(), *dots.values()) for name in group))
    if not panels or len(names) > len(LOOKS) or set(dots) - set(panels):
        raise Refused(f"There must be panels with at most {len(LOOKS)} names in all, and dots only in these.")
    looks = dict(zip(names, LOOKS, strict=False))
    rows = -(-len(panels) // columns)
    figure, axes = curve_axes(height * rows + 0.3, rows, columns, caption, note)
    drawn: dict[str, Any] = {}
    for number, (one, (title, curves)) in enumerate(zip(axes, panels.items(), strict=False)):
        for name, (x, y) in curves.items():
            colour, line, _ = looks[name]
            drawn.setdefault(name, *one.plot(x, y, line, color=colour, linewidth=1.8))
        for name, (x, y) in dots.get(title, {}).items():
            colour, _, marker = looks[name]
            drawn.setdefault(name, *one.plot(x, y, marker, color=colour, markeredgecolor="white"))
        one.set(title=title, xlabel=xlabel, ylabel=ylabel)
        if number < len(limits) and limits[number]:
            one.set_ylim(limits[number])
    for empty in axes[len(panels) :]:
        empty.set_axis_off()
    if len(drawn) > 1:
        figure.legend(drawn.values(), drawn.keys(), loc="outside upper left", ncols=min(len(drawn), 5), frameon=False)
    return figure
