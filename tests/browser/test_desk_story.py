"""A claim, a decision and a renamed unit in a real browser, without scripts and from the keyboard."""

from typing import Any

import pytest

from liren.foundation.people.models import Residency
from liren.foundation.territory.models import UnitSpan
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of


def official(site: walk.Site, role: str, unit: Any) -> str:
    person = make.official(role, unit, display_name="何工")
    make.second_factor(person)
    return session_of(person, "password", "mfa")


@pytest.mark.requirement("R366", "R367")
def test_a_resident_claims_a_worker_verifies_and_the_resident_sees_who_looked(site: walk.Site) -> None:
    home = site.city.communities[0]
    person = make.account(display_name="周林")
    mine = site.look(session=session_of(person, "password"), scripts=False)
    page = mine.open(f"/me/residency/?code={home.code}")
    page.locator("main form button").first.click()
    assert Residency.objects.get(account=person).state == "claimed"

    theirs = site.look(session=official(site, "community_worker", home), scripts=False, width=walk.DESKTOP)
    page = theirs.open("/desk/")
    page.get_by_role("link", name="1").first.click()
    assert "周林" not in page.content()
    page.get_by_role("link", name="周*").click()
    page.locator("input[value=verify]").check()
    page.locator("main form button").click()
    assert Residency.objects.get(account=person).state == "verified"
    assert "何工" in mine.open("/me/access/").content()


@pytest.mark.requirement("R024")
def test_a_unit_is_renamed_from_the_keyboard(site: walk.Site) -> None:
    unit = site.city.communities[1]
    look = site.look(session=official(site, "civil_affairs", site.city.city), width=walk.DESKTOP)
    page = look.open(f"/en/desk/units/{unit.code}/rename/")
    page.get_by_label("Chinese name").fill("东门里社区")
    page.get_by_label("Effective on").fill("2026-07-01")
    page.get_by_label("Document that orders it").fill("里府函〔2026〕1号")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing has been changed yet").wait_for()
    assert not UnitSpan.objects.filter(name_zh="东门里社区").exists()
    assert [*look.axe(), *look.layout()] == []
    page.get_by_role("button", name="Confirm and record").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert UnitSpan.objects.filter(unit=unit, name_zh="东门里社区").exists()


@pytest.mark.requirement("R023")
def test_a_boundary_is_looked_at_before_it_is_set(site: walk.Site, tmp_path: Any) -> None:
    ring = "[[104.001,30.001],[104.005,30.001],[104.005,30.005],[104.001,30.005],[104.001,30.001]]"
    file = tmp_path / "outline.geojson"
    file.write_text(f'{{"type":"Polygon","coordinates":[{ring}]}}', encoding="utf-8")
    look = site.look(session=official(site, "city_admin", site.city.city), width=walk.DESKTOP)
    page = look.open(f"/en/desk/units/{site.city.grid.code}/boundary/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Source").fill("Survey")
    page.get_by_label("Holds from").fill("2026-07-01")
    page.get_by_role("button", name="Show what would change").click()
    page.locator(".outline__new").wait_for()
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("button", name="Confirm and record").click()
    page.get_by_role("status").wait_for()
    assert site.city.grid.boundaries.count() == 1
