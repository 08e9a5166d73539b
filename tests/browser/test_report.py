"""A resident reports on a telephone, loses the connection, meets a neighbour's report, and has the last word."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from liren.service.cases.models import Case, CaseFollower
from tests import make
from tests.browser import walk
from tests.browser.conftest import ROOT
from tests.make import bodies, cases

REPORT = "/report/request/?unit=990102001001"


def declared(code: str = "request") -> Any:
    """The type as the packs declare it."""
    made = tomllib.loads((ROOT / f"packs/common/cases/{code}.toml").read_text(encoding="utf-8"))
    facts = {**dict.fromkeys(cases.REQUEST), **made}
    return cases.declare(facts.pop("code"), **facts)


@pytest.fixture
def types(site: walk.Site) -> None:
    make.roles()
    for code in ("request", "refuge"):
        declared(code)


def shot(tmp_path: Path) -> Path:
    """A photograph larger than a form should send."""
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(cases.picture(size=(3000, 2000), colour="gray"))
    return path


@pytest.mark.requirement("R068")
def test_from_the_first_word_to_the_last(site: walk.Site, types: None, tmp_path: Path) -> None:
    look = site.look()
    page = look.open("/")
    page.locator("main").get_by_role("link", name="我要反映").click()
    page.get_by_role("link", name="居民诉求").click()
    page.get_by_label("什么事").fill("3栋门口的路灯三天没亮了")
    page.locator("input[type=file]").set_input_files(shot(tmp_path))
    page.locator("[data-shots][data-ready='1'] img").wait_for()
    page.get_by_text("属于哪一类").click()
    page.get_by_label("路灯不亮、角落太暗").check()
    page.get_by_label("在哪里").fill("桂花苑3栋")
    page.get_by_label("哪个社区").fill("桂花井")
    page.get_by_role("radio", name="桂花井社区").wait_for()
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="收到了").wait_for()
    case = Case.objects.get()
    assert (case.unit.code, case.category, case.files.get().width) == ("990102001001", "dark_place", 2560)
    assert page.locator(".receipt__number").inner_text() == case.number
    assert [*look.axe(), *look.layout(), *look.heard] == []

    answered(site, case)
    page.get_by_role("link", name="看看到哪一步了").click()
    page.locator(".verdict__answer", has_text="已经更换灯泡").wait_for()
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("radio", name="解决了").check()
    page.get_by_role("radio", name="满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("谢谢，您的评价已记下").wait_for()
    case.refresh_from_db()
    assert (case.state, case.ratings.get().satisfied) == ("solved", True)


def answered(site: walk.Site, case: Case) -> None:
    """The work of others: sorted, taken and answered, each by whoever may."""
    body = bodies.body(site.city.district, "department", name_zh="市政处")
    desk = make.official("community_worker", site.city.communities[0])
    clerk = cases.clerk(body, site.city.district)
    now = timezone.now()
    cases.moved(case, "dispatch", by=desk, at=now, body_id=body.pk)
    cases.moved(case, "take", by=clerk, at=now)
    cases.moved(case, "answer", by=clerk, at=now, note="已经更换灯泡。", values={"result": "fixed"})


def test_a_report_survives_a_lost_connection(site: walk.Site, types: None, tmp_path: Path) -> None:
    look = site.look()
    page = look.open(REPORT)
    page.get_by_label("什么事").fill("井盖松了")
    page.locator("input[type=file]").set_input_files(shot(tmp_path))
    page.locator("[data-shots][data-ready='1'] img").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    page.get_by_text("现在没有网络").wait_for()
    assert not Case.objects.exists()
    page.context.set_offline(False)
    page.get_by_role("heading", name="收到了").wait_for()
    assert (Case.objects.get().text, Case.objects.get().files.count()) == ("井盖松了", 1)

    look.open(REPORT)  # what was sent is not brought back; what was not sent is
    assert page.get_by_label("什么事").input_value() == ""
    page.get_by_label("什么事").fill("又有一个井盖松了")
    page.get_by_text("属于哪一类").click()
    page.get_by_label("井盖缺失、松动").check()
    page.get_by_role("heading", name="居民诉求").click()
    look.open(REPORT)
    page.get_by_text("这是您上次没提交的内容").wait_for()
    assert page.get_by_label("什么事").input_value() == "又有一个井盖松了"
    assert page.get_by_label("井盖缺失、松动").is_checked()
    page.get_by_role("button", name="清空重写").click()
    page.get_by_role("button", name="清空重写").wait_for(state="hidden")
    assert page.get_by_label("什么事").input_value() == ""


def test_a_neighbours_report_is_joined(site: walk.Site, types: None, resident: str) -> None:
    now, lamp = timezone.now() - timedelta(days=2), {"category": "dark_place", "lon": 104.005, "lat": 30.005}
    first = cases.reported(site.city.communities[0], at=now, **lamp)
    look = site.look(
        session=resident, geolocation={"longitude": 104.0053, "latitude": 30.005}, permissions=["geolocation"]
    )
    page = look.open(REPORT)
    page.get_by_label("什么事").fill("路灯不亮")
    page.get_by_text("属于哪一类").click()
    page.get_by_label("路灯不亮、角落太暗").check()
    page.get_by_role("button", name="我就在这里").click()
    page.get_by_text("离这里30米").wait_for()
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("button", name="一起跟进").click()
    page.get_by_text("已跟进，有结果会告诉您").wait_for()
    assert (Case.objects.get(), CaseFollower.objects.get().case) == (first, first)


def test_the_place_is_pointed_at_on_the_map(site: walk.Site, types: None) -> None:
    look = site.look()
    page = look.open(f"/en{REPORT}")
    page.get_by_label("What is the matter?").fill("Lamp is out")
    page.get_by_role("button", name="Point on the map").click()
    page.locator("[data-pick][data-drawn]").wait_for()
    page.locator("[data-pick] canvas").click()
    page.locator(".maplibregl-marker").wait_for()
    assert 104.0 < float(page.locator("[name=lon]").input_value()) < 104.01
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="We have received it").wait_for()
    assert Case.objects.get().unit.code == "990102001001"


def test_what_stops_is_not_sent_and_faults_keep_the_photographs(site: walk.Site, types: None, tmp_path: Path) -> None:
    look = site.look()
    page = look.open(REPORT)
    page.locator("input[type=file]").set_input_files(shot(tmp_path))
    page.get_by_text("属于哪一类").click()
    page.get_by_label("闻到燃气味").check()
    page.get_by_text("请马上离开").wait_for()
    assert page.get_by_role("button", name="提交").is_disabled()
    page.get_by_label("其他").check()
    page.get_by_role("button", name="提交").click()
    page.get_by_text("还没有提交").wait_for()
    page.locator("[data-shots][data-ready='1'] img").wait_for()
    page.get_by_label("什么事").fill("说不清楚的事")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="收到了").wait_for()
    assert Case.objects.get().files.count() == 1


def test_without_scripts_it_is_a_form_like_any_other(site: walk.Site, types: None) -> None:
    look = site.look(scripts=False)
    page = look.open(REPORT)
    page.get_by_label("什么事").fill("路灯不亮")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="收到了").wait_for()
    assert Case.objects.get().unit.code == "990102001001"


@pytest.mark.requirement("R107")
def test_refuge_is_left_at_once_and_not_come_back_to(site: walk.Site, types: None) -> None:
    look = site.look()
    page = look.open("/about/")
    page.route(
        "https://www.baidu.com/**",
        lambda route: route.fulfill(body="<h1>天气</h1>", content_type="text/html; charset=utf-8"),
    )
    page.goto(f"{site.url}/report/refuge/?unit=990102001001")
    assert ("里仁" in page.title(), "庇护" in page.title()) == (True, False)
    page.get_by_role("link", name="快速离开").click()
    page.get_by_role("heading", name="天气").wait_for()
    page.go_back()
    assert page.url == f"{site.url}/about/"
