"""The world of the rights tests: built once for each module, rolled back at its end."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.rights import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[worlds.World]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]  # pytest-django's own
        yield worlds.build()
        transaction.set_rollback(True)
