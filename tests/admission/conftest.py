"""A town with bodies that ask and communities that are asked: built once for a file, rolled back after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.make import admission as make
from tests.make import standing


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[make.Gate]:
    """Each test runs in a savepoint inside this transaction, so that what it changes is undone."""
    with standing(django_db_blocker, make.gate) as made:
        yield made


@pytest.fixture
def here(built: make.Gate, db: None) -> make.Gate:
    """The town, for a test that may change it. Its objects are read anew."""
    for thing in (*vars(built).values(), *vars(built.town).values()):
        if hasattr(thing, "refresh_from_db"):
            thing.refresh_from_db()
    return built


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are compared as they stand in the code."""
    with translation.override("en"):
        yield
