"""Whoever acts for the city proves it twice before any page of the desk opens."""

import re

import pytest
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from liren.foundation.people import services, sms
from liren.foundation.people.cipher import SealBroken
from tests.make.people import PASSWORD, SECRET, account, official, second_factor, sign_in, town

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("pages")]


def fill_in(client, page, **fields):
    return client.post(f"/accounts/{page}/", fields)


def who(client):
    return client.get("/").content.decode()


def test_an_official_without_a_second_factor_sets_one_up_before_the_desk_opens(client):
    sign_in(client, official("community_worker", town().community), second=False)
    answer = client.get("/desk/claims/7/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/?next=%2Fdesk%2Fclaims%2F7%2F%3Fx%3D1")


@pytest.mark.parametrize("url", ["/desk/", "/en/desk/", "/desk/claims/7/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_official_with_a_second_factor_is_asked_for_it(client, url, method):
    worker = official("community_worker", town().community)
    second_factor(worker)
    sign_in(client, worker, second=False)
    answer = getattr(client, method)(url)
    assert answer.status_code == 302
    assert answer["Location"].removeprefix("/en").startswith("/accounts/2fa/reauthenticate/?next=")


def test_once_asked_the_desk_stays_open_for_the_session(client):
    worker = official("community_worker", town().community)
    second_factor(worker)
    sign_in(client, worker, second=False)
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": services.totp_code(SECRET), "next": "/desk/"})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert client.get("/en/desk/claims/7/").status_code == 200


def test_signing_in_with_password_and_code_opens_the_desk_at_once(client):
    worker = official("community_worker", town().community, username="worker", password=PASSWORD)
    second_factor(worker)
    answer = fill_in(client, "login", login="worker", password=PASSWORD)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) == "seen by nobody"
    answer = fill_in(client, "2fa/authenticate", code=services.totp_code(SECRET))
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").content.decode() == "seen by worker"


def test_a_code_by_telephone_is_one_factor_and_not_two(client):
    worker = official("community_worker", town().community, username="worker")
    services.set_contact(worker.pk, kind="phone", value="13800138000", by=worker, at=timezone.now(), verified=True)
    fill_in(client, "login/code", phone="13800138000")
    fill_in(client, "login/code/confirm", code=re.search(r"[0-9]{6}", sms.ConsoleGateway.sent[-1][1])[0])
    assert who(client) == "seen by worker"
    assert client.get("/desk/")["Location"].startswith("/accounts/2fa/?")
    second_factor(worker)
    other = Client()
    fill_in(other, "login/code", phone="13800138000")
    fill_in(other, "login/code/confirm", code=re.search(r"[0-9]{6}", sms.ConsoleGateway.sent[-1][1])[0])
    assert who(other) == "seen by nobody"


def test_a_code_works_once(client):
    worker = official("community_worker", town().community, username="worker", password=PASSWORD)
    second_factor(worker)
    code = services.totp_code(SECRET)
    for browser in (client, Client()):
        fill_in(browser, "login", login="worker", password=PASSWORD)
        fill_in(browser, "2fa/authenticate", code=code)
        last = browser
    assert who(client) == "seen by worker"
    assert who(last) == "seen by nobody"


def test_the_answer_of_one_session_does_not_open_another(client):
    worker = official("community_worker", town().community)
    second_factor(worker)
    sign_in(client, worker)
    other = Client()
    sign_in(other, worker, second=False)
    assert (client.get("/desk/").status_code, other.get("/desk/").status_code) == (200, 302)


def test_the_answer_of_one_account_does_not_serve_another_in_the_same_browser(client):
    place = town()
    first, second = (official("community_worker", place.community) for _ in range(2))
    sign_in(client, first)
    session = client.session
    records = dict(session.items())
    client.force_login(second)
    session = client.session
    session["account_authentication_methods"] = records["account_authentication_methods"]
    session["account_authentication_methods_user"] = records["account_authentication_methods_user"]
    session.save()
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("url", ["/", "/deskless/", "/accounts/2fa/"])
def test_other_pages_ask_for_nothing(client, url):
    sign_in(client, official("community_worker", town().community), second=False)
    assert client.get(url).status_code in {200, 302}
    assert "next=" not in client.get(url).get("Location", "")


def test_who_holds_no_office_meets_no_second_factor(client):
    sign_in(client, account(), second=False)
    assert client.get("/desk/").status_code == 200
    assert Client().get("/desk/").content.decode() == "seen by nobody"


def test_htmx_is_sent_on_as_a_whole_page(client):
    sign_in(client, official("community_worker", town().community), second=False)
    answer = client.get("/desk/", headers={"hx-request": "true"})
    assert answer["HX-Redirect"] == "/accounts/2fa/?next=%2Fdesk%2F"


def test_who_has_only_a_passkey_is_asked_for_the_passkey(client):
    worker = official("community_worker", town().community)
    Authenticator.objects.create(user=worker, type="webauthn", data={})
    sign_in(client, worker, second=False)
    assert client.get("/desk/")["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/")


def test_an_official_can_not_drop_the_last_factor_and_a_resident_can():
    worker, person = official("community_worker", town().community), account()
    factors = []
    for holder in (worker, person):
        second_factor(holder)
        factors.append(Authenticator.objects.get(user=holder))
    assert [mfa_adapter().can_delete_authenticator(f) for f in factors] == [False, True]
    Authenticator.objects.create(user=worker, type="webauthn", data={})
    assert mfa_adapter().can_delete_authenticator(factors[0])


def test_recovery_codes_are_sealed_and_each_opens_once(client):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    worker = official("community_worker", town().community, username="worker", password=PASSWORD)
    second_factor(worker)
    codes = RecoveryCodes.activate(worker).get_unused_codes()
    assert len(codes) == 10
    for expected in ("seen by worker", "seen by nobody"):
        browser = Client()
        fill_in(browser, "login", login="worker", password=PASSWORD)
        fill_in(browser, "2fa/authenticate", code=codes[0])
        assert who(browser) == expected


def test_a_secret_that_was_not_sealed_here_is_refused():
    for text in ("JBSWY3DP", "not base64!"):
        with pytest.raises(SealBroken):
            mfa_adapter().decrypt(text)
