"""A training run's folder: configuration, tables, samples, checkpoints, and the lock that its one writer holds.

runs/<lesson>/<name>/
    config.json                 what was run, on what, with what
    history.csv                 one row per logging interval
    critic_health.csv           a row now and then (quality.py)
    quality.csv                 likewise, where it is asked for (quality.py)
    samples/step_000000.png     a grid of generated images, always from the same latent vectors
    checkpoints/step_000120.npz everything needed to continue; the last two are kept
    training.gif  metrics.json  generator.keras
    writer.lock                 held while a process trains
"""

import errno
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from PIL import Image

from wgan_utils.errors import Explained, Refused
from wgan_utils.files import atomic_file, checkout, read_json
from wgan_utils.training.checkpoints import (
    Check,
    CheckpointError,
    checkpoints,
    last_checkpoint_step,
    load_checkpoint,
    numbered,
    save_checkpoint,
    step_of,
)
from wgan_utils.training.config import check_same_run, environment

TABLES = ("history", "critic_health", "quality")


class RunBusy(Explained, RuntimeError):
    """Another process is writing to the run's folder."""


class RunUnwritable(Explained, RuntimeError):
    """The run's folder can't be written: the disk is full, it is read-only, or it is gone."""


class History(dict):
    """A run's table: column name → float array of shape (rows,). `note` is the sentence that names stand-in data."""

    def __init__(self, columns: Mapping[str, np.ndarray] | None = None, note: str = "") -> None:
        super().__init__(columns or {})
        self.note = note

    def __repr__(self) -> str:
        return f"History({len(self.get('step', ()))} rows: {', '.join(self)})"


