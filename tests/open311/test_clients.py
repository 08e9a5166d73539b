"""A client that others wrote, and the rules by which validators of others judge, over HTTP against a running server.

The client is ``georeport`` from PyPI: it only reads, so that what is sent is sent as plain HTTP. The rules are those
that public validators of GeoReport v2 look for, in our own words, after https://wiki.open311.org/GeoReport_v2/.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as tree

import pytest
import requests
from django.utils import timezone
from georeport import GeoReport
from pytest_django.live_server_helper import LiveServer

from liren.service.cases.models import Case
from tests import make
from tests.make import cases as build

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R083")]
SERVICE = ("service_code", "service_name", "description", "metadata", "type", "keywords", "group")
ATTRIBUTE = ("variable", "code", "datatype", "required", "datatype_description", "order", "description")
REQUEST = ("service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime")
PLACE = ("lat", "long", "address", "address_id", "zipcode")
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
NOTATIONS = {"json": "application/json", "xml": "text/xml; charset=utf-8"}
ROOTS = {"services": ("services", "service"), "requests": ("service_requests", "request")}


@dataclass
class Site:
    """A running server with a small city, and the key of a program."""

    url: str
    city: make.City
    key: str

    @property
    def v2(self) -> str:
        return f"{self.url}/open311/v2"

    def client(self, notation: str = "json", **options: Any) -> GeoReport:
        return GeoReport(self.v2, output_format=notation, **options)

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(f"{self.v2}/{path}", query, timeout=30)

    def send(self, notation: str = "json", **changes: Any) -> requests.Response:
        facts = {
            "api_key": self.key,
            "service_code": "request.lamp",
            "description": "三栋门口路灯不亮",
            "lat": "30.005",
        }
        facts |= {"long": "104.005", "attribute[since]": "2026-05-01", **changes}
        head = {"Idempotency-Key": changes.pop("token", str(uuid.uuid4()))}
        facts.pop("token", None)
        return requests.post(f"{self.v2}/requests.{notation}", facts, headers=head, timeout=30)


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """Built anew for each test: a running server sees only what is committed."""
    city = make.small_city()
    build.declare()
    running = LiveServer("localhost")
    yield Site(running.url, city, build.key(city.city).text)
    running.stop()


def one_of(found: Any) -> Any:
    """What the client gives for an XML list of one."""
    return found if isinstance(found, dict) else found[0]


@pytest.mark.parametrize("notation", ["json", "xml"])
def test_a_client_of_others_goes_the_whole_way(site: Site, notation: str) -> None:
    found = requests.get(f"{site.url}/open311/discovery.json", timeout=30).json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == site.v2
    client = GeoReport(endpoint["url"], output_format=notation)
    codes = [one["service_code"] for one in client.get_service_list()]
    assert codes == ["request.lamp", "request.waste"]
    definition = client.get_service_definition(codes[0])
    assert definition["service_code"] == codes[0]
    asked = definition["attributes"]
    first = asked[0] if notation == "json" else one_of(asked["attribute"])
    assert first["code"] == "since"
    token = str(uuid.uuid4())
    number = site.send(token=token).json()[0]["service_request_id"]
    assert site.get(f"tokens/{token}.json").json() == [{"service_request_id": number, "token": token}]
    shown = one_of(client.get_service_request(number))
    assert (shown["service_request_id"], shown["status"], shown["service_code"]) == (number, "open", codes[0])
    assert [one["service_request_id"] for one in as_list(client.get_service_requests())] == [number]
    assert one_of(client.get_service_requests(service_request_id=number))["service_request_id"] == number
    assert Case.objects.get().number == number


def as_list(found: Any) -> list[Any]:
    return [found] if isinstance(found, dict) else list(found)


def test_a_client_of_others_narrows_its_list(site: Site) -> None:
    now, client = timezone.now(), site.client()
    lamp = build.reported(site.city.communities[0], category="lamp", at=now - timedelta(days=5))
    waste = build.reported(site.city.communities[1], category="waste", at=now)
    old = build.reported(site.city.communities[0], category="waste", at=now - timedelta(days=120))

    def numbers(**query: str) -> set[str]:
        return {one["service_request_id"] for one in client.get_service_requests(**query)}

    assert numbers() == {lamp.number, waste.number}
    assert numbers(service_code="request.lamp") == {lamp.number}
    assert numbers(status="open") == {lamp.number, waste.number}
    assert numbers(status="closed") == set()
    assert numbers(start_date=(now - timedelta(days=2)).isoformat()) == {waste.number}
    assert numbers(end_date=(now - timedelta(days=100)).isoformat()) == {old.number}
    assert numbers(service_request_id=f"{old.number},{lamp.number}") == {old.number, lamp.number}
    there = site.client(jurisdiction=site.city.communities[1].code)
    assert [one["service_request_id"] for one in there.get_service_requests()] == [waste.number]


def test_a_client_of_others_is_refused_as_it_expects(site: Site) -> None:
    client = site.client()
    for asks in (
        lambda: client.get_service_definition("nothing"),
        lambda: client.get_service_request("9999999-9"),
        lambda: client.get_service_requests(start_date="yesterday"),
        lambda: site.client(jurisdiction="nowhere").get_service_list(),
    ):
        with pytest.raises(requests.HTTPError) as refused:
            asks()
        assert refused.value.response.status_code in (400, 404)


# --- the rules of validators


@pytest.mark.parametrize("notation", NOTATIONS)
def test_what_must_be_there_is_there_in_every_answer(site: Site, notation: str) -> None:
    site.send()
    for address, names in (("services", SERVICE), ("requests", (*REQUEST, *PLACE))):
        reply = site.get(f"{address}.{notation}")
        assert reply.headers["Content-Type"] == NOTATIONS[notation]
        if notation == "json":
            assert all(name in one for one in reply.json() for name in names)
            continue
        root = tree.fromstring(reply.content)
        assert (root.tag, {one.tag for one in root}) == (ROOTS[address][0], {ROOTS[address][1]})
        assert all(one.find(name) is not None for one in root for name in names)


def test_a_service_says_whether_it_asks_more_and_then_how(site: Site) -> None:
    for one in site.client().get_service_list():
        assert one["metadata"] in (True, False)
        assert one["type"] in {"realtime", "batch", "blackbox"}
        definition = site.client().get_service_definition(one["service_code"])
        assert bool(definition["attributes"]) == one["metadata"]
        for asked in definition["attributes"]:
            assert all(name in asked for name in ATTRIBUTE)
            assert asked["datatype"] in DATATYPES
            assert isinstance(asked["order"], int)
            assert isinstance(asked["required"], bool)
            assert all(set(value) == {"key", "name"} for value in asked["values"])
    xml = tree.fromstring(site.get("services/request.lamp.xml").content)
    assert (xml.tag, [one.tag for one in xml]) == ("service_definition", ["service_code", "attributes"])
    assert {one.findtext("required") for one in xml.iter("attribute")} <= {"true", "false"}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_who_sends_is_told_a_number_or_a_token(site: Site, notation: str) -> None:
    reply = site.send(notation)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, NOTATIONS[notation])
    if notation == "json":
        (taken,) = reply.json()
    else:
        root = tree.fromstring(reply.content)
        assert (root.tag, [one.tag for one in root]) == ("service_requests", ["request"])
        taken = {one.tag: one.text for one in root[0]}
    assert bool(taken.get("service_request_id")) != bool(taken.get("token"))
    assert {"service_notice", "account_id"} <= set(taken)


def test_dates_have_their_zone_status_its_two_words_and_a_place_its_numbers(site: Site) -> None:
    site.send()
    (one,) = site.client().get_service_requests()
    moments = [one[name] for name in ("requested_datetime", "updated_datetime", "expected_datetime") if one[name]]
    assert len(moments) >= 2
    assert all(W3C.fullmatch(text) and datetime.fromisoformat(text).tzinfo for text in moments)
    assert one["status"] in ("open", "closed")
    assert isinstance(one["lat"], float)
    assert isinstance(one["long"], float)
    assert (-90 <= one["lat"] <= 90, -180 <= one["long"] <= 180) == (True, True)
    xml = tree.fromstring(site.get("requests.xml").content)
    assert (float(xml.findtext("request/lat") or ""), xml.findtext("request/status")) == (one["lat"], one["status"])


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_refusal_is_a_list_of_code_and_description(site: Site, notation: str) -> None:
    refused = [
        (404, site.get(f"services/nothing.{notation}")),
        (404, site.get(f"requests/9999999-9.{notation}")),
        (404, site.get(f"tokens/{uuid.uuid4()}.{notation}")),
        (404, site.get(f"services.{notation}", jurisdiction_id="nowhere")),
        (404, site.get(f"requests.{notation}", jurisdiction_id="nowhere")),
        (404, site.send(notation, jurisdiction_id="nowhere")),
        (404, site.send(notation, service_code="nothing")),
        (400, site.get(f"requests.{notation}", status="new")),
        (400, site.get(f"requests.{notation}", start_date="yesterday")),
        (400, site.get(f"requests.{notation}", start_date="2024-01-01T00:00:00Z", end_date="2024-06-01T00:00:00Z")),
        (400, site.send(notation, description="")),
        (400, site.send(notation, lat="", long="", **{"attribute[since]": "gestern"})),
        (403, site.send(notation, api_key="")),
        (403, site.send(notation, api_key="wrong")),
    ]
    for status, reply in refused:
        assert (reply.status_code, reply.headers["Content-Type"]) == (status, NOTATIONS[notation]), reply.url
        if notation == "json":
            said = [(one["code"], one["description"]) for one in reply.json()]
        else:
            root = tree.fromstring(reply.content)
            assert root.tag == "errors"
            said = [(int(one.findtext("code") or 0), one.findtext("description")) for one in root.iter("error")]
        assert said
        assert all(code == status and words for code, words in said), reply.url


def test_a_jurisdiction_may_be_named_or_left_out(site: Site) -> None:
    code = site.city.city.code
    assert site.client(jurisdiction=code).get_service_list() == site.client().get_service_list()
    assert site.send(jurisdiction_id=code).status_code == 200
    assert site.client(jurisdiction=code).get_service_requests() == site.client().get_service_requests()


def test_a_list_without_dates_is_of_ninety_days_and_holds_a_thousand_at_most(site: Site) -> None:
    now = timezone.now()
    inside = build.reported(site.city.communities[0], at=now - timedelta(days=89))
    build.reported(site.city.communities[0], at=now - timedelta(days=91))
    found = site.client().get_service_requests()
    assert [one["service_request_id"] for one in found] == [inside.number]
    assert site.get("requests.json", page_size="1001").status_code == 400
