"""Contact data: sealed in the column, found blind, open to the person, and to others for half an hour with a reason."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people import queries, services
from liren.foundation.people.cipher import SealBroken
from liren.foundation.people.models import AccessEntry, AccessGrant, Contact, Destruction
from tests.make.people import SYSTEM, account, official, residency, resident, town

NOW = timezone.now
PHONE = "13800138000"
REASON = "通知明天停水检修"

pytestmark = pytest.mark.django_db


def keep(person, kind="phone", value=PHONE, **changes):
    return services.set_contact(person.pk, kind=kind, value=value, by=person, at=NOW(), **changes)


def reachable(place, **changes):
    person = resident(place.community, **changes)
    keep(person)
    return person


def everything_stored():
    """All text of all rows of our tables, as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [row[0] for row in cursor.fetchall()]
        found = ""
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found += cursor.fetchone()[0]
    return found


@pytest.mark.requirement("R365")
def test_no_contact_stands_in_the_clear_anywhere_in_the_database():
    place = town()
    person = reachable(place)
    keep(person, "address", "里仁路一号")
    worker = official("community_worker", place.community)
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    services.read_sealed_contact(grant.uuid, by=worker, at=NOW())
    stored = everything_stored()
    assert person.display_name in stored
    for secret in (PHONE, "8613800138000", "里仁路一号", PHONE.encode().hex(), "里仁路一号".encode().hex()):
        assert secret not in stored


@pytest.mark.requirement("R366")
def test_a_person_sees_their_own_contacts_and_corrects_them():
    person = account()
    keep(person)
    keep(person, "email", "Wang@Example.CN")
    assert services.own_contacts(person, by=person) == {
        "email": ("wang@example.cn", False),
        "phone": ("+8613800138000", False),
    }
    keep(person, value="13900139000")
    assert services.own_contacts(person, by=person)["phone"] == ("+8613900139000", False)
    assert person.contacts.count() == 2


@pytest.mark.requirement("R366")
def test_a_person_removes_a_contact_and_the_destruction_is_recorded():
    person = account()
    keep(person)
    services.remove_contact(person.pk, kind="phone", by=person, at=NOW())
    services.remove_contact(person.pk, kind="phone", by=person, at=NOW())
    assert list(Destruction.objects.values_list("dataset", "rows", "reason")) == [("contact", 1, "owner_asked")]
    assert not Contact.objects.exists()


def test_nobody_else_reads_or_writes_ones_contacts():
    place = town()
    person, boss = reachable(place), official("city_admin", place.city)
    with pytest.raises(NotAllowed):
        services.own_contacts(person, by=boss)
    for attack in (
        lambda: services.set_contact(person.pk, kind="phone", value=PHONE, by=boss, at=NOW()),
        lambda: services.remove_contact(person.pk, kind="phone", by=boss, at=NOW()),
    ):
        with pytest.raises(NotAllowed):
            attack()
    assert list(Contact.objects.visible_to(boss)) == []


@pytest.mark.parametrize(("kind", "value"), [("phone", "12"), ("email", "x"), ("address", ""), ("pigeon", "x")])
def test_what_is_no_contact_is_refused(kind, value):
    with pytest.raises(BadInput):
        keep(account(), kind, value)


def test_a_changed_number_is_no_longer_proved_and_the_same_number_stays_so():
    person = account()
    keep(person, verified=True)
    assert keep(person, value="138 0013 8000").verified_at is not None
    assert keep(person, value="13900139000").verified_at is None


def test_an_account_is_found_by_a_proved_number_only():
    person = account()
    keep(person)
    assert services.account_by_phone(PHONE) is None
    keep(person, verified=True)
    assert services.account_by_phone("+86 138-0013-8000") == person
    assert services.account_by_phone("not a number") is None
    assert services.account_by_phone("13900139000") is None


def test_a_number_that_another_account_proved_can_be_typed_but_not_proved():
    keep(account(), verified=True)
    second = account()
    keep(second)
    with pytest.raises(Conflict):
        keep(second, verified=True)


