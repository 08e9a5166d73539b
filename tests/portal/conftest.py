"""One small city for all tests of the portal: built once, in a transaction that is rolled back after the last one."""

from collections.abc import Iterator
from typing import Any

import pytest

from liren.foundation.registers.models import Entry, Register
from tests import make
from tests.make import registers as build


@pytest.fixture(scope="package")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """里仁市 in little. Each test runs in a savepoint inside this transaction, so that what it changes is undone."""
    with make.standing(django_db_blocker, city_with_roles) as made:
        yield made


def city_with_roles() -> make.City:
    make.roles()
    return make.small_city()


@pytest.fixture
def city(built_city: make.City, db: None) -> make.City:
    """The city, for a test that may change it."""
    return built_city


@pytest.fixture
def rooms(city: make.City) -> Register:
    return build.declared()


@pytest.fixture
def room(city: make.City, rooms: Register) -> Entry:
    facts = {"area": "120", "open_daily": "是", "rhythm": "weekly", "readers": "3", "note": "靠河"}
    hidden = {"desk_phone": "028-12345678", "key_holder": "楼长"}
    return build.room(city.communities[0], name="桂花书屋", lon="104.005", lat="30.005", **facts, **hidden)
