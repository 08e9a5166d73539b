"""Accounts are opened, corrected, taken out and erased by the person, and nobody else."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.utils import timezone, translation

from liren.config import settings as site
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people import queries, register, services
from liren.foundation.people.models import AccessEntry, Account, Destruction
from tests.make.people import MOMENT, PASSWORD, SECRET, SYSTEM, account, official, residency, resident, town

NOW = timezone.now
pytestmark = pytest.mark.django_db


def opened(**changes):
    facts = {"username": "wang.li", "display_name": "王里", "password": PASSWORD, "by": ANONYMOUS, "at": MOMENT}
    return services.register_account(**{**facts, **changes})


def test_anybody_opens_an_account():
    person = opened(username=" Wang.Li ", display_name="  王   里 ")
    assert (person.username, person.display_name, person.joined_at) == ("wang.li", "王 里", MOMENT)
    assert person.check_password(PASSWORD)
    assert AuditEntry.objects.get(action="people.register").object_id == str(person.pk)


def test_passwords_are_kept_as_argon2(settings):
    """The tests hash cheaply; the site does as its settings say."""
    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS
    assert opened().password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "x"},
        {"username": "13800138000"},
        {"username": "two words"},
        {"username": "erased-12"},
        {"username": "名\x00字"},
        {"username": "x" * 33},
        {"display_name": " "},
        {"display_name": "长" * 41},
        {"password": "short"},
        {"password": "1234567890123"},
        {"password": "password123"},
        {"password": "wang.li.2026"},
        {"language": "tlh"},
    ],
)
def test_a_name_or_password_that_the_rules_refuse_is_said(wrong):
    with pytest.raises(BadInput) as refused:
        opened(**wrong)
    assert refused.value.message
    assert not Account.objects.exists()


def test_a_taken_user_name_is_a_conflict_however_it_is_written():
    opened()
    with pytest.raises(Conflict):
        opened(username="WANG.LI")


def test_a_chinese_user_name_is_welcome():
    assert opened(username="里仁居民").username == "里仁居民"
    assert Account.objects.get_by_natural_key("里仁居民").pk


def test_without_a_password_nobody_signs_in_by_password():
    assert not opened(password=None).has_usable_password()


@pytest.mark.requirement("R366")
def test_a_person_corrects_their_name_and_language():
    person = opened()
    done = services.correct_profile(person.pk, display_name="王小里", language="en", by=person, at=NOW())
    assert (done.display_name, done.language) == ("王小里", "en")
    with pytest.raises(BadInput):
        services.correct_profile(person.pk, display_name="", by=person, at=NOW())
    with pytest.raises(NotAllowed):
        services.correct_profile(person.pk, display_name="别人", by=official("city_admin", town().city), at=NOW())


# --- Second factor for made-up people


def test_the_six_digits_are_those_of_the_standard():
    """RFC 6238, appendix B: SHA-1, last six of the eight digits printed there."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moments = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000]
    assert [services.totp_code(secret, moment=m) for m in moments] == [
        "287082",
        "081804",
        "050471",
        "005924",
        "279037",
        "353130",
    ]


def test_the_secret_of_a_second_factor_is_sealed():
    person = account()
    made = services.enrol_totp(person, SECRET, by=SYSTEM, at=NOW())
    assert SECRET not in json.dumps(made.data)
    assert made.wrap().validate_code(services.totp_code(SECRET))
    again = services.enrol_totp(person, SECRET, by=SYSTEM, at=NOW())
    assert list(Authenticator.objects.filter(user=person)) == [again]


@pytest.mark.parametrize("secret", ["", "not base32!", "ABC", "JBSWY3DP"])
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(BadInput):
        services.enrol_totp(account(), secret, by=SYSTEM, at=NOW())


def test_nobody_sets_up_a_factor_for_somebody_else():
    person = account()
    for who in (person, official("city_admin", town().city)):
        with pytest.raises(NotAllowed):
            services.enrol_totp(person, SECRET, by=who, at=NOW())


# --- Taking out one's own data


def lived():
    """A person with something in every data set."""
    place = town()
    person = resident(place.community, username="wang.li", display_name="王小里")
    services.set_contact(person.pk, kind="phone", value="13800138000", by=person, at=NOW(), verified=True)
    services.give_consent(person.pk, purpose="sms_notices", by=person, at=NOW())
    services.enrol_totp(person, SECRET, by=SYSTEM, at=NOW())
    SocialAccount.objects.create(user=person, provider="weixin", uid="o-1", extra_data={})
    worker = official("community_worker", place.community)
    services.open_sealed_contact(person.pk, kind="phone", purpose="通知明天停水检修", by=worker, at=NOW())
    return place, person, worker


