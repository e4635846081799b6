"""The trainings that come with the library, one zip each, with a card that says where it comes from and how good it is.

    shipped/sevens.zip    card.json          lesson, parameters, data, metrics, failings, terms
                          generator.npz   critic.npz      float16 weights; the card has their hashes
                          history.csv     critic_health.csv       samples/      from the run's folder
                          trials/         what the lesson measured; tables, metrics, last samples of its further runs

With the latter a lesson's analysis can be run without training.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

import keras

from wgan_utils.errors import Refused
from wgan_utils.files import read_json
from wgan_utils.gan import networks

FOLDER = Path(__file__).with_name("shipped")
CARD_NEEDS = ("networks", "width", "setup", "sha256", "steps", "parameters")


def pretrained(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """List the generators that come with the library: name → card; a ValueError names one that is damaged."""
    return {name: card_of(name, folder) for name in _names(folder)}


def card_of(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read a shipped training's card, with all that loading goes by; a ValueError if it is damaged, or none."""
    card = read_json(place_of(name, folder) / "card.json", CARD_NEEDS)
    try:
        setup, hashes = card["setup"], card["sha256"]
        width, *counts = card["width"], setup["latent_dim"], setup["generator_weights"], card["steps"]
        texts = card["networks"]["generator"], hashes["generator"], hashes["critic"]
        good = 0 < width <= 16 and 0 < setup["latent_dim"] <= 10_000 and isinstance(card["parameters"], dict)
    except (KeyError, TypeError):
        good = False
    if not (good and all(isinstance(x, int) for x in counts) and all(isinstance(x, str) for x in texts)):
        raise Refused(f"{name}/card.json is damaged; restore it.")
    return card


def shipped_files(name: str, folder: Path = FOLDER) -> dict[str, zipfile.Path]:
    """List a shipped training's files: path within it → what has `read_bytes`."""
    place = place_of(name, folder)
    return {path: place / path for path in sorted(place.root.namelist()) if not path.endswith("/")}


def pretrained_seeds(name: str, folder: Path = FOLDER) -> str:
    """Return what trainings of several seeds came out at, as lines: a row for each number, a column for each seed."""

    def text(number: Any) -> str:
        """Three digits, and 0 for what rounding alone keeps from it."""
        return "–" if number is None else f"{number:,}" if isinstance(number, int) else f"{round(number, 9) + 0.0:.3g}"

    seeds = card_of(name, folder)["seeds"]
    names = dict.fromkeys(key for found in seeds.values() for key in found)
    rows = {"seed": [*seeds]} | {row: [text(found.get(row)) for found in seeds.values()] for row in names}
    width = max(map(len, rows))
    return "\n".join(f"{row:{width}}" + "".join(f"{cell:>9}" for cell in cells) for row, cells in rows.items())


def load_pretrained(name: str, folder: Path = FOLDER) -> tuple[keras.Model, dict[str, Any]]:
    """Load a generator and its card; a ValueError if there is none, or its file is not the one on its card."""
    card = card_of(name, folder)
    build = getattr(networks, card["networks"]["generator"], None)
    if build is None:
        raise Refused(f"{name}/card.json names a network that there is not, {card['networks']['generator']!r}.")
    generator = build(card["width"], card["setup"]["latent_dim"])
    weights = place_of(name, folder) / "generator.npz"
    generator.set_weights(networks.read_weights(weights, generator, card["sha256"]["generator"]))
    return generator, card


def place_of(name: str, folder: Path = FOLDER) -> zipfile.Path:
    """Return a shipped training's zip, read into memory; a ValueError if it is damaged, or none."""
    path, known = folder / f"{name}.zip", _names(folder)
    if name not in known:
        raise Refused(f"There is no shipped generator {name!r}; there are: {', '.join(known) or 'none'}.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        archive.getinfo("card.json")
        if damaged := archive.testzip():
            raise zipfile.BadZipFile(f"its {damaged} is")
    except Exception as error:  # zipfile and zlib raise nearly anything on damaged data
        raise Refused(f"{path.name} is damaged ({error}); restore it.") from error
    return zipfile.Path(archive)


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.zip"))
