"""The world of the rights tests: built once for each module, rolled back at its end."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests import make
from tests.rights import thrift
from tests.rights import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[worlds.World]:
    with override_settings(**thrift.IN_MEMORY), make.standing(django_db_blocker, worlds.build) as made:
        yield made
