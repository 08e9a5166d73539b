"""One small city for all tests of the portal: built once, in a transaction that is rolled back after the last one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import make


@pytest.fixture(scope="package")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """里仁市 in little. Each test runs in a savepoint inside this transaction, so that what it changes is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make.small_city()
        transaction.set_rollback(True)


@pytest.fixture
def city(built_city: make.City, db: None) -> make.City:
    """The city, for a test that may change it."""
    return built_city
