"""A worker at the desk of cases in a real browser: with the keys alone, a step, and a case that moved on meanwhile."""

from typing import Any

import pytest
from django.utils import timezone

from liren.foundation.people.models import Account
from liren.service.cases.models import Case
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import bodies, cases


def desk_of(site: walk.Site) -> tuple[Account, str, Any]:
    """A clerk of a body of the district with five cases sent to it."""
    home, now = site.city.communities[0], timezone.now()
    cases.declare(at=now)
    body = bodies.body(site.city.district, name_zh="临川区市政所")
    clerk = cases.clerk(body, site.city.district, display_name="何工")
    worker = make.official("community_worker", home)
    make.second_factor(clerk)
    for number in range(5):
        one = cases.reported(home, category="lamp", text=f"明德路{number}号路灯不亮", at=now, lon=104.005, lat=30.005)
        cases.moved(one, "dispatch", by=worker, at=now, body_id=body.pk)
    return clerk, session_of(clerk, "password", "mfa"), worker


@pytest.mark.requirement("R070", "R369")
def test_a_clerk_works_with_the_keys_and_is_told_when_a_case_moved_on(site: walk.Site) -> None:
    clerk, session, _worker = desk_of(site)
    look = site.look(session=session, width=walk.DESKTOP)
    page = look.open("/en/desk/cases/")
    page.locator("[data-row]").first.wait_for()
    assert [*look.axe(), *look.layout(), *look.heard] == []
    for key in ("j", "j", "k", "j", "x"):
        page.keyboard.press(key)
    here = page.locator("[data-row].is-here")
    number = here.get_attribute("data-code")
    assert here.locator("input[type=checkbox]").is_checked()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/cases/{number}/")
    assert [*look.axe(), *look.layout(), *look.heard] == []

    page.keyboard.press("1")  # the first step: take
    page.get_by_role("status").wait_for()
    case = next(one for one in Case.objects.all() if one.number == number)
    assert (case.state, case.handler_id) == ("working", clerk.pk)

    page.keyboard.press("1")  # answer: a form, on which somebody is too late
    page.get_by_label("Note").fill("已更换灯泡。")
    page.get_by_label("What was done").fill("更换灯泡")
    cases.moved(case, "answer", by=clerk, at=timezone.now(), note="先一步", values={"done": "更换"})
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Nothing was changed").first.wait_for()
    assert page.get_by_label("What you wrote").input_value() == "已更换灯泡。"
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("link", name="Open the case").click()
    page.keyboard.press("u")
    page.wait_for_url("**/desk/cases/")


@pytest.mark.requirement("R070")
def test_without_scripts_several_are_taken_at_once(site: walk.Site) -> None:
    clerk, session, _worker = desk_of(site)
    look = site.look(session=session, scripts=False, width=walk.PHONE)
    page = look.open("/desk/cases/")
    assert look.page.evaluate is not None
    for tick in page.locator("[data-row] input[type=checkbox]").all()[:3]:
        tick.check()
    page.get_by_role("button", name="批量办理所选").click()
    page.locator("select[name=move]").select_option("take")
    page.get_by_role("button", name="办理 3 件").click()
    page.get_by_text("共 3 件，办成 3 件").wait_for()
    assert Case.objects.filter(handler_id=clerk.pk).count() == 3
