"""A community's desk on both widths: one queue and its views, dispatch, several at once, map, paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from liren.foundation.bodies.models import Body
from liren.foundation.people.models import Account
from liren.service.cases.models import Case
from liren.service.cases.services import calls, catalogue
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import bodies, cases, registers

QUEUE = "/en/desk/cases/"
WIDTHS = (walk.PHONE, walk.DESKTOP)


@dataclass
class Desk:
    """Somebody at the desk of a community who also serves in one of its bodies, and the cases that wait there."""

    worker: Account
    body: Body
    cases: dict[str, Case]
    session: str

    def numbers(self, *names: str) -> list[str]:
        return sorted(self.cases[name].number for name in names)


@pytest.fixture
def desk(site: walk.Site) -> Desk:
    home, now = site.city.communities[0], timezone.now()
    cases.declare(at=now)
    body = bodies.body(site.city.district, name_zh="临川区市政所", name_en="Public Works")
    worker = cases.clerk(body, home, role="community_worker", display_name="何工")
    other = make.official("community_worker", home)
    told = {
        "taken": "花坛边的路灯不亮", "late": "校门口路灯不亮", "called": "桥头路灯闪", "disputed": "公园里路灯歪了",
        "cover": "路灯下的井盖松了", "plain": "亭子边路灯不亮",
        "gate": "大门口路灯不亮", "stairs": "台阶旁路灯不亮",
    }  # fmt: skip
    near = {"taken": 104.00500, "late": 104.00508, "called": 104.00508, "plain": 104.00900}
    found = {
        name: cases.reported(home, text=text, category="lamp", at=now, **place(near.get(name)))
        for name, text in told.items()
    }
    cases.moved(found["taken"], "dispatch", by=other, at=now, body_id=body.pk)
    cases.moved(found["taken"], "take", by=worker, at=now)
    registers.parameter("call_answer_days", "1", "working_day", operator="<=")
    calls.call(found["called"].pk, body_id=body.pk, question="线路归谁管？", by=other, at=now)
    Case.objects.update(due_at=now + timedelta(days=5))
    Case.objects.filter(pk=found["late"].pk).update(due_at=now - timedelta(hours=1))
    Case.objects.filter(pk=found["disputed"].pk).update(is_disputed=True)
    make.second_factor(worker)
    return Desk(worker, body, found, session_of(worker, "password", "mfa"))


def place(lon: float | None) -> dict[str, float]:
    return {"lon": lon, "lat": 30.005} if lon else {}


def shown(page: Any) -> list[str]:
    """Numbers in the queue."""
    return sorted(page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.code)"))


def faults(look: walk.Look) -> list[str]:
    """What is wrong with the page at this width; ``test_desk_cases`` asks axe about each of these pages."""
    return [*look.layout(), *look.heard]


@pytest.mark.requirement("R070", "R370")
def test_one_queue_has_views_a_filter_kept_views_and_a_sheet_of_paper(site: walk.Site, desk: Desk) -> None:
    look = site.look(session=desk.session)
    wanted = {
        "Mine": ["taken"], "At my desk": list(desk.cases), "Due": ["late"], "Called on": ["called"],
        "In dispute": ["disputed"],
    }  # fmt: skip
    for width in WIDTHS:
        look.resize(width)
        page = look.open(QUEUE)
        for name, rows in wanted.items():
            tab = page.get_by_role("navigation", name="Which cases").get_by_role("link", name=name, exact=True)
            tab.click()
            page.get_by_role("link", name=name, exact=True).and_(page.locator("[aria-current=page]")).wait_for()
            assert shown(page) == desk.numbers(*rows), (width, name)
        assert faults(look) == []

        on_paper(look, desk)
        if width == walk.PHONE:
            keep_filtered(look, "井盖", desk.numbers("cover"))
        look.open(QUEUE)
        page.get_by_role("link", name="井盖", exact=True).click()
        page.wait_for_url("**q=*")
        assert shown(page) == desk.numbers("cover")
        assert faults(look) == []
    assert look.axe() == []  # with kept views, as no other test has it
    page.get_by_role("button", name="Drop the view 井盖").click()
    page.get_by_text("The view is dropped.").wait_for()
    assert page.get_by_role("list", name="Saved views").count() == 0


def keep_filtered(look: walk.Look, words: str, wanted: list[str]) -> None:
    """Look for words with the keys alone, and keep what was found as a view of that name."""
    page = look.open(f"{QUEUE}?view=all")
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert shown(page) == wanted
    page.get_by_label("Keep this view as").fill(words)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("The view is kept.").wait_for()


def on_paper(look: walk.Look, desk: Desk) -> None:
    """What is due, on a sheet without controls."""
    page = look.open(f"{QUEUE}?view=due")
    page.get_by_role("link", name="Print this list").click()
    page.get_by_role("heading", name="Due").wait_for()
    assert page.locator("tbody th").all_inner_texts() == desk.numbers("late")
    assert faults(look) == []
    page.emulate_media(media="print")
    controls = [page.locator(name).first.is_visible() for name in (".nav", ".tools", ".no-print", ".foot nav")]
    assert controls == [False] * 4
    assert page.locator("tbody tr").get_by_text("校门口路灯不亮").is_visible()
    page.emulate_media(media="screen")


@pytest.mark.requirement("R070", "R072")
def test_a_case_is_dispatched_with_the_reason_beside_it_and_two_more_at_once(site: walk.Site, desk: Desk) -> None:
    keeper, city = make.official("district_admin", site.city.district), site.city
    facts = {"ground": "街道职责清单第3项", "since": timezone.localdate(), "by": keeper, "at": timezone.now()}
    catalogue.add_rule("request", category="lamp", unit_id=city.district.pk, body_id=desk.body.pk, **facts)
    look = site.look(session=desk.session)
    for width, names in zip(WIDTHS, (("late", "cover", "plain"), ("called", "gate", "stairs")), strict=True):
        look.resize(width)
        one, *more = [desk.cases[name] for name in names]
        page = look.open(f"{QUEUE}?view=all")
        page.get_by_role("link", name=one.number).click()
        page.wait_for_url(f"**/{one.number}/")
        assert faults(look) == []
        page.keyboard.press("1")
        page.wait_for_url("**/move/dispatch/")
        why = page.get_by_role("region", name="Why here?")
        assert "The catalogue names Public Works" in why.inner_text()
        assert "街道职责清单第3项" in why.locator(".is-deciding").inner_text()
        assert faults(look) == []
        page.get_by_role("button", name="Dispatch", exact=True).click()
        page.get_by_role("status").wait_for()
        one.refresh_from_db()
        assert (one.state, one.body_id) == ("sent", desk.body.pk)
        several(look, more)
    assert Case.objects.filter(state="sent", body=desk.body).count() == 6


def several(look: walk.Look, chosen: list[Case]) -> None:
    """Tick them in the queue and dispatch them in one step, by the catalogue; each says what became of it."""
    page = look.open(f"{QUEUE}?view=all")
    for case in chosen:
        page.get_by_role("checkbox", name=f"Tick {case.number}").check()
    page.get_by_role("button", name="Move the ticked ones").click()
    page.get_by_label("Which step").select_option(label="Dispatch (2 of 2)")
    page.get_by_label("Note, the same for all").fill("照目录转办")
    assert faults(look) == []
    page.get_by_role("button", name="Move 2 cases").click()
    page.get_by_text("2 of 2 moved.").wait_for()
    rows = page.get_by_role("row").filter(has_text="moved")
    assert sorted(row.get_by_role("rowheader").inner_text() for row in rows.all()) == sorted(
        case.number for case in chosen
    )
    assert faults(look) == []


@pytest.mark.requirement("R070")
def test_near_points_are_one_circle_with_their_number_that_opens_to_a_click(site: walk.Site, desk: Desk) -> None:
    look = site.look(session=desk.session, width=walk.DESKTOP)
    page = look.open(f"{QUEUE}?view=all")
    page.get_by_role("link", name="Show on the map").click()
    page.locator("[data-points][data-drawn='4']").wait_for()
    circle = page.locator(".map__count")
    circle.wait_for()
    assert circle.all_inner_texts() == ["3"]  # the fourth lies 370 m away, and four more have no place
    assert faults(look) == []
    press(page, circle)  # it opens as far as it can: two reports are of the same spot
    circle.filter(has_text="2").wait_for()
    assert page.locator("tr.is-lit").count() == 0
    press(page, circle)  # they lie on one another as near as one may go: their rows say which they are
    page.locator("tr.is-lit").nth(1).wait_for()
    lit = page.locator("tr.is-lit").evaluate_all("rows => rows.map((row) => row.dataset.code)")
    assert sorted(lit) == desk.numbers("late", "called")

    page.locator(f"[data-code='{desk.cases['taken'].number}']").hover()  # a point of its own is named, and leads there
    assert page.locator("tr.is-lit").count() == 1
    press(page, page.locator(".map__name--point"), below=22)
    page.wait_for_url(f"**/{desk.cases['taken'].number}/")


def press(page: Any, mark: Any, below: float = 0) -> None:
    """Click on the map where this mark stands, or so many pixels below its middle."""
    at = mark.bounding_box()
    page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2 + below)
