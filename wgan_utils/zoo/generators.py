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
from wgan_utils.gan.weights import load_weights, read_weights
from wgan_utils.models import AdversarialModel
from wgan_utils.training.run import TABLES, History, Run, only_writer

FOLDER = Path(__file__).with_name("shipped")
CARD_KEYS = ("lesson", "setup", "data", "environment", "steps", "metrics", "failings", "terms")
CARD_NEEDS = ("networks", "width", "setup", "sha256", "steps", "parameters")

Place = Path | zipfile.Path


def pretrained(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """List the generators that come with the library: name → card; a ValueError names one that is damaged."""
    return {name: _card(name, folder) for name in _names(folder)}


def shipped_files(name: str, folder: Path = FOLDER) -> dict[str, Place]:
    """List a shipped training's files: path within it → what has `read_bytes`.

    Raises:
        ValueError: no such training, or a damaged one.
    """
    return dict(_walk(_place(name, folder)))


def seeds_table(name: str, folder: Path = FOLDER) -> str:
    """Return what the trainings of several seeds came out at, as lines: a row for each number, a column for each seed.

    Raises:
        ValueError: no such generator.
    """
    seeds = _card(name, folder)["seeds"]
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
    card = _card(name, folder)
    build = getattr(networks, card["networks"]["generator"], None)
    if build is None:
        raise Refused(
            f"{name}/card.json names the network {card['networks']['generator']!r}, which this version of wgan_utils "
            "does not have: it is damaged, or of a newer version; restore it."
        )
    generator = build(card["width"], card["setup"]["latent_dim"])
    load_weights(_place(name, folder) / "generator.npz", generator, card["sha256"]["generator"])
    return generator, card


def restore_pretrained(name: str, model: AdversarialModel, run: Run, folder: Path = FOLDER) -> History:
    """Put a shipped training in place of a training: both networks' weights, and the run's tables and samples.

    Args:
        name: which one.
        model: the lesson's model, built with the width on the card.
        run: an empty run, or one that this function filled before.

    Raises:
        ValueError: no such generator, a damaged file, a model of another size, or a run that has checkpoints.
        RunBusy, RunUnwritable: see `train`.
    """
    card = _card(name, folder)
    if run.last_checkpoint_step() is not None:
        raise Refused(f"{run!r} holds a training of its own; choose another RUN_NAME to look at the shipped one.")
    if model.generator.count_params() != card["setup"]["generator_weights"]:
        raise Refused(
            f"The shipped {name!r} has WIDTH {card['width']:g} and LATENT_DIM {card['setup']['latent_dim']}; "
            "set both to these."
        )
    place, parts = _place(name, folder), {"generator": model.generator, "critic": model.critic}
    weights = [read_weights(place / f"{part}.npz", parts[part], card["sha256"][part]) for part in parts]
    for network, arrays in zip(parts.values(), weights, strict=True):  # both are good: nothing is half set
        network.set_weights(arrays)
    if model.averaged is not None:
        model.averaged.set_weights(model.generator.get_weights())
    with only_writer(run.folder):
        run.write_json("config.json", {**{key: card[key] for key in CARD_KEYS if key in card}, "pretrained": name})
        for path, file in _walk(place):
            if path.startswith(("samples/", "trials/")) or path in [f"{table}.csv" for table in TABLES]:
                target = run.folder / path.removeprefix("trials/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        run.save_generator(model.generator)
    return run.history()


def _names(folder: Path) -> list[str]:
    found = [*folder.glob("*.zip"), *(path.parent for path in folder.glob("*/card.json"))]
    return sorted({path.name.removesuffix(".zip") for path in found})


def _place(name: str, folder: Path) -> Place:
    """Where a training's files are: in its zip, read into memory, or in its folder.

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


def _card(name: str, folder: Path) -> dict[str, Any]:
    """A card with all that loading goes by, or a ValueError that names it."""
    card = read_json(_place(name, folder) / "card.json", CARD_NEEDS)
    parts = [(card["networks"], "generator", str), (card["setup"], "latent_dim", int), (card, "width", float | int)]
    parts += [(card["setup"], "generator_weights", int), (card, "steps", int), (card, "parameters", dict)]
    parts += [(card["sha256"], part, str) for part in ("generator", "critic")]
    for part, key, kind in parts:
        if not isinstance(part, dict) or not isinstance(part.get(key), kind):
            raise Refused(f"{name}/card.json is damaged (no {key} where it should be); restore it.")
    if not (0 < card["width"] <= 16 and 0 < card["setup"]["latent_dim"] <= 10_000):
        raise Refused(f"{name}/card.json is damaged (its networks have no such size); restore it.")
    return card
