"""A small city with outlines, a type that programs may send, and a key."""

import pytest

from liren.service.cases.services import Made
from tests import make
from tests.make import cases as build


@pytest.fixture
def city(db: None) -> make.City:
    made = make.small_city()
    build.declare()
    return made


@pytest.fixture
def key(city: make.City) -> Made:
    return build.key(city.city)
