from collections.abc import Iterator

import pytest

from tests.make import standing
from tests.make import territory as make


@pytest.fixture(scope="module")
def built_town(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[make.Town]:
    """里仁市 in small, built once for all tests of a file and rolled back at its end."""
    with standing(django_db_blocker, make.small_town) as made:
        yield made


@pytest.fixture
def town(built_town: make.Town, db: None) -> make.Town:
    """The town as it was built: what a test does with it is undone."""
    return built_town
