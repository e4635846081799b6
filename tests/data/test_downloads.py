"""One file over HTTP: whole and right, or not there at all, and never a long wait."""

import errno
import hashlib
import io
import os
import socket
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.data.alone import start_python
from tests.data.local_server import LocalServer
from wgan_utils.data import sources
from wgan_utils.data.sources import DownloadError, NoSuchFile, download

BODY = bytes(range(256)) * 1000
SHA = "sha256:" + hashlib.sha256(BODY).hexdigest()
NOWHERE = "http://nowhere.invalid/file.bin"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "folder" / "file.bin"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Pooch waits a second or two before it tries again, and a silent server gets six."""
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setattr(sources, "SECONDS", 1.0)


def files_beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_good_file_arrives_whole_and_quietly(target, monkeypatch, capsys):
    # Within one file system alone, a file is moved in one step.
    monkeypatch.setattr(tempfile, "tempdir", str(target.parent / "does not exist"))
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]
    assert server.gets == 1  # the right file is not fetched again
    assert target.stat().st_mode & 0o777 == 0o644  # others on this machine can read it
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_wrong_hash_leaves_nothing_and_touches_nothing(target, algorithm):
    target.parent.mkdir()
    target.write_bytes(b"what was there before")
    with LocalServer(BODY) as server, pytest.raises(DownloadError, match=r"file\.bin"):
        download(server.url, target, f"{algorithm}:{hashlib.new(algorithm, b'else').hexdigest()}")
    assert target.read_bytes() == b"what was there before"
    assert files_beside(target) == ["file.bin"]


@pytest.mark.parametrize("checksum", [SHA, None])
def test_a_damaged_file_is_replaced_but_not_without_a_network(target, checksum):
    target.parent.mkdir()
    target.write_bytes(BODY[:-1])
    with pytest.raises(DownloadError, match=r"nowhere\.invalid"):
        download(NOWHERE, target, checksum)
    assert target.read_bytes() == BODY[:-1]
    with LocalServer(BODY) as server:
        download(server.url, target, checksum)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("trouble", ["half", "stall"])
def test_a_transfer_that_breaks_off_is_tried_again(target, trouble):
    with LocalServer(BODY, trouble, trouble, "good") as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]
    assert server.gets == 3


@pytest.mark.parametrize(
    ("behaviour", "said", "gets"),
    [("half", r"file\.bin", 3), (403, "403", 1), (500, "500", 1), (404, "404", 1), ("silent", "127.0.0.1", 0)],
)
def test_what_does_not_come_leaves_nothing(target, behaviour, said, gets):
    start = time.monotonic()
    error = NoSuchFile if behaviour == 404 else DownloadError
    with LocalServer(BODY, behaviour) as server, pytest.raises(error, match=said):
        download(server.url, target, None)
    assert time.monotonic() - start < 10  # a silent server is silent for 20
    assert server.gets == gets
    assert not target.parent.exists() or files_beside(target) == []


def test_a_full_disk_is_told_from_a_bad_network(target, monkeypatch):
    class FullDisk(io.FileIO):
        def write(self, data: bytes) -> int:
            super().write(data[:1000])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", lambda path, mode: FullDisk(path, mode))
    with LocalServer(BODY) as server, pytest.raises(OSError, match="No space left") as caught:
        download(server.url, target, SHA)
    assert not isinstance(caught.value, DownloadError)
    assert caught.value.errno == errno.ENOSPC
    assert server.gets == 1
    assert files_beside(target) == []


def test_a_folder_that_cannot_be_made_is_told_from_a_bad_network(target):
    target.parent.write_text("a file where the folder should be")
    with LocalServer(BODY) as server, pytest.raises(OSError, match=r"exists|directory") as caught:
        download(server.url, target, SHA)
    assert not isinstance(caught.value, DownloadError)


def test_two_processes_at_once_do_not_disturb_each_other(target):
    with LocalServer(BODY, "slow") as server:
        code = "from pathlib import Path\nfrom wgan_utils.data.sources import download\n"
        code += f"download({server.url!r}, Path({str(target)!r}), {SHA!r})"
        both = [start_python(code) for _ in range(2)]
        said = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]


@pytest.mark.parametrize("seconds", [0, 20])
def test_a_name_look_up_that_fails_or_hangs_is_given_up(target, monkeypatch, seconds):
    def fail(*_: object, **__: object) -> None:
        time.sleep(seconds)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    start = time.monotonic()
    with pytest.raises(DownloadError, match=r"nowhere\.invalid"):
        download(NOWHERE, target, SHA)
    assert time.monotonic() - start < 10
    assert not target.parent.exists()  # nor is an empty folder left behind
