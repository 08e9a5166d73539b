"""The world of the rights tests, and two officials who between them hold every duty."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.fuzz import attack
from tests.rights import world as worlds


@pytest.fixture(scope="module")
def target(django_db_setup: None, django_db_blocker: object) -> Iterator[attack.Target]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]  # pytest-django's own
        yield attack.aim(worlds.build())
        transaction.set_rollback(True)
