"""Figures made of a run's curves.

Each function returns a matplotlib figure, which a notebook shows when it is a cell's last value. All take a
`caption`, printed under the figure, and a `note`, the sentence that names stand-in data, put behind it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wgan_utils.errors import Refused
from wgan_utils.metrics.correlation import default_window
from wgan_utils.plots.panels import draw_panel, finite_columns, limits_of, panels_of
from wgan_utils.plots.style import curve_axes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wgan_utils.training.run import Run


@house_style
def plot_losses(
    history: Mapping[str, np.ndarray], caption: str = "", note: str = "", smooth: int | None = None
) -> "Figure":
    """Show a run's curves: the logged values faint, their running median bold.

    Those of a Wasserstein GAN are the critic's scores, their difference (what to watch), the generator's loss
    and, if it has one, the gradient penalty; those of a vanilla GAN, known by its `discriminator_loss`, are
    losses and accuracies.

    Args:
        history: columns of equal length by name, with `step`. The estimate is worked out from the two scores
            if need be. A run's history has a `note` of its own, used where none is given here.
        caption: what is to be seen.
        note: the stand-in sentence.
        smooth: rows in the running median, an odd number; by default a twentieth of all, at most the 101 of
            Arjovsky et al. (2017). 1 draws the values alone.

    Raises:
        ValueError: columns missing, empty or of unequal length, or an even `smooth`.
    """
    columns = finite_columns(history)
    window = default_window(columns) if smooth is None else smooth
    if window < 1 or window % 2 == 0:
        raise Refused(f"smooth must be an odd number of rows, 1 or more, not {smooth}.")
    panels = panels_of(columns)
    if not panels:
        raise Refused(
            "There is nothing to draw: a history needs rows of step with real_score and fake_score, or with "
            f"discriminator_loss and generator_loss; this one has {', '.join(history) or 'no columns'}."
        )
    limits = [limits_of(panel, columns, window) for panel in panels]
    outside = sum(
        int(((columns[name] < low) | (columns[name] > high)).sum())
        for panel, (low, high) in zip(panels, limits, strict=True)
        for name in panel.curves
    )
    median = f"Faint: every logged value; bold: the running median of {window} rows." if window > 1 else ""
    cut = f"Single values far off the rest are cut off ({outside:,} in all)." if outside else ""
    grid = (2, 2) if len(panels) == 4 else (1, len(panels))
    note = note or getattr(history, "note", "")
    figure, axes = curve_axes(2.7 * grid[0] + 0.1, *grid, caption, median, cut, note)
    for panel, limit, one in zip(panels, limits, axes, strict=True):
        draw_panel(panel, one, columns, window, limit)
    return figure


@house_style
def plot_training(run: "Run", caption: str = "") -> "Figure":
    """Show where a run is: its newest samples, its first two sets of curves, and a caption under them.

    It is drawn again and again during training, also before there is a first sample or row.
    """
    from PIL import Image

    columns, samples = finite_columns(run.history()), run.samples()
    figure, (picture, *axes) = curve_axes(2.7, 1, 3, caption, run.note)
    picture.set_axis_off()
    if samples:
        step, path = samples[-1]
        colours = "gray_r" if run.invert else "gray"
        picture.imshow(np.asarray(Image.open(path)), cmap=colours, vmin=0, vmax=255, interpolation="hanning")
        picture.set_title(f"step {step:,}")
    panels = panels_of(columns)[:2]
    window = default_window(columns)
    for panel, one in zip(panels, axes, strict=False):
        draw_panel(panel, one, columns, window, limits_of(panel, columns, window))
    for empty in axes[len(panels) :]:
        empty.set_axis_off()
    return figure
