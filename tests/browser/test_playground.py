"""The playground in a real browser: what each experiment promises, speed, drawing, keys, links, reduced motion."""

import pytest

from tests.browser.looking import screenshot, touch

pytestmark = pytest.mark.slow

SECONDS = 60  # within which an experiment has to show what it promises
PLANE = "[data-training=A] canvas.pg-plane"


@pytest.fixture
def playground(page, site_url):
    """Open it with a link's settings and at a width: playground(hash, width)."""

    def open_it(link: str = "", width: int = 1440):
        page.set_viewport_size({"width": width, "height": 860})
        page.goto("about:blank")  # else only the part after # changes, and nothing is loaded
        page.goto(f"{site_url}/playground.html#{link}")
        page.wait_for_selector("[data-training=A] [data-measure=exact]:not(:text-is('–'))", state="attached")
        return page

    return open_it


def number(page, name: str, training: str = "A") -> float:
    """A readout: 8 of "8 of 8", 1e-5 of "1.0·10⁻⁵"."""
    text = page.locator(f"[data-training={training}] [data-measure={name}]").text_content()
    digits, _, power = text.replace("−", "-").replace(" %", "").split(" ")[0].partition("·10")
    return float(digits) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def test_an_experiment_begins_by_its_button_and_stops_where_it_shows_what_it_promises(playground):
    """Of one for all: what the others show is seen without a browser, in tests/playground."""
    assert "lambda" in playground("lambda=abc&method=clip").locator(".pg-status").text_content()  # a bad link is told
    page = playground()
    assert page.locator("[data-experiment=cure]").get_attribute("aria-pressed") == "true"  # it opens with a question
    page.locator("[data-experiment=vanishing]").click()
    page.locator(".pg-experiment input").first.check()
    page.locator("[data-act=play]").click()
    page.wait_for_selector(".pg-status [data-goal=reached]", timeout=1000 * SECONDS)
    answers = page.locator(".pg-experiment [data-answer]").evaluate_all("all => all.map(e => e.dataset.answer)")
    assert answers == ["wrong", "right"]
    # After a pause, those side by side run on to the same step, and then nothing moves.
    page.wait_for_function(
        """() => {
          const { app } = document.getElementById("pg");
          const trainers = app.active().map(({ trainer }) => trainer);
          return !app.playing && trainers.every((t) => t.steps === trainers[0].steps && t.rows.at(-1).exact !== null);
        }"""
    )
    for letter, low, high in (("A", 0, 1e-3), ("B", 0, 1e-2), ("C", 1.05, 1.35)):
        assert low <= number(page, "push", letter) <= high
    # Data and generated points are 4 apart; here the correction holds.
    assert number(page, "corrected", "C") == pytest.approx(number(page, "exact", "C"), rel=0.1)
    assert len({number(page, "step", letter) for letter in "ABC"}) == 1
    screenshot(page, "playground-vanishing-1440")


def test_at_390_pixels_two_planes_are_seen_at_once_and_a_finger_draws(playground):
    page = playground(width=390)
    planes = [page.locator(f"[data-training={letter}] canvas.pg-plane").bounding_box() for letter in "AB"]
    assert planes[0]["y"] == planes[1]["y"]
    assert all(plane["width"] > 165 and plane["y"] + plane["height"] < 860 for plane in planes)
    page = playground("trainings=1", width=390)
    page.locator(".pg-settings > summary").click()
    page.locator("select[name=data]").select_option("drawn")
    assert page.locator("[data-act=play]").is_disabled()
    assert page.locator("[data-training=A] .pg-note").is_visible()  # how to draw
    page.evaluate("document.querySelector('.pg-plane').scrollIntoView({block: 'center'})")
    scrolled, box = page.evaluate("scrollY"), page.locator(PLANE).bounding_box()
    ways = [(0.25 + 0.025 * k, 0.4 + 0.01 * (k % 5)) for k in range(21)]
    touch(page, [(box["x"] + box["width"] * across, box["y"] + box["height"] * down) for across, down in ways])
    page.wait_for_function("() => location.hash.includes('points=')")
    assert page.evaluate("scrollY") == scrolled  # the finger draws, it does not scroll
    points = page.evaluate("() => document.getElementById('pg').app.state.drawn")
    assert 10 <= len(points) <= 21
    assert points[0][0] < -1 < 1 < points[-1][0]
    assert all(-0.5 < y < 1 for _, y in points)
    page.locator("[data-act=play]").click()
    page.wait_for_function("() => Number(document.querySelector('[data-measure=step]').textContent) > 20")
    page.locator("[data-act=play]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(page, "playground-drawn-390")


def test_keys_update_restart_play_reach_everything_and_draw(playground):
    page = playground("trainings=1")
    page.locator("[data-act=play]").focus()
    for key, updates in (("c", "1 + 0"), ("g", "1 + 1"), ("r", "0 + 0")):
        page.keyboard.press(key)
        page.wait_for_selector(f"[data-training=A] [data-measure=updates]:text-is('{updates}')", state="attached")
    page.keyboard.press("n")
    page.wait_for_function("() => location.hash === '#trainings=1&seed=1'")
    page.keyboard.press("p")
    page.wait_for_function("() => Number(document.querySelector('[data-measure=step]').textContent) > 3")
    page.keyboard.press("p")
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.name || document.activeElement.dataset.act"))
    assert {"critic", "speed", "count", "data", "method", "lambda", "seed"} <= reached


def test_a_training_that_runs_away_says_so(playground):
    page = playground("method=gp&optimizer=sgd&criticRate=1&lambda=100")
    page.click("[data-act=play]")
    page.wait_for_selector("[data-training=A] .pg-note:has-text('run away')")
    assert page.locator("[data-act=play]").text_content() == "Play"


def test_nothing_moves_before_play_and_little_for_who_prefers_less_motion(playground, page):
    page.emulate_media(reduced_motion="reduce")
    page = playground("batch=16")
    page.wait_for_timeout(1000)
    rows = "() => document.getElementById('pg').app.players[0].trainer.rows.length"
    assert (number(page, "step"), page.evaluate(rows)) == (0, 1)
    page.click("[data-act=play]")
    page.wait_for_timeout(3000)
    assert 1 < page.evaluate(rows) <= 6
    assert number(page, "step") > 6
