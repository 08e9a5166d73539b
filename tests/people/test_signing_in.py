"""Signing up and in: by user name or proved telephone number, throttled, and twice for whoever acts for the city."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter as social_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.usersessions.models import UserSession
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from liren.foundation.people import allauth as ours
from liren.foundation.people import services, sms
from liren.foundation.people.models import Account
from liren.foundation.people.providers import providers
from tests.make.people import PASSWORD, account, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("pages")]


def fill_in(client, page, **fields):
    return client.post(f"/accounts/{page}/", fields)


def sign_up(client, **changes):
    facts = {"username": "wang.li", "display_name": "王里", "password1": PASSWORD, "password2": PASSWORD}
    return fill_in(client, "signup", **{**facts, **changes})


def who(client):
    return client.get("/").content.decode()


def known(**changes):
    return account(**{"username": "wang.li", "password": PASSWORD, **changes})


def test_a_newcomer_signs_up_with_a_name_a_password_and_no_mail(client):
    answer = sign_up(client, username="Wang.Li")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    person = Account.objects.get()
    assert (person.username, person.display_name, person.language) == ("wang.li", "王里", "zh-hans")
    assert who(client) == "seen by wang.li"
    assert not any(name.startswith("email") for name in client.get("/accounts/signup/").context or {})


def test_an_english_page_makes_an_english_account(client):
    client.post(
        "/en/accounts/signup/", {"username": "li", "display_name": "Li", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert Account.objects.get().language == "en"


def test_the_form_asks_for_no_mail(client):
    page = client.get("/accounts/signup/").content.decode()
    assert 'name="display_name"' in page
    assert "email" not in re.findall(r'name="(\w+)"', page)


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "13800138000"},
        {"username": "erased-3"},
        {"username": "admin"},
        {"username": "x"},
        {"display_name": ""},
        {"password1": "short", "password2": "short"},
        {"password1": "12345678901", "password2": "12345678901"},
        {"password2": "something else entirely"},
        {"phone": "12"},
        {"phone": "028 12345678"},
        {"username": "nul\x00"},
    ],
)
def test_a_sign_up_that_the_rules_refuse_says_so_and_makes_no_account(client, wrong):
    answer = sign_up(client, **wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Account.objects.exists()


def test_a_taken_name_is_refused_in_any_spelling(client):
    known()
    assert sign_up(client, username="WANG.LI").context["form"].errors["username"]


def test_a_person_signs_in_by_user_name_in_any_spelling(client):
    known()
    answer = fill_in(client, "login", login="Wang.Li", password=PASSWORD)
    assert answer["Location"] == "/"  # the desk is for whoever holds an office
    assert who(client) == "seen by wang.li"


@pytest.mark.parametrize(
    ("login", "password"), [("wang.li", "wrong"), ("nobody", PASSWORD), ("", ""), ("wang.li\x00", "x")]
)
def test_a_wrong_name_or_password_opens_nothing(client, login, password):
    known()
    assert fill_in(client, "login", login=login, password=password).status_code == 200
    assert who(client) == "seen by nobody"


@pytest.mark.parametrize("closed", [{"is_active": False}])
def test_a_closed_account_does_not_open(client, closed):
    known(**closed)
    fill_in(client, "login", login="wang.li", password=PASSWORD)
    assert who(client) == "seen by nobody"


def test_an_erased_account_does_not_open_and_its_open_sessions_end(client):
    person = known()
    fill_in(client, "login", login="wang.li", password=PASSWORD)
    assert UserSession.objects.filter(user=person).count() == 1
    services.erase_account(person.pk, by=person, at=timezone.now())
    assert who(client) == "seen by nobody"
    fill_in(client, "login", login="wang.li", password=PASSWORD)
    assert who(client) == "seen by nobody"


# --- Throttling


def test_after_five_wrong_passwords_even_the_right_one_waits(client):
    known()
    for _ in range(5):
        fill_in(client, "login", login="wang.li", password="wrong")
    answer = fill_in(client, "login", login="wang.li", password=PASSWORD)
    assert answer.status_code in {200, 429}
    assert who(client) == "seen by nobody"


def test_other_spellings_hosts_and_addresses_do_not_start_the_count_anew(client, settings):
    known()
    settings.ALLOWED_HOSTS = ["*"]
    spellings = ["wang.li", "WANG.LI", " wang.li ", "ｗang.li", "Wang.Li"]
    for n, spelling in enumerate(spellings):
        client.post(
            "/accounts/login/",
            {"login": spelling, "password": "wrong"},
            headers={"host": f"h{n}.example"},
            REMOTE_ADDR=f"10.0.0.{n + 1}",
        )
    answer = client.post("/accounts/login/", {"login": "wang.li", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert answer.status_code in {200, 429}
    assert who(client) == "seen by nobody"


def test_one_person_locked_out_does_not_lock_out_another(client):
    known(), account(username="zhao.san", password=PASSWORD)
    for n in range(6):
        client.post("/accounts/login/", {"login": "wang.li", "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{n}")
    fill_in(client, "login", login="zhao.san", password=PASSWORD)
    assert who(client) == "seen by zhao.san"


def test_one_address_can_not_try_many_names(client):
    known()
    for n in range(11):
        fill_in(client, "login", login=f"person-{n}", password="wrong")
    fill_in(client, "login", login="wang.li", password=PASSWORD)
    assert who(client) == "seen by nobody"


# --- Telephone


def code_sent():
    """The number and the code of the last message, whatever language it was written in."""
    number, text = sms.ConsoleGateway.sent[-1]
    return number, re.search(r"[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?", text)[0]


def test_a_telephone_number_is_proved_by_a_code_and_then_signs_in(client):
    answer = sign_up(client, phone="138 0013 8000")
    assert answer["Location"] == "/accounts/phone/verify/"
    person = Account.objects.get()
    assert services.phone_of(person) == ("+8613800138000", False)
    assert who(client) == "seen by nobody"
    number, code = code_sent()
    assert number == "+8613800138000"
    fill_in(client, "phone/verify", code=code)
    assert services.phone_of(person) == ("+8613800138000", True)
    assert who(client) == "seen by wang.li"
    other = Client()
    fill_in(other, "login", login="+86 13800138000", password=PASSWORD)
    assert who(other) == "seen by wang.li"


def test_a_wrong_code_proves_nothing(client):
    sign_up(client, phone="13800138000")
    fill_in(client, "phone/verify", code="000000")
    assert services.phone_of(Account.objects.get()) == ("+8613800138000", False)


def test_a_number_that_is_taken_is_not_given_away(client):
    """Whoever signs up with somebody's number sees the same page; the owner of the number gets a message."""
    first = known()
    services.set_contact(first.pk, kind="phone", value="13800138000", by=first, at=timezone.now(), verified=True)
    answer = sign_up(client, username="other", phone="13800138000")
    assert answer["Location"] == "/accounts/phone/verify/"
    assert not Account.objects.filter(username="other").exists()
    assert [number for number, _ in sms.ConsoleGateway.sent] == ["+8613800138000"]


