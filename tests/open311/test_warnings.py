"""Warnings in the Common Alerting Protocol: valid by its schema, replaced by updates, and taken back when over."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as tree

import pytest
from django.test import Client

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.models import Case, CaseEvent
from liren.service.cases.queries import reading
from liren.service.cases.services import BadReport
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.make import bodies
from tests.make import cases as build

ROOT = Path(__file__).resolve().parents[2]
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)  # 10 o'clock in China
pytestmark = pytest.mark.requirement("R101")


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    with make.standing(django_db_blocker, warned_city) as made:
        yield made


def warned_city() -> make.City:
    """The city with the type of warnings."""
    made = make.small_city()
    make.roles()
    declared = tomllib.loads((ROOT / "packs/common/cases/warning.toml").read_text(encoding="utf-8"))
    build.declare(**{**dict.fromkeys(build.REQUEST), **declared})
    return made


@pytest.fixture
def warning(city: make.City) -> Case:
    return warning_of(city)


def warning_of(city: make.City, **more: str) -> Case:
    office = bodies.body(city.district, "department", name_zh="应急管理局")
    said = {
        "headline": "暴雨黄色预警",
        "level": "yellow",
        "urgency": "expected",
        "certainty": "likely",
        "ends": "2026-06-01 20:00",
    }
    said |= {"area": "桂花井社区低洼处", "instruction": "请把车开到高处 & 不要走地下通道", "issuer": str(office.pk)}
    facts: dict[str, Any] = {
        "channel": "system",
        "category": "rain",
        "text": "内部：值班电话 1234",
        "values": {**said, **more},
    }
    return build.reported(city.communities[0], "warning", at=AT, by=build.SYSTEM, **facts)


def issued(city: make.City, warning: Case, *moves: str, **changes: Any) -> Case:
    worker = make.official("community_worker", city.communities[0])
    for minutes, move in enumerate(moves):
        facts = {"values": {"correction": "雨势加大"}} if move == "update" else {"note": "情况紧急"}
        warning = build.moved(warning, move, by=worker, at=AT + timedelta(minutes=minutes), **facts)
    return warning


def message(client: Client, warning: Case) -> tree.Element:
    reply = client.get(f"/alerts/{warning.number}.cap")
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/cap+xml")
    return tree.fromstring(reply.content)


def test_what_was_not_issued_is_nowhere(client: Client, warning: Case) -> None:
    assert client.get(f"/alerts/{warning.number}.cap").status_code == 404
    assert tree.fromstring(client.get("/alerts.atom").content).findall(f"{ATOM}entry") == []


def test_an_issued_warning_says_what_where_until_when_and_what_to_do(
    client: Client, city: make.City, warning: Case, settings: Any
) -> None:
    settings.LIREN_DEMO = False
    issued(city, warning, "publish_now")
    root = message(client, warning)
    said = {one.tag.removeprefix(CAP): one.text for one in root.iter() if one.text}
    assert (said["msgType"], said["status"], said["scope"]) == ("Alert", "Actual", "Public")
    assert (said["category"], said["severity"], said["urgency"]) == ("Met", "Moderate", "Expected")
    assert (said["sent"], said["expires"]) == ("2026-06-01T10:00:00+08:00", "2026-06-01T20:00:00+08:00")
    assert (said["areaDesc"], said["senderName"]) == ("桂花井社区低洼处", "应急管理局")
    assert "值班电话" not in tree.tostring(root, encoding="unicode")
    feed = tree.fromstring(client.get("/alerts.atom").content)
    assert [one.findtext(f"{ATOM}title") for one in feed.findall(f"{ATOM}entry")] == ["暴雨黄色预警"]


def test_a_warning_whose_form_asked_for_a_time_of_day_ends_at_the_next_such_time(
    client: Client, city: make.City, warning: Case
) -> None:
    declared = tomllib.loads((ROOT / "packs/common/cases/warning.toml").read_text(encoding="utf-8"))
    fields = [{**one, "kind": "time"} if one["code"] == "ends" else one for one in declared["fields"]]
    clocks = [{key: value for key, value in one.items() if key != "ends_with"} for one in declared["clocks"]]
    build.declare(**{**dict.fromkeys(build.REQUEST), **declared, "fields": fields, "clocks": clocks})
    facts: dict[str, Any] = {"channel": "system", "category": "rain", "text": "大雨", "by": build.SYSTEM, "at": AT}
    values = {**warning.values, "ends": "9:30", "issuer": str(warning.values["issuer"])}
    older = build.reported(city.communities[0], "warning", values=values, **facts)
    issued(city, older, "publish_now")
    assert message(client, older).findtext(f"{CAP}info/{CAP}expires") == "2026-06-02T09:30:00+08:00"


def test_a_warning_is_over_when_its_author_said(client: Client, city: make.City, warning: Case) -> None:
    issued(city, warning, "publish_now")
    ends = AT + timedelta(hours=10)
    assert escalate_due(ends) == 0
    assert escalate_due(ends + timedelta(minutes=1)) == 1
    warning.refresh_from_db()
    assert (warning.state, message(client, warning).findtext(f"{CAP}msgType")) == ("reporting", "Cancel")


def test_an_update_puts_the_end_elsewhere_and_says_both(client: Client, city: make.City, warning: Case) -> None:
    first = issued(city, warning, "publish_now")
    said = {"values": {"correction": "雨势减弱", "ends_anew": "2026-06-01 15:00"}}
    worker = make.official("community_worker", city.communities[0])
    build.moved(first, "update", by=worker, at=AT + timedelta(hours=1), **said)
    assert message(client, warning).findtext(f"{CAP}info/{CAP}expires") == "2026-06-01T15:00:00+08:00"
    told = CaseEvent.objects.filter(case=warning, move="update").get().facts["clocks"]
    assert told == [{"clock": "force", "before": "2026-06-01T12:00:00+00:00", "after": "2026-06-01T07:00:00+00:00"}]


def test_a_warning_expires_with_its_longest_validity_where_more_was_said(
    client: Client, city: make.City, warning: Case
) -> None:
    values = {**warning.values, "ends": "2026-06-30 20:00", "issuer": str(warning.values["issuer"])}
    facts: dict[str, Any] = {"channel": "system", "category": "rain", "text": "大雨", "by": build.SYSTEM, "at": AT}
    long = issued(city, build.reported(city.communities[0], "warning", values=values, **facts), "publish_now")
    assert long.due_at == AT + timedelta(hours=24)
    assert message(client, long).findtext(f"{CAP}info/{CAP}expires") == "2026-06-02T10:00:00+08:00"


def test_in_a_demonstration_it_is_an_exercise(client: Client, city: make.City, warning: Case, settings: Any) -> None:
    settings.LIREN_DEMO = True
    issued(city, warning, "publish_now")
    assert message(client, warning).findtext(f"{CAP}status") == "Exercise"


def test_updates_name_what_they_replace_and_the_end_takes_all_back(
    client: Client, city: make.City, warning: Case
) -> None:
    first = issued(city, warning, "publish_now")
    identifier = message(client, first).findtext(f"{CAP}identifier")
    issued(city, first, "update")
    root = message(client, warning)
    assert root.findtext(f"{CAP}msgType") == "Update"
    assert identifier in str(root.findtext(f"{CAP}references"))
    issued(city, first, "lift")
    root = message(client, warning)
    assert (root.findtext(f"{CAP}msgType"), root.findtext(f"{CAP}info/{CAP}urgency")) == ("Cancel", "Past")
    assert tree.fromstring(client.get("/alerts.atom").content).findall(f"{ATOM}entry") == []


@pytest.mark.needs_data
@pytest.mark.parametrize("moves", [["publish_now"], ["publish_now", "update"], ["publish_now", "update", "lift"]])
def test_each_message_is_valid_by_the_schema(
    client: Client, city: make.City, warning: Case, shared_data: Path, moves: list[str]
) -> None:
    xmlschema = pytest.importorskip("xmlschema", reason="NOT CHECKED against the schema of CAP 1.2: no xmlschema")
    issued(city, warning, *moves)
    schema = xmlschema.XMLSchema(str(shared_data / "cap" / "cap12.xsd"))
    schema.validate(client.get(f"/alerts/{warning.number}.cap").content.decode())


def test_a_warning_that_is_hidden_is_nowhere(client: Client, city: make.City, warning: Case) -> None:
    issued(city, warning, "publish_now")
    Case.objects.filter(pk=warning.pk).update(is_hidden=True)
    assert client.get(f"/alerts/{warning.number}.cap").status_code == 404


@pytest.mark.requirement("R101")
def test_the_reach_is_counted_for_each_channel_that_was_used_and_added_up(city: make.City) -> None:
    """By broadcast and board, not by SMS: these two are asked for, and the web is whatever was counted."""
    used = {"by_broadcast": "是", "by_board": "是", "by_sms": "否"}
    case = warning_of(city, **used)
    officer = make.official("street_officer", city.street)
    issued(city, case, "publish_now")
    build.moved(case, "lift", by=officer, at=AT + timedelta(hours=1), note="雨停了")
    worker = make.official("community_worker", city.communities[0])
    facts = {"by": worker, "at": AT + timedelta(hours=2)}
    for values, wrong in (
        ({}, {"reached_broadcast", "reached_board"}),
        ({"reached_broadcast": "800", "reached_board": "120", "reached_sms": "5"}, {"reached_sms"}),
        ({"reached_broadcast": "800", "reached_board": "120", "reached": "9999"}, {"reached"}),
    ):
        with pytest.raises(BadReport) as refused:
            build.moved(case, "count", values=values, **facts)
        assert set(refused.value.by_field) == wrong
    given = {"reached_broadcast": "800", "reached_board": "120", "reached_web": "31"}
    case = build.moved(case, "count", values=given, **facts)
    assert (case.values["reached"], case.phase) == (951, "closed")
    told = {one.field.code: one.value for one in reading(case, ANONYMOUS).values}
    assert {code: told[code] for code in (*given, "reached")} == {
        "reached_broadcast": 800, "reached_board": 120, "reached_web": 31, "reached": 951,
    }  # fmt: skip
