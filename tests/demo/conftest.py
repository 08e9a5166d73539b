"""The hamlet, loaded once for a module of tests and taken away after it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from liren.front.demo.engine.city import City
from tests.make import demo


@pytest.fixture(scope="module")
def hamlet(django_db_setup: None, django_db_blocker) -> Iterator[City]:
    """The hamlet in the database. Tests may write: each runs in a transaction of its own on top."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo.hamlet()
        transaction.set_rollback(True)
