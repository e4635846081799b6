"""Figures of a critic: what moves a score, and the double cones that a 1-Lipschitz function stays out of."""

from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.plots.style import FAKE, OTHER, REAL, curve_axes, house_style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.figure import Figure


@house_style
def plot_double_cone(functions: "Mapping[str, Callable]", at: "Sequence[float]", caption: str = "") -> "Figure":
    """Show functions of one variable and, at some points, the double cone that a 1-Lipschitz function stays out of.

    Args:
        functions: title → function of an array.
        at: where the cones stand, between -1 and 1.
        caption: what is to be seen.
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
def plot_batch_sensitivity(matrices: "Mapping[str, np.ndarray]", caption: str = "", height: float = 3.0) -> "Figure":
    """Show for several critics how much each image of a batch moves the score of each: `critics.batch_sensitivity`.

    Every row is divided by its sum, so that a colour is a share; small shares are told apart.

    Args:
        matrices: title → what `critics.batch_sensitivity` returned, (n, n).
        caption: what is to be seen.
        height: in inches.

    Raises:
        ValueError: a matrix that is not square, or a row without any sensitivity.
    """
    from matplotlib.colors import PowerNorm

    for title, matrix in matrices.items():
        if np.ndim(matrix) != 2 or len(set(np.shape(matrix))) != 1 or not np.all(np.sum(matrix, axis=1) > 0):
            raise Refused(f"{title!r} must be a square matrix whose rows have sums above 0.")
    figure, axes = curve_axes(height, 1, len(matrices), caption)
    for one, (title, matrix) in zip(axes, matrices.items(), strict=True):
        shares = matrix / np.sum(matrix, axis=1, keepdims=True)
        drawn = one.imshow(shares, cmap="cividis", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
        one.set(title=title, xlabel="j, the image it depends on", xticks=range(len(shares)), yticks=range(len(shares)))
        one.grid(False)
    axes[0].set_ylabel("i, the image scored")
    figure.colorbar(drawn, ax=list(axes), label="share of row i", shrink=0.75, ticks=[0, 0.02, 0.1, 0.25, 0.5, 1])
    return figure
