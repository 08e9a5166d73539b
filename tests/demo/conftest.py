"""The hamlet, loaded once for a module of tests and taken away after it."""

from collections.abc import Iterator

import pytest

from liren.front.demo.engine.city import City
from tests.make import demo, standing


@pytest.fixture(scope="module")
def hamlet(django_db_setup: None, django_db_blocker) -> Iterator[City]:
    """The hamlet in the database. Tests may write: each runs in a transaction of its own on top."""
    with standing(django_db_blocker, demo.hamlet) as made:
        yield made
