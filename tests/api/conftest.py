"""The invented documents, and with them a register with entries, for the addresses of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.admission import services
from liren.foundation.territory.models import Unit
from tests import make
from tests.make import cases, circles, gatepages, policy, shelf


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """The small city and the roles, once for all tests of a file that ask for them."""
    with make.standing(django_db_blocker, city_with_roles) as made:
        yield made


@pytest.fixture(scope="module")
def built_papers(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with make.standing(django_db_blocker, policy.library):
        yield


@pytest.fixture
def papers(built_papers: None, db: None) -> None:
    """The invented documents, for a test that may change them."""


@pytest.fixture(scope="module")
def built_everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with make.standing(django_db_blocker, behind_every_address):
        yield


@pytest.fixture
def everything(built_everything: None, db: None) -> None:
    """Something behind every address."""


def city_with_roles() -> make.City:
    make.roles()
    return make.small_city()


def behind_every_address() -> None:
    city = make.small_city()
    gate_of(city)
    policy.library(city.city.code)
    shelf.shelf(*city.communities[:2])
    cases.declare()
    cases.reported(city.communities[0])
    circles.circled()


def gate_of(city: make.City) -> gatepages.Scene:
    """The gate in the city, with a report that everybody may read."""
    scene = gatepages.scene(city=city)
    facts = {"answer": "已撤回", "by": scene.secretary, "at": timezone.now()}
    services.judge_outside(scene.report.pk, move="correct", **facts)
    return scene


@pytest.fixture
def official(client: Client, everything: None) -> Client:
    """Somebody of the city who is signed in: some addresses are for them alone."""
    make.sign_in(client, make.official("city_admin", Unit.objects.get(code="990100000000")))
    return client
