"""What the site says of each lesson and lab, read off the lesson, the README's table and the cards."""

import re
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import nbformat
import numpy as np

from scripts.web.address import ROOT
from wgan_utils.training.run import read_table
from wgan_utils.zoo.generators import FOLDER, pretrained, shipped_files

ROW = re.compile(r"^\| \[(\w+)\]\(notebooks/\w+\.ipynb\)(?: \[Colab\]\(\S+\))? \| (.+?) \| (.+?) \|", re.MULTILINE)
LAB = re.compile(
    r"^\| lab of (\d\d): \[(\w+)\]\(notebooks/labs/\w+\.ipynb\)(?: \[Colab\]\(\S+\))? \| (.+?) \|", re.MULTILINE
)


class Lesson(NamedTuple):
    """One lesson, as the gallery shows it."""

    stem: str
    title: str
    question: str
    data: str
    time: str
    result: str

    @property
    def number(self) -> str:
        """Its two digits."""
        return self.stem[:2]

    @property
    def alt(self) -> str:
        """The alternative text of its animation."""
        return f"Lesson {self.number}: what is generated, step by step, while it trains"


class Lab(NamedTuple):
    """One lab: the lesson that it belongs to, by its two digits, and its question."""

    lesson: str
    stem: str
    question: str

    @property
    def title(self) -> str:
        """Its name in the navigation."""
        return f"Lab: {self.stem.replace('_', ' ')}"


def labs(root: Path = ROOT) -> list[Lab]:
    """List the labs of the README's table, in its order."""
    return [Lab(*row) for row in LAB.findall((root / "README.md").read_text("utf-8"))]


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Describe every lesson of the README's table, in its order."""
    rows = ROW.findall((root / "README.md").read_text("utf-8"))
    cards = {card["lesson"]: (name, card) for name, card in reversed(pretrained().items())}
    return [
        _lesson(root / "notebooks" / f"{stem}.ipynb", question, data, cards.get(stem)) for stem, question, data in rows
    ]


def _lesson(path: Path, question: str, data: str, card: tuple[str, dict[str, Any]] | None) -> Lesson:
    cells = nbformat.read(path, as_version=4).cells
    title = re.search(r"^# (.+)$", cells[0].source, re.MULTILINE)
    if not title:
        raise ValueError(f"{path.name} does not begin with a title.")
    return Lesson(path.stem, title[1], question, data, *(_of_card(*card) if card else _of_outputs(cells)))


def _of_card(name: str, card: dict[str, Any]) -> tuple[str, str]:
    return f"{_trained(name, card)} on {_hardware(card['environment']['hardware'])}", _headline(card)


def _of_outputs(cells: list[Any]) -> tuple[str, str]:
    """Time and result of a lesson that ships no training, as its cells printed them."""
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    said = "\n".join(output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs)
    hardware, minutes = (
        re.search(r"(CPU, \d+ cores?|GPU.*)", said),
        re.search(r"^([\d.]+) minutes for", said, re.MULTILINE),
    )
    rows = [
        re.search(rf"^{row} +\S+ +([\d,]+)", said, re.MULTILINE) for row in ("averaged generator", "training images")
    ]
    if not (hardware and minutes and all(rows)):
        raise ValueError("A lesson without a shipped training has to print its minutes and its distances.")
    distance, of_training = (float(row[1].replace(",", "")) for row in rows if row)
    return (
        f"{_minutes(60 * float(minutes[1]))} of training on {_hardware(hardware[1])}",
        f"distance to held-out images: {distance / of_training:.2g} times that of the training images",
    )


def _headline(card: dict[str, Any]) -> str:
    """Say in words how good the generator is by the first metric on its card, a Fréchet distance."""
    row = next(iter(card["metrics"]["metrics"].values()))
    same = same_drawings(card)
    if same is not None:  # what was held out are other people's drawings
        ratio = row["value"] / same
        return f"distance to the training drawings: {ratio:.2g} times that of redrawn variants of these"
    return f"distance to real images: {row['value'] / row['baseline']:.2g} times that of other real images"


def same_drawings(card: dict[str, Any]) -> float | None:
    """The Fréchet distance between two halves of the training drawings, where held-out ones are by other people."""
    return card["seeds"][str(card["setup"]["seed"])].get("Fréchet, same drawings")


def _trained(name: str, card: dict[str, Any]) -> str:
    """How long a lesson's trainings took in all; where they ran side by side, how long each of them."""
    if "WORKERS" in card["parameters"]:
        each = [float(seconds[-1]) for path, seconds in _clocks(name).items() if path.startswith("trials/")]
        return f"{len(each)} trainings of {_minutes(median(each))}, side by side,"
    return f"{_minutes(_seconds(name))} of training"


def _seconds(card: str) -> float:
    """Add up how long all of a lesson's trainings took, those beside the shipped one too.

    A training that went on from another (`Run.copy_from`) begins with the other's rows, which count once.
    """
    total, known = 0.0, set[float]()
    for clock in _clocks(card).values():
        seconds = clock.tolist()
        total += seconds[-1] - max(known.intersection(seconds), default=0.0)
        known.update(seconds)
    return total


def _clocks(name: str) -> dict[str, np.ndarray]:
    """The column of seconds of each history that ships with a training, by its path there."""
    files = shipped_files(name, FOLDER).items()
    return {path: read_table(file)["seconds"] for path, file in files if path.endswith("history.csv")}


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 600 else f"{seconds / 60:.1f} min"


def _hardware(hardware: str) -> str:
    cores = re.match(r"CPU, (\d+) cores?", hardware)
    return f"{cores[1]} CPU core{'s' * (cores[1] != '1')}" if cores else hardware
