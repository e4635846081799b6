"""Export every shipped generator for the explorer, with what its card says: `python site/explorer/prepare.py OUT`."""

import json
import sys
from pathlib import Path
from typing import Any

from export import export_for_browser

import wgan_utils as wu

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
FIRST = "digits"  # light, and with more than one kind of thing to walk between


def main(out: Path) -> None:
    """Write `weights/NAME.json`, `weights/NAME.bin` and `weights/generators.json` into a folder."""
    cards = sorted(wu.pretrained().items(), key=lambda item: item[1]["lesson"])
    about = [_about(name, card, export_for_browser(name, out / "weights")) for name, card in cards]
    (out / "weights" / "generators.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _about(name: str, card: dict[str, Any], path: Path) -> dict[str, Any]:
    """Choose what the page shows of a card."""
    distance = card["metrics"]["metrics"]["frechet"]
    return {
        "name": name,
        "first": name == FIRST,
        "label": name.replace("_", " ").capitalize(),
        "lesson": card["lesson"],
        "title": _title(card["lesson"]),
        "trainedOn": card["data"]["source"].split(" (")[0],
        "note": card["data"]["note"],
        "steps": card["steps"],
        "preset": card["parameters"]["PRESET"],
        "seed": card["setup"]["seed"],
        "distance": {key: distance[key] for key in ("title", "value", "baseline", "n")},
        "failings": card["failings"],
        "terms": card["terms"],
        "invert": card["data"]["invert"],
        "weights": card["setup"]["generator_weights"],
        "bytes": path.with_suffix(".bin").stat().st_size,
        "latentDim": card["setup"]["latent_dim"],
        "shape": json.loads(path.read_text("utf-8"))["output"],
    }


def _title(lesson: str) -> str:
    """Return a lesson's first heading."""
    cells = json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text("utf-8"))["cells"]
    lines = (line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines())
    return next(line.removeprefix("# ") for line in lines if line.startswith("# "))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
