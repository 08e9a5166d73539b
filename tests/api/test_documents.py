"""Documents, provisions and numbers as programs read them."""

from typing import Any

import pytest
from django.test import Client

from tests.make import policy

PAPER, CLAUSE = "/api/documents/north/opinion-2017/", "/api/documents/north/opinion-2017/4/"
AREA = f"/api/parameters/{policy.AREA}/"


def read(client: Client, path: str, status: int = 200, **query: str) -> Any:
    response = client.get(path, query)
    assert response.status_code == status, response.content
    return response.json()


@pytest.mark.requirement("R019")
def test_a_document_tells_its_versions_provisions_and_numbers(client: Client, papers: None) -> None:
    found = read(client, PAPER)
    assert (found["title"]["en"], found["kind"], found["version"]["status"]) == (
        "Document opinion-2017",
        "opinion",
        "in_force",
    )
    assert [(one["number"], one["requirements"]) for one in found["provisions"]] == [("4", ["R239"]), ("5", ["R239"])]
    assert [(one["code"], one["operator"], one["value"], one["unit"]) for one in found["numbers"]] == [
        (policy.AREA, ">=", "30", "m2_per_100_households")
    ]


def test_a_document_on_a_day_before_it_counted_says_nothing(client: Client, papers: None) -> None:
    found = read(client, PAPER, on="2016-01-01")
    assert (found["version"], found["provisions"], found["numbers"], len(found["versions"])) == (None, [], [], 1)


def test_a_provision_tells_what_it_sets_and_what_carries_it_out(client: Client, papers: None) -> None:
    found = read(client, CLAUSE)
    assert (found["key"], found["duty"]["en"]) == ("north/opinion-2017#4", "Some office must act.")
    assert [one["phrase"] for one in found["numbers"]] == ["不低于30"]
    assert [(one["kind"], one["code"], one["name"]["zh"]) for one in found["carried_out_by"]] == [
        ("thing", "lamp", "灯")
    ]
    assert read(client, CLAUSE, 404, on="2016-01-01")["error"]["status"] == 404


def test_documents_come_by_jurisdiction_and_kind(client: Client, papers: None) -> None:
    def keys(**query: str) -> list[str]:
        return [one["key"] for one in read(client, "/api/documents/", **query)["documents"]]

    assert keys() == ["cn/law-2020", "north/draft-2024", "north/opinion-2017", "south/plan-2022"]
    assert keys(jurisdiction="north", kind="opinion") == ["north/opinion-2017"]
    assert keys(jurisdiction="west") == []


@pytest.mark.parametrize(("path", "what"), [("/api/documents/", "documents"), ("/api/parameters/", "parameters")])
def test_a_long_list_is_followed_to_its_end(client: Client, papers: None, path: str, what: str) -> None:
    seen, address = [], f"{path}?limit=1"
    while address:
        page = client.get(address).json()
        seen += page[what]
        address = page["next"]
    assert seen == read(client, path)[what]
    assert len(seen) == 4


@pytest.mark.requirement("R020")
@pytest.mark.parametrize(
    ("query", "value", "provision"),
    [
        ({"unit": "980101001001-X001"}, "30", "north/opinion-2017#4"),
        ({"unit": "north"}, "30", "north/opinion-2017#4"),
        ({"unit": "110000000000"}, "20", "cn/law-2020#4"),
        ({}, "20", "cn/law-2020#4"),
        # A baseline of the city does not stand before what binds in the nation.
        ({"unit": "980200000000", "on": "2021-06-01"}, "20", "cn/law-2020#4"),
    ],
)
def test_a_number_is_asked_for_by_place_and_day(
    client: Client, papers: None, query: dict[str, str], value: str, provision: str
) -> None:
    found = read(client, AREA, **query)
    assert (found["parameter"]["value"], found["provision"]["key"]) == (value, provision)
    assert found["asked_for"] == query.get("unit", "")


def test_a_range_and_a_draft_are_said_so(client: Client, papers: None) -> None:
    years = read(client, "/api/parameters/years/", unit="south")["parameter"]
    assert (years["operator"], years["value"], years["high"], years["text"]["en"]) == ("range", "3", "5", "3–5 years")
    rows = read(client, "/api/documents/north/draft-2024/")["numbers"]
    assert [one["is_draft"] for one in rows] == [True]


def test_a_number_that_nothing_sets_is_404_with_the_next_step(client: Client, papers: None) -> None:
    for path, query in (("/api/parameters/nothing/", {}), (AREA, {"on": "1999-01-01"})):
        assert read(client, path, 404, **query)["error"]["next_step"]


def test_numbers_are_listed_with_the_places_that_set_them(client: Client, papers: None) -> None:
    found = {one["code"]: one["jurisdictions"] for one in read(client, "/api/parameters/")["parameters"]}
    assert found[policy.AREA] == ["cn", "north", "south"]
    south = [one["code"] for one in read(client, "/api/parameters/", jurisdiction="south")["parameters"]]
    assert south == [policy.AREA, "years"]


@pytest.mark.parametrize(
    "path", ["/api/jurisdictions/west/", "/api/documents/west/opinion-2017/", f"{PAPER}99/", "/api/documents/north/x/"]
)
def test_what_no_pack_knows_is_404(client: Client, papers: None, path: str) -> None:
    assert read(client, path, 404)["error"]["message"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (AREA, {"on": "2026-02-30"}),
        (AREA, {"on": "1026-01-01"}),
        (AREA, {"on": "２０２６-01-01"}),
        (AREA, {"unit": "Chengdu"}),
        (AREA, {"unit": "9" * 13}),
        ("/api/documents/", {"limit": "0"}),
        ("/api/documents/", {"limit": "501"}),
        ("/api/documents/", {"limit": "x"}),
        ("/api/documents/", {"after": "'"}),
        ("/api/documents/", {"kind": "poem"}),
        ("/api/documents/", {"jurisdiction": "9"}),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_what_to_write(
    client: Client, papers: None, path: str, query: dict[str, str]
) -> None:
    (name,) = query
    error = read(client, path, 422, **query)["error"]
    assert name in error["message"]
    assert error["next_step"]


@pytest.mark.parametrize("path", ["/api/documents/", PAPER, CLAUSE, "/api/parameters/", "/api/parameters/number_1/"])
@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_whatever_stands_in_the_documents(
    client: Client, db: None, path: str, rows: int, django_assert_max_num_queries: Any
) -> None:
    numbers = "".join(policy.parameter(f"number_{one}", str(one), unit='"piece"') for one in range(1, rows + 1))
    files = {
        "north/opinion-2017/parameters.toml": numbers,
        "north/opinion-2017/provisions.toml": "".join(policy.provision(str(one)) for one in range(4, 5 + rows)),
    }
    policy.library(**files)
    query = {"unit": "north"} if "number_1" in path else {}
    client.get(path, query)  # reads the packs once
    with django_assert_max_num_queries(3):
        assert client.get(path, query).status_code == 200
