"""A planner goes from a run to the gaps, tries a change, has sites chosen; a resident looks at home on a telephone."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from liren.development.lifecircle import services
from liren.development.lifecircle.models import Run, RunState
from liren.development.lifecircle.queries import place_tables
from liren.foundation.people.models import Account
from liren.front.desk.lifecircle import sites
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import lifecircle as build


@pytest.fixture
def quarter(site: walk.Site) -> build.Quarter:
    """The town with its network and a table of places; nothing is worked out yet."""
    make.roles()
    made = build.quarter()
    with tempfile.TemporaryDirectory() as folder:
        path = build.table(Path(folder) / "places.csv", build.TOWN_PLACES)
        services.import_places(path, city=made.city, by=build.SYSTEM, at=build.NOW)
    return made


def planner_of(quarter: build.Quarter) -> tuple[Account, str]:
    person = make.official("planner", quarter.city)
    make.second_factor(person)
    return person, session_of(person, "password", "mfa")


def test_from_a_run_to_the_gaps_a_change_and_the_best_sites(site: walk.Site, quarter: build.Quarter) -> None:
    person, session = planner_of(quarter)
    look = site.look(width=walk.DESKTOP, session=session)
    page = look.open(f"/desk/life-circle/{quarter.city.code}/")
    page.locator("main").get_by_role("link", name="提交计算").click()
    page.get_by_label("设施来源").select_option(index=1)
    page.get_by_role("button", name="开始计算").click()
    page.locator("#progress").wait_for()
    services.perform(Run.objects.get().pk, by=build.SYSTEM)
    page.get_by_role("link", name="看缺口").click(timeout=20_000)  # the page noticed by itself
    page.get_by_role("row").filter(has_text=quarter.compounds[1].name_zh).filter(has_text="便利店").wait_for()
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("navigation", name="生活圈的各页").get_by_role("link", name="假如").click()
    tried(page)
    slid(page)
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("navigation", name="生活圈的各页").get_by_role("link", name="选址").click()
    chosen(page, person)
    assert [*look.axe(), *look.layout(), *look.heard] == []


def tried(page: Any) -> None:
    """A new shop at 900 m: the answer comes without a new page."""
    lon, lat = build.spot(9, 1)
    page.get_by_label("服务", exact=True).select_option("shop")
    page.get_by_label("经度", exact=True).fill(f"{lon:.6f}")
    page.get_by_label("纬度", exact=True).fill(f"{lat:.6f}")
    page.get_by_role("button", name="试试看").click()
    page.locator("#answer .delta--up").first.wait_for()
    things = json.loads(page.locator("template[data-things]").evaluate("one => one.content.textContent"))
    assert [one["properties"]["kind"] for one in things["features"]].count("wish") == 1


def slid(page: Any) -> None:
    """The slider at half the pace, with the keyboard: fewer lack nothing."""
    slider = page.get_by_label("步行每分钟米数")
    slider.focus()
    slider.press("Home")
    page.get_by_text("每分钟25米").first.wait_for()
    page.locator("#paced .delta--down").first.wait_for()


def chosen(page: Any, person: Account) -> None:
    """One site for a shop; the worker works it out, and the page shows it with its certificate."""
    page.get_by_label("服务", exact=True).select_option("shop")
    page.get_by_label("最多几处").fill("1")
    page.get_by_role("button", name="找最好的地点").click()
    page.get_by_text("正在计算").wait_for()
    key = page.url.partition("job=")[2].partition("&")[0]
    run = Run.objects.get(state=RunState.DONE)
    asked = {"kind": "sites", "category": "shop", "budget": 1}
    sites.choose_sites(kept_as=key, run_id=run.pk, account=person.pk, language="zh-hans", **asked)
    page.locator(".certificate").wait_for(timeout=20_000)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_sees_on_a_telephone_what_is_missing(site: walk.Site, quarter: build.Quarter, scripts: bool) -> None:
    run = services.ask_run(
        quarter.city, day=build.DAY, places=place_tables(quarter.city)[0], by=build.SYSTEM, at=build.NOW
    )
    services.perform(run.pk, by=build.SYSTEM)
    home = quarter.compounds[1]
    look = site.look(scripts=scripts)
    page = look.open("/")
    page.get_by_role("link", name="15分钟生活圈").click()
    page.get_by_label("小区或社区的名称").fill(home.name_zh)
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name=home.name_zh).first.click()
    page.locator(".verdict-line").filter(has_text="缺1项").wait_for()
    assert page.locator(".is-missing").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= walk.PHONE
    if scripts:
        page.locator("[data-circles][data-drawn]").wait_for()
        assert [*look.axe(), *look.layout(), *look.heard] == []


def test_nothing_is_wrong_with_any_page_of_a_town_that_was_worked_out(site: walk.Site, quarter: build.Quarter) -> None:
    run = services.ask_run(
        quarter.city, day=build.DAY, places=place_tables(quarter.city)[0], by=build.SYSTEM, at=build.NOW
    )
    services.perform(run.pk, by=build.SYSTEM)
    home, community = (f"/life-circle/{one.code}/" for one in (quarter.compounds[1], quarter.communities[0]))
    walk.check(walk.both(site.look(), [home, community, f"{community}report/"]))
    _person, session = planner_of(quarter)
    ends = ("", "gaps/", "what-if/", "space/", "runs/?at=1", "networks/", "files/", "sites/")
    walk.check(walk.both(site.look(session=session), [f"/desk/life-circle/{quarter.city.code}/{end}" for end in ends]))
