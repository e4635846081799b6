"""A training run's folder: configuration and provenance, history, samples, checkpoints.

runs/<lesson>/<name>/
    config.json                 what was run, on what, with what
    history.csv                 one row a logging interval
    critic_health.csv           a row now and then: what `health.py` measures
    quality.csv                 the same, if asked for: what `quality.py` measures
    samples/step_000000.png     one grid of generated images from the same latent vectors, over and over
    checkpoints/step_000120.npz everything needed to go on; the last two are kept
    training.gif  metrics.json  generator.keras
    writer.lock                 held while a process trains
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from wgan_utils.files import atomic_file, checkout, read_json
from wgan_utils.runs.checkpoints import (
    Check,
    CheckpointError,
    checkpoints,
    last_checkpoint_step,
    load_checkpoint,
    numbered,
    save_checkpoint,
    step_of,
)
from wgan_utils.runs.history import History, append_row, cut_table, flush_to_disk, read_table
from wgan_utils.runs.identity import RunChanged, check_same_run

__all__ = ["TABLES", "Run", "RunChanged"]

TABLES = ("history", "critic_health", "quality")


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
        """The stored configuration; empty before the run has begun, a ValueError if it is damaged."""
        path = self.folder / "config.json"
        if not path.exists():
            return {}
        return read_json(path, ("setup",), f"put {self!r}'s back, or delete the run's folder to start over")

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
            CheckpointError: there are checkpoints and no configuration that tells what they are of.
        """
        config = json.loads(json.dumps({"parameters": self.parameters, **provenance}))  # as it will be read
        stored = self.config
        if stored:
            check_same_run(stored, config, "/".join(self.folder.parts[-3:]))
            config = {**stored, "parameters": config["parameters"]}
        elif self.last_checkpoint_step() is not None:
            raise CheckpointError(
                f"{self!r} has checkpoints and no config.json, so that nobody can tell what they are of. Put it back, "
                "choose another RUN_NAME, or delete the run's folder to start over."
            )
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

    def adopt(self, other: "Run") -> None:
        """Become a copy of another run, such as the best of several; whatever this one had left is replaced."""
        for left in ("samples", "checkpoints"):
            shutil.rmtree(self.folder / left, ignore_errors=True)
        for table in TABLES:
            (self.folder / f"{table}.csv").unlink(missing_ok=True)
        left_out = shutil.ignore_patterns("*.lock", ".*.tmp.*")
        # With new times: what a run's folder was last used for is told by them.
        shutil.copytree(other.folder, self.folder, ignore=left_out, copy_function=shutil.copyfile, dirs_exist_ok=True)

    def append(self, table: str, row: Mapping[str, float]) -> None:
        """Append one row to a table, one of `TABLES`; a ValueError if the table has other columns."""
        append_row(self.folder / f"{table}.csv", row)

    def read(self, table: str) -> History:
        """Read a table; it is empty before its first row."""
        return read_table(self.folder / f"{table}.csv", self.note)

    def history(self) -> History:
        """Read history.csv, one row a logged step; the columns depend on the model."""
        return self.read("history")

    def save_samples(self, step: int, grid: np.ndarray) -> None:
        """Store a picture of generated images, uint8 of shape (height, width) or (height, width, 3)."""
        with atomic_file(self.folder / "samples" / f"step_{step:06d}.png") as temporary:
            Image.fromarray(grid).save(temporary, format="png")

    def samples(self) -> list[tuple[int, Path]]:
        """List the stored sample grids as (step, path), in the order of their steps."""
        return [(step_of(path), path) for path in numbered(self.folder / "samples", ".png")]

    def save_checkpoint(self, step: int, arrays: Mapping[str, Any]) -> None:
        """Store a checkpoint, see `checkpoints.save_checkpoint`, and write its step down in config.json."""
        for table in TABLES:  # after a power failure, too, no row of a step that is not done again may be missing
            flush_to_disk(self.folder / f"{table}.csv")
        save_checkpoint(self.folder / "checkpoints", step, arrays)
        self._record_checkpoint(step)

    def load_checkpoint(self, check: Check = lambda step, arrays: None) -> tuple[int, dict[str, np.ndarray]] | None:
        """Read the last whole checkpoint that passes the check, see `checkpoints.load_checkpoint`.

        Raises:
            CheckpointError: none of them does, or the newest that was written is gone; starting over would wipe
                what the run has.
        """
        last, written = self.last_checkpoint_step(), self.config.get("last_checkpoint", -1)
        if written > (-1 if last is None else last):
            raise CheckpointError(
                f"The checkpoint of step {written} of {self!r} is missing, so that it can't be continued; its history, "
                "samples and generator.keras are untouched. Put the checkpoint back, choose another RUN_NAME, or "
                "delete the run's folder to start over."
            )
        return load_checkpoint(self.folder / "checkpoints", check)

    def last_checkpoint_step(self) -> int | None:
        """The step of the newest checkpoint, or None."""
        return last_checkpoint_step(self.folder / "checkpoints")

    def rewind(self, step: int) -> None:
        """Drop what later steps left, damaged checkpoints too; the continued run will make it again."""
        for table in TABLES:
            cut_table(self.folder / f"{table}.csv", step)
        for path in (*(path for _, path in self.samples()), *checkpoints(self.folder / "checkpoints")):
            if step_of(path) > step:
                path.unlink()
        if self.config.get("last_checkpoint", -1) > step:
            self._record_checkpoint(step)

    def _record_checkpoint(self, step: int) -> None:
        if config := self.config:
            self.write_json("config.json", {**config, "last_checkpoint": step})
