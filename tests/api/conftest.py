"""The invented documents, and with them a register with entries, for the addresses of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import make
from tests.make import cases, policy, shelf


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """The small city and the roles, once for all tests of a file that ask for them."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.people.roles()
        yield make.small_city()
        transaction.set_rollback(True)


@pytest.fixture
def papers(db: None) -> None:
    policy.library()


@pytest.fixture
def everything(db: None) -> None:
    """Something behind every address."""
    city = make.small_city()
    policy.library(city.city.code)
    shelf.shelf(*city.communities[:2])
    cases.declare()
    cases.reported(city.communities[0])
