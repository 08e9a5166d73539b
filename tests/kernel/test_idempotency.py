"""A form sent twice has one effect, whoever sends it, however, and whenever."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from liren.foundation.kernel import idempotency, jobs
from liren.foundation.kernel.models import AuditEntry, FormKey
from tests.make.kernel import NOW, at_once, form, person

pytestmark = pytest.mark.django_db
AS_ONE, AS_TWO = {"X-Account": "1"}, {"X-Account": "2"}


def effects() -> int:
    return AuditEntry.objects.filter(action="test.sent").count()


def test_a_form_sent_twice_has_one_effect_and_one_answer(site: Client) -> None:
    sent = form(words="hello")
    first, second = site.post("/send/", sent), site.post("/send/", sent)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (303, "/page/")
    assert effects() == 1


def test_a_form_sent_twice_with_a_fresh_key_has_two_effects(site: Client) -> None:
    site.post("/send/", form(words="hello"))
    site.post("/send/", form(words="hello"))
    assert effects() == 2


@pytest.mark.parametrize(
    "changed", [{"words": "other"}, {"words": "hello", "more": "1"}, {"words": ["hello", "hello"]}, {}], ids=str
)
def test_a_key_used_again_with_other_content_is_a_conflict(site: Client, changed: dict) -> None:
    sent = form(words="hello")
    site.post("/send/", sent)
    again = {idempotency.FIELD: sent[idempotency.FIELD], **changed}
    assert (site.post("/send/", again).status_code, effects()) == (409, 1)


def test_a_key_used_again_at_another_address_is_a_conflict(site: Client) -> None:
    sent = form(words="hello")
    site.post("/send/", sent)
    assert (site.post("/send/?other", sent).status_code, effects()) == (409, 1)


def test_what_is_kept_of_a_form_tells_nothing_to_who_guesses_its_content(rf: RequestFactory, settings: Any) -> None:
    request = rf.post("/me/contacts/", {"kind": "phone", "value": "13800000000"})
    kept = idempotency.fingerprint(request)
    settings.SECRET_KEY = "of another house" * 4
    assert idempotency.fingerprint(request) != kept


def test_files_are_content_too(site: Client) -> None:
    sent = form(words="hello")
    for body, status in (("a", 303), ("a", 303), ("b", 409)):
        response = site.post("/send/", {**sent, "file": SimpleUploadedFile("f.txt", body.encode())})
        assert response.status_code == status
    assert AuditEntry.objects.get().facts["files"] == ["a"]


@pytest.mark.parametrize(
    "key",
    ["", "x", "a:b:c", "0a" * 16, "\x00", "\ud800", "里" * 5000, "::", f"{'0b' * 16}:1:{'A' * 43}"],
    ids=lambda key: ascii(key[:12]),
)
def test_a_missing_or_garbled_key_is_refused_with_the_next_step(site: Client, key: str) -> None:
    body = f"{idempotency.FIELD}={key}&words=hello".encode("utf-8", "surrogatepass")
    response = site.post("/send/", body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, effects()) == (400, 0)
    assert "<p>" in response.content.decode()


def test_no_key_at_all_is_refused(site: Client) -> None:
    assert (site.post("/send/", {"words": "hello"}).status_code, effects()) == (400, 0)


def test_a_key_signed_for_something_that_is_no_key_is_refused(site: Client) -> None:
    forged = TimestampSigner(salt="liren.form-key:anonymous").sign("no uuid")
    assert site.post("/send/", {idempotency.FIELD: forged}).status_code == 400


def test_a_key_made_for_another_actor_is_refused(site: Client) -> None:
    mine = form(person(1), words="hello")
    assert site.post("/send/", mine, headers=AS_TWO).status_code == 400
    assert site.post("/send/", mine).status_code == 400
    assert site.post("/send/", mine, headers=AS_ONE).status_code == 303
    assert effects() == 1


def test_an_old_key_is_refused(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = form(words="hello")
    monkeypatch.setattr(idempotency, "KEEP", timedelta(seconds=-1))
    assert (site.post("/send/", sent).status_code, effects()) == (400, 0)


def test_a_form_that_failed_may_be_mended_and_sent_with_its_key(site: Client) -> None:
    sent = form()
    assert (site.post("/send/", sent).status_code, effects()) == (422, 0)
    assert (site.post("/send/", {**sent, "words": "hello"}).status_code, effects()) == (303, 1)


def test_an_answer_that_is_only_a_page_keeps_its_effect_and_frees_the_key(site: Client) -> None:
    sent = form()
    assert [site.post("/again/", sent).status_code for _ in range(2)] == [200, 200]
    assert (effects(), FormKey.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("what", "status"), [("conflict", 409), ("denied", 403), ("missing", 404), ("suspicious", 400), ("ours", 500)]
)
def test_an_error_takes_everything_back_and_frees_the_key(site: Client, what: str, status: int) -> None:
    assert site.post(f"/broken/{what}/", form()).status_code == status
    assert (effects(), FormKey.objects.count()) == (0, 0)


def test_htmx_gets_the_part_first_and_the_place_to_go_when_it_repeats(site: Client) -> None:
    sent, part = form(words="hello"), {"HX-Request": "true"}
    first = site.post("/send/", sent, headers=part)
    assert (first.status_code, first.content.decode().count("Saved."), "<html>" in first.content.decode()) == (
        200,
        1,
        False,
    )
    second = site.post("/send/", sent, headers=part)
    assert (second.status_code, second["HX-Redirect"], second.content, effects()) == (200, "/page/", b"", 1)


def test_a_view_whose_repeat_is_harmless_needs_no_key(site: Client) -> None:
    assert site.post("/harmless/").status_code == 302


def test_reading_needs_no_key(site: Client) -> None:
    assert site.get("/page/").status_code == site.head("/page/").status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
def test_every_unsafe_method_needs_a_key(site: Client, method: str) -> None:
    assert getattr(site, method)("/send/").status_code == 400
    key = {"Idempotency-Key": idempotency.new_token(None)}
    assert getattr(site, method)("/broken/conflict/", headers=key).status_code == 409


def test_json_is_content_too(site: Client) -> None:
    key = {"Idempotency-Key": idempotency.new_token(None)}
    assert site.post("/body/", {"a": 1}, content_type="application/json", headers=key).status_code == 200
    assert AuditEntry.objects.get().facts["value"] == {"a": 1}


def test_the_tag_writes_a_key_that_works(site: Client) -> None:
    for headers in ({}, AS_ONE):
        html = site.get("/page/", headers=headers).content.decode()
        key = html.partition('name="idempotency_key" value="')[2].partition('"')[0]
        assert site.post("/send/", {idempotency.FIELD: key, "words": "hi"}, headers=headers).status_code == 303


def test_the_database_takes_a_key_once_and_only_with_an_owner() -> None:
    key = {"key": uuid.uuid4(), "fingerprint": b"", "created_at": NOW}
    FormKey.objects.create(owner="account:1", **key)
    FormKey.objects.create(owner="account:2", **key)
    for owner in ("account:1", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            FormKey.objects.create(owner=owner, **key)


def test_keys_that_no_form_can_use_any_more_are_deleted() -> None:
    for days in (0, 6, 8, 30):
        at = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=days)
        FormKey.objects.create(owner="account:1", key=uuid.uuid4(), fingerprint=b"", created_at=at)
    jobs.delete_old_form_keys.func(timestamp=int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()))
    assert FormKey.objects.count() == 2


# --- at once -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_effect_and_both_get_the_answer(site: Client) -> None:
    for _ in range(5):
        before, sent = effects(), form(words="hello")
        answers = at_once(4, lambda _, sent=sent: Client().post("/send/", sent))
        assert [answer.status_code for answer in answers] == [303] * 4
        assert {answer["Location"] for answer in answers} == {"/page/"}
        assert effects() == before + 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_other_content_have_one_effect_and_one_conflict(site: Client) -> None:
    sent = form()
    answers = at_once(2, lambda number: Client().post("/send/", {**sent, "words": str(number)}))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert effects() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_where_the_first_fails_the_second_counts(site: Client) -> None:
    sent = form()
    answers = at_once(2, lambda number: Client().post("/send/", {**sent, "words": "hello" if number else ""}))
    assert (sorted(answer.status_code for answer in answers) in ([303, 422], [303, 409]), effects()) == (True, 1)