def test_an_unproved_number_signs_nobody_in(client):
    person = known()
    services.set_contact(person.pk, kind="phone", value="13800138000", by=person, at=timezone.now())
    fill_in(client, "login", login="13800138000", password=PASSWORD)
    assert who(client) == "seen by nobody"


def test_a_telephone_gets_three_codes_in_a_quarter_of_an_hour_whoever_asks(client):
    """A stranger can neither guess through a day nor wear out somebody's telephone."""
    person = known()
    services.set_contact(person.pk, kind="phone", value="13800138000", by=person, at=timezone.now(), verified=True)
    for number in range(6):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/accounts/login/code/", {"phone": "138-0013-8000"})
    assert len(sms.ConsoleGateway.sent) == 3


def test_without_a_gateway_there_is_no_telephone_to_fill_in(client, settings):
    settings.LIREN_SMS, settings.ACCOUNT_LOGIN_METHODS = "", {"username"}
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
    assert "phone" not in client.get("/accounts/signup/").context["form"].fields
    assert not sms.available()
    with pytest.raises(ImproperlyConfigured):
        sms.gateway()


class Recorder:
    """A gateway as an operator would write one."""

    def send(self, number, text):
        sms.ConsoleGateway.sent.append((number, "recorded"))


def test_an_operator_names_their_own_gateway(settings):
    settings.LIREN_SMS = f"{__name__}.Recorder"
    sms.gateway().send("+8613800138000", "text")
    assert sms.ConsoleGateway.sent == [("+8613800138000", "recorded")]
    settings.LIREN_SMS = "no.such.Gateway"
    with pytest.raises(ImproperlyConfigured, match="LIREN_SMS"):
        sms.gateway()


