"""Each address is declared once: its URL, its documentation and openapi.json say the same, and answers keep to it."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation

from liren.foundation.kernel.rights import SIGNED_IN
from liren.front.api import openapi
from liren.front.api.table import ENDPOINTS, WRITES
from tests.rights.routes import routes

LISTED = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)


def faults(found: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> list[str]:
    """Where an answer is not what its schema says: a small reader of the part of JSON Schema that is used."""
    if "$ref" in schema:
        return faults(found, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
    if "anyOf" in schema:
        tries = [faults(found, one, schemas, at) for one in schema["anyOf"]]
        return [] if [] in tries else tries[0]
    kinds = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "number": float,
        "array": list,
        "object": dict,
        "null": type(None),
    }
    if type(found) is not kinds[schema["type"]]:
        return [f"{at}: {type(found).__name__} is no {schema['type']}"]
    if isinstance(found, list):
        return [fault for n, one in enumerate(found) for fault in faults(one, schema["items"], schemas, f"{at}[{n}]")]
    if isinstance(found, dict):
        wrong = set(found) ^ set(schema["properties"])
        inside = [(name, one) for name, one in found.items() if name in schema["properties"]]
        deeper = [f for name, one in inside for f in faults(one, schema["properties"][name], schemas, f"{at}.{name}")]
        return [*(f"{at}.{name}: missing or unknown" for name in sorted(wrong)), *deeper]
    return []


def address(endpoint: Any) -> str:
    """Its example, without a language in front."""
    with translation.override("zh-hans"):
        return reverse(endpoint.name, kwargs=endpoint.example())


def schema_of(endpoint: Any, status: str = "200") -> tuple[dict[str, Any], dict[str, Any]]:
    whole = openapi.document()
    answers = whole["paths"][openapi.pattern(endpoint)]["get"]["responses"]
    return answers[status]["content"]["application/json"]["schema"], whole["components"]["schemas"]


@LISTED
def test_the_answer_of_the_example_is_what_its_schema_says(official: Client, endpoint: Any) -> None:
    response = official.get(address(endpoint))
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert faults(response.json(), *schema_of(endpoint)) == []


@LISTED
def test_a_name_that_it_does_not_take_is_refused_with_those_it_takes(official: Client, endpoint: Any) -> None:
    response = official.get("/en" + address(endpoint), {"unt": "1"})
    assert response.status_code == 422
    assert faults(response.json(), *schema_of(endpoint, "422")) == []
    said = response.json()["error"]["next_step"]
    assert [one.name for one in endpoint.queries if one.name not in said] == []


@LISTED
def test_a_browser_that_accepts_pages_still_gets_json(official: Client, endpoint: Any) -> None:
    accept = {"Accept": "text/html,*/*"}
    url = address(endpoint)
    for query, status in (("", 200), ("?x=1", 422)):
        response = official.get(url + query, headers=accept)
        assert (response.status_code, response["Content-Type"]) == (status, "application/json")


@LISTED
def test_nothing_can_be_changed(official: Client, endpoint: Any) -> None:
    url = address(endpoint)
    assert {getattr(official, how)(url).status_code for how in ("post", "put", "patch", "delete")} <= {400, 405}


@LISTED
def test_what_has_not_changed_is_not_sent_again(official: Client, endpoint: Any) -> None:
    url = address(endpoint)
    again = official.get(url, headers={"If-None-Match": official.get(url)["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@LISTED
def test_each_part_of_the_address_is_described(endpoint: Any) -> None:
    assert re.findall(r"<\w+:(\w+)>", endpoint.path) == [one.name for one in endpoint.parts]


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_names_every_address_with_an_example_that_works(
    client: Client, everything: None, language: str
) -> None:
    page = client.get(f"{language}/api/").content.decode()
    assert [one.name for one in ENDPOINTS if f"GET {openapi.pattern(one)}" not in page] == []
    examples = re.findall(r'<a href="([^"]+)"><code>', page)
    assert len(examples) == len([one for one in ENDPOINTS if one.guards != SIGNED_IN])
    assert [one.name for one in WRITES if f"POST {openapi.pattern(one)}" not in page] == []
    assert {client.get(one).status_code for one in examples} == {200}


def test_openapi_names_every_address_and_no_other(client: Client, db: None) -> None:
    found = client.get("/api/openapi.json").json()
    with translation.override("zh-hans"):
        urls = ["/" + re.sub(r"<\w+:(\w+)>", r"{\1}", one.pattern) for one in routes() if one.name.startswith("api-")]
    assert sorted(found["paths"]) == sorted(one for one in urls if one != "/api/openapi.json")
    assert found["openapi"] == "3.1.0"


def test_openapi_points_only_to_what_it_describes_and_describes_nothing_in_vain(client: Client, db: None) -> None:
    text = client.get("/api/openapi.json").content.decode()
    pointed = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert pointed == set(json.loads(text)["components"]["schemas"])


def test_openapi_is_in_english_in_every_language(client: Client, db: None) -> None:
    assert client.get("/api/openapi.json").content == client.get("/en/api/openapi.json").content


def test_every_name_is_given_once() -> None:
    names = [one.name for one in ENDPOINTS]
    assert len(names) == len(set(names))
    assert set(names) <= {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)} | set(names)


@pytest.mark.parametrize("path", ["/api/nope/", "/en/api/documents/north/", "/api/parameters/NO/", "/api/documents"])
def test_an_address_that_is_none_is_refused_in_json(client: Client, db: None, path: str) -> None:
    response = client.get(path, follow=path == "/api/documents")
    assert response["Content-Type"] == "application/json"
    assert response.status_code == (200 if path == "/api/documents" else 404)