def test_a_sealed_value_copied_to_another_row_does_not_open():
    thief, victim = account(), account()
    keep(thief, value="13900139000")
    keep(victim)
    Contact.objects.filter(account=thief).update(sealed=victim.contacts.get().sealed)
    with pytest.raises(SealBroken):
        services.own_contacts(thief, by=thief)


def test_a_sealed_value_whose_row_got_another_number_does_not_open():
    victim = account()
    contact = keep(victim)
    Contact.objects.filter(pk=contact.pk).update(uuid=uuid4())
    with pytest.raises(SealBroken):
        services.own_contacts(victim, by=victim)


def test_keys_are_changed_while_everything_stays_readable(settings):
    people = [account() for _ in range(3)]
    for n, person in enumerate(people):
        keep(person, value=f"1380013800{n}")
    settings.LIREN_DATA_KEYS_OLD = [settings.LIREN_DATA_KEY]
    settings.LIREN_DATA_KEY = base64.b64encode(b"n" * 32).decode()
    assert services.phone_of(people[0]) == ("+8613800138000", False)
    assert [services.reseal(by=SYSTEM, at=NOW(), batch=2) for _ in range(3)] == [2, 1, 0]
    settings.LIREN_DATA_KEYS_OLD = []
    assert services.phone_of(people[2]) == ("+8613800138002", False)
    settings.LIREN_CIPHER = "SM4-GCM"
    assert services.reseal(by=SYSTEM, at=NOW()) == 3
    assert services.phone_of(people[1]) == ("+8613800138001", False)


def test_nobody_but_the_system_reseals():
    with pytest.raises(NotAllowed):
        services.reseal(by=official("city_admin", town().city), at=NOW())


# --- A look by an official


@pytest.mark.requirement("R366", "R367")
def test_an_official_reads_a_contact_for_half_an_hour_and_the_person_sees_it():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    at = NOW()
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=at)
    assert services.read_sealed_contact(grant.uuid, by=worker, at=at + timedelta(minutes=29)) == "+8613800138000"
    for late in (timedelta(minutes=30), timedelta(days=1), timedelta(seconds=-1)):
        with pytest.raises(NotAllowed):
            services.read_sealed_contact(grant.uuid, by=worker, at=at + late)
    seen = [(e.looker_id, e.dataset, e.purpose, e.unit_id) for e in queries.access_of(person, person)]
    assert seen == [(worker.pk, "contact", REASON, place.community.pk)] * 2
    assert AuditEntry.objects.filter(action="people.open_contact", actor=worker.label).count() == 1


@pytest.mark.requirement("R367")
@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("community_worker", "sibling_community"),
        ("street_officer", "sibling_street"),
        ("district_admin", "sibling_district"),
        ("grid_worker", "grid"),
        ("planner", "city"),
        ("civil_affairs", "city"),
        ("auditor", "city"),
        ("data_protection_officer", "city"),
    ],
)
def test_contacts_are_closed_to_other_duties_and_other_places(role, where):
    place = town()
    person, other = reachable(place), official(role, getattr(place, where))
    with pytest.raises(NotAllowed):
        services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=other, at=NOW())
    assert not AccessGrant.objects.exists()


@pytest.mark.requirement("R367")
def test_who_moved_away_is_out_of_reach_at_once():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    services.end_residency(person.residencies.get().pk, by=person, at=NOW())
    with pytest.raises(NotAllowed):
        services.read_sealed_contact(grant.uuid, by=worker, at=NOW())
    with pytest.raises(NotAllowed):
        services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())


def test_a_grant_dies_with_the_mandate():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    services.end_mandate(worker.mandates.get().pk, by=SYSTEM, at=NOW())
    worker.forget_powers()
    with pytest.raises(NotAllowed):
        services.read_sealed_contact(grant.uuid, by=worker, at=NOW())


