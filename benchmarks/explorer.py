"""The explorer in Chromium at a quarter of the processor's speed: seconds to the first image, and images a second.

    make site
    python benchmarks/explorer.py [--site build/site/html] [--slowdown 4] [--seconds 5]

The browser's own slow-down (`Emulation.setCPUThrottlingRate`) spares workers, and a worker does the work here. So the
page's whole process is stopped for three quarters of the time instead, in turns of a few milliseconds. Playwright and
Chromium are needed (`pip install playwright`, `apt-get install chromium`).
"""

import argparse
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
VIEWPORTS = {1440: 900, 390: 844}
TURN = 0.004  # seconds that the page's process runs at a time
DRAWN = 'Number(document.querySelector("[data-part=picture]").dataset.drawn ?? 0)'


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=Path("build/site/html"), help="the built site")
    parser.add_argument("--slowdown", type=float, default=4, help="how many times slower the page's process runs")
    parser.add_argument("--seconds", type=float, default=5, help="how long the rate is measured")
    arguments = parser.parse_args()
    mark = f"--benchmark={uuid.uuid4()}"
    with served(arguments.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", mark])
        names = [path.stem for path in sorted(arguments.site.glob("_static/explorer/weights/*.bin"))]
        print(f"Chromium {browser.version}, {os.cpu_count()} cores, page slowed down {arguments.slowdown:g} times")
        print("| generator | width | first image, s | images a second | MB loaded |")
        print("| --- | --- | --- | --- | --- |")
        for name in names:
            for width in VIEWPORTS:
                page = f"{address}/explorer.html#generator={name}"
                with slowed_down(mark, arguments.slowdown):
                    first, rate, size = measure(browser, page, name, width, arguments.seconds)
                print(f"| {name} | {width} | {first:.2f} | {rate:.1f} | {size / 1e6:.2f} |", flush=True)
        browser.close()


def measure(browser: Browser, address: str, name: str, width: int, seconds: float) -> tuple[float, float, int]:
    """Open the page with an empty cache and let the marker walk: seconds to the first image, rate, bytes."""
    context = browser.new_context(viewport={"width": width, "height": VIEWPORTS[width]})
    page, sizes = context.new_page(), []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", 0))))
    page.goto(address)
    page.wait_for_function(f"{DRAWN} > 0", timeout=120_000)
    first: float = page.evaluate(f'performance.getEntriesByName("explorer: first of {name}")[0].startTime')
    size = sum(sizes)
    page.locator("[data-part=walk]").click()
    page.wait_for_timeout(1000)
    before, started = page.evaluate(f"[{DRAWN}, performance.now()]")
    page.wait_for_timeout(1000 * seconds)
    after, ended = page.evaluate(f"[{DRAWN}, performance.now()]")
    context.close()
    return first / 1000, 1000 * (after - before) / (ended - started), size


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine."""
    if not (folder / "explorer.html").exists():
        raise SystemExit(f"{folder} has no explorer.html; `make site` builds it.")
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def slowed_down(mark: str, times: float) -> Iterator[None]:
    """Stop the renderers of the browser that was started with `mark` for all but one part in `times` of the time."""
    over = threading.Event()
    thread = threading.Thread(target=_stop_and_go, args=(mark, times, over))
    if times > 1:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if times > 1:
            thread.join()


def _stop_and_go(mark: str, times: float, over: threading.Event) -> None:
    looked, found = 0.0, []
    while not over.is_set():
        if time.monotonic() - looked > 0.1:  # a new page may have a new process
            looked, found = time.monotonic(), renderers(mark)
        send(found, signal.SIGSTOP)
        time.sleep(TURN * (times - 1))
        send(found, signal.SIGCONT)
        time.sleep(TURN)


def send(processes: list[int], what: signal.Signals) -> None:
    """Signal processes of our own browser, of which some may have ended."""
    for process in processes:
        try:
            os.kill(process, what)
        except ProcessLookupError:
            continue


def renderers(mark: str) -> list[int]:
    """Return the renderer processes below the browser whose command line has `mark`."""
    lines, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, UnicodeDecodeError):
            continue  # it has ended meanwhile
    ours = {process for process, line in lines.items() if mark in line}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return [process for process in ours if "--type=renderer" in lines[process]]


if __name__ == "__main__":
    main()
