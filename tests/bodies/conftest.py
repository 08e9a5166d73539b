"""A town with bodies for all tests of a file: built once, rolled back after the last one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.make import bodies as make
from tests.make import standing


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.Acting]:
    """Each test runs in a savepoint inside this transaction, so that what it changes is undone."""
    with standing(django_db_blocker, make.acting) as made:
        yield made


@pytest.fixture
def here(built: make.Acting, db: None) -> make.Acting:
    """The town, for a test that may change it. Its objects are read anew."""
    for thing in vars(built).values():
        if hasattr(thing, "refresh_from_db"):
            thing.refresh_from_db()
    return built


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are compared as they stand in the code."""
    with translation.override("en"):
        yield
