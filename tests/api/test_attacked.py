"""Every address of openapi.json is asked what its description allows and what it forbids (schemathesis)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from liren.foundation.kernel.idempotency import new_token
from liren.front.api import alarms, openapi
from liren.front.api.table import ENDPOINTS, EXCHANGE, EXCHANGE_WRITES, WRITES
from liren.service.cases.queries.limits import CALL
from liren.service.cases.services import Upload, calls
from tests import make
from tests.api.conftest import gate_of
from tests.api.test_alarms import device, sensors
from tests.make import bodies, circles, policy, registers, shelf, wsgi
from tests.make import cases as build
from tests.make.portal import small_city

pytestmark = pytest.mark.slow
NAMES = [one.name for one in ENDPOINTS]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Something behind every address, a device with its key, and the description of all."""
    with django_db_blocker.unblock(), wsgi.in_one_transaction():
        city = small_city()
        gate = gate_of(city)
        policy.library(city.city.code)
        shelf.shelf(*city.communities[:2])
        build.declare()
        for number in range(3):
            build.reported(city.communities[0], category="lamp" if number else "", lon=104.005, lat=30.005)
        sensors()
        circles.circled()
        people = {"api-gate-hand": gate.clerk, "api-gate-refuse": gate.worker, "api-gate-outside": gate.worker}
        seat = signed_in(make.official("city_admin", city.city))
        key = build.key(city.communities[0], "sensor", sensor_id=device(city).pk)
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", wsgi.app())
        work, partner = exchanged(city)
        yield {
            "partner": partner,
            "exchanged": work,
            "schema": schema,
            "key": key.text,
            "people": people,
            "seat": seat,
            "work": gate.work.pk,
        }


def exchanged(city: Any) -> tuple[dict[str, str], str]:
    """A case with a file and a call that is a department's work, as parts of addresses, and the department's key."""
    registers.parameter(CALL, "1", "working_day", operator="<=")
    body = bodies.body(city.district, "department", name_zh="市政处")
    picture = Upload("a.png", build.picture("PNG", (2, 2)))
    one = build.reported(city.communities[0], files=[picture])
    desk = make.official("community_worker", city.communities[0])
    made = calls.call(one.pk, body_id=body.pk, question="能来吗？", by=desk, at=build.NOW)
    build.moved(one, "dispatch", by=desk, body_id=body.pk)
    parts = {"number": one.number, "api-exchange-file": str(one.files.get().pk), "api-exchange-call": str(made.pk)}
    return parts, build.key(city.city, "partner", body_id=body.pk).text


def parts_of(scene: dict[str, Any], one: Any) -> dict[str, str]:
    """Parts of the address that name what is there."""
    found = {"number": scene["exchanged"]["number"], "pk": scene["exchanged"].get(one.name, "")}
    return {part.name: found[part.name] for part in one.parts}


def signed_in(account: Any) -> dict[str, Any]:
    """What a program sends of a session: its cookies, and Django's token."""
    client = Client()
    make.sign_in(client, account)
    token = _get_new_csrf_string()
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.CSRF_COOKIE_NAME: token}
    return {"cookies": cookies, "headers": {"X-CSRFToken": token}}


def operation(scene: dict[str, Any], name: str) -> Any:
    return scene["schema"].find_operation_by_id(name)


@pytest.mark.parametrize("name", NAMES)
@wsgi.few(8)
@given(data=st.data())
def test_every_address_answers_as_it_is_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    asked = operation(scene, name)
    case = data.draw(wsgi.meant_and_not(asked))
    # An empty object in an address is nothing, and nothing stands for the default.
    assume(not any(value in ({}, []) for value in (case.query or {}).values()))
    wsgi.tried(case)


