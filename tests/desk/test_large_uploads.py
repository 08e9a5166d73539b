"""What a page offers to take, the door in front of all pages lets through; and no other page takes as much."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from liren.foundation.kernel.middleware import BESIDES, MOST_OCTETS, MOST_OCTETS_OF_TABLES
from liren.front.desk.keeping import MOST_BYTES
from tests.rights.routes import own_routes

TABLES = {
    "desk-register-import": {"code": "street_library"},
    "desk-body-import": {},
    "desk-rule-import": {},
    "desk-gate-table-import": {},
}


def sent(client: Client, url: str, octets: int) -> int:
    """The answer to so many announced octets, of which none comes."""
    return client.post(url, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(octets)).status_code


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_as_large_as_its_page_says_comes_in_and_nothing_larger(
    client: Client, db: None, name: str, language: str
) -> None:
    with override(language):
        url = reverse(name, kwargs=TABLES[name])
    assert sent(client, url, MOST_BYTES + 100_000) != 413
    assert sent(client, url, MOST_OCTETS_OF_TABLES + BESIDES + 1) == 413


def test_no_other_page_takes_as_much(client: Client, db: None) -> None:
    patterns = {one.name: "/" + re.sub(r"<[^>]+>", "x", one.pattern) for one in own_routes()}
    large = {name for name, path in patterns.items() if re.fullmatch(settings.LIREN_LARGE_UPLOADS, path)}
    assert large == set(TABLES)
    assert sent(client, "/desk/registers/street_library/add/", MOST_OCTETS + BESIDES + 1) == 413
    assert MOST_BYTES == MOST_OCTETS_OF_TABLES
