"""A page never answers 500 for input: every error with a known cause has its page and its next step."""

import json

import pytest
from django.db import OperationalError
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory, override_settings

from liren.foundation.kernel import errors, idempotency, middleware, pages
from liren.foundation.kernel.models import AuditEntry
from tests.make.kernel import form

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("what", "status", "says"),
    [
        ("conflict", 409, "It was closed yesterday."),
        ("not-allowed", 403, "Not yours."),
        ("bad-input", 422, "The end lies before the start."),
        ("malformed", 400, "Half a request."),
        ("too-many", 429, "Too fast."),
        ("validation", 422, "One. Two."),
        ("denied", 403, "<h1>"),
        ("missing", 404, "<h1>"),
        ("suspicious", 400, "<h1>"),
        ("ours", 500, "<h1>"),
        ("recursion", 400, "<h1>"),
        ("surrogate", 400, "<h1>"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_error_has_a_page_with_its_status_and_next_step(
    site: Client, method: str, what: str, status: int, says: str
) -> None:
    response = getattr(site, method)(f"/broken/{what}/", form())
    html = response.content.decode()
    assert (response.status_code, says in html, "<p></p>" in html, "secret" in html) == (status, True, False, False)
    assert "no-store" in response["Cache-Control"]


def test_an_error_may_name_its_own_next_step(site: Client) -> None:
    assert "<p>Look at it.</p>" in site.get("/broken/conflict/").content.decode()


def test_a_program_gets_json(site: Client) -> None:
    response = site.get("/broken/conflict/", headers={"Accept": "application/json"})
    expected = {"status": 409, "message": "It was closed yesterday.", "next_step": "Look at it."}
    assert (response.status_code, json.loads(response.content)) == (409, {"error": expected})


def test_a_browser_that_also_takes_json_gets_the_page(site: Client) -> None:
    response = site.get("/broken/conflict/", headers={"Accept": "text/html,application/json"})
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("what", "seconds"), [("too-many", "300"), ("conflict", None)])
def test_who_has_to_wait_is_told_how_long(site: Client, what: str, seconds: str | None) -> None:
    assert site.get(f"/broken/{what}/").headers.get("Retry-After") == seconds


def test_without_its_template_the_error_is_said_in_plain_text(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TEMPLATE", "absent.html")
    with pytest.raises(TemplateDoesNotExist):
        pages.loader.get_template("absent.html")
    response = site.get("/broken/conflict/")
    assert (response.status_code, response["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert response.content.decode() == "409\nIt was closed yesterday.\nLook at it.\n"


def test_a_csrf_failure_has_a_page() -> None:
    site = Client(enforce_csrf_checks=True)
    from tests.kernel.site import SITE

    with override_settings(**SITE, CSRF_FAILURE_VIEW="liren.foundation.kernel.pages.csrf_failure"):
        response = site.post("/send/", form(words="hello"))
    assert (response.status_code, "<h1>" in response.content.decode()) == (403, True)


# --- what can't be read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/page/%00", "/%0a", "/page/?q=%00", "/page/?%1b=1", "/p%7fage/", "/page/?q=a%08b", "/en/page/%01"],
)
def test_control_characters_in_the_address_are_refused(site: Client, address: str) -> None:
    assert site.get(address).status_code == 400


def test_line_ends_in_a_query_are_read(site: Client) -> None:
    assert site.get("/page/?q=a%0d%0ab%09c").status_code == 200


def test_control_characters_in_a_cookie_are_refused(site: Client) -> None:
    request = RequestFactory().get("/page/")
    request.COOKIES["sessionid"] = "a\x00b"
    assert middleware.is_readable(request) is False


def test_a_refusal_at_the_door_speaks_the_language_of_the_address(rf: RequestFactory) -> None:
    for address, language in (("/en/page/\x00", "en"), ("/page/\x00", "zh-hans")):
        with pages.in_language_of(rf.get(address)):
            assert pages.translation.get_language() == language


@pytest.mark.parametrize("body", [b"words=%00", b"words=a%00b", b"words=\x00"])
def test_a_nul_that_reaches_the_database_is_bad_input(site: Client, body: bytes) -> None:
    key = idempotency.new_token(None).encode()
    response = site.post("/lookup/", body + b"&idempotency_key=" + key, content_type=URLENCODED)
    assert response.status_code == 422


@pytest.mark.parametrize("number", ["9223372036854775808", "-" + "9" * 40, "1e400", "x", ""])
def test_a_number_beyond_bigint_is_bad_input(site: Client, number: str) -> None:
    assert site.post("/lookup/", form(words="a", number=number)).status_code == 422


def test_a_lone_surrogate_in_a_form_becomes_a_mark(site: Client) -> None:
    key = idempotency.new_token(None).encode()
    body = b"words=a%ED%A0%80b&idempotency_key=" + key
    assert site.post("/send/", body, content_type=URLENCODED).status_code == 303
    assert AuditEntry.objects.get().facts["words"] == "a\ufffd\ufffd\ufffdb"


@pytest.mark.parametrize(
    "body",
    [
        b'"\\ud800"',
        b'{"a": "\\udfff"}',
        b'"\\u0000"',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"1" * 5000,
        b"",
        b"{",
        b"\xff",
        b"NaN",
    ],
    ids=lambda body: ascii(body[:12]),
)
def test_json_that_can_not_be_kept_is_a_clear_refusal(site: Client, body: bytes) -> None:
    headers = {"Idempotency-Key": idempotency.new_token(None)}
    response = site.post("/body/", body, content_type="application/json", headers=headers)
    assert (400 <= response.status_code < 500, AuditEntry.objects.count()) == (True, 0)


def test_a_form_with_far_too_many_fields_is_refused(site: Client) -> None:
    assert site.post("/send/", form(**{f"f{n}": "1" for n in range(5000)})).status_code == 400


def test_a_body_that_would_fill_the_disk_is_refused_before_it_is_read(site: Client) -> None:
    response = site.post("/send/", form(words="hello"), CONTENT_LENGTH=str(10**12))
    assert (response.status_code, AuditEntry.objects.count()) == (413, 0)
    assert "20 MB" in response.content.decode()


def test_a_length_that_is_no_number_is_refused(site: Client) -> None:
    assert site.post("/send/", form(words="hello"), CONTENT_LENGTH="many").status_code < 500


def test_an_upload_that_is_cut_off_is_refused(site: Client) -> None:
    response = site.post("/send/", b"--x\r\nContent-Dis", content_type="multipart/form-data")
    assert response.status_code == 400


# --- the database --------------------------------------------------------------------------------------------------


def test_a_statement_that_takes_too_long_is_503(site: Client) -> None:
    response = site.get("/slow/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


def test_what_the_database_refuses_is_a_conflict(site: Client) -> None:
    assert site.post("/twice/", form()).status_code == 409


def test_a_lost_connection_is_503() -> None:
    assert pages.understood(OperationalError("server closed the connection unexpectedly")).status == 503


def test_the_log_names_the_constraint_and_not_the_values(site: Client, caplog: pytest.LogCaptureFixture) -> None:
    site.post("/twice/", form())
    assert "Failing row contains" not in caplog.text
    assert "NotNullViolation" in caplog.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Malformed, 400),
        (errors.NotAllowed, 403),
        (errors.Conflict, 409),
        (errors.BadInput, 422),
        (errors.TooMany, 429),
        (errors.Busy, 503),
    ],
)
def test_every_kind_of_error_says_a_next_step(kind: type[errors.LirenError], status: int) -> None:
    error = kind("What is.")
    assert (error.status, bool(str(error.next_step)), str(error)) == (status, True, "What is.")
    assert kind("What is.", next_step="Do this.").next_step == "Do this."
    assert errors.LirenError("x", status=418).status == 418
