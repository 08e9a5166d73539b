"""A request for refuge as its person meets it: on no page of the account, open by the receipt, forgotten soon."""

import json

import pytest

from liren.service.cases.models import Case
from tests import make
from tests.make import cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R107")]
WORDS = "我要离开家"


@pytest.fixture
def person(client, city):
    cases.sealed("refuge", to="refuge", place="none", name={"zh": "紧急庇护", "en": "Urgent refuge"})
    found = make.account()
    make.sign_in(client, found)
    return found


@pytest.fixture
def case(client, person, city):
    unit = city.communities[0].code
    asked = make.form(person, text=WORDS, category="lamp", unit=unit, client_key="6f2ac2c2-54fd-4fd2-9d77-0d2f1f1b1c11")
    assert client.post("/report/refuge/", asked).status_code == 303
    return Case.objects.get()


def test_the_form_offers_no_link_to_the_account_and_says_so(client, person):
    shown = client.get("/en/report/refuge/").content.decode()
    assert 'name="unnamed"' not in shown
    assert "The receipt alone opens it" in shown


def test_no_page_of_the_account_names_it(client, case):
    for path in ("/me/", "/me/cases/", "/me/export/", "/me/access/", "/cases/", "/", "/search/?q=庇护"):
        shown = client.get(path, follow=True).content.decode()
        assert (case.number in shown, WORDS in shown, "紧急庇护" in shown and "me" in path) == (False, False, False), (
            path
        )
    data = json.loads(client.get("/me/export/?download=1").content)
    assert case.number not in str(data)


def test_this_browser_keeps_it_open_for_a_while_and_then_the_receipt_opens_it(client, case, monkeypatch):
    from liren.front.portal.cases import receipt

    at = f"/cases/{case.number}/"
    assert WORDS in client.get(at).content.decode()
    now = receipt.time()
    monkeypatch.setattr(receipt, "time", lambda: now + receipt.QUIET_S - 60)
    assert WORDS in client.get(at).content.decode()  # and counts from here anew
    monkeypatch.setattr(receipt, "time", lambda: now + 2 * receipt.QUIET_S - 120)
    assert WORDS in client.get(at).content.decode()
    monkeypatch.setattr(receipt, "time", lambda: now + 4 * receipt.QUIET_S)
    assert client.get(at).status_code == 404
    reply = client.post("/cases/find/", make.form(None, number=case.number))
    assert reply.status_code in (400, 422)
    key = cases.services.key_of(case)
    assert WORDS in client.get(f"{at}r/{key}/", follow=True).content.decode()
    assert WORDS in client.get(at).content.decode()


def test_a_word_is_added_and_it_is_ended_by_the_receipt_while_signed_in(client, case, person):
    at = f"/cases/{case.number}/"
    assert client.post(f"{at}note/", make.form(person, note="晚上方便")).status_code == 303
    assert "晚上方便" in client.get(at).content.decode()
    assert (
        client.post(f"{at}move/withdraw/", make.form(person, note="", seen=Case.objects.get().revision)).status_code
        == 303
    )
    assert Case.objects.get().phase == "closed"


def test_another_browser_of_the_same_account_finds_nothing(client, case, person):
    client.logout()
    make.sign_in(client, person)
    assert client.get(f"/cases/{case.number}/").status_code == 404
