"""What must never be true of people is refused by the database itself: each rule is broken once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from liren.foundation.people import register, services
from liren.foundation.people.models import (
    AccessEntry,
    AccessGrant,
    Account,
    ConsentEvent,
    Contact,
    Destruction,
    Mandate,
    Residency,
    ResidencyEvent,
    Role,
    RoleLevel,
    RolePower,
)
from tests.make.people import MOMENT, SYSTEM, account, mandate, raw_mandate, residency, roles, town

pytestmark = pytest.mark.django_db


def refused(work, name=None):
    """The database refuses, and names the rule."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        work()


def refuses_update(model, row, name, **wrong):
    refused(lambda: model.objects.filter(pk=row.pk).update(**wrong), name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"username": "UPPER"}, "people_account_username_is_well_formed"),
        ({"username": "a"}, "people_account_username_is_well_formed"),
        ({"username": "13800138000"}, "people_account_username_is_well_formed"),
        ({"username": "two words"}, "people_account_username_is_well_formed"),
        ({"username": "erased-7"}, "people_account_erased_exactly_when_so_named"),
        ({"display_name": ""}, "people_account_has_a_name"),
        ({"language": "tlh"}, "people_account_language_is_known"),
        ({"erased_at": MOMENT, "username": "erased-7"}, "people_account_erased_is_not_active"),
        ({"erased_at": MOMENT, "is_active": False}, "people_account_erased_exactly_when_so_named"),
    ],
)
def test_an_impossible_account_is_refused(wrong, name):
    refuses_update(Account, account(), name, **wrong)


def test_a_user_name_belongs_to_one_account():
    refuses_update(Account, account(), "username", username=account().username)


def contact(**changes):
    person = changes.pop("account", None) or account()
    return services.set_contact(person.pk, kind="phone", value="13800138000", by=person, at=MOMENT, **changes)


def test_a_contact_of_unknown_kind_is_refused():
    refuses_update(Contact, contact(), "people_contact_kind_is_known", kind="pigeon")


def test_a_person_has_one_contact_of_each_kind():
    person = account()
    contact(account=person)
    mail = services.set_contact(person.pk, kind="email", value="a@b.cn", by=person, at=MOMENT)
    refuses_update(Contact, mail, "people_contact_one_of_each_kind", kind="phone")


def test_a_telephone_number_is_proved_by_one_account_only():
    contact(verified=True)
    refuses_update(Contact, contact(), "people_contact_verified_phone_is_unique", verified_at=MOMENT)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"state": "lost", "closed_at": MOMENT}, "people_residency_state_is_known"),
        ({"state": "refused"}, "people_residency_closed_at_exactly_when_closed"),
        ({"closed_at": MOMENT}, "people_residency_closed_at_exactly_when_closed"),
        ({"state": "verified"}, "people_residency_decided_has_a_time"),
    ],
)
def test_an_impossible_residency_is_refused(wrong, name):
    refuses_update(Residency, residency(account(), town().community), name, **wrong)


def test_nobody_is_recorded_as_deciding_on_their_own_residency():
    home = residency(account(), town().community)
    wrong = {"decided_by": home.account_id, "decided_at": MOMENT, "state": "verified"}
    refuses_update(Residency, home, "people_residency_nobody_decides_on_oneself", **wrong)


def test_a_second_open_residency_is_refused():
    place, person = town(), account()
    residency(person, place.community)
    second = Residency(account=person, unit=place.sibling_community, claimed_at=MOMENT)
    refused(second.save, "people_residency_one_open_per_account")


def test_nobody_lives_in_a_street():
    home = Residency(account=account(), unit=town().street, claimed_at=MOMENT)
    refused(home.save, "people_residency_is_in_a_community_or_below")


def test_the_level_of_a_residency_is_the_level_of_its_unit():
    refuses_update(
        Residency, residency(account(), town().community), "people_residency_unit_has_this_level", unit_level=7
    )


def test_the_story_of_a_residency_is_never_rewritten():
    residency(account(), town().community)
    refused(lambda: ResidencyEvent.objects.update(note="improved"), "kept as written")
    refused(lambda: ResidencyEvent.objects.all().delete(), "kept as written")


