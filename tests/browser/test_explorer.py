"""The explorer in a real browser: every generator draws, and answers to drag, key, touch and buttons."""

import re

import keras
import numpy as np
import pytest

from tests.browser.looking import screenshot
from wgan_utils.gan.sampling import latent_vectors
from wgan_utils.zoo.generators import load_pretrained, pretrained

pytestmark = pytest.mark.slow

NAMES = sorted(pretrained())
SIZES = {1440: 900, 390: 844}
PICTURE = 'document.querySelector("[data-part=picture]").toDataURL()'
LEVELS = """() => {
    const canvas = document.querySelector("[data-part=picture]");
    return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
}"""
IN_BROWSER = """async ([folder, name, latents]) => {
    const { readNetwork } = await import(`${folder}/network.js`);
    const read = (end) => fetch(`${folder}/weights/${name}.${end}`);
    const [description, weights] = await Promise.all([read("json"), read("bin")]);
    const network = readNetwork(await description.json(), await weights.arrayBuffer());
    return latents.map((latent) => [...network.generate(Float32Array.from(latent))]);
}"""


def opened(page, site_url, name=NAMES[0], width=1440, **place):
    """Go to the explorer, and wait until its map is complete and nothing is left to draw."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    address = "&".join(f"{key}={value}" for key, value in {"generator": name, **place}.items())
    page.goto(f"{site_url}/explorer.html#{address}")
    drawn(page)
    return page


def drawn(page, after: int = 0) -> int:
    """Wait for another picture; returns how many there were."""
    page.wait_for_function(f'Number(document.querySelector("[data-part=picture]").dataset.drawn ?? 0) > {after}')
    return count(page)


def count(page) -> int:
    return int(page.locator("[data-part=picture]").get_attribute("data-drawn"))


def where(page) -> tuple[float, float, float]:
    """Across, up, and the latent vector's length."""
    text = page.locator("[data-part=where]").inner_text().replace("−", "-")
    across, up, length = re.findall(r"-?\d+\.\d\d", text)
    return float(across), float(up), float(length)


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
    assert card["failings"] in facts
    assert card["terms"] in facts
    assert f"seed {card['setup']['seed']}" in facts
    assert f"{card['metrics']['metrics']['frechet']['baseline']:.3g}" in facts
    assert page.locator("[data-part=generators] input").count() == len(NAMES)
    assert page.locator(f"[data-part=facts] a[href='lessons/{card['lesson']}.html']").count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_browser_computes_what_keras_computes(name, page, site_url):
    opened(page, site_url, name)
    generator, card = load_pretrained(name)
    latent = latent_vectors(3, card["setup"]["latent_dim"], seed=4)
    found = page.evaluate(IN_BROWSER, [f"{site_url}/_static/explorer", name, latent.tolist()])
    expected = keras.ops.convert_to_numpy(generator(latent, training=False))
    np.testing.assert_allclose(np.reshape(found, expected.shape), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("width", SIZES)
def test_dragging_moves_the_marker_and_draws(width, page, site_url):
    opened(page, site_url, width=width)
    assert where(page) == (1, 0, 1)
    before, pictures = page.evaluate(PICTURE), count(page)
    x, y, wide = centre(page, "pad")
    page.mouse.move(x + wide / 2 / 1.75, y)
    page.mouse.down()
    page.mouse.move(x, y - wide / 2 / 1.75, steps=8)
    page.mouse.up()
    across, up, length = where(page)
    assert (abs(across) < 0.02, abs(up - 1) < 0.02, abs(length - 1) < 0.02) == (True, True, True)
    drawn(page, pictures)
    page.wait_for_timeout(300)
    assert page.evaluate(PICTURE) != before
    page.mouse.move(x, y)  # no button is down
    assert where(page) == (across, up, length)


def test_a_finger_moves_the_marker_and_not_the_page(page, site_url):
    opened(page, site_url, width=390)
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    x, y, wide = centre(page, "pad")
    scrolled = page.evaluate("scrollY")
    for kind, points in [
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x, "y": y + wide / 4}]),
        ("touchMove", [{"x": x, "y": y + wide / 2 / 1.75}]),
        ("touchEnd", []),
    ]:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    across, up, _ = where(page)
    assert abs(across) < 0.02
    assert abs(up + 1) < 0.02
    assert page.evaluate("scrollY") == scrolled


def test_the_keyboard_alone_is_enough(page, site_url):
    opened(page, site_url)
    page.locator("[data-part=centre]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.part") == "pad"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for key, expected in [
        ("ArrowLeft", (0.95, 0)),
        ("ArrowUp", (0.95, 0.05)),
        ("Shift+ArrowUp", (0.95, 0.3)),
        ("Shift+ArrowDown", (0.95, 0.05)),
        ("Home", (0, 0)),
        ("End", (1, 0)),
    ]:
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
    assert page.evaluate(PICTURE) != before
    page.wait_for_function('location.hash.includes("plane=2")')
    page.wait_for_function('document.querySelector("[data-part=spoken]").textContent.includes("plane 2")')
    second = page.evaluate(PICTURE)
    page.reload()
    drawn(page)
    assert page.evaluate(PICTURE) == second


def test_two_can_be_mixed_on_the_arc_and_straight(page, site_url):
    opened(page, site_url)
    text = page.locator("[data-part=mixed-text]")
    assert text.inner_text() == "50 % A, 50 % B, length 1.00"
    page.locator("[data-part=path] input[value=straight]").check()
    assert text.inner_text() == "50 % A, 50 % B, length 0.71"  # two equally long ones at right angles
    page.locator("[data-part=share]").focus()
    page.keyboard.press("End")
    assert text.inner_text() == "0 % A, 100 % B, length 1.00"
    page.locator("[data-part=pad]").focus()
    page.keyboard.press("Home")
    page.locator("[data-part=keep-b]").click()
    assert text.inner_text() == "0 % A, 100 % B, length 0.00"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_walk_goes_until_it_is_stopped(motion, page, site_url):
    page.emulate_media(reduced_motion=motion)
    opened(page, site_url)
    button = page.locator("[data-part=walk]")
    button.click()
    seen = set()
    for _ in range(12):
        page.wait_for_timeout(200)
        across, up, length = where(page)
        assert abs(length - 1) < 0.02
        seen.add((across, up))
    assert len(seen) > 6 if motion == "no-preference" else 1 < len(seen) < 6  # one step a second
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    still = where(page)
    page.wait_for_timeout(1300)
    assert where(page) == still


def test_a_generator_that_cannot_be_read_is_said_so(page, site_url):
    page.route("**/weights/*.bin", lambda route: route.fulfill(status=200, body=b"short"))
    page.goto(f"{site_url}/explorer.html")
    page.locator("[data-part=message]").wait_for()
    assert "can't answer" in page.locator("[data-part=message]").inner_text()
    assert page.locator("[data-part=another]").is_disabled()


def test_the_page_with_its_first_generator_is_small(page, site_url):
    sizes = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    opened(page, site_url, name="")
    page.wait_for_timeout(500)
    assert 100_000 < sum(sizes) < 5_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_how_it_looks(scheme, width, page, site_url):
    page.emulate_media(color_scheme=scheme)
    opened(page, site_url, name="faces" if scheme == "dark" else "digits", width=width)
    page.wait_for_timeout(3000)  # the map
    screenshot(page, f"explorer-drawn-{width}-{scheme}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
