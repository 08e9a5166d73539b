"""The page of what was issued reads as a notice: its words, where, until when, by whom, what is new (R060, R101)."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.people.models import Account
from liren.service.cases.models import Case
from tests import make
from tests.conftest import ROOT
from tests.make import bodies, cases, notices
from tests.portal.reading import plain, text

pytestmark = pytest.mark.requirement("R060", "R101")
#: What the page of a matter that somebody reported says, and a notice does not.
HANDLED = ("办到哪一步", "写的话、照片和姓名都不公开", "办理经过")


@pytest.fixture
def worker(city: make.City) -> Account:
    notices.declared()
    return make.official("community_worker", city.communities[0])


def moment(hours: float) -> str:
    return f"{timezone.localtime(timezone.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def read(client: Client, case: Case, language: str = "") -> str:
    return plain(client.get(f"{language}/cases/{case.number}/"))


def handled(page: str) -> list[str]:
    return [words for words in HANDLED if words in page]


def test_a_notice_says_what_where_until_when_and_who_issued_it(
    client: Client, city: make.City, worker: Account
) -> None:
    case = notices.published(city.communities[0], worker, at=timezone.now())
    page = read(client, case)
    for words in ("周六停水", "停水停电停气", "管网检修，请提前储水。", "地点或范围 1至6栋", "社区服务窗口", "有效到",
                  "发布单位 桂花井社区工作人员", "适用范围 桂花井社区"):  # fmt: skip
        assert words in page, words
    assert (handled(page), "王工" in page, "发布和更新记录" in page) == ([], False, False)
    assert "Issued by" in read(client, case, "/en")


def test_what_is_new_stands_first_and_every_update_has_its_date(
    client: Client, city: make.City, worker: Account
) -> None:
    now = timezone.now()
    case = notices.published(city.communities[0], worker, at=now - timedelta(hours=2))
    cases.moved(case, "update", by=worker, at=now, values={"news": "改到周日。", "until": moment(48)})
    page = read(client, case)
    assert page.index("改到周日。") < page.index("管网检修")
    assert page.index("桂花井社区工作人员 更新。") < page.index("桂花井社区工作人员 发布。")
    cases.moved(case, "take_back", by=worker, at=now, note="内部：写错了")
    page = read(client, case)
    assert ("已撤下" in page, "内部" in page, handled(page)) == (True, False, [])


def warned(city: make.City, **changes: Any) -> tuple[Case, Account]:
    """A warning in force, as the packs declare it, and who issued it."""
    made = tomllib.loads((ROOT / "packs/common/cases/warning.toml").read_text(encoding="utf-8"))
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **made})
    officer = make.official("street_officer", city.street)
    body = bodies.body(city.district, name_zh="临川区应急处")
    values = {"headline": "今晚有暴雨", "level": "orange", "urgency": "expected", "certainty": "likely", "area": "河边",
              "instruction": "不要到河边。", "issuer": body.pk, "ends": moment(6), **changes}  # fmt: skip
    facts = {"channel": "phone", "taken_by_desk": True, "category": "rain", "contact": {"phone": "13800000000"}}
    case = cases.reported(city.communities[0], "warning", by=officer, at=timezone.now(), values=values, **facts)
    second = make.official("street_officer", city.street)
    return cases.moved(case, "publish", by=second, at=timezone.now(), values={}), officer


def test_a_warning_says_the_moment_that_holds_now_and_the_body_that_issued_it(client: Client, city: make.City) -> None:
    case, officer = warned(city)
    until = moment(3)
    cases.moved(case, "update", by=officer, at=timezone.now(), values={"correction": "雨小了。", "ends_anew": until})
    page = read(client, case)
    assert (page.count("有效到"), until[-5:] in page, "不改就不填" in page) == (1, True, False)
    assert ("发布单位 临川区应急处" in page, "橙色（二级）" in page, "预警生效中" in page) == (True, True, True)
    assert page.index("雨小了。") < page.index("不要到河边。")
    assert handled(page) == []


def test_words_in_another_language_are_marked_and_choices_are_not(client: Client, city: make.City) -> None:
    page = text(client.get(f"/en/cases/{warned(city)[0].number}/"))
    assert '<dd lang="zh-hans">河边</dd>' in page
    assert "<dd>orange (severe)</dd>" in page


def test_before_it_is_issued_and_where_an_answer_is_waited_for_the_story_stays(
    client: Client, city: make.City, worker: Account
) -> None:
    cases.declare()
    for case in (notices.drafted(city.communities[0], worker, at=timezone.now()), cases.reported(city.communities[0])):
        assert handled(read(client, case)) == list(HANDLED)