class Run:
    """The folder of one training.

    Args:
        folder: where it is; made when something is first written. One that is deleted later is not made again.
        parameters: what the run was asked to do, as JSON-serialisable values; kept in config.json and compared when
            the run is continued.
    """

    def __init__(self, folder: str | Path, parameters: Mapping[str, Any] | None = None) -> None:
        self.folder = Path(folder)
        self.parameters = dict(parameters or {})
        self._made = False

    @classmethod
    def of_lesson(cls, output_dir: str, lesson: str, parameters: Mapping[str, Any]) -> "Run":
        """The run `<output_dir>/<lesson>/<RUN_NAME>`; without output_dir, in the checkout's `runs`, else in ./runs."""
        root = Path(output_dir) if output_dir else (checkout() or Path()) / "runs"
        return cls(root / lesson / parameters["RUN_NAME"], parameters)

    def __repr__(self) -> str:
        return f"Run({'/'.join(self.folder.parts[-3:])})"

    # ---- configuration

    @property
    def config(self) -> dict[str, Any]:
        """The stored configuration; empty before the run has begun, a ValueError if it is damaged."""
        path = self.folder / "config.json"
        if not path.exists():
            return {}
        return read_json(path, ("setup",), f"put {self!r}'s back, or delete the run's folder to start over")

    @property
    def note(self) -> str:
        """The sentence that names stand-in data, for the captions of the run's figures; empty for real data."""
        return self.config.get("data", {}).get("note", "")

    @property
    def invert(self) -> bool:
        """Whether figures of this run show its greyscale images dark on light."""
        return self.config.get("data", {}).get("invert", False)

    def write_config(self, provenance: Mapping[str, Any]) -> None:
        """Write the configuration, or check that it is still the one written when the run began.

        Args:
            provenance: `setup` (what decides the result, compared with the stored one) and anything else worth keeping.

        Raises:
            RunChanged: parameters or set-up differ from the stored ones, naming them; or the reader's step does.
            CheckpointError: there are checkpoints and no configuration that tells what they are of.
        """
        config = json.loads(json.dumps({"parameters": self.parameters, **provenance}))  # as it will be read
        stored = self.config
        if stored:
            trained = "last_checkpoint" in stored or self.last_checkpoint_step() is not None
            if not trained and "code" in config.get("setup", {}):  # a step that failed at once may be mended
                stored["setup"]["code"] = config["setup"]["code"]
            check_same_run(stored, config, "/".join(self.folder.parts[-3:]))
            config = {**stored, "parameters": config["parameters"]}
        elif self.last_checkpoint_step() is not None:
            raise CheckpointError(
                f"{self!r} has checkpoints and no config.json, so that nobody can tell what they are of. Put it back, "
                "choose another RUN_NAME, or delete the run's folder to start over."
            )
        self.write_json("config.json", config)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON file into the run's folder, all of it or nothing.

        With metrics.json comes a config.json, where no training has written one.
        """
        if name == "metrics.json" and not self.config.get("setup"):
            config = {"parameters": self.parameters, "setup": {}, "environment": environment()}
            self.write_json("config.json", config)
        with self._file(name) as temporary:
            temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def save_generator(self, generator: Any) -> None:
        """Write a Keras model to generator.keras, all of it or nothing."""
        with self._file("generator.keras") as temporary:
            generator.save(temporary)

    def copy_from(self, other: "Run") -> None:
        """Become a copy of another run, such as the best of several; what this one had before is replaced."""
        for folder in ("samples", "checkpoints"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)
        for table in TABLES:
            self._table(table).unlink(missing_ok=True)
        left_out = shutil.ignore_patterns("*.lock", ".*.tmp.*")
        # With new times, which tell when a run's folder was last used.
        shutil.copytree(other.folder, self.folder, ignore=left_out, copy_function=shutil.copyfile, dirs_exist_ok=True)

    # ---- tables and samples

    def append(self, table: str, row: Mapping[str, float]) -> None:
        """Append one row to a table, one of `TABLES`; a ValueError if the table has other columns."""
        self._make_folder()
        append_row(self._table(table), row)

    def read(self, table: str) -> History:
        """Read a table; it is empty before its first row."""
        return read_table(self._table(table), self.note)

    def history(self) -> History:
        """Read history.csv, one row per logged step; the columns depend on the model."""
        return self.read("history")

    def save_samples(self, step: int, grid: np.ndarray) -> None:
        """Store a picture of generated images, uint8 of shape (height, width) or (height, width, 3)."""
        with self._file(f"samples/step_{step:06d}.png") as temporary:
            Image.fromarray(grid).save(temporary, format="png")

    def samples(self) -> list[tuple[int, Path]]:
        """List the stored sample grids as (step, path), in the order of their steps."""
        return [(step_of(path), path) for path in numbered(self.folder / "samples", ".png")]

    # ---- checkpoints

    def save_checkpoint(self, step: int, arrays: Mapping[str, Any]) -> None:
        """Store a checkpoint, see `checkpoints.save_checkpoint`, and record its step in config.json."""
        self._make_folder("checkpoints")
        for table in TABLES:  # after a power failure, too, no row may be missing of a step that is not done again
            flush_to_disk(self._table(table))
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

    def truncate(self, step: int) -> None:
        """Delete what later steps left, damaged checkpoints included; the continued run makes it again."""
        for table in TABLES:
            cut_table(self._table(table), step)
        for path in (*(path for _, path in self.samples()), *checkpoints(self.folder / "checkpoints")):
            if step_of(path) > step:
                path.unlink()
        if self.config.get("last_checkpoint", -1) > step:
            self._record_checkpoint(step)

    def _record_checkpoint(self, step: int) -> None:
        if config := self.config:
            self.write_json("config.json", {**config, "last_checkpoint": step})

    def _table(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    @contextmanager
    def _file(self, name: str) -> Iterator[Path]:
        """Give a temporary path for a file of this run, see `atomic_file`."""
        path = self.folder / name
        self._make_folder(path.parent.relative_to(self.folder))
        with atomic_file(path, make_folder=False) as temporary:
            yield temporary

    def _make_folder(self, within: str | Path = "") -> None:
        """Make the run's folder once, and one within it; an OSError where it was made and is gone."""
        if not self._made:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._made = True
        if Path(within).parts:
            (self.folder / within).mkdir(exist_ok=True)


# ---- tables, as functions of their file


