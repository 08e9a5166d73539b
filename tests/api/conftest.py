"""The invented documents, and with them a register with entries, for the addresses of the API."""

import pytest

from tests import make
from tests.make import cases, policy, shelf


@pytest.fixture
def papers(db: None) -> None:
    policy.library()


@pytest.fixture
def everything(db: None) -> None:
    """Something behind every address."""
    city = make.small_city()
    policy.library(city.city.code)
    shelf.shelf(*city.communities[:2])
    cases.declare()
    cases.reported(city.communities[0])
