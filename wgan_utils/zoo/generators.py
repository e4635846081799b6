"""The trainings that come with the library, one zip each, with a card that says where it comes from and how good it is.

    shipped/sevens.zip    card.json          lesson, parameters, data, metrics, failings, terms
                          generator.npz   critic.npz      float16 weights; the card has their hashes
                          history.csv     critic_health.csv       samples/      from the run's folder
                          trials/         what the lesson measured; tables, metrics, last samples of its further runs

With the latter a lesson's analysis can be run without training. A folder shipped/sevens/ of that content is read, too.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from wgan_utils.errors import Refused
from wgan_utils.files import read_json
from wgan_utils.gan import networks
from wgan_utils.gan.weights import load_weights

FOLDER = Path(__file__).with_name("shipped")
CARD_NEEDS = ("networks", "width", "setup", "sha256", "steps", "parameters")

Place = Path | zipfile.Path


def pretrained(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """List the generators that come with the library: name → card; a ValueError names one that is damaged."""
    return {name: card_of(name, folder) for name in _names(folder)}


def card_of(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read a shipped training's card, with all that loading goes by.

    Raises:
        ValueError: no such training, or a damaged card, naming it.
    """
    card = read_json(place_of(name, folder) / "card.json", CARD_NEEDS)
    parts = [(card["networks"], "generator", str), (card["setup"], "latent_dim", int), (card, "width", float | int)]
    parts += [(card["setup"], "generator_weights", int), (card, "steps", int), (card, "parameters", dict)]
    parts += [(card["sha256"], part, str) for part in ("generator", "critic")]
    for part, key, kind in parts:
        if not isinstance(part, dict) or not isinstance(part.get(key), kind):
            raise Refused(f"{name}/card.json is damaged (no {key} where it should be); restore it.")
    if not (0 < card["width"] <= 16 and 0 < card["setup"]["latent_dim"] <= 10_000):
        raise Refused(f"{name}/card.json is damaged (its networks have no such size); restore it.")
    return card


def shipped_files(name: str, folder: Path = FOLDER) -> dict[str, Place]:
    """List a shipped training's files: path within it → what has `read_bytes`.

    Raises:
        ValueError: no such training, or a damaged one.
    """
    return dict(_walk(place_of(name, folder)))


def pretrained_seeds(name: str, folder: Path = FOLDER) -> str:
    """Return what the trainings of several seeds came out at, as lines: a row for each number, a column for each seed.

    Raises:
        ValueError: no such generator.
    """
    seeds = card_of(name, folder)["seeds"]
    rows = {"seed": list(seeds)}
    for row in dict.fromkeys(key for found in seeds.values() for key in found):
        numbers = [found.get(row) for found in seeds.values()]
        rows[row] = ["–" if x is None else f"{x:,}" if isinstance(x, int) else _short(x) for x in numbers]
    width = max(map(len, rows))
    return "\n".join(f"{row:{width}}" + "".join(f"{cell:>9}" for cell in cells) for row, cells in rows.items())


def _short(number: float) -> str:
    """Three digits, and 0 for what rounding alone keeps from it."""
    return f"{number:.3g}" if abs(number) > 1e-9 else "0"


def load_pretrained(name: str, folder: Path = FOLDER) -> tuple[keras.Model, dict[str, Any]]:
    """Load a generator and its card.

    Raises:
        ValueError: no such generator, or its file is not the one on its card.
    """
    card = card_of(name, folder)
    build = getattr(networks, card["networks"]["generator"], None)
    if build is None:
        raise Refused(
            f"{name}/card.json names the network {card['networks']['generator']!r}, which this version of wgan_utils "
            "does not have: it is damaged, or of a newer version; restore it."
        )
    generator = build(card["width"], card["setup"]["latent_dim"])
    load_weights(place_of(name, folder) / "generator.npz", generator, card["sha256"]["generator"])
    return generator, card


def _names(folder: Path) -> list[str]:
    found = [*folder.glob("*.zip"), *(path.parent for path in folder.glob("*/card.json"))]
    return sorted({path.name.removesuffix(".zip") for path in found})


def place_of(name: str, folder: Path = FOLDER) -> Place:
    """Return where a shipped training's files are: in its zip, read into memory, or in its folder.

    Raises:
        ValueError: no such training, or a damaged zip.
    """
    if name not in _names(folder):
        raise Refused(f"There is no shipped generator {name!r}; there are: {', '.join(_names(folder)) or 'none'}.")
    path = folder / f"{name}.zip"
    if not path.is_file():
        return folder / name
    try:
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        archive.getinfo("card.json")
        if damaged := archive.testzip():
            raise zipfile.BadZipFile(f"its {damaged} is")
    except Exception as error:  # zipfile and zlib raise nearly anything on damaged data
        raise Refused(f"{path.name} is damaged ({error}); restore it.") from error
    return zipfile.Path(archive)


def _walk(place: Place, within: str = "") -> Iterator[tuple[str, Place]]:
    parts: list[Place] = [*place.iterdir()]
    for part in sorted(parts, key=lambda part: part.name):
        if part.is_dir():
            yield from _walk(part, f"{within}{part.name}/")
        else:
            yield f"{within}{part.name}", part
