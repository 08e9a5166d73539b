"""Page, fragment or redirect, by the headers."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from liren.foundation.kernel import reply
from tests.make.kernel import form

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def test_a_reader_gets_the_page_and_htmx_the_part(site: Client) -> None:
    page, part = site.get("/page/"), site.get("/page/", headers=PART)
    assert (b"<html>" in page.content, b"<html>" in part.content) == (True, False)
    assert (b"hello" in page.content, b"hello" in part.content) == (True, True)
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("whole", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_the_page_where_it_needs_the_page(rf: RequestFactory, whole: str) -> None:
    assert reply.wants_part(rf.get("/", headers=PART)) is True
    assert reply.wants_part(rf.get("/", headers={**PART, whole: "true"})) is False


def test_what_is_done_leads_on_with_a_message_that_is_shown_once(site: Client) -> None:
    answer = site.post("/send/", form(words="hello"))
    assert (answer.status_code, answer["Location"], "HX-Request" in answer["Vary"]) == (303, "/page/", True)
    shown = [site.get("/page/").content.decode().count("<p>Saved.</p>") for _ in range(2)]
    assert shown == [1, 0]


def test_what_is_done_for_htmx_is_shown_in_its_part(site: Client) -> None:
    answer = site.post("/send/", form(words="hello"), headers=PART)
    assert (answer.status_code, "Saved." in answer.content.decode()) == (200, True)


def test_a_form_that_failed_is_shown_with_422_and_no_page_needs_a_message(site: Client, rf: RequestFactory) -> None:
    assert site.post("/send/", form(), headers=PART).status_code == 422
    request: HttpRequest = rf.post("/")
    assert reply.done(request, "page.html", "", {}, to="/somewhere/")["Location"] == "/somewhere/"