def test_who_claimed_where_and_when_stays_as_it_was_claimed():
    place = town()
    home = residency(account(), place.community)
    for wrong in ({"account": account()}, {"unit": place.sibling_community}, {"claimed_at": timezone.now()}):
        refuses_update(Residency, home, "kept as written", **wrong)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"to_state": "lost"}, "people_residency_event_state_is_known"),
        ({"to_state": "refused", "note": ""}, "people_residency_event_refusal_has_a_reason"),
    ],
)
def test_an_impossible_line_of_the_story_is_refused(wrong, name):
    home = residency(account(), town().community)
    line = ResidencyEvent(**{"residency": home, "move": "x", "at": MOMENT, "actor": "system:test", **wrong})
    refused(line.save, name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"side": "both"}, "people_role_side_is_known"),
        ({"counted": "dog"}, "people_role_counted_is_known"),
        ({"name_en": ""}, "people_role_is_described_in_both_languages"),
        ({"description_zh": ""}, "people_role_is_described_in_both_languages"),
    ],
)
def test_an_impossible_role_is_refused(wrong, name):
    roles()
    refuses_update(Role, Role.objects.get(code="planner"), name, **wrong)


def test_a_power_and_a_level_stand_once_in_a_role():
    roles()
    planner = Role.objects.get(code="planner")
    refused(RolePower(role=planner, power="territory.zone").save, "people_role_power_once")
    refused(RoleLevel(role=planner, level=2).save, "people_role_level_once")


def test_the_same_role_twice_at_one_time_is_refused():
    place, person = town(), account()
    raw_mandate(person, "street_officer", place.street, date(2025, 1, 1), date(2025, 7, 1))
    name = "people_mandate_same_role_does_not_overlap"
    refused(lambda: raw_mandate(person, "street_officer", place.street, date(2025, 6, 30)), name)
    raw_mandate(person, "street_officer", place.street, date(2025, 7, 1))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"during": (None, None)}, "people_mandate_has_a_first_day"),
        ({"during": (date(2025, 1, 1), date(2025, 1, 1))}, "people_mandate_has_a_first_day"),
        ({"ended_at": MOMENT}, "people_mandate_ended_at_with_ended_by"),
        ({"ended_by": "account:1"}, "people_mandate_ended_at_with_ended_by"),
        ({"weekly_minutes": 10081}, "people_mandate_week_has_10080_minutes"),
        ({"weekly_minutes": 0}, "people_mandate_week_has_10080_minutes"),
        ({"unit_level": 3}, "people_mandate_(unit_has_this_level|role_is_held_on_this_level)"),
    ],
)
def test_an_impossible_mandate_is_refused(wrong, name):
    refuses_update(Mandate, mandate(account(), "street_officer", town().street), name, **wrong)


def test_a_mandate_granted_to_oneself_is_refused():
    person = account()
    raw = {"granted_by": f"account:{person.pk}"}
    refused(
        lambda: raw_mandate(person, "street_officer", town().street, date(2025, 1, 1), **raw),
        "people_mandate_nobody_grants_to_oneself",
    )


def test_a_role_is_held_only_on_its_levels():
    place = town()
    refused(
        lambda: raw_mandate(account(), "city_admin", place.community, date(2025, 1, 1)),
        "people_mandate_role_is_held_on_this_level",
    )


@pytest.mark.requirement("R035")
def test_a_grid_worker_has_duties_and_hours():
    grid, person = town().grid, account()
    for lacking in ({"duties": ""}, {"weekly_minutes": None}):
        refused(lambda lacking=lacking: raw_mandate(person, "grid_worker", grid, date(2025, 1, 1), **lacking), "duties")


def test_who_acts_does_not_check_at_the_same_time():
    place, person = town(), account()
    raw_mandate(person, "district_admin", place.district, date(2025, 1, 1), date(2026, 1, 1))
    refused(lambda: raw_mandate(person, "auditor", place.sibling_district, date(2025, 12, 31)), "act and check")
    raw_mandate(person, "auditor", place.sibling_district, date(2026, 1, 1))


def test_a_mandate_is_ended_and_never_deleted_or_rewritten():
    place = town()
    held = mandate(account(), "street_officer", place.street)
    refused(lambda: Mandate.objects.filter(pk=held.pk).delete(), "kept as written")
    for wrong in ({"account": account()}, {"unit": place.sibling_street}, {"granted_by": "system:other"}):
        refuses_update(Mandate, held, "kept as written", **wrong)


