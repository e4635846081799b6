"""Every page of the site, wide and narrow, light and dark."""

import re
from typing import Any

import pytest

from scripts.web.build import MOVED
from tests.browser.looking import HTML, screenshot, watch

FOUND = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html") if "_static" not in path.parts)
PAGES = [name for name in FOUND if name not in MOVED]
KEPT = (
    "index",
    "lessons/04_wgan_gp_digits",
    *(f"lessons/labs/{path.stem}" for path in HTML.glob("lessons/labs/*.html")),
    "curves",
    "algorithm",
    "bugs",
    "explorer",
    "playground",
    "teaching",
    "results",
)
# Lists the texts whose contrast with what is behind them is too low.
CONTRAST = (HTML.parents[2] / "tests" / "browser" / "contrast.js").read_text("utf-8")


def test_there_are_pages():
    """So that no list of pages that came out empty passes for a site."""
    assert len(PAGES) >= 20


@pytest.mark.parametrize("name", PAGES)
def test_loads_without_complaint_fits_and_can_be_read(browser, site_url, look, name):
    width, scheme = look
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    complaints = watch(page, site_url.rsplit("/", 1)[0])
    page.goto(f"{site_url}/{name}", wait_until="load")
    page.wait_for_function("document.fonts.status === 'loaded'")
    if page.evaluate("!!document.querySelector('script[src*=mathjax]')"):
        page.wait_for_function("window.MathJax?.startup?.promise?.then(() => true)")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].filter(i => !i.hasAttribute('alt')).map(i => i.src)") == []
    assert page.evaluate(f"({CONTRAST})()") == []
    if name.removesuffix(".html") in KEPT:
        stem = name.removesuffix(".html").replace("/", "_")
        screenshot(page, f"{stem}-{width}-{scheme}")
        if width == 390 or scheme == "light":
            screenshot(page, f"{stem}-{width}-{scheme}-whole", full=True)
    context.close()
    assert not complaints


@pytest.mark.parametrize("name", PAGES)
def test_has_one_title_a_language_and_named_controls(page, site_url, name):
    page.goto(f"{site_url}/{name}")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.title").strip()
    assert page.locator("h1").count() == 1
    unnamed = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, [role=button]')]
      .filter(e => e.checkVisibility() && !(e.innerText || e.ariaLabel || e.getAttribute('aria-labelledby')
        || e.title || e.labels?.length || e.placeholder || e.querySelector('img[alt]:not([alt=""])')))
      .map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(unnamed) == []


@pytest.mark.parametrize("name", MOVED)
def test_an_old_address_leads_to_the_new_one(page, site_url, name):
    page.goto(f"{site_url}/{name}")
    page.wait_for_url(f"{site_url}/{MOVED[name]}")


def test_every_local_link_leads_somewhere():
    """Pages, files and places within pages."""
    ids: dict[str, set[str]] = {}
    broken = []
    for name in FOUND:
        text = (HTML / name).read_text("utf-8")
        for link in re.findall(r'<a\b[^>]*?\shref="([^"]+)"', text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (HTML / name).parent.joinpath(path.split("?")[0]).resolve() if path else HTML / name
            if not target.exists():
                broken.append(f"{name}: {link}")
            elif anchor and target.suffix == ".html":
                key = str(target)
                ids.setdefault(key, set(re.findall(r'\bid="([^"]+)"', target.read_text("utf-8"))))
                if anchor not in ids[key]:
                    broken.append(f"{name}: {link}")
    assert not broken


def test_gifs_play_and_can_be_stopped(page, site_url):
    """The first card's animation changes on the screen; its button replaces it by a still of the last frame."""
    page.goto(f"{site_url}/index.html")
    gif = page.locator("img.wu-gif").first
    gif.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img.wu-gif').complete")
    assert _moves(page, gif)
    button = page.locator("button.wu-stop").first
    assert "Stop" in button.inner_text()
    button.press("Enter")
    assert "Play" in button.inner_text()
    assert gif.get_attribute("src").endswith(".png")
    page.wait_for_function("document.querySelector('img.wu-gif').complete")
    assert not _moves(page, gif)


def _moves(page: Any, gif: Any) -> bool:
    seen = set()
    for _ in range(8):
        seen.add(gif.screenshot())
        page.wait_for_timeout(600)
    return len(seen) > 1


def test_who_prefers_less_motion_gets_stills(browser, site_url):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site_url}/index.html")
    page.wait_for_function("document.querySelectorAll('button.wu-stop').length > 0")
    assert page.evaluate("[...document.querySelectorAll('img.wu-gif')].every(i => i.src.endsWith('.png'))")
    context.close()


def test_search_finds_what_is_written(page, site_url):
    page.goto(f"{site_url}/search.html?q=gradient+penalty")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("penalty" in text.lower() for text in found)


def test_the_keyboard_reaches_content_search_and_theme(page, site_url):
    """The first Tab offers to skip to the text; every stop after it is marked so that the eye can follow."""
    page.goto(f"{site_url}/index.html")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.innerText").lower()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                  return [e.tagName, (e.innerText || e.getAttribute('aria-label') || '').trim().slice(0, 30),
                    s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none']; }"""
            )
        )
    assert [entry for entry in seen if entry[0] != "BODY" and not entry[2]] == []
    names = " ".join(entry[1] for entry in seen)
    assert "Lessons" in names
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.tagName === 'INPUT'")


def test_wide_code_scrolls_by_itself_and_by_key(browser, site_url):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site_url}/lessons/04_wgan_gp_digits.html")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('div.highlight pre')].filter(e => e.checkVisibility()
             && e.scrollWidth > e.clientWidth + 1).map(e => [e.tabIndex, getComputedStyle(e).overflowX])"""
    )
    context.close()
    assert boxes
    assert all(box == [0, "auto"] for box in boxes)


def test_set_up_is_folded_and_opens(page, site_url):
    page.goto(f"{site_url}/lessons/04_wgan_gp_digits.html")
    fold = page.locator("details:has(div.cell_input), div.cell details").first
    assert fold.get_attribute("open") is None
    fold.locator("summary").first.press("Enter")
    assert fold.get_attribute("open") is not None


def test_figures_keep_a_white_ground_in_the_dark(browser, site_url):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site_url}/curves.html")
    style = page.evaluate(
        """() => { const s = getComputedStyle(document.querySelector('figure img'));
          return [s.backgroundColor, s.filter]; }"""
    )
    context.close()
    assert style == ["rgb(255, 255, 255)", "none"]
