"""One writer a folder: a second process is refused; a dead one's lock is not, for the system drops it.

And what can go wrong with a folder that is written to: it is full, may not be written, or is gone.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from wgan_utils.errors import Explained
from wgan_utils.runs.checkpoints import last_checkpoint_step

FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class RunBusy(Explained, RuntimeError):
    """Another process is writing to the run's folder."""


class RunUnwritable(Explained, RuntimeError):
    """The run's folder can't be written: the disk is full, it is read-only, or it is gone."""


@contextmanager
def only_writer(folder: Path) -> Iterator[Callable[[], bool]]:
    """Hold the folder's lock for as long as the block runs; gives a function that says whether it is still there.

    Raises:
        RunBusy: another process holds it.
        RunUnwritable: the folder can't be written, now or within the block.
    """
    name, place = "/".join(folder.parts[-2:]), folder / "writer.lock"
    with _explained(folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RunBusy(
                f"Another process is writing to the run {name}: another notebook or terminal trains it at this moment. "
                "Wait for it, stop it, or choose another RUN_NAME."
            ) from error
        try:
            with place.open() as held:  # while it is open, no other file can get its number
                yield lambda: place.exists() and os.path.samestat(os.fstat(held.fileno()), place.stat())
        finally:
            lock.release()


@contextmanager
def _explained(folder: Path, name: str) -> Iterator[None]:
    """Say what the system's errors about this folder mean; others pass."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and not _related(Path(os.fsdecode(error.filename)).absolute(), folder.absolute()):
            raise
        step = last_checkpoint_step(folder / "checkpoints")
        good = "It has no checkpoint yet." if step is None else f"Its last good checkpoint, of step {step}, is kept."
        what = error.strerror or error
        raise RunUnwritable(f"The run {name} can't be written: {what}. {good} {_advice(error)}") from error


def _related(path: Path, folder: Path) -> bool:
    """Whether one lies in the other: a folder's parents may be missing too."""
    return path.is_relative_to(folder) or folder.is_relative_to(path)


def _advice(error: OSError) -> str:
    if error.errno in FULL:
        return "Make room on its disk, and run again to continue."
    if error.errno in FORBIDDEN:
        return "Choose an OUTPUT_DIR that you may write to, or make this one writable, and run again."
    return "Put right what the system says, and run again to continue."
