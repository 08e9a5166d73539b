"""The page of the API where nothing has been loaded yet: in a file of its own, for nothing may stand around it."""

import re

from django.test import Client

from liren.foundation.territory.models import Unit


def test_the_page_has_no_example_that_would_fail(client: Client, db: None) -> None:
    assert not Unit.objects.exists()
    examples = re.findall(r'<a href="([^"]+)"><code>', client.get("/api/").content.decode())
    assert examples
    assert {one: client.get(one).status_code for one in examples} == dict.fromkeys(examples, 200)
