"""Where the project lies, writing files atomically, and reading ones that may be damaged."""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from wgan_utils.errors import Refused


@contextmanager
def atomic_file(path: Path, make_folder: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`, in a folder made if need be, and move it there when the block ends well."""
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.tmp.{path.name}")  # Keras goes by the suffix
    try:
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files that killed processes left in a folder; only its one writer may."""
    for path in folder.glob(".*.tmp.*"):
        path.unlink(missing_ok=True)


def checkout() -> Path | None:
    """Return the folder of the project's checkout that this package lies in; None when it is installed elsewhere."""
    folder = Path(__file__).resolve().parents[1]
    return folder if (folder / "pyproject.toml").is_file() and (folder / "notebooks").is_dir() else None


def default_data_dir() -> Path:
    """`data` in a checkout of this project, else a folder in the user's cache."""
    project = checkout()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return project / "data" if project else cache / "wgan_utils"


def read_json(path: Path | zipfile.Path, keys: Iterable[str] = (), advice: str = "restore it") -> dict[str, Any]:
    """Read a JSON object that must have these keys; a ValueError, which ends in the advice, if it is damaged."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"{path.name} is damaged ({error}); {advice}.") from error
    lacking = [key for key in keys if key not in content] if isinstance(content, dict) else ["an object"]
    if lacking:
        raise Refused(f"{path.name} is damaged (it lacks {', '.join(lacking)}); {advice}.")
    return content


def read_array_file(path: Path | zipfile.Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz by key, or of an .npy under ""; a ValueError if damaged, or pickles, which stay unread."""
    try:
        with path.open("rb") as file:  # np.load itself would leave a damaged file open
            loaded = np.load(file, allow_pickle=False)
            arrays = {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)
        if not arrays:  # a damaged archive may look like an empty one
            raise ValueError("it holds nothing")
        return arrays
    except Exception as error:  # zip, zlib and NumPy's parser of headings raise nearly anything on damaged data
        raise Refused(f"'{path.name}' can't be read as an .npy or .npz file without pickles: {error}") from error
