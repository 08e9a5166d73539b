"""Every address of openapi.json is asked what its description allows and what it forbids (schemathesis)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.front.api import alarms, openapi
from liren.front.api.table import ENDPOINTS
from tests.api.test_alarms import device, sensors
from tests.make import cases as build
from tests.make import circles, policy, shelf, wsgi
from tests.make.portal import small_city

pytestmark = pytest.mark.slow
NAMES = [one.name for one in ENDPOINTS]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Something behind every address, a device with its key, and the description of all."""
    with django_db_blocker.unblock(), wsgi.in_one_transaction():
        city = small_city()
        policy.library(city.city.code)
        shelf.shelf(*city.communities[:2])
        build.declare()
        for number in range(3):
            build.reported(city.communities[0], category="lamp" if number else "", lon=104.005, lat=30.005)
        sensors()
        circles.circled()
        key = build.key(city.communities[0], "sensor", sensor_id=device(city).pk)
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", wsgi.app())
        yield {"schema": schema, "key": key.text}


def operation(scene: dict[str, Any], name: str) -> Any:
    return scene["schema"].find_operation_by_id(name)


@pytest.mark.parametrize("name", NAMES)
@wsgi.few(8)
@given(data=st.data())
def test_every_address_answers_as_it_is_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    asked = operation(scene, name)
    wsgi.tried(data.draw(wsgi.meant_and_not(asked)))


@pytest.mark.parametrize("name", [one.name for one in ENDPOINTS if one.parts])
@wsgi.few(16)
@given(data=st.data())
def test_what_exists_answers_as_it_is_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    asked, endpoint = operation(scene, name), next(one for one in ENDPOINTS if one.name == name)
    with translation.override("zh-hans"):
        parts = endpoint.example()
    assert parts
    answer = wsgi.tried(data.draw(asked.as_strategy(path_parameters=parts)))
    assert answer.status_code in {200, 404, 422}


@wsgi.few(2)
@given(data=st.data())
def test_a_device_with_its_key_is_answered_as_described(data: st.DataObject, scene: dict[str, Any]):
    cache.clear()  # how often a device may speak is another test
    head = {"Authorization": f"Bearer {scene['key']}"}
    case = data.draw(wsgi.meant_and_not(operation(scene, "api-alarms")))
    wsgi.tried(case, "ignored_auth", headers=head)


@wsgi.few(4)
@given(data=st.data())
def test_a_device_without_its_key_is_refused(data: st.DataObject, scene: dict[str, Any]):
    answer = wsgi.tried(data.draw(wsgi.meant_and_not(operation(scene, "api-alarms"))), "negative_data_rejection")
    assert answer.status_code in {400, 403}


def test_every_address_that_is_described_is_asked(scene: dict[str, Any]):
    asked = {one.ok().definition.raw["operationId"] for one in scene["schema"].get_all_operations()}
    assert asked == {*NAMES, "api-alarms"}
    assert json.dumps(openapi.document()["components"]["securitySchemes"][alarms.DEVICE])
