"""A training run's folder: configuration and provenance, history, samples, checkpoints.

runs/<lesson>/<name>/
    config.json                 what was run, on what, with what
    history.csv                 one row a logging interval
    critic_health.csv           a row now and then: what `health.py` measures
    quality.csv                 the same, if asked for: what `quality.py` measures
    samples/step_000000.png     one grid of generated images from the same latent vectors, over and over
    checkpoints/step_000120.npz everything needed to go on; the last two are kept
    training.gif  metrics.json  generator.keras
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from wgan_utils.files import atomic_file, checkout

CHECKPOINTS_KEPT = 2
TABLES = ("history", "critic_health", "quality")
# They say where things lie, how long to train or how often to write; changing them does not make another run.
FREE_PARAMETERS = {
    *("DATA_DIR", "OUTPUT_DIR", "RUN_NAME", "ALLOW_STANDIN", "TRAIN"),
    *("STEPS", "LOG_EVERY", "SAMPLE_EVERY", "CHECKPOINT_EVERY"),
}


class RunChanged(ValueError):
    """A run's folder holds a run with other parameters."""


class CheckpointError(RuntimeError):
    """Checkpoints exist and none of them can be read."""


class History(Mapping):
    """A run's history: column name → array with one value per logged step. `note` names stand-in data."""

    def __init__(self, columns: dict[str, np.ndarray], note: str = "") -> None:
        self._columns = columns
        self.note = note

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"History({len(self._columns.get('step', ()))} rows: {', '.join(self._columns)})"