def append_row(path: Path, row: Mapping[str, float]) -> None:
    """Append one row to a table; nine digits give a float32 back exactly.

    Raises:
        ValueError: the table has other columns than the row; nothing is written.
    """
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        heading = file.readline().rstrip("\n")
        if heading and heading.split(",") != list(row):
            raise Refused(
                f"{path.name} has the columns {heading}, and this row has {','.join(row)}: the run was begun by "
                "another model or version. Train under another RUN_NAME."
            )
        if not heading:
            file.write(",".join(row) + "\n")
        file.write(_line(row.values()))


def read_table(path: Path | zipfile.Path, note: str = "") -> History:
    """Read a table; it is empty before its first row.

    Raises:
        ValueError: something in it is not a row of numbers with a growing step.
    """
    import pandas as pd

    # A run killed while it wrote may leave half a line, which is written again when the run is continued.
    whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""
    if not whole:
        return History(note=note)
    # Without its defaults, which fill short rows with NaN and skip empty ones.
    strict: dict[str, Any] = {"keep_default_na": False, "na_values": ["nan"], "skip_blank_lines": False}
    try:
        table = pd.read_csv(io.BytesIO(whole), dtype=float, **strict)
        if not isinstance(table.index, pd.RangeIndex) or "step" not in table:
            raise Refused(f"its columns are {', '.join(table)}")
        if not table["step"].diff().iloc[1:].gt(0).all():
            raise Refused("its steps do not grow")
    except ValueError as error:
        name = "/".join(str(path).split(os.sep)[-2:])
        raise Refused(
            f"{name} is damaged ({str(error).strip()}); put a copy back, or delete the run's folder to start over."
        ) from error
    return History({name: table[name].to_numpy() for name in table}, note)


def cut_table(path: Path, step: int) -> None:
    """Delete the rows of later steps; a table without a whole heading is deleted altogether."""
    columns = read_table(path)
    if not columns:
        path.unlink(missing_ok=True)
        return
    kept = zip(*(values[columns["step"] <= step] for values in columns.values()), strict=True)
    with atomic_file(path, make_folder=False) as temporary:
        temporary.write_text(",".join(columns) + "\n" + "".join(map(_line, kept)), encoding="utf-8")


def _line(row: Iterable[float]) -> str:
    return ",".join(f"{value:.9g}" for value in row) + "\n"


def flush_to_disk(path: Path) -> None:
    """Have the system write a table's rows to the disk, if there is such a table."""
    if path.exists():
        with path.open("r+b") as file:
            os.fsync(file.fileno())


# ---- the lock


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for as long as the block runs; the system drops that of a process that has died.

    Raises:
        RunBusy: another process holds it.
        RunUnwritable: the folder can't be written, now or within the block.
    """
    name = "/".join(folder.parts[-2:])
    with _explained(folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = FileLock(folder / "writer.lock").acquire(timeout=0)
        except Timeout as error:
            raise RunBusy(
                f"Another process is writing to the run {name}: another notebook or terminal trains it at this moment. "
                "Wait for it, stop it, or choose another RUN_NAME."
            ) from error
        with lock:
            yield


@contextmanager
def _explained(folder: Path, name: str) -> Iterator[None]:
    """Turn the system's errors about this folder into a RunUnwritable that says what to do; others pass."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and not _related(Path(os.fsdecode(error.filename)).absolute(), folder.absolute()):
            raise
        if isinstance(error, FileNotFoundError) and not folder.exists():
            raise RunUnwritable(
                f"The folder of the run {name} was deleted or moved away while it was trained. Nothing more is "
                "written. If you moved it, continue it where it is now; if not, run again to start over."
            ) from error
        step = last_checkpoint_step(folder / "checkpoints")
        good = "It has no checkpoint yet." if step is None else f"Its last good checkpoint, of step {step}, is kept."
        what = error.strerror or error
        raise RunUnwritable(f"The run {name} can't be written: {what}. {good} {_advice(error)}") from error


def _related(path: Path, folder: Path) -> bool:
    """Whether one lies in the other: a folder's parents may be missing too."""
    return path.is_relative_to(folder) or folder.is_relative_to(path)


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Make room on its disk, and run again to continue."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Choose an OUTPUT_DIR that you may write to, or make this one writable, and run again."
    return "Put right what the system says, and run again to continue."
