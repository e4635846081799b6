"""Every page of the site, wide and narrow, light and dark."""

import re

import pytest

from scripts.web.build import MOVED
from tests.browser.looking import HTML, opened, screenshot

FOUND = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html") if "_static" not in path.parts)
PAGES = [name for name in FOUND if name not in MOVED]
KEPT = ("index", "lessons/04_wgan_gp_digits", "curves", "algorithm", "bugs", "teaching", "results")
MORE_LOOKS = [(1440, "dark"), (390, "light"), (390, "dark")]
LOOKS = [(1440, "light"), *(pytest.param(*look, marks=pytest.mark.slow) for look in MORE_LOOKS)]
# Lists the texts whose contrast with what is behind them is too low.
CONTRAST = (HTML.parents[2] / "tests" / "browser" / "contrast.js").read_text("utf-8")


UNNAMED = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, [role=button]')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }))
  .filter(e => !(e.innerText || e.ariaLabel || e.getAttribute('aria-labelledby') || e.title
    || e.labels?.length || e.placeholder || e.querySelector('img[alt]:not([alt=""])')))
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_loads_without_complaint_fits_and_can_be_read(browser, site_url, width, scheme, name):
    with opened(browser, site_url, viewport={"width": width, "height": 844}, color_scheme=scheme) as page:
        page.goto(f"{site_url}/{name}")
        page.wait_for_function("document.fonts.status === 'loaded'")
        if page.evaluate("!!document.querySelector('script[src*=mathjax]')"):
            page.wait_for_function("window.MathJax?.startup?.promise?.then(() => true)")
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.evaluate("document.title").strip()
        assert page.locator("h1").count() == 1
        assert page.evaluate(UNNAMED) == []
        assert page.evaluate("[...document.images].filter(i => !i.hasAttribute('alt')).map(i => i.src)") == []
        assert page.evaluate(f"({CONTRAST})()") == []
        stem = name.removesuffix(".html")
        if stem in KEPT:
            assert len(page.locator("meta[name=description]").get_attribute("content")) > 60
            screenshot(page, f"{stem.replace('/', '_')}-{width}-{scheme}", full=True)


def test_every_local_link_leads_somewhere():
    """Pages, files and places within pages; an old address leads to the new one."""
    assert len(PAGES) >= 20
    assert {*MOVED} <= {*FOUND}
    texts = {(HTML / name).resolve(): (HTML / name).read_text("utf-8") for name in FOUND}
    ids = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in texts.items()}
    broken = []
    for page, text in texts.items():
        for link in re.findall(r'<a\b[^>]*?\shref="(?![a-z]+:)([^"]+)"', text):
            path, _, anchor = link.partition("#")
            target = page.parent.joinpath(path.split("?")[0]).resolve() if path else page
            if not target.exists() or (anchor and "=" not in anchor and anchor not in ids.get(target, {anchor})):
                broken.append(f"{page.name}: {link}")
    assert not broken


def test_a_gif_begins_as_a_still_and_plays_and_stops_by_its_button(page, site_url):
    page.goto(f"{site_url}/index.html")
    gif, button = page.locator("img.wu-gif").first, page.locator("button.wu-stop").first
    for ending in (".png", ".gif", ".png"):
        assert gif.get_attribute("src").endswith(ending)
        page.wait_for_function("document.querySelector('img.wu-gif').naturalWidth > 0")
        button.press("Enter")


@pytest.mark.parametrize(("motion", "ending"), [("no-preference", ".gif"), ("reduce", ".png")])
def test_a_pointer_on_a_film_plays_it_but_not_for_who_prefers_less_motion(browser, site_url, motion, ending):
    with opened(browser, site_url, reduced_motion=motion) as page:
        page.goto(f"{site_url}/index.html")
        page.wait_for_function("document.querySelectorAll('button.wu-stop').length > 0")
        film = page.locator("img.wu-gif").first
        film.hover()
        assert film.get_attribute("src").endswith(ending)
