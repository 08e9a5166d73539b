"""Answers against the published JSON Schemas of GeoReport v2 (open311/open311.github.io), by the keywords these use."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.make import cases as build

PLAIN = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "null": type(None)}
PLAIN |= {"array": list, "object": dict}
pytestmark = pytest.mark.needs_data


def faults(value: Any, schema: dict[str, Any], folder: Path, where: str = "") -> list[str]:
    """What does not fit: type, enum, required, properties, items, anyOf, $ref and maxLength."""
    if "$ref" in schema:
        return faults(value, read(folder, schema["$ref"]), folder, where)
    if "anyOf" in schema:
        tried = [faults(value, one, folder, where) for one in schema["anyOf"]]
        return [] if [] in tried else [f"{where}: {value!r} fits none of {schema['anyOf']}"]
    found, look = [], partial(faults, folder=folder)
    if "type" in schema and not isinstance(value, PLAIN[schema["type"]]):
        found.append(f"{where}: {value!r} is no {schema['type']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        found.append(f"{where}: too long")
    if isinstance(value, dict):
        found += [f"{where}: no {name}" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        found += [
            one for name in known if name in value for one in look(value[name], known[name], where=f"{where}/{name}")
        ]
    if isinstance(value, list):
        found += [
            one for n, each in enumerate(value) for one in look(each, schema.get("items", {}), where=f"{where}/{n}")
        ]
    return found


def read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def client(client: Client, city: make.City) -> Client:
    for number in range(3):
        point = {"lon": 104.005, "lat": 30.005} if number else {}
        build.reported(city.communities[0], at=timezone.now(), category="lamp" if number else "", **point)
    return client


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("services.json", "services.json"),
        ("services/request.lamp.json", "service-definition.json"),
        ("requests.json", "requests.json"),
    ],
)
@pytest.mark.parametrize("language", ["", "/en"])
def test_answers_fit_the_published_schema(
    client: Client, shared_data: Path, language: str, address: str, schema: str
) -> None:
    folder = shared_data / "open311"
    found = client.get(f"{language}/open311/v2/{address}").json()
    assert found
    assert faults(found, read(folder, schema), folder) == []


def test_the_checker_finds_faults() -> None:
    assert faults(
        [{"status": "new"}], {"items": {"required": ["x"], "properties": {"status": {"enum": ["open"]}}}}, Path()
    )
