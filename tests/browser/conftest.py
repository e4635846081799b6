"""A real browser, Debian's Chromium, over the built site; what it complains of on the way fails the test."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.looking import HTML, opened

# No sandbox for root, and no questions to anybody's servers of its own accord.
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="session")
def site_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the built site is served, from a folder below the root, as GitHub does."""
    if not (HTML / "index.html").exists():
        pytest.fail("There is no site to look at: run make site first.")
    place = tmp_path_factory.mktemp("served")  # each worker of pytest-xdist has its own
    (place / "wgan").symlink_to(HTML, target_is_directory=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(place))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/wgan"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("These tests need a browser: apt-get install chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any, site_url: str) -> Iterator[Any]:
    """A page at 1,440 pixels, in the light."""
    with opened(browser, site_url, viewport={"width": 1440, "height": 900}, color_scheme="light") as page:
        yield page