@pytest.mark.requirement("R366")
def test_a_person_takes_out_everything_about_themselves():
    place, person, worker = lived()
    data = services.export_own_data(person.pk, by=person, at=NOW())
    assert json.loads(json.dumps(data)) == data
    assert data["contact"] == [{"kind": "phone", "value": "+8613800138000", "verified": True}]
    assert [event["move"] for event in data["residency"][0]["events"]] == ["claim", "verify"]
    assert data["residency"][0]["unit"] == place.community.code
    assert [(look["by"], look["purpose"]) for look in data["access_log"]] == [(worker.label, "通知明天停水检修")]
    assert [c["purpose"] for c in data["consent"]] == ["sms_notices"]
    assert [c["uid"] for c in data["connection"]] == ["o-1"]
    assert SECRET not in json.dumps(data)
    assert "argon2" not in json.dumps(data)
    assert {action["action"] for action in data["own_actions"]} >= {"people.residency_claim", "people.export"}


@pytest.mark.requirement("R366")
def test_every_data_set_of_the_register_is_in_the_export():
    _place, person, _worker = lived()
    data = services.export_own_data(person.pk, by=person, at=NOW())
    assert set(register.datasets()) - set(data) == set()


@pytest.mark.requirement("R366")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_export_reads_as_sentences(language):
    _place, person, _worker = lived()
    with translation.override(language):
        summary = dict(services.summary_of(services.export_own_data(person.pk, by=person, at=NOW())))
    names = {entry.name_en if language == "en" else entry.name_zh for entry in register.datasets().values()}
    assert set(summary) == names
    assert all(lines for lines in summary.values())
    said = " ".join(line for lines in summary.values() for line in lines)
    if language != "en":
        codes = r"claimed|verified|sms_notices|community_worker|True|False"
        assert not re.search(codes, said), "codes of the database are no words for a reader"


def test_nobody_takes_out_the_data_of_another():
    place = town()
    person = resident(place.community)
    for who in (official("city_admin", place.city), official("data_protection_officer", place.city), ANONYMOUS):
        with pytest.raises(NotAllowed):
            services.export_own_data(person.pk, by=who, at=NOW())


# --- Erasure


@pytest.mark.requirement("R366")
def test_an_erased_account_leaves_no_name_and_no_contact_behind():
    _place, person, _worker = lived()
    gone = services.erase_account(person.pk, by=person, at=NOW())
    assert (gone.username, gone.is_active, str(gone) != "—") == (f"erased-{person.pk}", False, True)
    assert not gone.has_usable_password()
    assert not gone.contacts.exists()
    assert not Authenticator.objects.filter(user=gone).exists()
    assert not SocialAccount.objects.filter(user=gone).exists()
    assert queries.my_residency(gone) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, '') FROM people_account a")
        assert not {"wang.li", "王小里"} & set(cursor.fetchone()[0].split(","))


@pytest.mark.requirement("R366", "R377")
def test_an_erasure_is_recorded_without_a_name():
    _place, person, _worker = lived()
    services.erase_account(person.pk, by=person, at=NOW())
    assert sorted(Destruction.objects.values_list("dataset", "rows", "reason")) == [
        ("account", 1, "owner_asked"),
        ("contact", 1, "owner_asked"),
    ]
    facts = json.dumps(list(AuditEntry.objects.values("actor", "action", "facts")))
    assert not any(name in facts for name in ("wang.li", "王小里", "13800138000"))


@pytest.mark.requirement("R366")
def test_an_erasure_appends_to_the_audit_log_and_changes_no_line_of_it():
    _place, person, _worker = lived()
    before = list(AuditEntry.objects.order_by("pk").values())
    services.erase_account(person.pk, by=person, at=NOW())
    after = list(AuditEntry.objects.order_by("pk").values())
    assert after[: len(before)] == before
    assert {entry["action"] for entry in after[len(before) :]} == {
        "people.residency_end",
        "people.destroyed",
        "people.erase",
    }


@pytest.mark.requirement("R366")
def test_the_log_of_looks_outlives_the_name():
    _place, person, worker = lived()
    services.erase_account(person.pk, by=person, at=NOW())
    assert AccessEntry.objects.get(subject=person).looker == worker


def test_an_office_that_was_held_stays_a_fact():
    place = town()
    holder = official("community_worker", place.community)
    services.erase_account(holder.pk, by=holder, at=NOW())
    held = holder.mandates.get()
    assert (held.ended_by, held.ends_on, held.unit) == (holder.label, timezone.localdate(), place.community)
    assert str(held.account) != "—"
    assert Account.objects.get(pk=holder.pk).powers() == frozenset()


def test_a_claim_is_withdrawn_by_an_erasure():
    person = account()
    home = residency(person, town().community)
    services.erase_account(person.pk, by=person, at=NOW())
    home.refresh_from_db()
    assert home.state == "withdrawn"


def test_nobody_erases_another_and_nobody_twice():
    place = town()
    person = resident(place.community)
    for who in (official("city_admin", place.city), account()):
        with pytest.raises(NotAllowed):
            services.erase_account(person.pk, by=who, at=NOW())
    services.erase_account(person.pk, by=person, at=NOW())
    with pytest.raises(Conflict):
        services.erase_account(person.pk, by=person, at=NOW())


def test_the_name_of_an_erased_account_is_free_again_and_its_mark_is_not():
    person = opened()
    services.erase_account(person.pk, by=person, at=NOW())
    assert opened().pk != person.pk
    with pytest.raises(BadInput):
        opened(username=f"erased-{person.pk}")