class Run:
    """What one training leaves behind, in a folder of its own.

    Args:
        folder: where it lies; made when something is first written.
        parameters: what the run was asked to do, as JSON-serialisable values; kept in config.json and
            compared when the run is continued.
    """

    def __init__(self, folder: str | Path, parameters: Mapping[str, Any] | None = None) -> None:
        self.folder = Path(folder)
        self.parameters = dict(parameters or {})

    def __repr__(self) -> str:
        return f"Run({'/'.join(self.folder.parts[-3:])})"

    @property
    def config(self) -> dict[str, Any]:
        """The stored configuration; empty before the run has begun."""
        path = self.folder / "config.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def note(self) -> str:
        """What every figure of this run has to say of its data; empty for the real thing."""
        return self.config.get("data", {}).get("note", "")

    @property
    def invert(self) -> bool:
        """Whether figures of this run show its greyscale images dark on light."""
        return self.config.get("data", {}).get("invert", False)

    def begin(self, provenance: Mapping[str, Any]) -> None:
        """Write the configuration, or check that it still is the one written when the run began.

        Args:
            provenance: `setup` (what decides the result, compared with the stored one) and anything else
                worth keeping.

        Raises:
            RunChanged: when parameters or set-up differ from the stored ones, naming them.
        """
        config = json.loads(json.dumps({"parameters": self.parameters, **provenance}))  # as it will be read
        stored = self.config
        if stored:
            changes = [
                *_changes(stored["parameters"], config["parameters"]),
                *_changes(stored["setup"], config["setup"]),
            ]
            if changes:
                raise RunChanged(
                    f"The run in {'/'.join(self.folder.parts[-3:])} was made with other settings: "
                    f"{'; '.join(changes)}. Give this run another RUN_NAME, or delete that folder to start "
                    "over."
                )
            config = {**stored, "parameters": config["parameters"]}
        self.write_json("config.json", config)

    @classmethod
    def of_lesson(cls, output_dir: str, lesson: str, parameters: Mapping[str, Any]) -> "Run":
        """The run `<output_dir>/<lesson>/<RUN_NAME>`; without output_dir, in the checkout's `runs`, else in ./runs."""
        root = Path(output_dir) if output_dir else (checkout() or Path()) / "runs"
        return cls(root / lesson / parameters["RUN_NAME"], parameters)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON file into the run's folder, all of it or nothing."""
        with atomic_file(self.folder / name) as temporary:
            temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def save_generator(self, generator: Any) -> None:
        """Write a Keras model to generator.keras, all of it or nothing."""
        with atomic_file(self.folder / "generator.keras") as temporary:
            generator.save(temporary)

    def append(self, table: str, row: Mapping[str, float]) -> None:
        """Append one row to a table, one of `TABLES`; nine digits give a float32 back exactly."""
        path = self.folder / f"{table}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", newline="") as file:
            if file.tell() == 0:
                csv.writer(file).writerow(row)
            csv.writer(file).writerow([f"{value:.9g}" for value in row.values()])

    def read(self, table: str) -> History:
        """Read a table; it is empty before its first row."""
        path = self.folder / f"{table}.csv"
        # A run killed while it wrote may leave half a line; it is written again when the run goes on.
        whole = path.read_bytes().rpartition(b"\n")[0].decode() if path.exists() else ""
        if not whole:
            return History({}, self.note)
        names, *rows = csv.reader(whole.splitlines())
        columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
        return History(dict(zip(names, columns, strict=True)), self.note)

    def history(self) -> History:
        """Read history.csv, one row a logged step; the columns depend on the model."""
        return self.read("history")

    def save_samples(self, step: int, grid: np.ndarray) -> None:
        """Store a picture of generated images, uint8 of shape (height, width) or (height, width, 3)."""
        with atomic_file(self.folder / "samples" / f"step_{step:06d}.png") as temporary:
            Image.fromarray(grid).save(temporary, format="png")

    def samples(self) -> list[tuple[int, Path]]:
        """List the stored sample grids as (step, path), in the order of their steps."""
        paths = (self.folder / "samples").glob("step_*.png")
        return [(_step_of(path), path) for path in sorted(paths, key=_step_of)]

    def save_checkpoint(self, step: int, arrays: Mapping[str, Any]) -> None:
        """Store a checkpoint of NumPy arrays, all of it or nothing, and delete all but the last two."""
        with (
            atomic_file(self.folder / "checkpoints" / f"step_{step:06d}.npz") as temporary,
            temporary.open("wb") as file,
        ):
            np.savez(file, **arrays)
        for path in self._checkpoints()[:-CHECKPOINTS_KEPT]:
            path.unlink()

    def load_checkpoint(self) -> tuple[int, dict[str, np.ndarray]] | None:
        """Read the last checkpoint that is whole, by its checksums; None if there is none at all.

        Raises:
            CheckpointError: when there are checkpoints and none of them is whole.
        """
        problems = []
        for path in reversed(self._checkpoints()):
            try:
                # NumPy given a path leaves the file open when it is damaged.
                with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    return _step_of(path), dict(arrays)
            except Exception as problem:  # zip, zlib, NumPy and the file system each have errors of their own
                problems.append(f"{path.name} ({problem})")
        if problems:
            raise CheckpointError(
                f"None of the checkpoints of {self!r} can be read: {', '.join(problems)}. "
                "Delete the run's folder to start over."
            )
        return None

    def last_checkpoint_step(self) -> int | None:
        """The step of the newest checkpoint, or None."""
        paths = self._checkpoints()
        return _step_of(paths[-1]) if paths else None

    def rewind(self, step: int) -> None:
        """Drop what later steps left, damaged checkpoints too; the continued run will make it again."""
        for table in TABLES:
            if columns := self.read(table):
                self._rewrite(table, {name: values[columns["step"] <= step] for name, values in columns.items()})
            else:  # there is not even a whole heading, or no file
                (self.folder / f"{table}.csv").unlink(missing_ok=True)
        for path in (*(path for _, path in self.samples()), *self._checkpoints()):
            if _step_of(path) > step:
                path.unlink()

    def _rewrite(self, table: str, columns: Mapping[str, np.ndarray]) -> None:
        with atomic_file(self.folder / f"{table}.csv") as temporary, temporary.open("w", newline="") as file:
            csv.writer(file).writerow(columns)
            rows = zip(*columns.values(), strict=True)
            csv.writer(file).writerows([f"{value:.9g}" for value in row] for row in rows)

    def _checkpoints(self) -> list[Path]:
        return sorted((self.folder / "checkpoints").glob("step_*.npz"), key=_step_of)


def _changes(stored: Mapping[str, Any], current: Mapping[str, Any], within: str = "") -> list[str]:
    changes = []
    for name in {**stored, **current}:
        before, now = stored.get(name), current.get(name)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            changes += _changes(before, now, f"{within}{name}.")
        elif name not in FREE_PARAMETERS and before != now:
            changes.append(f"{within}{name} was {before!r} and is now {now!r}")
    return changes


def _step_of(path: Path) -> int:
    return int(path.stem.removeprefix("step_"))
