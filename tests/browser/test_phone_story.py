"""Somebody at the telephone: looks while listening, takes in for the caller, reads the number aloud, calls back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from liren.service.cases.models import Case
from liren.service.cases.services import key_of
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.browser.test_report import answered, declared
from tests.make import cases

pytestmark = pytest.mark.requirement("R070", "R077")
LAMP = {"category": "dark_place", "lon": 104.005, "lat": 30.005}


@pytest.fixture
def earlier(site: walk.Site) -> Case:
    """What a neighbour reported an hour ago."""
    make.roles()
    declared()
    return cases.reported(site.city.communities[0], text="明德路路灯不亮，老人摔了一跤", at=timezone.now(), **LAMP)


@pytest.fixture
def look(site: walk.Site, earlier: Case) -> walk.Look:
    """The wide screen of somebody who answers the telephone of the city."""
    agent = make.official("phone_agent", site.city.city)
    make.second_factor(agent)
    return site.look(session=session_of(agent, "password", "mfa"), width=walk.DESKTOP)


def faults(look: walk.Look) -> list[str]:
    return [*look.axe(), *look.layout(), *look.heard]


def box(page: Any, label: str) -> Any:
    """The field to write in of this name."""
    kind = "spinbutton" if label in ("Longitude", "Latitude") else "textbox"
    return page.locator("#intake").get_by_role(kind, name=label)


def beside(page: Any, label: str) -> str:
    """What is said beside the field of this name, to those who see it and to those who hear it."""
    field = box(page, label)
    assert field.get_attribute("aria-invalid") == "true"
    said = [page.locator(f"#{one}") for one in (field.get_attribute("aria-describedby") or "").split()]
    return " ".join(one.inner_text() for one in said if one.is_visible())


def test_a_caller_is_listened_to_and_hears_the_number(site: walk.Site, look: walk.Look, earlier: Case) -> None:
    page = look.open("/en/desk/phone/")
    page.get_by_role("link", name="Take in for somebody").click()
    page.get_by_role("link", name="Resident request").click()
    page.wait_for_load_state("load")  # what is typed before the page listens would find nothing
    page.get_by_label("Number, address or words").press_sequentially("路灯")
    found = page.locator("#hits").get_by_role("link", name=earlier.number)
    found.wait_for()
    assert "摔了一跤" not in page.content()  # whoever only listens reads the public face
    assert [*look.layout(), *look.heard] == []
    found.click()
    page.get_by_role("heading", name="How far it is").wait_for()
    assert "摔了一跤" not in page.content()
    page.go_back()

    box(page, "Community").fill("桂花井社区")  # the caller means another lamp
    box(page, "Telephone").fill("12345")
    page.get_by_role("button", name="Take it in").last.click()
    page.locator("#id_text[aria-invalid]").wait_for()
    assert "required" in beside(page, "What is the matter?")
    box(page, "What is the matter?").fill("明德路另一头的路灯也不亮")
    page.get_by_role("button", name="Take it in").last.click()
    page.locator("#id_phone[aria-invalid]").wait_for()
    assert "telephone" in beside(page, "Telephone").lower()
    assert box(page, "What is the matter?").input_value() == "明德路另一头的路灯也不亮"
    assert faults(look) == []
    box(page, "Telephone").fill("13800000000")
    box(page, "How the reporter is called").fill("王先生")
    page.get_by_label("Kind of matter").select_option("dark_place")
    box(page, "Longitude").fill("104.0053")
    box(page, "Latitude").fill("30.005")
    page.get_by_role("button", name="Take it in").last.click()
    page.get_by_text("about 30 m away").wait_for()
    assert Case.objects.count() == 1
    page.get_by_label("It is another matter").check()
    page.get_by_role("button", name="Take it in").last.click()

    aloud = page.locator(".number--aloud")
    aloud.wait_for()
    case = Case.objects.latest("pk")
    assert (aloud.inner_text(), aloud.get_attribute("aria-label")) == (case.number, " ".join(case.number))
    assert (case.channel, case.unit, case.reporter, case.category) == (
        "phone", site.city.communities[0], None, "dark_place",
    )  # fmt: skip
    key = key_of(case)
    assert page.get_by_text("-".join(key[at : at + 4] for at in range(0, len(key), 4))).is_visible()
    assert (case.contact is not None, "13800000000" in page.content()) == (True, False)
    assert faults(look) == []


def test_a_caller_asks_how_far_it_is_and_says_whether_it_is_solved(
    site: walk.Site, look: walk.Look, earlier: Case
) -> None:
    answered(site, earlier)
    page = look.open("/en/desk/phone/")
    page.get_by_label("The caller’s number").fill("0000009-9")
    page.get_by_role("button", name="How far is it?").click()
    page.get_by_role("alert").wait_for()
    assert [*look.layout(), *look.heard] == []
    page.get_by_label("The caller’s number").fill(earlier.number.replace("-", " "))
    page.get_by_role("button", name="How far is it?").click()
    page.get_by_text("已经更换灯泡。").first.wait_for()
    page.get_by_role("button", name="Record the answer").click()
    asked = page.get_by_role("group", name="Is it solved?")
    asked.locator(".field__errors").wait_for()
    assert faults(look) == []
    asked.get_by_label("no").check()
    page.get_by_role("group", name="Are you satisfied").get_by_label("no").check()
    page.get_by_label("In the reporter’s words").fill("又灭了，一共亮了两天。")
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_text("The answer is recorded.").wait_for()
    earlier.refresh_from_db()
    assert (earlier.outcome, earlier.ratings.get().satisfied) == ("unsolved", False)
    assert page.get_by_role("link", name=earlier.number).count() == 0
