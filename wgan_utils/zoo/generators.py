"""The trainings that come with the library, one zip each, with a card that says where it comes from and how good it is.

    shipped/sevens.zip    card.json          lesson, parameters, data, metrics, failings, terms
                          generator.npz                   float16 weights
                          history.csv     critic_health.csv       samples/      from the run's folder
                          trials/         what the lesson measured; tables, metrics, last samples of its further runs

With the latter a lesson's analysis can be run without training. Of many short trainings, for lessons and labs that
compare them, tables ship; `scripts/ship_trials.py` makes them of the run folders that a sweep leaves:

    trials/published_recipe.zip    card.json        lab, parameters, what differs, data, environment, terms
                                   trials.csv       a row for each logged step of each training
                                   samples/         the last grid of generated images, as PNG, of those that are shown
"""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
from PIL import Image

from wgan_utils.errors import Refused
from wgan_utils.files import read_json
from wgan_utils.gan import networks

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("shipped")
TRIALS = Path(__file__).with_name("trials")
CARD_NEEDS = ("networks", "width", "setup", "steps", "parameters")


def pretrained(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """List the generators that come with the library: name → card; a ValueError names one that is damaged."""
    return {name: card_of(name, folder) for name in names_in(folder)}


def card_of(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read a shipped training's card; a ValueError if it is damaged, or none."""
    return read_json(place_of(name, folder) / "card.json", CARD_NEEDS)


def shipped_files(name: str, folder: Path = FOLDER) -> dict[str, zipfile.Path]:
    """List a shipped training's files: path within it → what has `read_bytes`."""
    place = place_of(name, folder)
    return {path: place / path for path in sorted(place.root.namelist()) if not path.endswith("/")}


def pretrained_seeds(name: str, folder: Path = FOLDER) -> str:
    """Return what trainings of several seeds came out at, as a table: a row for each number, a column for each seed."""
    import pandas as pd

    card = card_of(name, folder)
    titles = {key: metric["title"] for key, metric in card["metrics"]["metrics"].items()}
    table = pd.DataFrame(card["seeds"], dtype=object).rename(titles).rename_axis(columns="seed")
    return table.map(lambda number: f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}").to_string()


def load_pretrained(name: str, folder: Path = FOLDER) -> tuple[keras.Model, dict[str, Any]]:
    """Load a generator and its card; a ValueError if there is none, or its zip is damaged."""
    card = card_of(name, folder)
    build = getattr(networks, card["networks"]["generator"])
    generator = build(card["width"], card["setup"]["latent_dim"])
    generator.set_weights(networks.read_weights(place_of(name, folder) / "generator.npz", generator))
    return generator, card


class Trials(NamedTuple):
    """What several short trainings left."""

    table: "pd.DataFrame"  # a row for each logged step: the columns `varied`, "step", and what was logged, or NaN
    samples: dict[tuple, np.ndarray]  # values of `varied` → the last grid, uint8 (height, width[, 3]), if kept
    card: dict[str, Any]  # how and on what they were made


def load_trials(name: str, folder: Path = TRIALS) -> Trials:
    """Load trainings that ship as tables, such as "published_recipe"; a ValueError if the zip is lacking or damaged."""
    import pandas as pd

    place = place_of(name, folder)
    card = read_json(place / "card.json", ("lesson", "varied"))
    table = pd.read_csv(io.BytesIO((place / "trials.csv").read_bytes()))
    keys = table[card["varied"]].drop_duplicates().itertuples(index=False, name=None)
    grids = {key: place / sample_name(key) for key in keys}
    kept = {key: io.BytesIO(grid.read_bytes()) for key, grid in grids.items() if grid.is_file()}
    return Trials(table, {key: np.asarray(Image.open(grid)) for key, grid in kept.items()}, card)


def sample_name(key: tuple) -> str:
    """Where a zip keeps the samples of the training with these values; 1.0 is 1 there, as in the table."""
    words = (value.replace(" ", "_") if isinstance(value, str) else f"{value:g}" for value in key)
    return f"samples/{'-'.join(words)}.png"


def place_of(name: str, folder: Path = FOLDER) -> zipfile.Path:
    """Return a shipped training's zip, read into memory; a ValueError if any of it is damaged, or there is none."""
    path, known = folder / f"{name}.zip", names_in(folder)
    if name not in known:
        raise Refused(f"There is no shipped training {name!r}; there are: {', '.join(known) or 'none'}.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        archive.getinfo("card.json")
        if damaged := archive.testzip():
            raise zipfile.BadZipFile(f"its {damaged} is")
    except Exception as error:  # zipfile and zlib raise nearly anything on damaged data
        raise Refused(f"{path.name} is damaged ({error}); restore it.") from error
    return zipfile.Path(archive)


def names_in(folder: Path) -> list[str]:
    """List the names of the zips in a folder."""
    return sorted(path.stem for path in folder.glob("*.zip"))
