"""One small city for all tests of the portal: built once, read by all."""

import pytest

from tests import make


@pytest.fixture
def city(db: None) -> make.City:
    """里仁市 in little."""
    return make.small_city()
