"""GeoReport v2 is asked what its description allows and what it forbids (schemathesis), in JSON and XML, with a key and
without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as tree

import pytest
import schemathesis
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liren.front.open311.urls import urlpatterns
from tests.make import cases as build
from tests.make import wsgi
from tests.make.portal import small_city
from tests.open311 import description

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R083")]
DOCUMENT = description.document()
NAMES = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]
READ, SENT = ([name for name in NAMES if name.startswith("report ") == sent] for sent in (False, True))


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), wsgi.in_one_transaction():
        city = small_city()
        build.declare()
        numbers = [build.reported(city.communities[0], category="lamp", lon=104.005, lat=30.005).number] * 2
        schema = schemathesis.openapi.from_dict(DOCUMENT)
        schema.app = wsgi.app()
        yield {"schema": schema, "key": build.key(city.city).text, "number": numbers[0]}


def asked(scene: dict[str, Any], name: str) -> Any:
    return scene["schema"].find_operation_by_id(name)


def is_well_formed(answer: Any) -> bool:
    """XML is read; JSON was held against its schema."""
    if answer.headers["content-type"][0].startswith("text/xml"):
        assert tree.fromstring(answer.content).tag
    return True


@pytest.mark.parametrize("name", READ)
@wsgi.few(8)
@given(data=st.data())
def test_every_address_answers_as_it_is_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    answer = wsgi.tried(data.draw(wsgi.meant_and_not(asked(scene, name))), "negative_data_rejection")
    assert is_well_formed(answer)


@pytest.mark.parametrize("notation", description.NOTATIONS)
def test_what_exists_answers_as_it_is_described(notation: str, scene: dict[str, Any]):
    one = asked(scene, f"request {notation}").Case(path_parameters={"number": scene["number"]})
    answer = wsgi.tried(one)
    assert (answer.status_code, is_well_formed(answer)) == (200, True)


@pytest.mark.parametrize("name", SENT)
@wsgi.few(3)
@given(data=st.data())
def test_a_program_with_its_key_is_answered_as_described(name: str, data: st.DataObject, scene: dict[str, Any]):
    cache.clear()  # how often a program may send is another test
    case = data.draw(wsgi.meant_and_not(asked(scene, name)))
    answer = wsgi.tried(case, "ignored_auth", "negative_data_rejection", headers={"X-Api-Key": scene["key"]})
    assert is_well_formed(answer)


@pytest.mark.parametrize("name", SENT)
@wsgi.few(6)
@given(data=st.data())
def test_a_program_without_its_key_is_refused(name: str, data: st.DataObject, scene: dict[str, Any]):
    cache.clear()
    answer = wsgi.tried(data.draw(wsgi.meant_and_not(asked(scene, name))), "negative_data_rejection")
    assert answer.status_code in {400, 403}
    assert is_well_formed(answer)


def test_a_good_report_is_taken_in(scene: dict[str, Any]):
    """That so much is refused is not because nothing works."""
    for notation in description.NOTATIONS:
        facts = {"service_code": "request.lamp", "description": "路灯不亮", "lat": 30.005, "long": 104.005}
        case = asked(scene, f"report {notation}").Case(body=facts, media_type="application/x-www-form-urlencoded")
        answer = wsgi.tried(case, "ignored_auth", headers={"X-Api-Key": scene["key"]})
        assert answer.status_code == 200


def test_every_address_is_described():
    parts = {"open311-service": {"code": "{code}"}, "open311-request": {"number": "{number}"}}
    parts["open311-token"] = {"token": "00000000-0000-4000-8000-000000000000"}
    for one in urlpatterns:
        if one.name.startswith("open311"):
            for notation in description.NOTATIONS:
                url = reverse(one.name, kwargs=parts.get(one.name, {}) | {"notation": notation})
                plain = (
                    url.replace("%7B", "{")
                    .replace("%7D", "}")
                    .replace("00000000-0000-4000-8000-000000000000", "{token}")
                )
                assert plain in DOCUMENT["paths"]
