"""The desk of cases: queue, one case, moves, and who may not."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.bodies.models import Body
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, SavedView
from tests import make
from tests.make import bodies, cases
from tests.make.portal import City

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R070", "R071", "R072")]


@dataclass
class Scene:
    city: City
    worker: Account
    clerk: Account
    officer: Account
    water: Body
    roads: Body

    @property
    def home(self) -> Any:
        return self.city.communities[0]


@pytest.fixture
def scene(city: City) -> Scene:
    cases.declare()
    home = city.communities[0]
    water, roads = (bodies.body(city.district, name_zh=name) for name in ("临川区水务局", "临川区市政所"))
    return Scene(
        city,
        make.official("community_worker", home),
        cases.clerk(water, city.district),
        make.official("street_officer", city.street),
        water,
        roads,
    )


@pytest.fixture
def on(client: Client) -> Any:
    """The client signed in as somebody."""

    def sign(person: Account) -> Client:
        client.logout()
        make.sign_in(client, Account.objects.get(pk=person.pk))
        return client

    return sign


def post(client: Client, person: Account, url: str, **fields: Any) -> Any:
    return client.post(url, make.form(Account.objects.get(pk=person.pk), **fields))


def page(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, (url, reply.status_code)
    return str(reply.content.decode())


def desk(case: Case, more: str = "") -> str:
    return f"/desk/cases/{case.number}/{more}"


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_case_goes_from_the_queue_over_dispatch_and_taking_to_its_answer(scene, on):
    case = cases.reported(scene.home, text="路灯不亮", category="lamp")
    client = on(scene.worker)
    listed = page(client, "/desk/cases/")
    assert case.number in listed and "路灯不亮" in listed
    assert "派单" in page(client, desk(case))
    assert post(client, scene.worker, desk(case, "move/dispatch/"), body=scene.water.pk, seen=1).status_code == 303
    assert fresh(case).body == scene.water
    client = on(scene.clerk)
    assert case.number in page(client, "/desk/cases/")
    assert post(client, scene.clerk, desk(case, "move/take/"), seen=fresh(case).revision).status_code == 303
    bad = post(client, scene.clerk, desk(case, "move/answer/"), seen=fresh(case).revision)
    assert bad.status_code == 422 and "field--error" in bad.content.decode()
    good = {"note": "已更换灯泡。", "ask_done": "更换灯泡", "seen": fresh(case).revision}
    assert post(client, scene.clerk, desk(case, "move/answer/"), **good).status_code == 303
    assert fresh(case).phase == "answered"
    assert "已更换灯泡" in page(client, desk(case))
