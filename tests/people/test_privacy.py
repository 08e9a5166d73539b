"""Consent is given and taken back; what has been kept long enough is destroyed, counted and recorded."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.people import jobs, queries, register, services
from liren.foundation.people.models import (
    AccessEntry,
    AccessGrant,
    Account,
    ConsentEvent,
    Contact,
    Destruction,
    Residency,
    ResidencyEvent,
    Role,
)
from tests.make.people import SYSTEM, account, official, resident, roles, town

NOW = timezone.now
LONG = timedelta(days=4000)


@pytest.mark.django_db
@pytest.mark.requirement("R366")
def test_consent_is_given_taken_back_and_given_again():
    person = account()
    assert not queries.has_consent(person, "sms_notices")
    said = []
    for act in (services.give_consent, services.withdraw_consent, services.give_consent):
        act(person.pk, purpose="sms_notices", by=person, at=NOW())
        said.append(queries.has_consent(person, "sms_notices"))
    assert said == [True, False, True]
    assert list(ConsentEvent.objects.values_list("given", flat=True)) == [True, False, True]
    latest = {consent.code: event and event.given for consent, event in queries.consents_of(person)}
    assert latest == {"sms_notices": True, "email_notices": None}


@pytest.mark.django_db
def test_consent_to_an_old_wording_does_not_count_for_a_new_one():
    person = account()
    ConsentEvent.objects.create(account=person, purpose="sms_notices", wording=99, given=True, at=NOW())
    assert not queries.has_consent(person, "sms_notices")


@pytest.mark.django_db
def test_nobody_consents_for_another_or_to_what_is_not_asked():
    person = account()
    with pytest.raises(NotAllowed):
        services.give_consent(person.pk, purpose="sms_notices", by=official("city_admin", town().city), at=NOW())
    with pytest.raises(BadInput):
        services.give_consent(person.pk, purpose="everything", by=person, at=NOW())
    assert list(ConsentEvent.objects.visible_to(account())) == []


# --- Destruction


def old_things():
    """One row of each data set whose time is over, and one whose time is not."""
    place, then, now = town(), NOW() - LONG, NOW()
    person = account(joined_at=then)
    for at in (then, now):
        home = services.claim_residency(person.pk, unit_id=place.community.pk, by=person, at=at)
        services.withdraw_residency(home.pk, by=person, at=at)
        AccessEntry.objects.create(subject=person, actor="account:0", dataset="contact", purpose="核实", at=at)
        services.give_consent(person.pk, purpose="sms_notices", by=person, at=at)
        AccessGrant.objects.create(
            actor=official("community_worker", place.community),
            subject=person,
            unit=place.community,
            purpose="通知停水检修",
            opened_at=at,
            expires_at=at + timedelta(minutes=30),
        )
        mine = account()
        services.set_contact(mine.pk, kind="phone", value="13800138000", by=mine, at=at)
        Session.objects.create(session_key=f"key{at:%Y}", session_data="", expire_date=at)
        UserSession.objects.create(user=person, ip="127.0.0.1", session_key=f"key{at:%Y}", last_seen_at=at)
    return person


@pytest.mark.django_db
@pytest.mark.requirement("R377")
def test_what_was_kept_long_enough_is_destroyed_and_recorded():
    old_things()
    records = services.destroy_expired(by=SYSTEM, at=NOW())
    assert {r.dataset: r.rows for r in records} == {
        "contact": 1,
        "access_log": 1,
        "access_grant": 1,
        "residency": 3,
        "consent": 1,
        "session": 2,
    }
    left = (AccessEntry, AccessGrant, Residency, ConsentEvent, Contact, Session, UserSession)
    assert [model.objects.count() for model in left] == [1] * len(left)
    assert ResidencyEvent.objects.count() == 2
    assert {(r.reason, r.actor) for r in Destruction.objects.all()} == {(register.END, "system:test")}
    assert all(r.older_than is not None and r.archive_class == "short" for r in records)
    assert len(list(queries.destructions(count=3))) == 3


@pytest.mark.django_db
def test_a_second_run_destroys_nothing():
    old_things()
    services.destroy_expired(by=SYSTEM, at=NOW())
    assert services.destroy_expired(by=SYSTEM, at=NOW()) == []


@pytest.mark.django_db
@pytest.mark.requirement("R377")
def test_nothing_is_destroyed_before_its_time_even_by_the_system():
    from django.db import IntegrityError, transaction

    old_things()
    with pytest.raises(IntegrityError, match="kept as written"), transaction.atomic():
        services.destroy_expired(by=SYSTEM, at=NOW() + LONG)
    assert AccessEntry.objects.count() == 2


@pytest.mark.django_db
def test_nobody_but_the_system_destroys():
    for role in ("city_admin", "data_protection_officer"):
        with pytest.raises(NotAllowed):
            services.destroy_expired(by=official(role, town().city), at=NOW())


@pytest.mark.django_db
def test_an_open_residency_is_never_due():
    person = resident(town().community)
    services.destroy_expired(by=SYSTEM, at=NOW())
    assert queries.my_residency(person).state == "verified"


@pytest.mark.django_db
def test_the_nightly_job_does_the_same():
    old_things()
    jobs.destroy_expired.func(timestamp=int(NOW().timestamp()))
    assert Destruction.objects.filter(actor="system:retention").count() == 6


# --- The register of data sets


def personal_tables():
    """Every table that points to an account, of whatever room or package."""
    return {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is Account
    } | {"people.Account", "people.ResidencyEvent", "sessions.Session"}


UNUSED = {"account.EmailAddress": "the database refuses every row"}


@pytest.mark.requirement("R365")
def test_every_table_about_persons_stands_in_the_register():
    registered = {table for entry in queries.dataset_register() for table in entry.tables}
    assert personal_tables() - set(UNUSED) - registered == set()
    assert {table for table in registered if not apps.get_model(table)} == set()


@pytest.mark.requirement("R365")
def test_every_column_that_the_register_names_exists():
    for entry in queries.dataset_register():
        present = {f.name for table in entry.tables for f in apps.get_model(table)._meta.get_fields()}
        assert set(entry.columns) - present == set(), entry.code


@pytest.mark.django_db
@pytest.mark.requirement("R365")
def test_a_role_answers_for_every_data_set():
    roles()
    assert {entry.responsible for entry in queries.dataset_register()} <= set(
        Role.objects.values_list("code", flat=True)
    )


@pytest.mark.requirement("R377")
def test_the_database_keeps_as_long_as_the_register_says():
    """The periods of the triggers and of the register are the same days."""
    from liren.foundation.people.migrations import __name__ as room  # noqa: F401 -- the file below is read as text

    text = (register.HERE / "migrations" / "0002_guards.py").read_text()
    for table, dataset in [
        ("people_accessentry", "access_log"),
        ("people_accessgrant", "access_grant"),
        ("people_residencyevent", "residency"),
        ("people_consentevent", "consent"),
    ]:
        line = text[text.index(f'"{table}"') :][:120]
        assert f'"{register.datasets()[dataset].retention_days} days"' in line
