"""A training run's folder: configuration, tables, samples, checkpoints, and the lock that its one writer holds.

runs/<lesson>/<name>/
    config.json                 what was run, on what, with what
    history.csv                 one row per logging interval
    critic_health.csv           a row now and then
    quality.csv                 likewise, where it is asked for
    samples/step_000000.png     a grid of generated images, always from the same latent vectors
    checkpoints/step_000120.npz everything needed to continue; the last two are kept, each with checksums
    training.gif  metrics.json  generator.keras
    writer.lock                 held while a process trains
"""

import json
import os
import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from PIL import Image

from wgan_utils.errors import Explained, Refused
from wgan_utils.files import atomic_file, checkout, read_array_file, read_json
from wgan_utils.training.config import check_same_run, environment

TABLES = ("history", "critic_health", "quality")
CHECKPOINTS_KEPT = 2
WAY_OUT = "Put back what is missing, choose another RUN_NAME, or delete the run's folder to start over."

Use = Callable[[dict[str, np.ndarray]], None]  # raises a ValueError for a state that can't be used


class RunBusy(Explained, RuntimeError):
    """Another process is writing to the run's folder."""


class RunUnwritable(Explained, RuntimeError):
    """The run's folder can't be written: the disk is full, it is read-only, or it is gone."""


class CheckpointError(Explained, RuntimeError):
    """Checkpoints exist and none of them can be read, or the newest ones are gone."""


