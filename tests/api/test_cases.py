"""Cases for programs: types as declared, public cases page by page, and nothing confidential for whoever may not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liren.service.cases import services
from tests import make
from tests.make import cases as build

HERE = "/api/cases/"


@pytest.fixture(scope="module")
def declared_city(built_city: make.City, django_db_blocker: Any) -> Iterator[make.City]:
    with make.standing(django_db_blocker, build.declare):
        yield built_city


@pytest.fixture
def city(declared_city: make.City, db: None) -> make.City:
    """The city, for a test that may change it: its objects are copies."""
    return copy.deepcopy(declared_city)


def numbers(client: Client, **query: str) -> list[str]:
    return [one["number"] for one in client.get(HERE, query).json()["cases"]]


def test_pages_hold_every_public_case_once_the_newest_first(client: Client, city: make.City) -> None:
    hours = [build.NOW + timedelta(hours=n // 2, microseconds=n % 2) for n in range(5)]
    made = [build.reported(city.communities[0], at=at).number for at in hours]
    found, address = [], f"{HERE}?limit=2"
    while address:
        page = client.get(address).json()
        found += [one["number"] for one in page["cases"]]
        address = page["next"]
    assert found == made[::-1]


def test_the_list_is_narrowed(client: Client, city: make.City) -> None:
    lamp = build.reported(city.communities[0], category="lamp").number
    waste = build.reported(city.communities[1], category="waste").number
    assert numbers(client, category="lamp") == [lamp]
    assert numbers(client, unit=city.communities[1].code) == [waste]
    assert numbers(client, type="request", phase="open") == [waste, lamp]
    assert numbers(client, phase="closed") == []
    assert client.get(HERE, {"type": "nothing"}).status_code == 404
    assert client.get(HERE, {"phase": "new"}).status_code == 422
    assert client.get(HERE, {"after": "9" * 17 + "-1"}).status_code in {200, 400, 422}


def test_everybody_reads_the_public_face_and_a_worker_there_reads_all(client: Client, city: make.City) -> None:
    unit = city.communities[0]
    one = build.reported(unit, text="三栋门口路灯不亮", address="桂花巷3栋", lon=104.0051234, lat=30.0051234)
    found = client.get(f"{HERE}{one.number}/").json()
    assert (found["level"], found["text"], found["address"], found["status"]) == ("public", "", "", "open")
    assert found["place"]["lon"] != 104.0051234
    assert [line["words"] for line in found["story"]]
    make.sign_in(client, make.official("community_worker", unit))
    found = client.get(f"{HERE}{one.number}/").json()
    assert (found["level"], found["text"], found["place"]["lon"]) == ("work", "三栋门口路灯不亮", 104.0051234)


@pytest.mark.parametrize("kind", ["limited", "sealed", "hidden"])
def test_what_is_confidential_is_in_no_list_and_at_no_address(client: Client, city: make.City, kind: str) -> None:
    unit, code = city.communities[0], "request"
    if kind == "limited":
        fields = [{**one, "public": False} for one in build.REQUEST["fields"]]
        code = build.declare("quiet", confidentiality="limited", fields=fields).code
    if kind == "sealed":
        code = build.sealed("refuge", "refuge").code
    one = build.reported(unit, code)
    if kind == "hidden":
        services.hide(one.pk, reason="含个人信息", **build.BY)
    for signed_in in (False, True):
        if signed_in:
            make.sign_in(client, make.account())
        assert numbers(client) == []
        assert client.get(f"{HERE}{one.number}/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    client: Client, city: make.City, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        build.reported(city.communities[0])
    client.get(HERE)
    with django_assert_max_num_queries(4):
        assert len(numbers(client)) == 8


def test_a_type_is_told_as_it_is_declared(client: Client, city: make.City) -> None:
    assert [one["code"] for one in client.get("/api/case-types/").json()["case_types"]] == ["request"]
    found = client.get("/api/case-types/request/").json()
    assert [one["code"] for one in found["states"]] == [one["code"] for one in build.REQUEST["states"]]
    done = next(one for one in found["fields"] if one["code"] == "done")
    assert done["asked_by"] == ["answer"]
    assert found["clocks"][0]["normal"] == "1 working day"
    assert client.get("/api/case-types/nothing/").status_code == 404
