"""A worker at the desk of cases in a real browser: with the keys alone, a step, and a case that moved on meanwhile."""

from typing import Any

import pytest
from django.utils import timezone

from liren.foundation.people.models import Account
from liren.service.cases.models import Case
from liren.service.cases.services import suspensions
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
    page = look.open("/en/desk/cases/?view=all")
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
    page.wait_for_url("**/move/answer/")
    page.wait_for_function("document.activeElement.matches('main form textarea, main form select, main form input')")
    page.get_by_label("Note").fill("已更换灯泡。")
    page.get_by_label("What was done").fill("更换灯泡")
    cases.moved(case, "answer", by=clerk, at=timezone.now(), note="先一步", values={"done": "更换"})
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Nothing was changed").first.wait_for()
    assert page.get_by_label("What you wrote").input_value() == "已更换灯泡。"
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("link", name="Open the case").click()
    page.wait_for_url(f"**/desk/cases/{number}/")
    page.keyboard.press("u")  # to the list that was left, and to the row
    page.wait_for_url("**/desk/cases/?view=all")
    assert page.locator("[data-row].is-here").get_attribute("data-code") == number


@pytest.mark.requirement("R070")
def test_without_scripts_several_are_taken_at_once(site: walk.Site) -> None:
    clerk, session, _worker = desk_of(site)
    look = site.look(session=session, scripts=False, width=walk.PHONE)
    page = look.open("/desk/cases/")
    for tick in page.locator("[data-row] input[type=checkbox]").all()[:3]:
        tick.check()
    page.get_by_role("button", name="批量办理所选").click()
    page.locator("select[name=move]").select_option("take")
    page.get_by_role("button", name="办理 3 件").click()
    page.get_by_text("共 3 件，办成 3 件").wait_for()
    assert Case.objects.filter(handler_id=clerk.pk).count() == 3


@pytest.mark.requirement("R370")
def test_every_page_of_the_desk_of_cases_is_accessible_at_both_widths(site: walk.Site) -> None:
    clerk, session, worker = desk_of(site)
    now, one = timezone.now(), Case.objects.order_by("pk")[0]
    asked = suspensions.suspend(one.pk, reason="等待灯具到货", ground="办理规程第5条", by=clerk, at=now)
    boss = make.official("street_officer", site.city.street)
    sessions = {"clerk": session}
    for who, person in (("worker", worker), ("boss", boss)):
        make.second_factor(person)
        sessions[who] = session_of(Account.objects.get(pk=person.pk), "password", "mfa")
    at = f"/desk/cases/{one.number}/"
    deeds = [f"{at}do/{code}/" for code in ("note", "call", "split", "join", "correct", "part", "hide")]
    pages = {
        "worker": ["/desk/", "/desk/cases/?view=all&map=1", at, f"{at}move/dispatch/", *deeds, "/desk/cases/print/",
                   "/desk/cases/find/?q=路灯", "/desk/cases/new/", "/desk/cases/new/?type=request", "/desk/phone/",
                   f"/desk/phone/{one.number}/", f"/desk/cases/bulk/?case={one.pk}.{one.revision}"],
        "clerk": [at, f"{at}do/object/", f"{at}do/extend/"],
        "boss": ["/desk/approvals/", f"/desk/approvals/suspension/{asked.pk}/", "/desk/escalations/"],
    }  # fmt: skip
    for who, paths in pages.items():
        walk.check(walk.both(site.look(session=sessions[who]), paths))
