"""Tables of many short trainings that ship with the library, for lessons and labs that compare them: one zip each.

    trials/published_recipe.zip    card.json        lab, parameters, what differs, data, environment, terms
                                   trials.csv       a row for each logged step of each training
                                   samples/         the last grid of generated images, as PNG, of those that are shown

`scripts/ship_trials.py` makes one of the run folders that a sweep leaves.
"""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from wgan_utils.errors import Refused
from wgan_utils.files import read_json

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("trials")
CARD_NEEDS = ("lesson", "parameters", "varied", "data", "environment", "terms")


class Trials(NamedTuple):
    """What several short trainings left."""

    table: "pd.DataFrame"  # a row for each logged step: the columns `varied`, "step", and what was logged, or NaN
    samples: dict[tuple, np.ndarray]  # values of `varied` → the last grid, uint8 (height, width[, 3]), if kept
    card: dict[str, Any]  # how and on what they were made


def load_trials(name: str, folder: Path = FOLDER) -> Trials:
    """Load trainings that ship as tables, such as "published_recipe"; a ValueError if the zip is lacking or damaged."""
    import pandas as pd

    path = folder / f"{name}.zip"
    if not path.is_file():
        raise Refused(f"There are no shipped trials {name!r}; there are: {', '.join(known_trials(folder)) or 'none'}.")
    try:
        with zipfile.ZipFile(path) as archive:
            card = read_json(zipfile.Path(archive, "card.json"), CARD_NEEDS)
            table = pd.read_csv(io.BytesIO(archive.read("trials.csv")))
            keys = list(table[card["varied"]].drop_duplicates().itertuples(index=False, name=None))
            keys = [key for key in keys if sample_name(key) in archive.namelist()]
            grids = [Image.open(io.BytesIO(archive.read(sample_name(key)))) for key in keys]
            return Trials(table, {key: np.asarray(grid) for key, grid in zip(keys, grids, strict=True)}, card)
    except Exception as error:  # zipfile, zlib, pandas and Pillow raise nearly anything on damaged data
        raise Refused(f"{path.name} is damaged ({error}); restore it.") from error


def known_trials(folder: Path = FOLDER) -> list[str]:
    """List the names that `load_trials` takes."""
    return sorted(path.stem for path in folder.glob("*.zip"))


def sample_name(key: tuple) -> str:
    """Where a zip keeps the samples of the training with these values; 1.0 is 1 there, as in the table."""
    words = (value.replace(" ", "_") if isinstance(value, str) else f"{value:g}" for value in key)
    return f"samples/{'-'.join(words)}.png"