def grant(**changes):
    place = town()
    facts = {
        "actor": account(),
        "subject": account(),
        "unit": place.community,
        "purpose": "为了通知停水",
        "opened_at": MOMENT,
        "expires_at": MOMENT + timedelta(minutes=30),
        **changes,
    }
    return AccessGrant.objects.create(**facts)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"expires_at": MOMENT + timedelta(minutes=31)}, "people_access_grant_lasts_half_an_hour_at_most"),
        ({"expires_at": MOMENT}, "people_access_grant_lasts_half_an_hour_at_most"),
        ({"purpose": ""}, "people_access_grant_states_a_purpose"),
        ({"outcome": "justified"}, "people_access_grant_review_is_whole"),
        ({"reviewed_at": MOMENT}, "people_access_grant_review_is_whole"),
    ],
)
@pytest.mark.requirement("R367")
def test_an_impossible_access_is_refused(wrong, name):
    refused(lambda: grant(**wrong), name)


def test_an_access_to_oneself_is_refused():
    person = account()
    refused(lambda: grant(actor=person, subject=person), "people_access_grant_is_about_another_person")


@pytest.mark.requirement("R367")
def test_an_access_is_reviewed_by_a_third():
    given = grant()
    for involved in (given.actor_id, given.subject_id):
        review = {"outcome": "justified", "reviewed_at": MOMENT, "reviewed_by": involved}
        refuses_update(AccessGrant, given, "people_access_grant_is_reviewed_by_a_third", **review)


def test_the_facts_of_an_access_never_change_and_stay_for_three_years():
    given = grant()
    refuses_update(AccessGrant, given, "kept as written", purpose="a better reason")
    fresh = grant(opened_at=timezone.now(), expires_at=timezone.now() + timedelta(minutes=5))
    refused(lambda: AccessGrant.objects.filter(pk=fresh.pk).delete(), "kept as written")


def look(**changes):
    facts = {"subject": account(), "actor": "account:1", "dataset": "contact", "purpose": "核实", "at": timezone.now()}
    return AccessEntry.objects.create(**{**facts, **changes})


@pytest.mark.requirement("R366")
def test_a_look_is_never_unwritten():
    line = look()
    refuses_update(AccessEntry, line, "kept as written", purpose="something nicer")
    refused(lambda: AccessEntry.objects.filter(pk=line.pk).delete(), "kept as written")
    refused(lambda: look(purpose=""), "people_access_entry_states_a_purpose")


def test_consent_is_never_unwritten():
    person = account()
    services.give_consent(person.pk, purpose="sms_notices", by=person, at=timezone.now())
    refused(lambda: ConsentEvent.objects.update(given=False), "kept as written")
    refused(lambda: ConsentEvent.objects.all().delete(), "kept as written")


@pytest.mark.requirement("R377")
def test_the_record_of_a_destruction_is_never_unwritten():
    facts = {"dataset": "contact", "archive_class": "short", "actor": "system:test", "at": MOMENT}
    Destruction.objects.create(rows=1, reason=register.ASKED, **facts)
    refused(lambda: Destruction.objects.update(rows=2), "appended and never changed")
    refused(lambda: Destruction.objects.all().delete(), "appended and never changed")
    nothing = {"rows": 0, "reason": register.ASKED, **facts}
    refused(lambda: Destruction.objects.create(**nothing), "people_destruction_destroyed_something")
    refused(lambda: Destruction.objects.create(rows=1, reason="", **facts), "people_destruction_states_a_reason")


KEPT = ["mandate", "residency", "residencyevent", "consentevent", "accessentry", "accessgrant", "destruction"]


@pytest.mark.parametrize("table", KEPT)
def test_no_history_is_emptied_at_a_stroke(table):
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"TRUNCATE people_{table} CASCADE"))


@pytest.mark.requirement("R379")
@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("account_emailaddress", "(user_id, email, verified, \"primary\") VALUES (%s, 'a@b.cn', true, true)"),
        (
            "socialaccount_socialaccount",
            "(user_id, provider, uid, last_login, date_joined, extra_data)"
            " VALUES (%s, 'weixin', 'u', now(), now(), '{\"sex\": 1}')",
        ),
    ],
)
def test_nothing_from_other_houses_can_be_stored(table, columns):
    person = account()
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"INSERT INTO {table} {columns}", [person.pk]), "people_no_")


def test_a_missing_unit_is_refused_for_residency_and_mandate():
    home = residency(account(), town().community)
    assert SYSTEM.holds("anything")
    refused(lambda: Residency.objects.filter(pk=home.pk).update(unit_id=2**40))
