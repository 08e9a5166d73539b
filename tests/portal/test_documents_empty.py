"""The library of documents where none has been loaded: in a file of its own, for no document may stand around it."""

from django.test import Client

from tests import make
from tests.make import policy
from tests.portal.test_documents import CITY, COMPARE, LIST, plain


def test_without_documents_the_pages_say_what_to_do(client: Client, city: make.City) -> None:
    for path in (LIST, COMPARE):
        assert "liren packs load" in plain(client.get(f"/en{path}"))


def test_a_document_that_sets_nothing_says_so(client: Client, city: make.City) -> None:
    files = {
        "south/notice/document.toml": policy.document("notice", policy.version("1", "2025-01-01"), kind="notice"),
        "south/notice/provisions.toml": policy.provision("1"),
    }
    policy.library(CITY, **files)
    assert "This document sets no number" in plain(client.get("/en/documents/south/notice/"))
    before = plain(client.get("/en/documents/south/?on=1999-01-01"))
    assert "No number of this place counts on this day" in before
