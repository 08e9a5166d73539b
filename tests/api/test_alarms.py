"""Alarms of devices: the register says what and where, the device says one number, and nobody is in it."""

from __future__ import annotations

import copy
import json
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liren.foundation.kernel.errors import BadInput
from liren.foundation.registers.models import Entry
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.services import Made
from tests import make
from tests.make import cases as build
from tests.make import registers

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.requirement("R110")


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    with make.standing(django_db_blocker, build_city) as made:
        yield made


@pytest.fixture
def city(built_city: make.City, db: None) -> make.City:
    """The city, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_city)


def build_city() -> make.City:
    """The city with the type of alarms and the register of sensors."""
    made = make.small_city()
    sensors()
    return made


def sensors() -> None:
    """The type of their alarms, and the register in which they stand."""
    declared = tomllib.loads((ROOT / "packs/common/cases/sensor_alarm.toml").read_text(encoding="utf-8"))
    build.declare(**{**dict.fromkeys(build.REQUEST), **declared})
    kinds = [{"code": one, "zh": one, "en": one} for one in ("smoke", "air", "seismic")]
    fields = [
        {"code": "sensor_kind", "name": {"zh": "类型", "en": "Kind"}, "kind": "choice", "choices": kinds},
        {"code": "raises_alarm", "name": {"zh": "报警", "en": "Alarm"}, "kind": "yes_no"},
    ]
    registers.declared(code="public_sensor", level=["community"], fields=fields, coverage=None)


def device(city: make.City, **values: Any) -> Entry:
    facts = {"sensor_kind": "smoke", "raises_alarm": "true", "lon": "104.005", "lat": "30.005", **values}
    return registers.room(city.communities[0], of="public_sensor", name="三栋一层烟感", **facts)


@pytest.fixture
def key(city: make.City) -> Made:
    return build.key(city.communities[0], "sensor", sensor_id=device(city).pk)


def rings(client: Client, key: Made, said: Any = None, **headers: str) -> Any:
    body = json.dumps({"reading": "12.5 mg/m³"} if said is None else said)
    head = {"Authorization": f"Bearer {key.text}", **headers}
    return client.post("/api/alarms/", body, content_type="application/json", headers=head)


def test_an_alarm_is_a_case_at_the_place_of_the_device(client: Client, city: make.City, key: Made) -> None:
    reply = rings(client, key)
    assert reply.status_code == 201, reply.content.decode()
    case = Case.objects.get()
    assert (case.number, case.category, case.severity) == (reply.json()["number"], "smoke", "critical")
    assert (case.unit, case.lon, case.channel) == (city.communities[0], 104.005, "sensor")
    assert case.values["reading"] == "12.5 mg/m³"
    assert (case.reporter_id, case.taken_by) == (None, f"key:{key.key.pk}")


def test_while_one_is_open_the_device_adds_none(client: Client, key: Made) -> None:
    first, second = rings(client, key), rings(client, key, {"reading": "13"}, **{"Idempotency-Key": str(uuid.uuid4())})
    assert (second.status_code, second.json()) == (200, {"number": first.json()["number"], "repeated": True})
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"reading": "李某在三栋"}, {"reading": "1 2 3"}, {"reading": [1]}, {"reading": None}, {"reading": "1" * 99},
        {"face": "x"}, {"reading": "1", "plate": "川A12345"}, {"reading": "川A12345"}, [], "x", 7,
        {"reading": "1\u0000"}, {"reading": "x" * 2000},
    ],
)  # fmt: skip
def test_a_device_says_one_number_and_no_more(client: Client, key: Made, said: Any) -> None:
    assert rings(client, key, said).status_code in {400, 422}
    assert not Case.objects.exists()


def test_a_device_must_stand_in_the_register_and_raise_alarms(client: Client, city: make.City) -> None:
    quiet = build.key(city.communities[0], "sensor", sensor_id=device(city, raises_alarm="false").pk)
    assert rings(client, quiet).status_code == 409
    for sensor in (None, 10**9):
        with pytest.raises(BadInput):
            build.key(city.communities[0], "sensor", sensor_id=sensor)
    with pytest.raises(BadInput):
        build.key(city.communities[1], "sensor", sensor_id=device(city).pk)


def test_only_the_key_of_a_device_opens_it(client: Client, city: make.City, key: Made) -> None:
    assert client.post("/api/alarms/", "{}", content_type="application/json").status_code == 403
    assert rings(client, build.key(city.city)).status_code == 403
    services.end_key(key.key.pk, **build.BY)
    assert rings(client, key).status_code == 403
    assert client.get("/api/alarms/").status_code == 405


def test_the_type_knows_every_kind_of_device_that_the_register_knows() -> None:
    """A kind that it did not know would be sorted under nothing, and be as urgent as the type."""
    read = {
        name: tomllib.loads((ROOT / f"packs/common/{name}.toml").read_text(encoding="utf-8"))
        for name in ("cases/sensor_alarm", "registers/public_sensor")
    }
    fields = read["registers/public_sensor"]["fields"]
    kinds = {one["code"] for field in fields if field["code"] == "sensor_kind" for one in field["choices"]}
    assert kinds <= {one["code"] for one in read["cases/sensor_alarm"]["categories"]}


@pytest.mark.parametrize(("kind", "category", "severity"), [("air", "air", "urgent"), ("seismic", "", "critical")])
def test_an_alarm_is_as_urgent_as_its_kind_or_else_as_its_type(
    client: Client, city: make.City, kind: str, category: str, severity: str
) -> None:
    assert rings(client, build.key(city.communities[0], "sensor", sensor_id=device(city, sensor_kind=kind).pk))
    case = Case.objects.get()
    assert (case.category, case.severity) == (category, severity)
