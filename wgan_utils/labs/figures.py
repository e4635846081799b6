"""Figures of functions and critics: those that labs share, and lesson 04's."""

from collections.abc import Callable, Mapping, Sequence
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


# ---- what lesson 04 shows of critics


@house_style
def plot_double_cone(functions: Mapping[str, Callable], at: Sequence[float], caption: str = "") -> "Figure":
    """Show functions of one variable and, at some points, the double cone that a 1-Lipschitz function stays out of.

    `functions` are title → function of an array; the cones stand `at` places between -1 and 1.
    """
    figure, axes = curve_axes(3.6, 1, len(functions), caption)
    x = np.linspace(-1, 1, 401)
    for one, (title, function) in zip(axes, functions.items(), strict=True):
        y, inside = function(x), np.zeros(len(x), bool)
        for centre in at:
            tip, width = function(np.array(centre)), np.abs(x - centre)
            one.fill_between(x, tip + width, tip + 9, color=OTHER, alpha=0.15, linewidth=0)
            one.fill_between(x, tip - 9, tip - width, color=OTHER, alpha=0.15, linewidth=0)
            one.plot(centre, tip, "o", color=OTHER, markersize=5)
            inside |= np.abs(y - tip) > width + 1e-9
        one.plot(x, y, color=REAL, linewidth=1.6)
        one.plot(np.where(inside, x, np.nan), np.where(inside, y, np.nan), color=FAKE, linewidth=2.4)
        one.set(title=title, xlabel="x", ylabel="f(x)", ylim=(-1, 1), aspect="equal")
    return figure


@house_style
def plot_batch_sensitivity(matrices: Mapping[str, np.ndarray], caption: str = "") -> "Figure":
    """Show for several critics how much each image of a batch moves the score of each.

    `matrices` are title → (n, n), from `critics.batch_sensitivity`. Every row is divided by its sum, so that a colour
    is a share; small shares are told apart.
    """
    from matplotlib.colors import PowerNorm

    figure, axes = curve_axes(3.0, 1, len(matrices), caption)
    for one, (title, matrix) in zip(axes, matrices.items(), strict=True):
        shares = matrix / np.sum(matrix, axis=1, keepdims=True)
        drawn = one.imshow(shares, cmap="cividis", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
        one.set(title=title, xlabel="j, the image it depends on", xticks=range(len(shares)), yticks=range(len(shares)))
        one.grid(False)
    axes[0].set_ylabel("i, the image scored")
    figure.colorbar(drawn, ax=list(axes), label="share of row i", shrink=0.75, ticks=[0, 0.02, 0.1, 0.25, 0.5, 1])
    return figure
