import hashlib
import socket
import time
from pathlib import Path

import pytest

from tests.data.local_server import LocalServer
from wgan_utils.data.downloads import ATTEMPTS, DownloadError, download

BODY = bytes(range(256)) * 1000
SHA = "sha256:" + hashlib.sha256(BODY).hexdigest()
HALF = len(BODY) // 2


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


def part_of(target: Path) -> Path:
    return target.with_name("file.bin.part")


def files_beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_good_file_arrives_whole_and_quietly(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]
    assert server.ranges == [None]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_wrong_hash_leaves_nothing_and_touches_nothing(target: Path, algorithm: str) -> None:
    target.parent.mkdir()
    target.write_bytes(b"what was there before")
    with (
        LocalServer(BODY) as server,
        pytest.raises(
            DownloadError, match=rf"file.bin arrived with the wrong content.*{algorithm}:[0-9a-f]+, expected"
        ),
    ):
        download(server.url, target, f"{algorithm}:{hashlib.new(algorithm, b'else').hexdigest()}")
    assert server.ranges == [None]  # a fresh copy that is wrong isn't asked for twice
    assert target.read_bytes() == b"what was there before"
    assert files_beside(target) == ["file.bin"]


def test_a_file_with_the_right_hash_is_not_fetched_again(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(BODY)
    with LocalServer(b"another") as server:
        download(server.url, target, SHA)
    assert server.ranges == []


def test_a_damaged_file_is_replaced(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(BODY[:-1])
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY


def test_a_truncated_body_is_resumed_where_it_stopped(target: Path) -> None:
    with LocalServer(BODY, "half", "good") as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_what_arrived_is_kept_for_the_next_call(target: Path) -> None:
    with LocalServer(BODY, "half") as server, pytest.raises(DownloadError, match="broke off, 3 times"):
        download(server.url, target, SHA)
    assert len(server.ranges) == ATTEMPTS == 3
    assert files_beside(target) == ["file.bin.part"]
    got = part_of(target).stat().st_size
    assert got == HALF + HALF // 2 + HALF // 4
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert server.ranges == [f"bytes={got}-"]
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]


def test_a_server_that_ignores_ranges_is_read_from_the_start(target: Path) -> None:
    with LocalServer(BODY, "half", "no ranges") as server:
        download(server.url, target, SHA)
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("size", [1000, len(BODY), len(BODY) + 5])
def test_a_wrong_old_piece_is_dropped_and_the_download_starts_over(target: Path, size: int) -> None:
    target.parent.mkdir()
    part_of(target).write_bytes(b"x" * size)
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert server.ranges == [f"bytes={size}-", None]
    assert target.read_bytes() == BODY


def test_a_piece_that_is_already_whole_is_put_in_place(target: Path) -> None:
    target.parent.mkdir()
    part_of(target).write_bytes(BODY)
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    assert target.read_bytes() == BODY
    assert files_beside(target) == ["file.bin"]


def test_without_a_hash_an_old_piece_is_not_trusted_but_a_truncation_is_noticed(target: Path) -> None:
    target.parent.mkdir()
    part_of(target).write_bytes(b"x" * 1000)
    with LocalServer(BODY, "half", "good") as server:
        download(server.url, target)
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert target.read_bytes() == BODY


def test_without_a_hash_the_content_is_checked_before_it_is_put_in_place(target: Path) -> None:
    def check(path: Path) -> None:
        assert path.read_bytes() == BODY
        assert not target.exists()
        raise ValueError("it is not an image")

    with LocalServer(BODY) as server, pytest.raises(DownloadError, match="wrong content: it is not an image"):
        download(server.url, target, check=check)
    assert files_beside(target) == []


def test_a_file_that_cannot_be_written_is_told_from_a_bad_network(target: Path) -> None:
    part_of(target).mkdir(parents=True)
    with LocalServer(BODY) as server, pytest.raises(IsADirectoryError):
        download(server.url, target, SHA)
    assert len(server.ranges) == 1


def test_refused_connection_fails_at_once(target: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        start = time.monotonic()
        with pytest.raises(DownloadError, match="refused"):
            download(f"http://127.0.0.1:{unused.getsockname()[1]}/file.bin", target, SHA)
    assert time.monotonic() - start < 1
    assert not target.parent.exists()  # nor is an empty folder left behind


def test_a_server_that_never_answers_is_given_up(target: Path) -> None:
    with LocalServer(BODY, "silent") as server:
        start = time.monotonic()
        with pytest.raises(DownloadError, match=r"no answer from 127.0.0.1:[0-9]+ within 0.2 s|timed out"):
            download(server.url, target, SHA, open_seconds=0.2)
        assert time.monotonic() - start < 1


def test_a_name_look_up_that_hangs_is_given_up(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        time.sleep(1.5)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    start = time.monotonic()
    with pytest.raises(DownloadError, match=r"no answer from example.invalid within 0.2 s"):
        download("http://example.invalid/file.bin", target, SHA, open_seconds=0.2)
    assert time.monotonic() - start < 1


def test_a_transfer_that_falls_silent_is_taken_up_again(target: Path) -> None:
    with LocalServer(BODY, "stall", "good") as server:
        start = time.monotonic()
        download(server.url, target, SHA, open_seconds=0.3)
        assert time.monotonic() - start < 2
    assert target.read_bytes() == BODY
    assert len(server.ranges) == 2


@pytest.mark.parametrize("status", [403, 404, 500])
def test_http_errors_carry_their_status_and_are_not_repeated(target: Path, status: int) -> None:
    with (
        LocalServer(BODY, status) as server,
        pytest.raises(DownloadError, match=f"answered {status}") as caught,
    ):
        download(server.url, target, SHA)
    assert caught.value.status == status
    assert len(server.ranges) == 1
    assert not target.exists()


def test_a_slow_download_shows_one_line(
    target: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wgan_utils.data.downloads.PROGRESS_SECONDS", 0)
    with LocalServer(BODY) as server:
        download(server.url, target, SHA)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith("\rdownloading file.bin: 0 of 0 MB (100%)\n")