@pytest.mark.parametrize("name", [one.name for one in ENDPOINTS if one.parts])
@wsgi.few(16)
@given(data=st.data())
def test_what_exists_answers_as_it_is_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    asked, endpoint = operation(scene, name), next(one for one in ENDPOINTS if one.name == name)
    with translation.override("zh-hans"):
        parts = endpoint.example()
    assert parts
    case = data.draw(asked.as_strategy(path_parameters=parts))
    answer = wsgi.tried(case, "ignored_auth", **scene["seat"])
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


@pytest.mark.parametrize("write", WRITES, ids=lambda one: one.name)
@wsgi.few(16)
@given(data=st.data())
def test_what_is_sent_is_answered_as_it_is_described(write: Any, data: st.DataObject, scene: dict[str, Any]):
    """With a session, its token and a key; the body as described, and broken in one place."""
    account = scene["people"][write.name]
    seat = signed_in(account)
    seat["headers"] |= {"Idempotency-Key": new_token(account)}
    fixed = {"path_parameters": {"pk": str(scene["work"])}} if write.parts else {}
    case = data.draw(wsgi.meant_and_not(operation(scene, write.name), headers=seat["headers"], **fixed))
    answer = wsgi.tried(case, "ignored_auth", "missing_required_header", **seat)
    assert answer.status_code in {201, 400, 404, 409, 413, 422}


@pytest.mark.parametrize("write", WRITES, ids=lambda one: one.name)
def test_a_write_without_a_session_or_a_token_is_refused(write: Any, scene: dict[str, Any]):
    address = openapi.pattern(write).replace("{pk}", str(scene["work"]))
    account = scene["people"][write.name]
    stranger, forged = Client(), Client(enforce_csrf_checks=True)
    make.sign_in(forged, account)
    facts = {"data": "{}", "content_type": "application/json"}
    none = stranger.post(address, **facts, headers={"Idempotency-Key": new_token(None)})
    without = forged.post(address, **facts, headers={"Idempotency-Key": new_token(account)})
    assert (none.status_code, without.status_code) == (403, 403)


@pytest.mark.requirement("R083")
@pytest.mark.parametrize("one", [*EXCHANGE, *EXCHANGE_WRITES], ids=lambda one: one.name)
@wsgi.few(8)
@given(data=st.data())
def test_a_departments_program_is_answered_as_described(one: Any, data: st.DataObject, scene: dict[str, Any]):
    """With its key and a key of the message; what is sent as described, and broken in one place."""
    head = {"Authorization": f"Bearer {scene['partner']}", "Idempotency-Key": str(uuid.uuid4())}
    fixed = {"path_parameters": parts_of(scene, one)} if one.parts else {}
    case = data.draw(wsgi.meant_and_not(operation(scene, one.name), headers=head, **fixed))
    assume(not any(value in ({}, []) for value in (case.query or {}).values()))
    answer = wsgi.tried(case, "ignored_auth", "missing_required_header", headers=head)
    assert answer.status_code in {200, 201, 400, 403, 404, 409, 413, 422, 429}


@pytest.mark.requirement("R083")
@pytest.mark.parametrize("one", [*EXCHANGE, *EXCHANGE_WRITES], ids=lambda one: one.name)
@wsgi.few(16)
@given(data=st.data())
def test_a_program_without_a_departments_key_is_refused(one: Any, data: st.DataObject, scene: dict[str, Any]):
    fixed = {"path_parameters": parts_of(scene, one)} if one.parts else {}
    case = data.draw(operation(scene, one.name).as_strategy(**fixed))
    assert wsgi.tried(case, headers={"Authorization": "Bearer liren_none"}).status_code in {400, 403}


def test_every_address_that_is_described_is_asked(scene: dict[str, Any]):
    asked = {one.ok().definition.raw["operationId"] for one in scene["schema"].get_all_operations()}
    named = {one.name for one in (*WRITES, *EXCHANGE, *EXCHANGE_WRITES)}
    assert asked == {*NAMES, "api-alarms", "api-key", *named}
    assert json.dumps(openapi.document()["components"]["securitySchemes"][alarms.DEVICE])
