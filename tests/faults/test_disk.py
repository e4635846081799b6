"""A disk that is full, and one that may not be written: said in a sentence, and nothing that was good is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.training.running import assert_same_runs, contents, go
from wgan_utils.training.run import Run, RunUnwritable

pytestmark = pytest.mark.slow

AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
BLOCK = 4096  # bytes: a tmpfs hands out whole pages


def mount(*words: str) -> None:
    subprocess.run([*AS_ROOT, *words], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mount("mount", "-t", "tmpfs", "-o", f"size=1m,uid={os.getuid()}", "tmpfs", str(place))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here, which takes root or sudo without a password: {error}")
    yield place
    mount("umount", str(place))


def blocks(folder: Path) -> int:
    return sum(-(-path.stat().st_size // BLOCK) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("share", [0, 0.2, 0.5, 0.9])
def test_a_full_disk_keeps_the_last_checkpoint_and_with_room_again_the_run_ends_as_any_other(disk, tmp_path, share):
    folder, whole = disk / "run", tmp_path / "whole"
    go(whole)
    go(folder, steps=4)
    left = int(share * (blocks(whole) - blocks(folder)))
    before = {path.name: path.read_bytes() for path in (folder / "checkpoints").iterdir()}
    filler = disk / "filler"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - left * BLOCK)))
    with pytest.raises(RunUnwritable, match="disk/run"):
        go(folder)
    step, _ = Run(folder).load_checkpoint()
    assert step >= 4
    if step == 4:
        assert {path.name: path.read_bytes() for path in (folder / "checkpoints").iterdir()} == before
    assert not list(folder.rglob("*.tmp.*"))
    filler.unlink()
    go(folder)
    assert_same_runs(folder, whole)


def test_a_folder_that_may_not_be_written_is_refused_at_once_and_left_as_it_is(disk):
    go(disk / "run")
    before = contents(disk)
    mount("mount", "-o", "remount,ro", str(disk))
    for place in (disk / "run", disk / "another"):
        with pytest.raises(RunUnwritable, match="OUTPUT_DIR"):
            go(place, steps=9)
    assert contents(disk) == before
