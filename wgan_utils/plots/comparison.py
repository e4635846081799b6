"""Several runs side by side: real images on top, below them each run's samples from the same latent vectors."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from wgan_utils.pixels import cut_grid, enlarge, image_grid
from wgan_utils.plots.gifs import Frame, font
from wgan_utils.runs.run import Run

LETTERS = 15  # pixels
SCALE = 2


def comparison_frames(real: np.ndarray, runs: Mapping[str, Run], columns: int = 10) -> list[Frame]:
    """Make one picture for each step at which all runs stored samples, for `make_gif`.

    Args:
        real: at least `columns` real images, uint8 (n, height, width, 1).
        runs: name → run, of models that share latent_dim and seed: then their samples are of one z.
        columns: images in a row; the first ones of each grid.

    Returns:
        (label, picture) pairs in the order of the steps, pictures uint8 (height, width).

    Raises:
        ValueError: no runs, or no step at which all have samples.
    """
    samples = {name: dict(run.samples()) for name, run in runs.items()}
    steps = sorted(set.intersection(*map(set, samples.values()))) if samples else []
    if not steps:
        raise ValueError(f"There is no step at which all of these runs stored samples: {', '.join(runs) or 'none'}.")
    height, width = real.shape[1:3]
    frames = []
    for step in steps:
        grids = [cut_grid(np.asarray(Image.open(by_step[step])), height, width) for by_step in samples.values()]
        rows = np.concatenate([real[:columns], *(grid[:columns] for grid in grids)])
        picture = image_grid(enlarge(rows, SCALE), columns, gap=2 * SCALE)
        frames.append((f"step {step:,}", _with_names(picture, ["real images", *runs])))
    return frames


def _with_names(picture: np.ndarray, names: list[str]) -> np.ndarray:
    """Write a name to the left of each of the picture's rows."""
    letters = font(LETTERS)
    left = round(max(letters.getlength(name) for name in names)) + LETTERS
    canvas = Image.new("L", (picture.shape[1] + left, picture.shape[0]), 255)
    canvas.paste(Image.fromarray(picture), (left, 0))
    for row, name in enumerate(names):
        middle = (row + 0.5) * picture.shape[0] / len(names)
        ImageDraw.Draw(canvas).text((left - LETTERS / 2, middle), name, 0, letters, anchor="rm")
    return np.asarray(canvas)
