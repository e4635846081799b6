"""The explorer in a real browser: every generator draws, and answers to drag, key, touch and buttons."""

import re

import numpy as np
import pytest

from tests.browser.looking import touch
from wgan_utils.zoo.generators import pretrained

pytestmark = pytest.mark.slow

NAMES = sorted(pretrained())
PICTURE = 'document.querySelector("[data-part=picture]").toDataURL()'
LEVELS = """() => {
    const canvas = document.querySelector("[data-part=picture]");
    return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
}"""


def opened(page, site_url, name=NAMES[0], width=1440):
    """Go to the explorer, and wait until it has drawn."""
    page.set_viewport_size({"width": width, "height": 860})
    page.goto(f"{site_url}/explorer.html#generator={name}")
    drawn(page)


def drawn(page, after: int = 0) -> None:
    """Wait for another picture than the first so many."""
    page.wait_for_function(f'Number(document.querySelector("[data-part=picture]").dataset.drawn ?? 0) > {after}')


def count(page) -> int:
    return int(page.locator("[data-part=picture]").get_attribute("data-drawn"))


def where(page) -> tuple[float, ...]:
    """Across, up, and the latent vector's length."""
    text = page.locator("[data-part=where]").inner_text().replace("−", "-")
    return tuple(map(float, re.findall(r"-?\d+\.\d\d", text)))


def centre(page, part: str) -> tuple[float, float, float]:
    """An element's middle on the screen, and its width."""
    page.locator(f"[data-part={part}]").scroll_into_view_if_needed()
    box = page.locator(f"[data-part={part}]").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]


@pytest.mark.parametrize("name", NAMES)
def test_every_generator_draws_and_says_what_it_is(name, page, site_url):
    opened(page, site_url, name)
    card = pretrained()[name]
    assert np.std(np.reshape(page.evaluate(LEVELS), (-1, 4))[:, :3]) > 20  # no even grey
    facts = page.locator("[data-part=facts]").inner_text()
    baseline = f"{card['metrics']['metrics']['frechet']['baseline']:.3g}"
    for fact in (card["failings"], card["terms"], f"seed {card['setup']['seed']}", baseline):
        assert fact in facts
    assert page.locator("[data-part=generators] input").count() == len(NAMES)
    assert page.locator(f"[data-part=facts] a[href='lessons/{card['lesson']}.html']").count() == 1


def test_dragging_moves_the_marker_and_draws(page, site_url):
    opened(page, site_url)
    assert where(page) == (1, 0, 1)
    before, pictures = page.evaluate(PICTURE), count(page)
    x, y, wide = centre(page, "pad")
    page.mouse.move(x + wide / 2 / 1.75, y)
    page.mouse.down()
    page.mouse.move(x, y - wide / 2 / 1.75, steps=8)
    page.mouse.up()
    assert where(page) == pytest.approx((0, 1, 1), abs=0.02)
    there = where(page)
    drawn(page, pictures)
    page.wait_for_timeout(300)
    assert page.evaluate(PICTURE) != before
    page.mouse.move(x, y)  # no button is down
    assert where(page) == there


def test_a_finger_moves_the_marker_and_not_the_page(page, site_url):
    opened(page, site_url, width=390)
    x, y, wide = centre(page, "pad")
    scrolled = page.evaluate("scrollY")
    touch(page, [(x, y), (x, y + wide / 4), (x, y + wide / 2 / 1.75)])
    assert where(page)[:2] == pytest.approx((0, -1), abs=0.02)
    assert page.evaluate("scrollY") == scrolled


def test_the_keyboard_alone_is_enough(page, site_url):
    opened(page, site_url)
    page.locator("[data-part=centre]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.part") == "pad"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for key, expected in (("ArrowLeft", (0.95, 0)), ("Shift+ArrowUp", (0.95, 0.25)), ("Home", (0, 0)), ("End", (1, 0))):
        pictures = count(page)
        page.keyboard.press(key)
        assert where(page)[:2] == expected
        drawn(page, pictures)
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    assert where(page)[0] == 1.75  # where the plane ends
    page.locator("[data-part=generators] input:checked").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f'location.hash.includes("generator=") && !location.hash.includes("generator={NAMES[0]}&")')


def test_another_plane_is_another_picture_and_the_address_brings_it_back(page, site_url):
    opened(page, site_url)
    before, pictures = page.evaluate(PICTURE), count(page)
    page.locator("[data-part=another]").click()
    drawn(page, pictures)
    page.wait_for_function('location.hash.includes("plane=2")')
    page.wait_for_function('document.querySelector("[data-part=spoken]").textContent.includes("plane 2")')
    second = page.evaluate(PICTURE)
    assert second != before
    page.reload()
    drawn(page)
    assert page.evaluate(PICTURE) == second


def test_a_generator_that_cannot_be_read_is_said_so(page, site_url):
    page.route("**/weights/*.bin", lambda route: route.fulfill(status=200, body=b"short"))
    page.goto(f"{site_url}/explorer.html")
    page.locator("[data-part=message]").wait_for()
    assert page.locator("[data-part=another]").is_disabled()
