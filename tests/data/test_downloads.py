import errno
import hashlib
import io
import os
import socket
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from tests.data.alone import start_python
from tests.data.local_server import LocalServer
from wgan_utils.data import downloads, progress
from wgan_utils.data.downloads import DownloadError, download

BODY = bytes(range(256)) * 1000
SHA = "sha256:" + hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pooch waits a second or two before it tries again."""
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "OPEN_SECONDS", 1.0)


def files_beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_good_file_arrives_whole_and_quietly(target: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]
    assert server.gets == 1
    assert capfd.readouterr() == ("", "")
    assert target.stat().st_mode & 0o777 == 0o644  # others on this machine can read it


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_wrong_hash_leaves_nothing_and_touches_nothing(target: Path, algorithm: str) -> None:
    target.parent.mkdir()
    target.write_bytes(b"what was there before")
    message = r"^file\.bin arrived with the wrong content: its checksum is not the published one$"
    with LocalServer(BODY) as server, pytest.raises(DownloadError, match=message):
        download(server.url, target, f"{algorithm}:{hashlib.new(algorithm, b'else').hexdigest()}")
    assert target.read_bytes() == b"what was there before"
    assert files_beside(target) == ["file.bin"]


def test_a_file_with_the_right_hash_is_not_fetched_again(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(BODY)
    download("http://nowhere.invalid/file.bin", target, SHA)
    assert files_beside(target) == ["file.bin"]


@pytest.mark.parametrize("checksum", [SHA, None])
def test_a_damaged_file_is_replaced(target: Path, checksum: str | None) -> None:
    target.parent.mkdir()
    target.write_bytes(BODY[:-1])

    def check(path: Path) -> None:
        if path.stat().st_size != len(BODY):
            raise ValueError("it is short")

    with LocalServer(BODY) as server:
        download(server.url, target, checksum, check)
        download(server.url, target, checksum, check)
    assert target.read_bytes() == BODY
    assert server.gets == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["half", "stall"])
def test_a_transfer_that_breaks_off_is_tried_again(target: Path, trouble: str) -> None:
    with LocalServer(BODY, trouble, trouble, "good") as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]
    assert server.gets == 3


@pytest.mark.parametrize("checksum", [SHA, None])
def test_a_transfer_that_breaks_off_again_and_again_leaves_nothing(target: Path, checksum: str | None) -> None:
    with (
        LocalServer(BODY, "half") as server,
        pytest.raises(DownloadError, match=r"^the transfer of file\.bin broke off 3 times$"),
    ):
        download(server.url, target, checksum)
    assert server.gets == 3
    assert files_beside(target) == []


def test_without_a_hash_the_content_is_checked_before_it_is_put_in_place(target: Path) -> None:
    def check(path: Path) -> None:
        assert path.read_bytes() == BODY
        assert not target.exists()
        raise ValueError("it is not an image")

    with LocalServer(BODY) as server, pytest.raises(DownloadError, match=r"wrong content: it is not an image$"):
        download(server.url, target, check=check)
    assert files_beside(target) == []


def test_a_full_disk_is_told_from_a_bad_network(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.FileIO):
        def write(self, data: bytes) -> int:
            super().write(data[:1000])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real = Path.open

    def opened(path: Path, mode: str = "r", *rest: object, **more: object) -> IO:
        return FullDisk(path, "w") if mode == "wb" else real(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", opened)
    with LocalServer(BODY) as server, pytest.raises(OSError, match="No space left") as caught:
        download(server.url, target, SHA)
    assert not isinstance(caught.value, DownloadError)
    assert caught.value.strerror == "No space left on device"
    assert server.gets == 1
    assert files_beside(target) == []


def test_a_folder_that_cannot_be_made_is_told_from_a_bad_network(target: Path) -> None:
    target.parent.write_text("a file where the folder should be")
    with LocalServer(BODY) as server, pytest.raises(OSError, match=r"exists|directory") as caught:
        download(server.url, target, SHA)
    assert not isinstance(caught.value, DownloadError)


def test_two_processes_at_once_do_not_disturb_each_other(target: Path) -> None:
    with LocalServer(BODY, "slow") as server:
        code = "from pathlib import Path\nfrom wgan_utils.data.downloads import download\n"
        code += f"download({server.url!r}, Path({str(target)!r}), {SHA!r})"
        both = [start_python(code) for _ in range(2)]
        assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    assert [process.returncode for process in both] == [0, 0]
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]


def test_refused_connection_fails_at_once(target: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(DownloadError, match=f"^127.0.0.1:{port}: Connection refused$"):
            download(f"http://127.0.0.1:{port}/file.bin", target, SHA)
    assert time.monotonic() - start < downloads.OPEN_SECONDS
    assert not target.parent.exists()  # nor is an empty folder left behind


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_answers_is_given_up(target: Path) -> None:
    with LocalServer(BODY, "silent") as server:
        start = time.monotonic()
        with pytest.raises(DownloadError, match=r"^no answer from 127.0.0.1:[0-9]+ within 1 s$"):
            download(server.url, target, SHA)
        assert time.monotonic() - start < 10  # the server is silent for 20


@pytest.mark.usefixtures("impatient")
def test_a_name_look_up_that_hangs_is_given_up(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        time.sleep(20)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    start = time.monotonic()
    with pytest.raises(DownloadError, match=r"^no answer from example.invalid within 1 s$"):
        download("http://example.invalid/file.bin", target, SHA)
    assert time.monotonic() - start < 10


def test_a_name_that_cannot_be_looked_up_is_said_in_plain_words(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(DownloadError, match=r"^example.invalid: Name or service not known$"):
        download("http://example.invalid/file.bin", target, SHA)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_http_errors_carry_their_status_and_are_not_repeated(target: Path, status: int) -> None:
    with (
        LocalServer(BODY, status) as server,
        pytest.raises(DownloadError, match=f"answered {status}") as caught,
    ):
        download(server.url, target, SHA)
    assert caught.value.status == status
    assert server.gets == 1
    assert not target.exists()


def test_a_slow_download_shows_one_line(
    target: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0)
    with LocalServer(BODY * 20) as server:
        download(server.url, target)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "\rdownloading file.bin: 3 of 5 MB (51%)" in err
    assert err.endswith("\rdownloading file.bin: 5 of 5 MB (100%)\n")


def test_temporary_files_lie_in_the_targets_own_folder(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only within one file system is a file moved in one step."""
    monkeypatch.setattr(tempfile, "tempdir", str(target.parent / "does not exist"))
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
