"""Notices as residents meet them: four entrances, the list, the feed, and the page of one's own topics (R060, R061)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as tree

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from liren.foundation.territory.services import abolish_unit
from liren.service.cases import services
from liren.service.cases.models import Case, ChosenTopic
from tests import make
from tests.make import cases, notices
from tests.make.cases import SYSTEM
from tests.make.kernel import form
from tests.portal.reading import text

pytestmark = pytest.mark.requirement("R060", "R061")
ATOM = "{http://www.w3.org/2005/Atom}"
HERE = "990102001001"


@pytest.fixture
def worker(city: make.City) -> Account:
    notices.declared()
    return make.official("community_worker", city.communities[0])


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def person(client: Client, worker: Account) -> Iterator[Account]:
    account = make.account()
    make.sign_in(client, account, second=False)
    return account


def choose(client: Client, person: Account, *topics: str, unit: str = HERE, **more: Any) -> Any:
    return client.post("/me/notices/", form(person, unit=unit, topic=topics, **more))


def end(client: Client, person: Account, unit: Unit, topic: str = "outage") -> Any:
    return client.post("/me/notices/end/", form(person, unit=unit.pk, topic=topic))


def feed(client: Client, query: str) -> tree.Element:
    return tree.fromstring(client.get(f"/notices.atom{query}").content)  # noqa: S314 - written by ourselves


# --- everybody


def test_four_entrances_stand_side_by_side(client: Client, city: make.City, worker: Account) -> None:
    for code in ("policy_enquiry", "service_booking", "delivery_order"):
        cases.declare(code)
    addresses = ["/report/policy_enquiry/", "/notices/", "/report/service_booking/", "/report/delivery_order/"]
    for page, query in (("/", ""), ("/report/", ""), (f"/units/{HERE}/", f"?unit={HERE}")):
        found = client.get(page).content.decode()
        places = [found.index(f'<li><a href="{one}{query}"><b>') for one in addresses]
        assert places == sorted(places), page


def test_only_entrances_that_lead_somewhere_are_offered(client: Client, city: make.City) -> None:
    assert "网上服务" not in text(client.get("/"))


def test_the_list_shows_what_residents_were_told_and_no_more(
    client: Client, city: make.City, worker: Account, now: datetime
) -> None:
    assert "目前没有有效的通知" in text(client.get("/notices/"))
    case = notices.published(city.communities[0], worker, at=now)
    page = text(client.get("/notices/"))
    assert ("周六停水" in page, "管网检修，请提前储水。" in page, "1至6栋" in page) == (True, True, True)
    assert ("王工" in page, case.number in client.get("/notices/").content.decode()) == (False, True)
    assert "Water, power and gas cuts" in text(client.get("/en/notices/"))
    assert "<h1>周六停水</h1>" in text(client.get(f"/cases/{case.number}/"))


def test_place_and_topics_narrow_the_list_and_its_feed_alike(
    client: Client, city: make.City, worker: Account, now: datetime
) -> None:
    other = make.official("community_worker", city.communities[1])
    street = make.official("street_officer", city.street)
    notices.published(city.communities[0], worker, at=now, headline="本社区停水")
    notices.published(city.communities[0], worker, at=now, topic="health", headline="本社区义诊")
    notices.published(city.communities[1], other, at=now, headline="隔壁停水")
    notices.published(city.street, street, at=now, topic="traffic", headline="街道修路")
    wanted = {
        "": {"本社区停水", "本社区义诊", "隔壁停水", "街道修路"},
        f"?unit={HERE}": {"本社区停水", "本社区义诊", "街道修路"},
        f"?unit={HERE}&topic=outage&topic=traffic": {"本社区停水", "街道修路"},
        "?topic=health": {"本社区义诊"},
    }
    for query, headlines in wanted.items():
        page, root = text(client.get(f"/notices/{query}")), feed(client, query)
        assert {one for one in wanted[""] if one in page} == headlines, query
        titles = [str(one.findtext(f"{ATOM}title")).split(" · ")[1] for one in root.findall(f"{ATOM}entry")]
        assert (set(titles), len(titles)) == (headlines, len(headlines)), query


@pytest.mark.parametrize("query", ["?unit=x", "?topic=weather", "?unit=990199999999"])
def test_a_choice_that_cannot_be_made_is_said(client: Client, city: make.City, worker: Account, query: str) -> None:
    assert client.get(f"/notices/{query}").status_code == 422
    assert client.get(f"/notices.atom{query}").status_code == 422


def test_the_feed_is_whole_and_says_what_is_new(
    client: Client, city: make.City, worker: Account, now: datetime
) -> None:
    case = notices.published(city.communities[0], worker, at=now - timedelta(hours=2))
    values = {"news": "改到周日 & 提前一小时", "until": notices.said(now)["until"]}
    cases.moved(case, "update", by=worker, at=now, values=values)
    reply = client.get(f"/notices.atom?unit={HERE}&topic=outage")
    assert reply["Content-Type"] == "application/atom+xml"
    root = feed(client, f"?unit={HERE}&topic=outage")
    assert root.findtext(f"{ATOM}title") == "通知公告 · 桂花井社区 · 停水停电停气"
    (entry,) = root.findall(f"{ATOM}entry")
    said = {one.tag.removeprefix(ATOM): one for one in entry}
    assert said["summary"].text == "改到周日 & 提前一小时\n管网检修，请提前储水。\n1至6栋\n社区服务窗口"
    assert said["published"].text < said["updated"].text == root.findtext(f"{ATOM}updated")
    assert said["category"].attrib == {"term": "outage", "label": "停水停电停气"}
    assert said["link"].attrib["href"] == said["id"].text == f"http://testserver/cases/{case.number}/"


def test_pages_keep_place_and_topics(client: Client, city: make.City, worker: Account, now: datetime) -> None:
    for minute in range(22):
        topic = ("outage", "health")[minute % 2]
        notices.published(
            city.communities[0], worker, at=now - timedelta(minutes=minute), topic=topic, headline=f"第{minute}条"
        )
    first = client.get(f"/notices/?unit={HERE}&topic=outage&topic=health")
    following = first.context["page"].next_query
    assert "topic=outage&topic=health" in following
    second = client.get(f"/notices/{following}")
    assert [one.text("headline") for one in second.context["page"]] == ["第20条", "第21条"]


@pytest.mark.parametrize("many", [1, 5])
def test_the_list_costs_the_same_whatever_its_length(
    client: Client, city: make.City, worker: Account, now: datetime, many: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(many):
        notices.published(city.communities[0], worker, at=now)
    with django_assert_max_num_queries(9):
        client.get(f"/notices/?unit={HERE}")


# --- one's own


def test_one_signs_in_to_choose(client: Client, city: make.City, worker: Account) -> None:
    assert client.get("/me/notices/").status_code == 302
    assert end(client, ANONYMOUS, city.communities[0]).status_code == 302


def test_what_was_ticked_arrives_and_one_step_ends_it(
    client: Client, city: make.City, worker: Account, person: Account, now: datetime
) -> None:
    notices.published(city.communities[0], worker, at=now - timedelta(hours=1))
    notices.published(city.communities[0], worker, at=now - timedelta(hours=1), topic="health", headline="免费义诊")
    assert "周六停水" not in text(client.get("/me/notices/"))
    assert choose(client, person, "outage").status_code == 303
    page = text(client.get("/me/notices/"))
    assert ("周六停水" in page, "免费义诊" in page) == (True, False)
    assert "因为您选了桂花井社区的“停水停电停气”" in page
    reply = end(client, person, city.communities[0])
    assert (reply.status_code, ChosenTopic.objects.exists()) == (303, False)
    assert "周六停水" not in text(client.get("/me/notices/"))


def test_nothing_is_ticked_beforehand_and_home_is_offered_not_forced(client: Client, city: make.City) -> None:
    notices.declared()
    person = make.resident(city.communities[0])
    make.sign_in(client, person, second=False)
    page = client.get("/me/notices/")
    assert [one.code for one in page.context["places"]] == [HERE]
    assert page.context["form"]["topic"].value() == []
    assert not ChosenTopic.objects.exists()
    assert choose(client, person, "outage", unit="", community="东门外社区").status_code == 303
    assert ChosenTopic.objects.get().unit == city.communities[1]


def test_who_lives_in_a_compound_is_offered_its_community(client: Client, city: make.City) -> None:
    notices.declared()
    make.sign_in(client, make.resident(city.compound), second=False)
    assert [one.code for one in client.get("/me/notices/").context["places"]] == [HERE]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"topic": []}, "至少勾选一个主题"),
        ({"topic": ["weather"]}, "weather"),
        ({"unit": ""}, "写明是哪个社区"),
        ({"unit": "", "community": "没有这个地方"}, "没有找到这个社区"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(client: Client, person: Account, sent: Any, says: str) -> None:
    reply = client.post("/me/notices/", form(person, **{"unit": HERE, "community": "", "topic": ["outage"], **sent}))
    assert reply.status_code == 422
    assert says in text(reply)
    assert not ChosenTopic.objects.exists()


def test_another_person_neither_sees_nor_ends_it(
    client: Client, city: make.City, worker: Account, person: Account
) -> None:
    choose(client, person, "outage")
    for other in (make.account(), make.official("city_admin", city.city), worker):
        stranger = Client()
        make.sign_in(stranger, other)
        assert stranger.get("/me/notices/").context["mine"] == []
        end(stranger, other, city.communities[0])
    assert ChosenTopic.objects.get().account_id == person.pk


def test_my_page_says_how_many_are_new_until_they_are_read(
    client: Client, city: make.City, worker: Account, person: Account, now: datetime
) -> None:
    before = now - timedelta(hours=2)
    facts = {"type": "notice", "categories": ["outage"], "by": person, "at": before}
    services.subscribe(city.communities[0].pk, **facts)
    assert "条新通知" not in text(client.get("/me/"))
    notices.published(city.communities[0], worker, at=now - timedelta(hours=1))
    assert "1 条新通知" in text(client.get("/me/"))
    client.head("/me/notices/")
    assert "1 条新通知" in text(client.get("/me/"))
    client.get("/me/notices/")
    assert "条新通知" not in text(client.get("/me/"))


def test_a_place_that_closed_is_named_and_can_still_be_ended(
    client: Client, city: make.City, worker: Account, person: Account
) -> None:
    gone = city.communities[5]
    assert choose(client, person, "outage", unit=gone.code).status_code == 303
    facts = {"instrument": "撤并文件", "by": SYSTEM, "at": timezone.now()}
    abolish_unit(gone.pk, effective_on=timezone.localdate(), **facts)
    assert "已经撤并" in text(client.get("/me/notices/"))
    end(client, person, gone)
    assert not ChosenTopic.objects.exists()


def test_a_worker_issues_a_notice_at_the_desk(client: Client, city: make.City, worker: Account, now: datetime) -> None:
    make.sign_in(client, worker)
    sent = {"channel": "counter", "text": "供水公司来电", "category": "outage", "unit": HERE, "address": "", "name": ""}
    reply = client.post("/desk/cases/new/?type=notice", form(worker, **sent, phone=""))
    assert reply.status_code == 303
    case = Case.objects.get()
    words = {f"ask_{code}": value for code, value in notices.said(now).items()}
    reply = client.post(f"/desk/cases/{case.number}/move/publish/", form(worker, **words, seen=case.revision, note=""))
    assert reply.status_code == 303, text(reply)
    assert "周六停水" in text(Client().get(f"/notices/?unit={HERE}"))
