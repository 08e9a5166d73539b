"""The invented documents, loaded for the addresses of the API."""

import pytest

from tests.make import policy


@pytest.fixture
def papers(db: None) -> None:
    policy.library()
