"""One file over HTTP: checked, resumed after a break, put in place whole; a quick error without a network."""

import hashlib
import http.client
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

OPEN_SECONDS = 6.0  # for the whole of name look-up, connecting and the first answer; later, for each silence
ATTEMPTS = 3  # how often a transfer that breaks off is taken up again
PROGRESS_SECONDS = 2.0


class DownloadError(OSError):
    """A download that failed; `status` is the server's HTTP status where it gave one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        """Hold the sentence shown to the reader and the HTTP status."""
        super().__init__(message)
        self.status = status


class _BrokenOffError(DownloadError):
    """The transfer had begun and stopped before its end: worth taking up again."""


def download(
    url: str,
    target: Path,
    checksum: str | None = None,
    check: Callable[[Path], object] | None = None,
    open_seconds: float = OPEN_SECONDS,
) -> None:
    """Fetch `url` into the file `target`, which appears only when it is complete and correct.

    Nothing is fetched where it is there already, with the checksum (`algorithm:hexdigest`). What has arrived
    is kept in `target` + ".part"; where a checksum vouches for the sum of the pieces, a later call takes up
    from there. Without one, `check(path)` may raise a ValueError for content that is not right.

    Raises:
        DownloadError: no answer within `open_seconds`, an HTTP error, a transfer that broke off ATTEMPTS
            times, or content that is not what was expected (which is deleted).
        OSError: the folder can't be written to.
    """
    part = target.with_name(target.name + ".part")
    if checksum is not None and target.is_file() and _digest(target, checksum) == checksum:
        return
    if checksum is None:
        part.unlink(missing_ok=True)
    trouble: DownloadError | None = None
    for _ in range(ATTEMPTS):
        resumed = part.exists()
        try:
            _transfer(url, part, open_seconds)
            _verify(part, url, checksum, check)
        except _BrokenOffError as error:
            trouble = error
        except DownloadError as error:
            if not (resumed and not part.exists()):
                raise
            trouble = error  # the old piece was at fault and is gone: once more, from the start
        else:
            os.replace(part, target)
            return
    raise DownloadError(f"{trouble}, {ATTEMPTS} times") from trouble


def _transfer(url: str, part: Path, open_seconds: float) -> None:
    """Append to `part` what it still lacks, or write it anew where the server sends the whole."""
    offset = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "wgan-utils"} | ({"Range": f"bytes={offset}-"} if offset else {})
    try:
        response = _open(urllib.request.Request(url, headers=headers), open_seconds)
    except DownloadError as error:
        if error.status == 416:  # there is nothing after `offset`: the piece is whole already, or wrong
            return
        raise
    with response:
        if not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
            offset = 0
        length = response.headers.get("Content-Length")
        total = offset + int(length) if length and length.isdigit() else None
        progress = _Progress(_file_name(url), total)
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab" if offset else "wb") as out:
            try:
                while chunk := response.read(1 << 16):
                    out.write(chunk)
                    progress.show(out.tell())
            except (OSError, http.client.HTTPException) as error:
                raise _BrokenOffError(f"the transfer of {_file_name(url)} broke off") from error
            finally:
                progress.end()
    if total is not None and part.stat().st_size < total:
        raise _BrokenOffError(f"the transfer of {_file_name(url)} broke off")


def _open(request: urllib.request.Request, seconds: float) -> http.client.HTTPResponse:
    """`urlopen` in a thread: its own timeout covers neither name look-up nor a list of dead addresses."""
    answers: queue.Queue[http.client.HTTPResponse | Exception] = queue.Queue()
    given_up = threading.Event()

    def ask() -> None:
        try:
            response = urllib.request.urlopen(request, timeout=seconds)
        except Exception as error:
            answers.put(error)
        else:
            answers.put(response)
            if given_up.is_set():
                response.close()

    threading.Thread(target=ask, daemon=True).start()
    host = urllib.parse.urlsplit(request.full_url).netloc
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        given_up.set()
        raise DownloadError(f"no answer from {host} within {seconds:g} s") from None
    if isinstance(answer, urllib.error.HTTPError):
        answer.close()
        raise DownloadError(f"{host} answered {answer.code} {answer.reason}", answer.code) from answer
    if isinstance(answer, Exception):
        raise DownloadError(f"{host}: {getattr(answer, 'reason', answer)}") from answer
    return answer


def _verify(part: Path, url: str, checksum: str | None, check: Callable[[Path], object] | None) -> None:
    """Delete `part` and raise DownloadError unless it has the checksum and passes the check."""
    try:
        if checksum is not None and (found := _digest(part, checksum)) != checksum:
            raise ValueError(f"its checksum is {found}, expected {checksum}")
        if check is not None:
            check(part)
    except ValueError as error:
        part.unlink()
        raise DownloadError(f"{_file_name(url)} arrived with the wrong content: {error}") from error


def _digest(path: Path, like: str) -> str:
    """`algorithm:hexdigest` of a file, with the algorithm of `like`."""
    algorithm = like.partition(":")[0]
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return f"{algorithm}:{digest.hexdigest()}"


def _file_name(url: str) -> str:
    return urllib.parse.unquote(url.rsplit("/", 1)[-1])


class _Progress:
    """One line on stderr, renewed every PROGRESS_SECONDS; a fast download shows nothing."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name, self.total, self.shown, self.last = name, total, False, time.monotonic()

    def show(self, done: int) -> None:
        now = time.monotonic()
        if now - self.last < PROGRESS_SECONDS:
            return
        share = f" of {self.total / 1e6:.0f} MB ({done / self.total:.0%})" if self.total else " MB"
        print(f"\rdownloading {self.name}: {done / 1e6:.0f}{share}", end="", file=sys.stderr, flush=True)
        self.last, self.shown = now, True

    def end(self) -> None:
        if self.shown:
            print(file=sys.stderr)
