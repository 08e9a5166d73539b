"""What pages do: with the keyboard, without JavaScript, with htmx, on the map, under the content policy."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import make
from tests.browser import walk
from tests.make.portal import City

STREET = "/units/990102001000/"


@pytest.fixture
def db(standing: City) -> City:
    """The database as the server sees it: committed, for all tests of the file."""
    return standing


@pytest.fixture
def site(server: Any, db: City, chromium: Any) -> Iterator[walk.Site]:
    """One city for all tests of the file: they look at it, or undo what they do."""
    site = walk.Site(server.url, chromium, db)
    yield site
    site.close()


def test_the_first_stop_of_the_keyboard_is_the_way_to_the_content(site: walk.Site) -> None:
    page = site.look().open("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_whatever_has_the_focus_shows_it(site: walk.Site) -> None:
    page = site.look(width=walk.DESKTOP).open(STREET)
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]; }"
        )
        inside_map = page.evaluate("Boolean(document.activeElement.closest('.map'))")
        assert inside_map or style == ["solid", "3px"], page.evaluate("document.activeElement.outerHTML")


def test_the_map_draws_the_parts_and_lights_the_one_under_the_list(site: walk.Site) -> None:
    look = site.look(width=walk.DESKTOP)
    page = look.open(STREET)
    page.wait_for_selector("#map[data-drawn='6']", timeout=15_000)
    assert page.locator(".map__name").count() == 6
    page.hover("[data-code='990102001003']")
    assert page.locator(".row.is-lit").count() == 1
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7)
    page.wait_for_url(re.compile(r"/units/99010200100\d/$"))
    assert look.heard == []


def test_without_webgl_the_list_simply_stays(site: walk.Site) -> None:
    look = site.look()
    look.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page = look.open(STREET)
    page.wait_for_timeout(300)
    assert (page.locator("#map").is_visible(), page.locator("#children li").count(), look.heard) == (False, 6, [])


def test_the_chart_is_drawn_from_the_table_that_stays(site: walk.Site) -> None:
    look = site.look(width=walk.DESKTOP)
    page = look.open(STREET + "changes/")
    page.wait_for_selector(".chart canvas", timeout=15_000)
    assert (page.locator("#by-year tbody tr").count(), look.heard) == (2, [])


def test_search_answers_while_one_types(site: walk.Site) -> None:
    look = site.look()
    page = look.open("/search/")
    page.locator("#id_q").press_sequentially("桂花井", delay=20)
    page.wait_for_selector("#found a:has-text('桂花井社区')")
    assert page.url.endswith("?q=%E6%A1%82%E8%8A%B1%E4%BA%95")
    assert look.heard == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_stranger_finds_a_community_and_chooses_large_print(site: walk.Site, scripts: bool) -> None:
    page = site.look(scripts=scripts).open("/en/")
    page.fill("#q", "桂花井社区")
    page.locator("main form[role=search] button").click()
    page.locator("#found a").first.click()
    assert page.locator("h1").inner_text() == "桂花井社区"
    page.locator(".tools a[href*='display']").click()
    page.locator("input[value=large]").check()
    page.locator("main button[type=submit]").click()
    assert page.locator("h1").inner_text() == "桂花井社区"
    assert page.locator("html").get_attribute("data-print") == "large"


def test_a_resident_without_javascript_claims_and_takes_back(site: walk.Site) -> None:
    make.account(username="wangxin", password=make.people.PASSWORD)
    page = site.look(scripts=False).open("/en/accounts/login/?next=/en/me/residency/?code=990102001002")
    page.fill("input[name=login]", "wangxin")
    page.fill("input[name=password]", make.people.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.locator("main form:has([name=code]) button").click()
    assert "东门外社区" in page.locator("main").inner_text()
    page.locator("main form[action$='leave/'] button").click()
    assert "Withdrawn" in page.locator("main").inner_text()


@pytest.mark.parametrize("path", ["/", STREET, "/search/?q=文昌", "/where/", "/accounts/signup/"])
def test_text_at_twice_its_size_still_fits_a_phone_that_is_turned(site: walk.Site, path: str) -> None:
    look = site.look(width=640)
    look.open(path)
    look.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert look.page.evaluate("document.scrollingElement.scrollWidth") <= 640


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/"])
def test_the_scripts_of_account_pages_obey_the_policy(site: walk.Site, resident: str, path: str) -> None:
    look = site.look(session="" if "login" in path else resident)
    look.open(path)
    look.page.wait_for_timeout(200)
    assert look.heard == []


def test_on_paper_there_are_no_controls(site: walk.Site) -> None:
    page = site.look(width=walk.DESKTOP).open(STREET)
    page.emulate_media(media="print")
    hidden = [page.locator(name).first.is_visible() for name in (".nav", ".tools", ".tabs", "#map", ".foot nav")]
    assert hidden == [False] * 5
    assert page.locator("h1").is_visible()
