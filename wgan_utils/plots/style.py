"""The house style: what every figure of the lessons looks like, and a caption under it that is never cut off.

matplotlib is imported inside the functions, so that whoever draws nothing does not wait for it.
"""

import functools
import math
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

DPI = 100
WIDTH = 8.4  # inches; 840 pixels fit the output column of JupyterLab and of GitHub without being shrunk
FONT_SIZE = 9.5  # points; 13 pixels, like the text around the figure
MARGIN = 4  # points above, below and to the right of a caption
DECADES = 3  # up to which a logarithmic axis is labelled 1, 2, 5, 10
LEGEND_ROW = 21  # points that a legend of one row takes between the axes and their title

# Okabe and Ito's palette, whose colours stay apart for colour-blind readers.
REAL, FAKE, OTHER, NEUTRAL = "#0072B2", "#D55E00", "#009E73", "#555555"

STYLE = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same everywhere
    "font.size": FONT_SIZE,
    "text.color": "#222222",
    "axes.facecolor": "white",
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
    "legend.framealpha": 0.85,
    "legend.fontsize": FONT_SIZE - 0.5,
}


def house_style(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function draw in the house style and leave matplotlib's settings as they were."""

    @functools.wraps(draw)
    def styled(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        import matplotlib.pyplot as plt
        from matplotlib import style

        # Loads the backend. A notebook's turns on settings as it loads, which would end with the style below,
        # and the reader's own figures would no longer be shown.
        plt.draw_if_interactive()
        with style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return styled


def captioned_figure(width: float, height: float, *texts: str) -> tuple["Figure", float]:
    """Make an empty figure with a caption under it.

    Args:
        width: of the figure, in inches.
        height: of what will be drawn above the caption, in inches.
        texts: sentences that make up the caption; empty ones are left out.

    Returns:
        The figure, and the height of the caption as a share of the figure's.
    """
    import matplotlib.pyplot as plt

    # pyplot makes it, because that teaches a notebook to display figures; closed, it is displayed just once,
    # where it is the value of a cell, and not a second time for having been drawn.
    figure = plt.figure(figsize=(width, height))
    plt.close(figure)
    lines = wrapped(" ".join(filter(None, texts)), width * 72 - MARGIN)
    text = figure.text(0, 0, "\n".join(lines), va="bottom", linespacing=1.4, parse_math=False)
    below = text.get_window_extent().height / DPI + 2 * MARGIN / 72 if lines else 0.0
    figure.set_size_inches(width, height + below)
    text.set_y(MARGIN / 72 / (height + below))
    return figure, below / (height + below)


def curve_axes(height: float, rows: int, columns: int, *texts: str) -> tuple["Figure", Any]:
    """Make a captioned figure of full width with rows × columns panels, returned as a flat array."""
    figure, below = captioned_figure(WIDTH, height, *texts)
    room = (0, below, 1, 1 - below)
    figure.set_layout_engine("constrained", rect=room, w_pad=0.06, h_pad=0.06, wspace=0.03)
    return figure, figure.subplots(rows, columns, squeeze=False).ravel()


def legend_above(axes: "Axes", columns: int = 1) -> None:
    """Put the legend over the axes, where it hides no curve; a title needs a `pad` of LEGEND_ROW to clear one row."""
    spacing = {"borderpad": 0.2, "borderaxespad": 0.3, "columnspacing": 1.2, "handlelength": 1.4}
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, **spacing)


def label_plainly(axis: "Axis") -> None:
    """On a logarithmic axis: 1, 2, 5, 10 where there are few decades, else powers of ten alone."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    if low > 0 and high / low < 10**DECADES:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def wrapped(text: str, width: float) -> list[str]:
    """Break a text into lines of at most `width` points."""
    if not text:
        return []
    characters = math.ceil(1.2 * len(text) * width / text_width(text))
    while True:
        lines = textwrap.wrap(text, max(1, characters), break_on_hyphens=False)
        widest = max(map(text_width, lines))
        if widest <= width or characters <= 1:
            return lines
        characters = min(characters - 1, int(characters * width / widest) + 1)


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """How wide a line of text is, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