class History(dict):
    """A run's table: column name → float array of shape (rows,). `note` is the sentence that names stand-in data."""

    def __init__(self, columns: Any = (), note: str = "") -> None:
        super().__init__(columns)
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
        return read_json(path, ("setup",), WAY_OUT) if path.exists() else {}

    @property
    def note(self) -> str:
        """The sentence that names stand-in data, for the run's figures; empty for real data."""
        return self.config.get("data", {}).get("note", "")

    @property
    def invert(self) -> bool:
        """Whether figures of this run show its greyscale images dark on light."""
        return self.config.get("data", {}).get("invert", False)

    def write_config(self, provenance: Mapping[str, Any]) -> None:
        """Write what `describe` returned, or check that it is that of the run which can be continued here.

        A RunChanged where it is not; a CheckpointError where no configuration tells what the checkpoints are of.
        """
        config = json.loads(json.dumps({"parameters": self.parameters, **provenance}))  # as it will be read
        stored, last = self.config, self.last_checkpoint_step()
        if not stored and last is not None:
            raise CheckpointError(f"{self!r} has checkpoints and no config.json that says of what. {WAY_OUT}")
        if last is not None or {"last_checkpoint", "pretrained"} & stored.keys():
            check_same_run(stored, config, repr(self))
            config = {**stored, "parameters": config["parameters"]}
        self.write_json("config.json", config)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON file, all of it or nothing; with metrics.json a config.json, where no training wrote one."""
        if name == "metrics.json" and not self.config.get("setup"):
            self.write_config({"setup": {}, "environment": environment()})
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
            (self.folder / f"{table}.csv").unlink(missing_ok=True)
        left_out = shutil.ignore_patterns("*.lock", ".*.tmp.*")
        # With new times, which tell when a run's folder was last used.
        shutil.copytree(other.folder, self.folder, ignore=left_out, copy_function=shutil.copyfile, dirs_exist_ok=True)

    # ---- tables and samples

    def append(self, table: str, row: Mapping[str, float]) -> None:
        """Append one row to a table, one of `TABLES`; a ValueError if the table has other columns."""
        with self._path(f"{table}.csv").open("a+", encoding="utf-8") as file:
            file.seek(0)
            heading, columns = file.readline().rstrip("\n"), ",".join(row)
            if heading not in ("", columns):
                what = f"{table}.csv has the columns {heading}, and this row has {columns}"
                raise Refused(f"{what}: take another RUN_NAME.")
            # Nine digits give a float32 back exactly.
            lines = [columns] * (not heading) + [",".join(f"{value:.9g}" for value in row.values())]
            file.write("".join(f"{line}\n" for line in lines))

    def read(self, table: str) -> History:
        """Read a table; it is empty before its first row."""
        return History(read_table(self.folder / f"{table}.csv"), self.note)

    def history(self) -> History:
        """Read history.csv, one row per logged step; the columns depend on the model."""
        return self.read("history")

    def save_samples(self, step: int, grid: np.ndarray) -> None:
        """Store a picture of generated images, uint8 of shape (height, width) or (height, width, 3)."""
        with self._file(f"samples/step_{step:06d}.png") as temporary:
            Image.fromarray(grid).save(temporary, format="png")

    def samples(self) -> list[tuple[int, Path]]:
        """List the stored sample grids as (step, path), in the order of their steps."""
        return _numbered(self.folder / "samples", ".[jp]*g")  # in colour those that ship are JPEG

    # ---- checkpoints

    def save_checkpoint(self, step: int, arrays: Mapping[str, Any]) -> None:
        """Store a checkpoint of NumPy arrays, record its step in config.json, and delete all but the last two."""
        for table in self.folder.glob("*.csv"):  # no row may be missing, after a power failure, of a step that is kept
            with table.open("r+b") as file:
                os.fsync(file.fileno())
        with self._file(f"checkpoints/step_{step:06d}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
        for _, path in self._checkpoints()[:-CHECKPOINTS_KEPT]:
            path.unlink()
        self._record_checkpoint(step)

    def load_checkpoint(self, use: Use = lambda arrays: None) -> tuple[int, dict[str, np.ndarray]] | None:
        """Read the last checkpoint that is whole and of use, with a warning that names later ones, or None.

        A CheckpointError if none can be used, or the newest that was written is gone: a new start would wipe the run.
        """
        problems, found, written = [], self._checkpoints(), self.config.get("last_checkpoint", -1)
        if written > max((step for step, _ in found), default=-1):
            problems, found = [f"step_{written:06d}.npz (it is missing)"], []
        for step, path in reversed(found):
            try:
                arrays = read_array_file(path)
                arrays.pop("format", None)  # older runs have it
                use(arrays)
            except (ValueError, TypeError) as problem:
                problems.append(f"{path.name} ({problem.__cause__ or problem})")
                continue
            if problems:
                warnings.warn(f"{self!r} goes on from step {step} without {', '.join(problems)}.", stacklevel=2)
            return step, arrays
        if problems:
            raise CheckpointError(f"{self!r} can't go on from {', '.join(problems)}. {WAY_OUT}")
        return None

    def last_checkpoint_step(self) -> int | None:
        """The step of the newest checkpoint, or None."""
        return max((step for step, _ in self._checkpoints()), default=None)

    def truncate(self, step: int) -> None:
        """Delete what later steps left, damaged checkpoints included; the continued run makes it again."""
        for table in TABLES:
            cut_table(self.folder / f"{table}.csv", step)
        for of_step, path in (*self.samples(), *self._checkpoints()):
            if of_step > step:
                path.unlink()
        if self.config.get("last_checkpoint", -1) > step:
            self._record_checkpoint(step)

    def _checkpoints(self) -> list[tuple[int, Path]]:
        return _numbered(self.folder / "checkpoints", ".npz")

    def _record_checkpoint(self, step: int) -> None:
        if config := self.config:
            self.write_json("config.json", {**config, "last_checkpoint": step})

    # ---- writing

    def _path(self, name: str) -> Path:
        """Where to write a file; a folder that was made once and is gone is not made again, which is an OSError."""
        if not self._made:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._made = True
        path = self.folder / name
        if path.parent != self.folder:
            path.parent.mkdir(exist_ok=True)
        return path

    def _file(self, name: str) -> AbstractContextManager[Path]:
        return atomic_file(self._path(name), make_folder=False)


def _numbered(folder: Path, suffix: str) -> list[tuple[int, Path]]:
    """The files step_000000<suffix> of a folder with their steps, in order; copies under other names are left out."""
    found = [(path.stem.removeprefix("step_"), path) for path in folder.glob(f"step_*{suffix}")]
    return sorted((int(step), path) for step, path in found if step.isdecimal())


# ---- tables, as functions of their file


def read_table(path: Path | zipfile.Path) -> History:
    """Read a table, empty before its first row; a ValueError where a row is not of numbers with a growing step."""
    # A run killed while it wrote may leave half a line, which is written again when the run is continued.
    whole = path.read_bytes().rpartition(b"\n")[0] if path.exists() else b""
    if not whole:
        return History()
    try:
        heading, *rows = whole.decode().splitlines()
        names = heading.split(",")
        table = np.array([row.split(",") for row in rows], float).reshape(len(rows), len(names))
        if not (np.diff(table[:, names.index("step")]) > 0).all():
            raise ValueError("its steps do not grow")
    except ValueError as error:
        name = "/".join(str(path).split(os.sep)[-2:])
        raise Refused(f"{name} is damaged ({error}). {WAY_OUT}") from error
    return History(zip(names, table.T.copy(), strict=True))


def cut_table(path: Path, step: int) -> None:
    """Delete the rows of later steps; a table without a whole heading is deleted altogether."""
    columns = read_table(path)
    if not columns:
        path.unlink(missing_ok=True)
    else:
        kept = path.read_bytes().split(b"\n")[: 1 + int((columns["step"] <= step).sum())]
        with atomic_file(path, make_folder=False) as temporary:
            temporary.write_bytes(b"\n".join([*kept, b""]))


# ---- the lock


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for as long as the block runs; the system drops that of a process that has died.

    Raises: RunBusy where another holds it, RunUnwritable where the folder can't be written, now or within the block.
    """
    name = "/".join(folder.parts[-2:])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "writer.lock", timeout=0):
            yield
    except Timeout as error:
        raise RunBusy(f"Another process trains the run {name}: wait for it, or choose another RUN_NAME.") from error
    except OSError as error:
        what = f"The run {name} can't be written ({error}); what it has is kept"
        raise RunUnwritable(f"{what}. Put that right, or choose another OUTPUT_DIR, and run again.") from error
