"""One writer a folder: a second process is refused; a dead one's lock is not, for the system drops it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


class RunBusy(RuntimeError):
    """Another process is writing to the run's folder."""


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for as long as the block runs.

    Raises:
        RunBusy: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunBusy(
            f"Another process is writing to the run {'/'.join(folder.parts[-2:])}: another notebook or terminal trains "
            "it at this moment. Wait for it, stop it, or choose another RUN_NAME."
        ) from error
    try:
        yield
    finally:
        lock.release()