def test_a_grant_is_for_its_own_official_only():
    place = town()
    person = reachable(place)
    worker, colleague = (official("community_worker", place.community) for _ in range(2))
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    for attack in (services.read_sealed_contact, services.close_sealed_contact):
        with pytest.raises(PermissionDenied):
            attack(grant.uuid, by=colleague, at=NOW())
    assert list(Contact.objects.visible_to(worker)) == [person.contacts.get()]
    assert list(Contact.objects.visible_to(colleague)) == []


def test_a_grant_is_closed_early():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    closed = services.close_sealed_contact(grant.uuid, by=worker, at=NOW())
    assert services.close_sealed_contact(grant.uuid, by=worker, at=NOW()).closed_at == closed.closed_at
    with pytest.raises(NotAllowed):
        services.read_sealed_contact(grant.uuid, by=worker, at=NOW())
    assert list(Contact.objects.visible_to(worker)) == []


@pytest.mark.parametrize("purpose", ["", "   ", "查", "理" * 201, "短 短"])
def test_a_look_needs_a_reason(purpose):
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    with pytest.raises(BadInput):
        services.open_sealed_contact(person.pk, kind="phone", purpose=purpose, by=worker, at=NOW())
    assert not AccessEntry.objects.exists()


def test_nobody_opens_their_own_contact_this_way_or_one_that_is_not_there():
    place = town()
    worker = official("community_worker", place.community)
    residency(worker, place.community)
    with pytest.raises(NotAllowed):
        services.open_sealed_contact(worker.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    with pytest.raises(Conflict):
        services.open_sealed_contact(resident(place.community).pk, kind="phone", purpose=REASON, by=worker, at=NOW())


@pytest.mark.requirement("R367")
def test_a_look_is_reviewed_once_by_the_data_protection_officer_of_that_part_of_the_city():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    grant = services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    officer, far = (official("data_protection_officer", u) for u in (place.district, place.sibling_district))
    assert [g.pk for g in queries.grants_to_review(officer)] == [grant.pk]
    assert (queries.grants_to_review(far), queries.grants_to_review(worker)) == ([], [])
    for attack in (far, worker, person, official("city_admin", place.city)):
        with pytest.raises(NotAllowed):
            services.review_access(grant.uuid, outcome="justified", by=attack, at=NOW())
    with pytest.raises(BadInput):
        services.review_access(grant.uuid, outcome="wrong", by=officer, at=NOW())
    with pytest.raises(BadInput):
        services.review_access(grant.uuid, outcome="fine", by=officer, at=NOW())
    done = services.review_access(grant.uuid, outcome="wrong", by=officer, at=NOW(), note="没有停水计划")
    assert (done.outcome, done.reviewed_by_id) == ("wrong", officer.pk)
    with pytest.raises(Conflict):
        services.review_access(grant.uuid, outcome="justified", by=officer, at=NOW())
    assert queries.grants_to_review(officer) == []
    assert [e.grant_id for e in queries.looks_at(officer)] == [grant.pk]
    assert queries.looks_at(officer, before=queries.looks_at(officer)[0].pk) == []


@pytest.mark.requirement("R366")
def test_the_log_of_looks_is_for_the_person_and_the_reviewer_newest_first():
    place = town()
    person, worker = reachable(place), official("community_worker", place.community)
    for _ in range(3):
        services.open_sealed_contact(person.pk, kind="phone", purpose=REASON, by=worker, at=NOW())
    first = queries.access_of(person, person, count=2)
    rest = queries.access_of(person, person, before=first[-1].pk)
    pks = [e.pk for e in [*first, *rest]]
    assert (len(pks), pks) == (3, sorted(pks, reverse=True))
    assert queries.access_of(person, worker) == []
    assert len(queries.access_of(person, official("data_protection_officer", place.city))) == 3


def test_one_does_not_appear_in_ones_own_log():
    person = account()
    assert services.record_look([person.pk], dataset="contact", purpose="自己", by=person, at=NOW()) == []
    with pytest.raises(BadInput):
        services.record_look([person.pk], dataset="unheard_of", purpose="x", by=SYSTEM, at=NOW())
