"""The house style: what every figure of the lessons looks like, and a caption under it.

matplotlib is imported inside the functions, so that whoever draws nothing does not wait for it.
"""

import functools
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

DPI = 100
WIDTH = 8.4  # inches; 840 pixels fit the output column of JupyterLab and of GitHub without being shrunk
FONT_SIZE = 9.5  # points; 13 pixels, like the text around the figure
LETTERS = 13.5  # in an inch
LINE = 1.4 * FONT_SIZE / 72  # inches
LEGEND_ROW = 21  # points that a legend of one row takes between the axes and their title

# Okabe and Ito's palette, whose colours stay apart for colour-blind readers.
REAL, FAKE, OTHER, NEUTRAL = "#0072B2", "#D55E00", "#009E73", "#555555"

STYLE = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "font.size": FONT_SIZE,
    "text.color": "#222222",
    "figure.labelsize": FONT_SIZE,
    "figure.constrained_layout.w_pad": 0.06,
    "figure.constrained_layout.h_pad": 0.06,
    "axes.titlesize": FONT_SIZE + 0.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": "#222222",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "xtick.labelsize": FONT_SIZE - 0.5,
    "ytick.labelsize": FONT_SIZE - 0.5,
    "legend.edgecolor": "none",
    "legend.fontsize": FONT_SIZE - 0.5,
}


def house_style(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function draw in the house style and leave matplotlib's settings as they were."""

    @functools.wraps(draw)
    def styled(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        import matplotlib.pyplot as plt

        # Loads the backend. A notebook's turns on settings as it loads, which would end with the style below,
        # and the reader's own figures would no longer be shown.
        plt.draw_if_interactive()
        with plt.style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return styled


def curve_axes(height: float, rows: int, columns: int, *texts: str, width: float = WIDTH) -> tuple["Figure", Any]:
    """Make a figure of rows × columns panels, returned as a flat array, with these sentences under it; in inches."""
    import matplotlib.pyplot as plt

    caption = textwrap.fill(" ".join(filter(None, texts)), round(LETTERS * width))
    # pyplot makes it, because that teaches a notebook to display figures; closed, it is displayed just once,
    # where it is the value of a cell, and not a second time for having been drawn.
    size = width, round(height + (LINE * (caption.count("\n") + 1.6) if caption else 0), 2)  # whole pixels
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    plt.close(figure)
    figure.supxlabel(caption, x=0, ha="left", linespacing=1.4, parse_math=False)
    return figure, axes.ravel()


def legend_above(axes: "Axes", columns: int = 1) -> None:
    """Put the legend over the axes, where it hides no curve; a title needs a `pad` of LEGEND_ROW to clear one row."""
    spacing = {"borderpad": 0.2, "borderaxespad": 0.3, "columnspacing": 1.2, "handlelength": 1.4}
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, **spacing)
