"""What the browser tests share: where the site lies, what a page complains of, and what it looked like."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HTML = ROOT / "build" / "site" / "html"
SCREENSHOTS = ROOT / "build" / "screenshots"


@contextmanager
def opened(browser: Any, site_url: str, **options: Any) -> Iterator[Any]:
    """A page in a browser with these options; nothing it complains of may remain at the end."""
    context = browser.new_context(**options)
    page = context.new_page()
    complaints = watch(page, site_url.rsplit("/", 1)[0])
    yield page
    context.close()
    assert not complaints, complaints


def watch(page: Any, origin: str) -> list[str]:
    """Collect whatever a reader's browser would complain of, or ask another host for."""
    complaints: list[str] = []

    def add(wrong: bool, what: str) -> None:
        if wrong:
            complaints.append(what)

    page.on("console", lambda m: add(m.type in ("error", "warning"), f"console {m.type}: {m.text}"))
    page.on("pageerror", lambda error: add(True, f"error: {error}"))
    # A picture whose source the page itself replaces while it loads is aborted, not failed.
    page.on("requestfailed", lambda r: add("ERR_ABORTED" not in (r.failure or ""), f"failed: {r.url} {r.failure}"))
    page.on("response", lambda r: add(r.status >= 400, f"{r.status}: {r.url}"))
    page.on("request", lambda r: add(not r.url.startswith((origin, "data:", "blob:")), f"foreign: {r.url}"))
    return complaints


def screenshot(page: Any, name: str, full: bool = False) -> None:
    """Keep what it looks like in build/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=full)


def touch(page: Any, places: list[tuple[float, float]]) -> None:
    """Draw a finger over these places of the screen."""
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
