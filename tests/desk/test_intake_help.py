"""What helps at intake: kinds of matter with their reasons, the unit at a point. A person chooses."""

from typing import Any

import pytest
from django.test import Client

from liren.service.cases.models import Case
from liren.service.cases.queries import sorter as queries
from liren.service.cases.services.sorter import train_sorter
from tests import make
from tests.cases.test_sorter import messages
from tests.desk.test_cases import built_scene, on, page, post, scene  # noqa: F401
from tests.desk.test_cases_intake import NEW
from tests.make import cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R070", "R077")]
URL, LOOK = "/desk/cases/new/?type=request", "/desk/cases/new/look/"
TYPED = {"text": "我们小区的路灯不亮，晚上很暗", "address": "明德路1号"}


@pytest.fixture
def trained(scene):  # noqa: F811
    queries._model.cache_clear()
    yield train_sorter(cases.type_of("request"), messages(), source="made-up messages", **cases.BY)
    queries._model.cache_clear()


def look(client: Client, person: Any, **fields: Any) -> str:
    sent = make.form(person, **{"type": "request", **fields})
    return str(client.post(LOOK, sent, headers={"HX-Request": "true"}).content.decode())


def test_the_words_speak_for_a_kind_and_nothing_is_chosen_by_itself(scene, on, trained):  # noqa: F811
    client = on(scene.worker)
    told = look(client, scene.worker, text=TYPED["text"])
    assert 'value="lamp"' in told
    assert "因为提到" in told
    assert "路灯" in told
    assert "<html" not in told
    assert 'value="lamp" selected' not in page(client, URL)


def test_without_scripts_a_button_asks_and_another_chooses(scene, on, trained):  # noqa: F811
    client = on(scene.worker)
    asked = post(client, scene.worker, URL, **TYPED, channel="phone", step="look", lon="104.005", lat="30.005")
    told = asked.content.decode()
    assert asked.status_code == 200
    assert 'name="choose" value="lamp"' in told
    assert (TYPED["text"] in told, "明德路1号" in told, 'value="lamp" selected' in told) == (True, True, False)
    assert f"落点在{scene.home.name}" in told
    chosen = post(client, scene.worker, URL, **TYPED, channel="phone", choose="lamp").content.decode()
    assert 'value="lamp" selected' in chosen
    assert not Case.objects.exists()


def test_where_nothing_was_trained_nothing_is_asked(scene, on):  # noqa: F811
    client = on(scene.worker)
    assert 'name="step"' not in page(client, URL)
    assert "choose" not in look(client, scene.worker, text=TYPED["text"])
    assert "choose" not in look(client, scene.worker, text="x\x00", type="no_such_type")


def test_words_that_say_nothing_are_answered_so(scene, on, trained):  # noqa: F811
    told = post(on(scene.worker), scene.worker, URL, text="zzzz zzzz", step="look").content.decode()
    assert "没有指向哪一类" in told


def test_the_point_says_which_community_and_decides(scene, on):  # noqa: F811
    client = on(scene.worker)
    assert scene.home.name in look(client, scene.worker, part="unit", lon="104.005", lat="30.005")
    assert "note--warn" in look(client, scene.worker, part="unit", lon="1", lat="1")
    assert "note" not in look(client, scene.worker, part="unit", lon="x", lat="nan")
    sent = {**NEW, "lon": "104.005", "lat": "30.005", "unit": ""}
    assert post(client, scene.worker, URL, **sent).status_code == 303
    case = Case.objects.get()
    assert (case.unit, case.lon, case.lat) == (scene.home, 104.005, 30.005)


def test_the_map_stands_beside_fields_that_do_the_same(scene, on):  # noqa: F811
    told = page(on(scene.worker), URL)
    for part in ("data-place", "data-middle", 'name="lon"', 'name="lat"', f'data-around="{scene.home.code}"'):
        assert part in told, part
    cases.declare("anywhere", place="none")
    assert "data-place" not in page(on(scene.worker), "/desk/cases/new/?type=anywhere")
