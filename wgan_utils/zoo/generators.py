"""The generators that come with the library, each with a card that says where it comes from and how good it is.

    shipped/sevens/card.json          lesson, parameters, data, metrics, failings, terms
                      generator.npz   critic.npz      float16 weights; their hashes are on the card
                      history.csv     critic_health.csv       samples/      what its training left
                      trials/         what the lesson measured; tables, metrics, last samples of its further runs

With the latter a lesson's analysis can be run without training.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import keras

from wgan_utils.files import read_json
from wgan_utils.gan import networks
from wgan_utils.gan.models import GAN
from wgan_utils.gan.weights import load_weights, read_weights, save_weights
from wgan_utils.runs.history import History
from wgan_utils.runs.run import TABLES, Run

FOLDER = Path(__file__).with_name("shipped")
MEASURED = ("metrics.json", "seconds.json")  # by a lesson, once; found there, it is not measured again
CARD_KEYS = ("lesson", "setup", "data", "environment", "steps", "metrics", "failings", "terms")


def pretrained(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """List the generators that come with the library: name → card; a ValueError names one that is damaged."""
    return {path.parent.name: _read_card(path) for path in sorted(folder.glob("*/card.json"))}


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
        raise ValueError(
            f"{name}/card.json names the network {card['networks']['generator']!r}, which this version of wgan_utils "
            "does not have: it is damaged, or of a newer version; restore it."
        )
    generator = build(card["width"], card["setup"]["latent_dim"])
    load_weights(folder / name / "generator.npz", generator, card["sha256"]["generator"])
    return generator, card


def restore_pretrained(name: str, model: GAN, run: Run, folder: Path = FOLDER) -> History:
    """Put a shipped training's result in place of a training: both networks' weights, and the run's tables and samples.

    Args:
        name: which one.
        model: the lesson's model, built with the width on the card.
        run: an empty run, or one that this function filled before.

    Raises:
        ValueError: no such generator, a damaged file, a model of another size, or a run that has checkpoints.
    """
    card = _card(name, folder)
    if run.last_checkpoint_step() is not None:
        raise ValueError(f"{run!r} holds a training of its own; choose another RUN_NAME to look at the shipped one.")
    if model.generator.count_params() != card["setup"]["generator_weights"]:
        raise ValueError(
            f"The shipped {name!r} has WIDTH {card['width']:g} and LATENT_DIM {card['setup']['latent_dim']}; "
            "set both to these."
        )
    networks_and_files = [(getattr(model, part), folder / name / f"{part}.npz") for part in ("generator", "critic")]
    weights = [read_weights(path, network, card["sha256"][path.stem]) for network, path in networks_and_files]
    for (network, _), arrays in zip(networks_and_files, weights, strict=True):  # both are good: nothing is half set
        network.set_weights(arrays)
    if model.averaged is not None:
        model.averaged.set_weights(model.generator.get_weights())
    run.write_json("config.json", {**{key: card[key] for key in CARD_KEYS if key in card}, "pretrained": name})
    for table in TABLES:
        if (folder / name / f"{table}.csv").exists():
            shutil.copyfile(folder / name / f"{table}.csv", run.folder / f"{table}.csv")
    shutil.copytree(folder / name / "samples", run.folder / "samples", dirs_exist_ok=True)
    if (folder / name / "trials").exists():
        shutil.copytree(folder / name / "trials", run.folder, dirs_exist_ok=True)
    run.save_generator(model.generator)
    return run.history()


def save_pretrained(
    name: str,
    model: GAN,
    run: Run,
    card: dict[str, Any],
    folder: Path = FOLDER,
    samples_every: int = 1,
    trial_samples: bool = True,
) -> None:
    """Store a trained model and what its run left, for `load_pretrained` and `restore_pretrained`.

    Args:
        name: what it will be called.
        model: the trained model.
        run: its run.
        card: `lesson`, `networks` (the functions' names), `width`, `failings`, `terms`, `metrics`; the rest is added.
        folder: where the shipped generators lie.
        samples_every: keep one sample grid in so many, and the last.
        trial_samples: keep the last grid of each run within the run's folder, which some lessons show.
    """
    target = folder / name
    config = run.config
    networks_to_ship = {"generator": model.final_generator, "critic": model.critic}
    hashes = {part: save_weights(target / f"{part}.npz", network) for part, network in networks_to_ship.items()}
    for table in TABLES:
        if run.read(table):
            shutil.copyfile(run.folder / f"{table}.csv", target / f"{table}.csv")
    shutil.rmtree(target / "samples", ignore_errors=True)
    (target / "samples").mkdir()
    for _, path in {*run.samples()[::samples_every], *run.samples()[-1:]}:
        shutil.copyfile(path, target / "samples" / path.name)
    _save_trials(run, target / "trials", trial_samples)
    full = {
        **card,
        "steps": int(model.steps_done),
        "parameters": {key: value for key, value in config["parameters"].items() if not key.endswith("_DIR")},
        **{key: config[key] for key in ("setup", "data", "environment")},
        "sha256": hashes,
    }
    (target / "card.json").write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _save_trials(run: Run, target: Path, samples: bool) -> None:
    """Store what a lesson measured, and the tables, metrics and last samples of the runs within its run's folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in MEASURED:
        if (run.folder / name).exists():
            shutil.copyfile(run.folder / name, target / name)
    for config in sorted(run.folder.glob("*/config.json")):
        trial, kept = Run(config.parent), target / config.parent.name
        (kept / "samples").mkdir(parents=True)
        for name in (*(f"{table}.csv" for table in TABLES), "metrics.json"):
            if (trial.folder / name).exists():
                shutil.copyfile(trial.folder / name, kept / name)
        for _, path in trial.samples()[-1:] if samples else []:
            shutil.copyfile(path, kept / "samples" / path.name)


def _card(name: str, folder: Path) -> dict[str, Any]:
    cards = pretrained(folder)
    if name not in cards:
        raise ValueError(f"There is no shipped generator {name!r}; there are: {', '.join(cards) or 'none'}.")
    return cards[name]


def _read_card(path: Path) -> dict[str, Any]:
    """A card with all that loading goes by, or a ValueError that names it."""
    card = read_json(path, ("networks", "width", "setup", "sha256", "steps", "parameters"))
    parts = [(card["networks"], "generator", str), (card["setup"], "latent_dim", int), (card, "width", float | int)]
    parts += [(card["setup"], "generator_weights", int), (card, "steps", int), (card, "parameters", dict)]
    parts += [(card["sha256"], part, str) for part in ("generator", "critic")]
    for within, key, kind in parts:
        if not isinstance(within, dict) or not isinstance(within.get(key), kind):
            raise ValueError(f"{path.parent.name}/{path.name} is damaged (no {key} where it should be); restore it.")
    if not (0 < card["width"] <= 16 and 0 < card["setup"]["latent_dim"] <= 10_000):
        raise ValueError(f"{path.parent.name}/{path.name} is damaged (its networks have no such size); restore it.")
    return card