def test_no_page_of_the_package_sends_mail(client, mailoutbox):
    sign_in(client, known())
    for address in ("stranger@example.cn", "wang.li"):
        fill_in(client, "password/reset", email=address)
    assert mailoutbox == []


def test_no_page_of_the_package_keeps_an_e_mail_address(client):
    known()
    fill_in(client, "login", login="wang.li", password=PASSWORD)
    answer = fill_in(client, "email", email="stranger@example.cn", action_add="")
    assert "email" in answer.context["form"].errors
    assert not EmailAddress.objects.exists()


# --- Other houses


def test_no_other_house_appears_unless_the_environment_names_it(client):
    assert providers({}) == {}
    assert "openid" not in client.get("/accounts/login/").content.decode().lower()


def test_other_houses_are_ready_by_environment():
    found = providers(
        {
            "LIREN_OIDC_SERVER_URL": "https://id.example",
            "LIREN_OIDC_CLIENT_ID": "c",
            "LIREN_OIDC_SECRET": "s",
            "LIREN_WEIXIN_CLIENT_ID": "w",
            "LIREN_WEIXIN_SECRET": "s",
        }
    )
    assert found["openid_connect"]["APPS"][0]["settings"]["server_url"] == "https://id.example"
    assert found["openid_connect"]["SCOPE"] == ["openid"]
    assert found["weixin"]["APPS"] == [{"client_id": "w", "secret": "s"}]


@pytest.mark.parametrize("half", [{"LIREN_WEIXIN_CLIENT_ID": "w"}, {"LIREN_OIDC_SECRET": "s"}])
def test_half_a_house_is_an_error(half):
    with pytest.raises(ValueError, match="missing"):
        providers(half)


def weixin_login(rf, settings):
    """What allauth makes of Weixin's answer, before anything is looked up."""
    settings.SOCIALACCOUNT_PROVIDERS = providers({"LIREN_WEIXIN_CLIENT_ID": "w", "LIREN_WEIXIN_SECRET": "s"})
    request = rf.get("/")
    answer = {"openid": "o-77", "nickname": "小明", "sex": 1, "province": "四川", "headimgurl": "https://x/y"}
    return request, social_adapter().get_provider(request, "weixin").sociallogin_from_response(request, answer)


@pytest.mark.requirement("R379")
def test_nothing_of_a_profile_from_another_house_is_kept(rf, settings):
    _request, login = weixin_login(rf, settings)
    assert isinstance(login, SocialLogin)
    assert (login.account.uid, login.account.extra_data, login.email_addresses) == ("o-77", {}, [])
    assert (login.user.username, login.user.display_name) == ("", "")
    assert "小明" not in str(login.serialize())


@pytest.mark.requirement("R379")
def test_an_account_from_another_house_has_a_name_of_its_own_choice(rf, settings, client):
    from allauth.core.context import request_context

    request, login = weixin_login(rf, settings)
    request.session = client.session
    form = type(
        "Form", (), {"cleaned_data": {"username": "wang.li", "display_name": "王里"}, "_has_phone_field": False}
    )
    with request_context(request):
        person = social_adapter().save_user(request, login, form())
    assert (person.username, person.display_name, person.has_usable_password()) == ("wang.li", "王里", False)
    assert SocialAccount.objects.get().extra_data == {}
    assert not ours.SocialAdapter().is_auto_signup_allowed(request, login)
