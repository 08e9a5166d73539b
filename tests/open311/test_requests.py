"""GeoReport v2: what can be reported, reporting it, looking it up; in JSON and XML alike, and nothing confidential."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as tree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from liren.foundation.kernel.covering import Area
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.services import Made
from tests import make
from tests.make import cases as build

V2 = "/open311/v2/"
INSIDE = {"lat": "30.005", "long": "104.005"}
SYSTEM = SystemActor("test")


def sent(client: Client, key: Made, notation: str = "json", headers: Any = None, **changes: Any) -> Any:
    facts = {
        "api_key": key.text,
        "service_code": "request.lamp",
        "description": "三栋门口路灯不亮",
        **INSIDE,
        **changes,
    }
    facts = {name: value for name, value in facts.items() if value is not None}
    return client.post(f"{V2}requests.{notation}", facts, headers=headers or {})


def listed(client: Client, **query: str) -> list[dict[str, Any]]:
    reply = client.get(f"{V2}requests.json", query)
    assert reply.status_code == 200, reply.content.decode()
    found: list[dict[str, Any]] = reply.json()
    return found


def quiet() -> None:
    """A type that programs may send, whose cases are for those who work on them."""
    fields = [{**one, "public": False} for one in build.REQUEST["fields"]]
    build.declare("quiet", confidentiality="limited", channels=["web", "open311"], fields=fields)


def fresh(unit: Any, **changes: Any) -> Case:
    return build.reported(unit, at=changes.pop("at", timezone.now()), **changes)


@pytest.mark.requirement("R083")
def test_a_program_reports_and_finds_what_it_reported(client: Client, city: make.City, key: Made) -> None:
    reply = sent(client, key, phone="13800138000", first_name="李", email="a@example.org", device_id="7")
    assert reply.status_code == 200, reply.content.decode()
    (taken,) = reply.json()
    case = Case.objects.get()
    assert taken["service_request_id"] == case.number
    assert (case.channel, case.category, case.unit.code) == ("open311", "lamp", city.communities[0].code)
    assert (case.taken_by, case.reporter_id) == (f"key:{key.key.pk}", None)
    (shown,) = client.get(f"{V2}requests/{case.number}.json").json()
    assert (shown["status"], shown["service_code"], shown["service_name"]) == ("open", "request.lamp", "路灯")
    assert shown == listed(client)[0]


def test_words_address_and_exact_place_stay_at_the_desk(client: Client, city: make.City, key: Made) -> None:
    sent(client, key, lat="30.0051234", long="104.0051234", address_string="桂花巷 3 栋")
    whole = json.dumps(listed(client), ensure_ascii=False)
    for secret in ("三栋", "桂花巷", "30.0051234", "104.0051234"):
        assert secret not in whole


@pytest.mark.parametrize("text", ["", "liren_", "liren_wrong", "x" * 500, "密钥", "liren_\u0661"])
def test_without_a_good_key_nothing_is_taken(client: Client, city: make.City, key: Made, text: str) -> None:
    reply = sent(client, key, api_key=text)
    assert reply.status_code == 403
    assert reply.json()[0]["code"] == 403
    assert not Case.objects.exists()


def test_a_key_that_ended_or_is_for_something_else_is_none(client: Client, city: make.City, key: Made) -> None:
    other = build.key(city.city, "exchange")
    assert sent(client, other).status_code == 403
    services.end_key(key.key.pk, **build.BY)
    assert sent(client, key).status_code == 403


def test_a_key_reaches_its_unit_and_no_other(client: Client, city: make.City) -> None:
    elsewhere = build.key(city.communities[1])
    reply = sent(client, elsewhere)
    assert reply.status_code == 400
    assert reply.json()[0]["description"].startswith("unit: ")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"service_code": "request.nothing"}, 404),
        ({"service_code": None}, 404),
        ({"service_code": "request.fire"}, 404),
        ({"description": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "91"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "60"}, 400),
        ({"jurisdiction_id": "nowhere"}, 404),
        ({"attribute[since]": "gestern"}, 400),
        ({"attribute[[x]]": "1"}, 400),
        ({"phone": "none"}, 400),
        ({"description": "长" * 6000}, 400),
    ],
)
def test_what_can_not_be_meant_is_refused(client: Client, key: Made, changes: Any, status: int) -> None:
    for notation in ("json", "xml"):
        reply = sent(client, key, notation, **changes)
        assert reply.status_code == status, reply.content.decode()
        if notation == "xml":
            assert tree.fromstring(reply.content).findtext("error/code") == str(status)
    assert not Case.objects.exists()


def test_a_repeat_under_the_same_key_is_the_same_case(client: Client, key: Made) -> None:
    mine = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (sent(client, key, headers=mine) for _ in range(2))
    assert first.json() == second.json()
    assert Case.objects.count() == 1
    assert sent(client, key, headers=mine, description="别的事").status_code == 409
    assert sent(client, key, headers={"Idempotency-Key": "7"}).status_code == 400
    token = client.get(f"{V2}tokens/{mine['Idempotency-Key']}.json").json()
    assert token[0]["service_request_id"] == first.json()[0]["service_request_id"]
    assert client.get(f"{V2}tokens/{uuid.uuid4()}.json").status_code == 404


def test_answers_of_the_form_and_pictures_are_taken(client: Client, key: Made) -> None:
    shot = SimpleUploadedFile("a.jpg", build.picture(), "image/jpeg")
    assert sent(client, key, **{"attribute[since]": "2026-05-01", "media": shot}).status_code == 200
    case = Case.objects.get()
    assert case.values == {"since": "2026-05-01"}
    file = case.files.get()
    assert listed(client)[0]["media_url"] is None
    services.publish_file(file.pk, cover="blurred", areas=[Area(0, 0, 0.5, 0.5)], **build.BY)
    address = listed(client)[0]["media_url"]
    reply = client.get(address)
    assert (reply.status_code, reply.content) == (200, bytes(case.files.get().shown))


def test_a_picture_elsewhere_is_not_fetched_and_the_sender_is_told(client: Client, key: Made) -> None:
    reply = sent(client, key, media_url="http://169.254.169.254/latest/")
    assert reply.status_code == 200
    assert reply.json()[0]["service_notice"]


def test_a_program_that_sends_without_end_is_slowed_down(client: Client, key: Made, monkeypatch: Any) -> None:
    monkeypatch.setattr("liren.front.open311.sending.PER_MINUTE", 2)
    monkeypatch.setattr("liren.front.kit.limits.minute_of", lambda moment: "0900")
    replies = [sent(client, key, description=f"第{n}盏") for n in range(3)]
    assert [one.status_code for one in replies] == [200, 200, 429]
    assert (replies[2]["Retry-After"], replies[2].json()[0]["code"]) == ("60", 429)


def test_confidential_hidden_and_closed_types_are_nowhere(client: Client, city: make.City, key: Made) -> None:
    unit = city.communities[0]
    quiet()
    build.declare("inside", channels=["web"])
    build.sealed("refuge", "refuge")
    hidden = fresh(unit)
    services.hide(hidden.pk, reason="含个人信息", by=SYSTEM, at=timezone.now())
    kept = [hidden, fresh(unit, type="quiet"), fresh(unit, type="inside"), fresh(unit, type="refuge")]
    shown = fresh(unit)
    assert [one["service_request_id"] for one in listed(client)] == [shown.number]
    numbers = ",".join(one.number for one in kept)
    assert listed(client, service_request_id=numbers) == []
    for one in kept:
        assert client.get(f"{V2}requests/{one.number}.json").status_code == 404
    assert {one["service_code"] for one in client.get(f"{V2}services.json").json()} == {"request.lamp", "request.waste"}
    for code in ("quiet.lamp", "inside.lamp", "refuge.lamp", "refuge"):
        assert client.get(f"{V2}services/{code}.json").status_code == 404
        assert listed(client, service_code=code) == []


def test_a_signed_in_worker_is_told_no_more(client: Client, city: make.City, key: Made) -> None:
    unit = city.communities[0]
    quiet()
    fresh(unit, type="quiet")
    make.sign_in(client, make.official("community_worker", unit))
    assert listed(client) == []


def test_the_list_is_narrowed(client: Client, city: make.City, key: Made) -> None:
    now = timezone.now()
    lamp = fresh(city.communities[0], category="lamp")
    waste = fresh(city.communities[1], category="waste")
    old = fresh(city.communities[0], category="waste", at=now - timedelta(days=100))

    def numbers(**query: str) -> set[str]:
        return {one["service_request_id"] for one in listed(client, **query)}

    assert numbers() == {lamp.number, waste.number}
    assert numbers(service_code="request.lamp") == {lamp.number}
    assert numbers(service_code="request.lamp,request.waste") == {lamp.number, waste.number}
    assert numbers(service_code="request") == {lamp.number, waste.number}
    assert numbers(status="closed") == set()
    assert numbers(status="open,closed") == {lamp.number, waste.number}
    assert numbers(jurisdiction_id=city.communities[1].code) == {waste.number}
    assert numbers(service_request_id=f"{old.number},{lamp.number}") == {old.number, lamp.number}
    assert numbers(start_date=(now - timedelta(days=120)).isoformat()) == {old.number}
    assert numbers(page_size="1") | numbers(page_size="1", page="2") == {lamp.number, waste.number}
    assert numbers(updated_after=(now - timedelta(days=1)).isoformat()) == {lamp.number, waste.number}


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "yesterday"},
        {"start_date": "2024-01-01", "end_date": "2024-06-01"},
        {"start_date": "0001-01-01"},
        {"end_date": "9999-12-31T23:59:59Z"},
        {"status": "new"},
        {"page_size": "1001"},
        {"page": "0"},
        {"page": "²"},
        {"service_request_id": ",".join("1" for _ in range(501))},
    ],
)
def test_queries_that_can_not_be_meant_are_refused(client: Client, city: make.City, query: dict[str, str]) -> None:
    reply = client.get(f"{V2}requests.json", query)
    assert reply.status_code == 400
    assert set(reply.json()[0]) == {"code", "description"}


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    client: Client, city: make.City, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        fresh(city.communities[0])
    with django_assert_max_num_queries(4):
        assert len(listed(client)) == 12


def test_a_report_costs_at_most_twelve_statements(
    client: Client, city: make.City, key: Made, django_assert_max_num_queries: Any
) -> None:
    nowhere_drawn = {"lat": None, "long": None, "address_string": "柳荫街1号", "phone": "13800138000"}
    assert sent(client, key, **nowhere_drawn).status_code == 200  # what is read once per process is read
    with django_assert_max_num_queries(12):  # a savepoint and its release among them, for BEGIN and COMMIT
        assert sent(client, key, **nowhere_drawn, headers={"Idempotency-Key": str(uuid.uuid4())}).status_code == 200


def test_other_methods_are_refused_in_the_same_shape(client: Client, city: make.City) -> None:
    reply = client.post(f"{V2}services.json")
    assert (reply.status_code, reply.json()[0]["code"], reply["Allow"]) == (405, 405, "GET, HEAD")


def test_xml_says_what_json_says(client: Client, city: make.City, key: Made) -> None:
    fresh(city.communities[0], category="lamp")
    for address, path in (("services", "service"), ("requests", "request"), ("discovery", "")):
        where = f"/open311/{address}" if address == "discovery" else V2 + address
        said = client.get(f"{where}.json").json()
        reply = client.get(f"{where}.xml")
        assert reply["Content-Type"] == "text/xml; charset=utf-8"
        root = tree.fromstring(reply.content)
        if path:
            assert [one.tag for one in root] == [path] * len(said)
            assert [[field.tag for field in one] for one in root] == [list(one) for one in said]
        else:
            assert [one.tag for one in root] == list(said)


def test_a_form_is_told_with_its_choices(client: Client, city: make.City) -> None:
    said = client.get(f"{V2}services/request.lamp.json").json()
    assert [(one["code"], one["datatype"], one["required"]) for one in said["attributes"]] == [
        ("since", "datetime", False)
    ]
    root = tree.fromstring(client.get(f"{V2}services/request.lamp.xml").content)
    assert root.findtext("attributes/attribute/code") == "since"


def test_english_lies_below_en(client: Client, city: make.City) -> None:
    names = {one["service_name"] for one in client.get("/en/open311/v2/services.json").json()}
    assert names == {"Street lamps", "Waste"}


def test_a_web_page_elsewhere_may_read(client: Client, city: make.City) -> None:
    assert client.get(f"{V2}services.json")["Access-Control-Allow-Origin"] == "*"
