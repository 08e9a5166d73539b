"""A small city with outlines, a type that programs may send, and a key."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from liren.service.cases.services import Made
from tests import make
from tests.make import cases as build


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """The city, built once for a file. What a test changes is undone by its savepoint."""
    with make.standing(django_db_blocker, declared_city) as made:
        yield made


def declared_city() -> make.City:
    made = make.small_city()
    build.declare()
    return made


@pytest.fixture
def city(built_city: make.City, db: None) -> make.City:
    """The city, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_city)


@pytest.fixture
def key(city: make.City) -> Made:
    return build.key(city.city)
