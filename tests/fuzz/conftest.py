"""The world of the rights tests, and two officials who between them hold every duty."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests import make
from tests.fuzz import attack
from tests.rights import thrift
from tests.rights import world as worlds


@pytest.fixture(scope="module")
def target(django_db_setup: None, django_db_blocker: object) -> Iterator[attack.Target]:
    made_of = override_settings(**thrift.IN_MEMORY)
    with made_of, thrift.known(), make.standing(django_db_blocker, lambda: attack.aim(worlds.build())) as made:
        yield made
