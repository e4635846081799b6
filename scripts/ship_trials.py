"""Make the runs of a sweep into trials that ship with the library, one zip: see wgan_utils/zoo/generators.py.

    python -m sweeps published_recipe "ARM=recipe,one joint update" SEED=0,1 -p STEPS=970 --workers 1
    python -m scripts.ship_trials runs/sweeps/published_recipe ARM SEED --terms "Trained on MNIST, …"

The table has a row for each logged step; with `--table quality` for each measurement. A run's metrics.json may have
`curves`, name → list of (step, value), and `columns`, name → value: columns of the table. Each training's last grid of
samples is kept; with `--samples "*-0"` only of those whose last varied parameter is 0, with `--samples ""` of none.
"""

import argparse
import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

import wgan_utils as wu
from scripts.shipping import as_png, pack
from wgan_utils.zoo.generators import TRIALS, sample_name

LEFT_OUT = ("seconds", "critic_loss", "generator_loss")  # tell nothing that the scores do not
OF_A_PART = ("train", "sha256", "STEPS")  # may differ where runs train on parts of one data set
PLACES = ("OUTPUT_DIR", "RUN_NAME", "DATA_DIR")


def ship(
    sweep: Path,
    varied: list[str],
    terms: str,
    folder: Path = TRIALS,
    table: str = "history",
    lesson: str = "",
    samples: str = "*",
) -> Path:
    """Write folder/<the sweep's name>.zip.

    Args:
        sweep: the sweep's folder, which holds one folder for each run.
        varied: the parameters that the runs differ in.
        terms: of the data that they were trained on.
        folder: where the zips lie.
        table: which of a run's tables, "history" or "quality".
        lesson: the lesson or lab that they belong to, where that is not the sweep's name.
        samples: of which trainings the last sample grid is kept, those that are shown: a pattern of its file's name.
    """
    runs = {tuple(run.config["parameters"][name] for name in varied): run for run in finished(sweep)}
    rows = pd.concat([rows_of(run, dict(zip(varied, key, strict=True)), table) for key, run in runs.items()])
    card = {"lesson": lesson or sweep.name, "varied": varied, **common([run.config for run in runs.values()], varied)}
    text = json.dumps(card | {"terms": terms}, indent=1, ensure_ascii=False) + "\n"
    files = {"card.json": text.encode(), "trials.csv": rows.to_csv(index=False, float_format="%.5g").encode()}
    for key, run in runs.items() if samples else ():
        if fnmatch(name := sample_name(key), f"samples/{samples}.png"):
            files[name] = as_png(Image.open(run.samples()[-1][1]))
    target = folder / f"{sweep.name}.zip"
    pack(target, files)
    return target


def finished(sweep: Path) -> list[wu.Run]:
    """The runs of a sweep that have left their numbers."""
    return [wu.Run(path.parent) for path in sorted(sweep.glob("*/metrics.json"))]


def rows_of(run: wu.Run, key: dict[str, Any], table: str) -> pd.DataFrame:
    """One run's rows: a table of its own, and its curves at the steps where they were measured."""
    rows = pd.DataFrame(run.read(table)).drop(columns=list(LEFT_OUT), errors="ignore")
    found = json.loads((run.folder / "metrics.json").read_text("utf-8"))
    for name, points in found.get("curves", {}).items():
        rows = rows.merge(pd.DataFrame(points, columns=["step", name]), on="step", how="outer")
    rows = rows.sort_values("step").astype({"step": int}).assign(**found.get("columns", {}))
    return pd.DataFrame([key] * len(rows), index=rows.index).join(rows)


def common(configs: list[dict[str, Any]], varied: list[str]) -> dict[str, Any]:
    """What the runs have in common; a ValueError where they were not made alike."""
    own = OF_A_PART if "N_TRAIN" in varied else ()
    left = (*varied, *PLACES, *own)
    parameters = [{k: v for k, v in config["parameters"].items() if k not in left} for config in configs]
    data = [{k: v for k, v in config["data"].items() if k not in own} for config in configs]
    if any(one != parameters[0] for one in parameters) or any(one != data[0] for one in data):
        raise ValueError("The runs differ in more than the parameters that are named, or in their data.")
    first = configs[0]
    setup = {k: v for k, v in first["setup"].items() if all(one["setup"].get(k) == v for one in configs)}
    environments = [config["environment"] for config in configs]  # a sweep may run on several machines
    said = {key: sorted({str(one.get(key)) for one in environments}) for key in ("hardware", "git_commit")}
    environment = {**environments[0], **{key: "; ".join(values) for key, values in said.items()}}
    return {"parameters": parameters[0], "setup": setup, "data": data[0], "environment": environment}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("sweep", type=Path, help="the sweep's folder")
    parser.add_argument("varied", nargs="+", help="the parameters that its runs differ in")
    parser.add_argument("--terms", required=True, help="of the data")
    parser.add_argument("--table", choices=("history", "quality"), default="history", help="which of a run's tables")
    parser.add_argument("--lesson", default="", help="the lesson or lab that they belong to; default: the sweep's name")
    parser.add_argument("--samples", default="*", help='whose last grid is kept: "*-0", or "" for none')
    asked = vars(parser.parse_args())
    written = ship(asked.pop("sweep").resolve(), **asked)
    print(f"Wrote {written.name}, {written.stat().st_size / 1e3:.0f} kB.")
