from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from tests.kernel.site import SITE


@pytest.fixture
def site() -> Iterator[Client]:
    """A client of the small site; errors come back as pages, as they would to a browser."""
    with override_settings(**SITE):
        yield Client(raise_request_exception=False)
