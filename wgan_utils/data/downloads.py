"""One file over HTTP, through pooch: checked, retried, put in place whole; a quick error without a network."""

import queue
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests

from wgan_utils.data.progress import Progress

OPEN_SECONDS = 6.0  # for the whole of name look-up, connecting and the first answer; later, for each silence
RETRIES = 2  # of a transfer that broke off or brought the wrong content
_AS_STORED = {"Accept-Encoding": "identity"}  # packed on the way, a file would have another length and hash

Fetch = Callable[[str, str, object], None]  # brings the address's content into the file; pooch's third argument


class DownloadError(OSError):
    """A download that failed; `status` is the server's HTTP status where it gave one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        """Hold the sentence shown to the reader and the HTTP status."""
        super().__init__(message)
        self.status = status


def download(
    url: str, target: Path, checksum: str | None = None, check: Callable[[Path], object] | None = None
) -> None:
    """Fetch `url` into the file `target`, which appears only when it is complete and correct.

    Nothing is fetched where the right file is there already. It is right by its `checksum`
    (`algorithm:hexdigest`), or, where none is published, when `check(path)` raises no ValueError.

    Raises:
        DownloadError: no answer within OPEN_SECONDS, an HTTP error, a transfer that broke off or brought
            the wrong content again and again.
        OSError: the file can't be written.
    """
    if target.is_file() and _is_right(target, checksum, check):
        return
    reach(url)
    if checksum is None:
        target.unlink(missing_ok=True)  # pooch would take it as it is
    host = urlsplit(url).netloc

    def fetch(address: str, file: str, _: object) -> None:
        with requests.get(address, stream=True, timeout=OPEN_SECONDS, headers=_AS_STORED) as response:
            if not response.ok:  # asking again would bring the same answer
                raise DownloadError(f"{host} answered {response.status_code} {response.reason}", response.status_code)
            progress = Progress(f"downloading {target.name}", "MB", int(response.headers.get("Content-Length", 0)), 1e6)
            with Path(file).open("wb") as out, closing(progress):
                for piece in response.iter_content(1 << 16):
                    out.write(piece)
                    progress.update(len(piece))
        if check is not None:
            check(Path(file))

    place(url, target, checksum, fetch)


def place(url: str, target: Path, checksum: str | None, fetch: Fetch, retries: int = RETRIES) -> None:
    """Let `fetch` write a temporary file beside `target`, and move it there when it has the checksum.

    Raises:
        DownloadError: what `fetch` raised, a transfer that broke off, or the wrong content.
        OSError: the file can't be written.
    """
    pooch.get_logger().setLevel("WARNING")  # its notices name this machine's folders
    known, urls = {target.name: checksum}, {target.name: url}
    keeper = pooch.create(path=target.parent, base_url="", registry=known, urls=urls, retry_if_failed=retries)
    try:
        keeper.fetch(target.name, downloader=fetch)
    except ValueError as error:
        reason = "its checksum is not the published one" if checksum else error
        raise DownloadError(f"{target.name} arrived with the wrong content: {reason}") from error
    except requests.RequestException as error:
        raise DownloadError(f"the transfer of {target.name} broke off {retries + 1} times") from error
    target.chmod(0o644)  # a temporary file is its owner's alone, but a class may share the folder


def reach(url: str) -> None:
    """Raise DownloadError unless the server answers, whatever it says, within OPEN_SECONDS.

    In a thread: no timeout of requests' covers name look-up or a list of dead addresses.
    """
    outcome: queue.Queue[Exception | None] = queue.Queue()

    def ask() -> None:
        try:
            requests.head(url, timeout=OPEN_SECONDS, allow_redirects=True).close()
            outcome.put(None)
        except Exception as error:
            outcome.put(error)

    threading.Thread(target=ask, daemon=True).start()
    host = urlsplit(url).netloc
    try:
        error = outcome.get(timeout=OPEN_SECONDS)
    except queue.Empty:
        error = requests.Timeout()
    if isinstance(error, requests.Timeout):
        raise DownloadError(f"no answer from {host} within {OPEN_SECONDS:g} s") from None
    if error:
        cause: BaseException = error
        while cause.__context__:  # requests and urllib3 wrap the plain reason three times
            cause = cause.__context__
        raise DownloadError(f"{host}: {getattr(cause, 'strerror', None) or cause}") from error


def _is_right(path: Path, checksum: str | None, check: Callable[[Path], object] | None) -> bool:
    if checksum is not None:
        algorithm, _, digest = checksum.partition(":")
        return pooch.file_hash(str(path), algorithm) == digest
    if check is None:
        return False
    try:
        check(path)
    except ValueError:
        return False
    return True
