"""A passkey from its making to the desk, with Chromium's own authenticator: nothing of the ceremony is played."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of

#: A device that knows its owner (by finger, face or code) and keeps keys, as telephones do.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(look: walk.Look, **changes: object) -> walk.Look:
    """The same browser with a device of its own behind it."""
    line = look.page.context.new_cdp_session(look.page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **changes}})
    return look


def enrol(look: walk.Look, *, alone: bool = False) -> None:
    """Make a passkey on the page for it; ``alone``: one that signs in without the password."""
    page = look.open("/en/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "Telephone")
    if alone:
        page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/**")


@pytest.fixture
def worker(site: walk.Site) -> Any:
    return make.official("community_worker", site.city.communities[0], username="worker", password=make.people.PASSWORD)


def test_an_official_makes_a_passkey_and_the_desk_opens(site: walk.Site, worker: Any) -> None:
    look = with_device(site.look(session=session_of(worker, "password")))
    assert "/accounts/2fa/" in look.open("/en/desk/").url
    enrol(look)
    page = look.open("/en/desk/")
    assert [*look.axe(), *look.layout()] == []
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/en/desk/")
    assert look.heard == []


def test_a_passkey_alone_signs_in_and_opens_the_desk(site: walk.Site, worker: Any) -> None:
    look = with_device(site.look(session=session_of(worker, "password")))
    enrol(look, alone=True)
    look.page.context.clear_cookies()
    page = look.open("/en/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/en/desk/")
    assert look.heard == []


def test_after_the_password_the_passkey_is_asked_for(site: walk.Site, worker: Any) -> None:
    look = with_device(site.look(session=session_of(worker, "password")))
    enrol(look)
    look.page.context.clear_cookies()
    page = look.open("/en/accounts/login/")
    page.fill("[name=login]", "worker")
    page.fill("[name=password]", make.people.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/accounts/2fa/authenticate/")
    assert not look.open("/en/desk/").url.endswith("/en/desk/")
    look.page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/en/desk/")
    assert look.heard == []


def test_a_device_that_does_not_know_its_owner_makes_no_passkey(site: walk.Site, worker: Any) -> None:
    look = with_device(
        site.look(session=session_of(worker, "password")), hasUserVerification=False, isUserVerified=False
    )
    page = look.open("/en/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "Token")
    page.click("#mfa_webauthn_add")
    page.wait_for_timeout(1_500)
    assert page.url.endswith("/webauthn/add/")
    assert not Authenticator.objects.filter(user=worker).exists()


def test_under_a_number_the_page_says_where_passkeys_work(site: walk.Site, worker: Any) -> None:
    site.url = site.url.replace("localhost", "127.0.0.1")
    page = site.look(session=session_of(worker, "password")).open("/en/accounts/2fa/webauthn/add/")
    link = page.locator(".note a")
    assert link.get_attribute("href") == page.url.replace("127.0.0.1", "localhost")
