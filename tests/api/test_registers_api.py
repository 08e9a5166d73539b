"""The registers for programs: as declared, entries as far as the caller reads them, coverage with both numbers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liren.foundation.people.models import Role
from liren.foundation.registers import services
from liren.foundation.registers.models import Register
from tests import make
from tests.make import registers as build

HERE = "/api/registers/reading_room/"


@pytest.fixture
def city(built_city: make.City, db: None) -> make.City:
    return built_city


@pytest.fixture
def rooms(city: make.City) -> Register:
    one = build.declared()
    facts = {"area": "120.50", "open_daily": "是", "rhythm": "weekly", "readers": "3", "note": "靠河"}
    hidden = {"desk_phone": "028-12345678", "key_holder": "楼长"}
    build.room(city.communities[0], name="桂花书屋", lon="104.005", lat="30.005", **facts, **hidden)
    build.room(city.communities[1], name="东门书屋", rhythm="monthly", open_daily="否", readers="12")
    return one


def names(client: Client, **query: str) -> list[str]:
    return [one["name"]["zh"] for one in client.get(f"{HERE}entries/", query).json()["entries"]]


def test_the_list_of_registers_tells_how_full_each_is(client: Client, city: make.City, rooms: Register) -> None:
    found = client.get("/api/registers/").json()["registers"]
    assert [(one["code"], one["entries"], one["at_least"], one["visible"]) for one in found] == [
        ("reading_room", 2, False, "public")
    ]
    below = client.get("/api/registers/", {"unit": city.communities[0].code}).json()["registers"]
    assert below[0]["entries"] == 1


def test_a_register_is_told_as_it_is_declared(client: Client, rooms: Register) -> None:
    found = client.get(HERE).json()
    assert found["kept_by"] == "community"
    assert found["requirements"] == ["R088"]
    assert [one["code"] for one in found["fields"]] == [one["code"] for one in build.PLAIN["fields"]]
    rhythm = next(one for one in found["fields"] if one["code"] == "rhythm")
    assert rhythm["choices"][0] == {"code": "weekly", "name": {"zh": "每周", "en": "weekly"}}


def test_an_entry_says_what_everybody_may_read_and_no_more(client: Client, rooms: Register) -> None:
    found = client.get(f"{HERE}entries/1/").json()
    said = {one["field"]: (one["value"], one["is_hidden"]) for one in found["values"]}
    assert said == {
        "area": ("120.5", False),
        "open_daily": (True, False),
        "rhythm": ("weekly", False),
        "readers": (None, True),
        "note": ("靠河", False),
    }
    assert found["place"] == {"lon": 104.005, "lat": 30.005}
    assert found["page"].endswith("/registers/reading_room/1/")


def test_a_worker_there_reads_more(client: Client, city: make.City, rooms: Register) -> None:
    make.roles()
    Role.objects.get(code="community_worker").powers.get_or_create(power="registers.read")
    make.sign_in(client, make.official("community_worker", city.communities[0]))
    said = {one["field"]: one["value"] for one in client.get(f"{HERE}entries/1/").json()["values"]}
    assert (said["readers"], said["desk_phone"], "key_holder" in said) == ("3", "028-12345678", False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["东门书屋", "桂花书屋"]),
        ({"q": "靠河"}, ["桂花书屋"]),
        ({"q": "2"}, ["东门书屋"]),
        ({"unit": "990102001001"}, ["桂花书屋"]),
        ({"filter": "rhythm:monthly"}, ["东门书屋"]),
        ({"filter": "rhythm:weekly,open_daily:true"}, ["桂花书屋"]),
        ({"filter": "rhythm:daily"}, []),
        ({"state": "past"}, []),
    ],
)
def test_entries_are_chosen(client: Client, rooms: Register, query: dict[str, str], found: list[str]) -> None:
    assert names(client, **query) == found


def test_pages_of_entries_follow_each_other(client: Client, rooms: Register) -> None:
    first = client.get(f"{HERE}entries/", {"limit": "1"}).json()
    second = client.get(first["next"]).json()
    assert [one["entries"][0]["name"]["zh"] for one in (first, second)] == ["东门书屋", "桂花书屋"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"unit": "x"}, 422),
        ({"unit": "999999999999"}, 404),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"after": "x"}, 422),
        ({"filter": "rhythm"}, 422),
        ({"filter": "desk_phone:1"}, 422),
        ({"filter": "no_such_field:1"}, 422),
        ({"state": "gone"}, 422),
        ({"q": "长" * 61}, 422),
        ({"after": "999999999"}, 200),
    ],
)
def test_what_cannot_be_meant_is_refused(client: Client, rooms: Register, query: dict[str, str], status: int) -> None:
    assert client.get(f"{HERE}entries/", query).status_code == status


@pytest.mark.parametrize(
    "path", ["/api/registers/nothing/", f"{HERE}entries/9/", f"{HERE}entries/0/", "/api/registers/X/"]
)
def test_what_is_not_there_is_404_as_json(client: Client, rooms: Register, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404


def test_an_entry_is_had_as_it_was_on_a_day(client: Client, rooms: Register) -> None:
    later = build.NOW + timedelta(days=10)
    services.change_entry("reading_room", 1, identity={"name_zh": "新书屋"}, by=build.SYSTEM, at=later)
    assert client.get(f"{HERE}entries/1/").json()["name"]["zh"] == "新书屋"
    assert client.get(f"{HERE}entries/1/", {"on": "2026-06-05"}).json()["name"]["zh"] == "桂花书屋"
    assert client.get(f"{HERE}entries/1/", {"on": "2020-01-01"}).status_code == 404


def test_coverage_gives_both_numbers_and_the_target(client: Client, city: make.City, rooms: Register) -> None:
    build.parameter("reading_room_coverage", "100", "percent")
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    found = client.get(f"{HERE}coverage/", {"unit": city.street.code}).json()
    covered = next(one for one in found["here"] if one["measure"] == "rooms_covered")
    facts = ("value", "numerator", "denominator", "target", "met", "gap")
    assert [covered[name] for name in facts] == ["16.6667", "1", "6", "100", False, "83.3333"]
    below = [one for one in found["below"] if one["measure"] == "rooms_covered"]
    assert [one["numerator"] for one in below][:2] == ["1", "0"]


@pytest.mark.requirement("R378")
def test_a_figure_that_gives_a_small_number_away_is_hidden_and_marked(
    client: Client, city: make.City, rooms: Register
) -> None:
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    found = client.get(f"{HERE}coverage/", {"unit": city.communities[0].code}).json()["here"]
    readers = next(one for one in found if one["measure"] == "readers_total")
    assert (readers["value"], readers["numerator"], readers["is_hidden"]) == (None, None, True)


@pytest.mark.parametrize("reach", ["workers", "sealed"])
def test_what_may_not_be_seen_is_not_there(client: Client, city: make.City, reach: str) -> None:
    build.declared(visible=reach, fields=[], coverage=[])
    build.room(city.communities[0], name="密室")
    assert client.get("/api/registers/").json() == {"registers": []}
    paths = (HERE, f"{HERE}entries/", f"{HERE}entries/1/", f"{HERE}coverage/")
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_what_is_sealed_is_not_told_even_to_who_may_open_it(client: Client, city: make.City) -> None:
    build.declared(visible="sealed", fields=[], coverage=[])
    build.room(city.communities[0], name="密室")
    make.roles()
    Role.objects.get(code="community_worker").powers.get_or_create(power="registers.unseal")
    make.sign_in(client, make.official("community_worker", city.communities[0]))
    assert client.get(f"{HERE}entries/").json() == {"entries": [], "next": None}
    assert client.get(f"{HERE}entries/1/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("path", ["/api/registers/", HERE, f"{HERE}entries/", f"{HERE}entries/1/", f"{HERE}coverage/"])
def test_it_costs_the_same_whatever_the_register_holds(
    client: Client, city: make.City, path: str, rows: int, django_assert_max_num_queries: Any
) -> None:
    build.declared()
    for number in range(rows):
        build.room(city.communities[number % 6], rhythm="weekly", readers="30", area="20")
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    client.get(path)
    with django_assert_max_num_queries(14):
        assert client.get(path).status_code == 200
