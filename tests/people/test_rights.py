"""Authority: on one's unit and below, on the days of the mandate, and nowhere and never else."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.kernel import rights
from liren.foundation.kernel.rights import ANONYMOUS, Actor, can
from liren.foundation.people import queries, services
from liren.foundation.people.models import AccessEntry, Account, Contact, Mandate, Residency, Role, RolePower, Side
from liren.foundation.people.models.account import Held
from liren.foundation.people.models.reach import covers
from liren.foundation.people.services.roles import read_roles
from liren.foundation.territory.models import Unit
from tests.make.people import MOMENT, SYSTEM, account, mandate, official, raw_mandate, resident, roles, town

ROLES = read_roles()
SYSTEM_ONLY = {
    "people.load_roles",
    "people.destroy",
    "people.enrol",
    "people.recover",
    "people.follow",
    "territory.found",
}
ids = st.lists(st.integers(1, 60), min_size=1, max_size=6)


def path(numbers: list[int]) -> str:
    return "/" + "".join(f"{n}/" for n in numbers)


@pytest.mark.requirement("R005")
@given(ids, ids)
def test_a_path_covers_exactly_what_starts_with_its_numbers(holder, asked):
    assert covers(path(holder), path(asked)) == (asked[: len(holder)] == holder)


@pytest.mark.requirement("R005")
@given(ids, ids)
def test_two_different_units_never_cover_each_other(one, other):
    assert not (covers(path(one), path(other)) and covers(path(other), path(one))) or one == other


@st.composite
def forests(draw):
    """Parents of up to thirty units (None: a root), and the units where powers are held."""
    parents = [
        draw(st.one_of(st.none(), st.integers(0, n - 1)) if n else st.none()) for n in range(draw(st.integers(1, 30)))
    ]
    unit = st.integers(0, len(parents) - 1)
    return parents, draw(st.lists(st.tuples(st.sampled_from("ab"), unit), max_size=6)), draw(unit)


def climbs_to(parents, unit, holders):
    """The slow oracle: walk up from the unit until a holder is met."""
    while unit is not None:
        if unit in holders:
            return True
        unit = parents[unit]
    return False


@pytest.mark.requirement("R005")
@given(forests())
def test_authority_is_what_climbing_the_tree_finds(forest):
    parents, held, asked = forest
    paths = []
    for number, parent in enumerate(parents, 1):
        paths.append(f"{'/' if parent is None else paths[parent]}{number}/")
    person = Account(username="x")
    powers = {power: frozenset(paths[unit] for p, unit in held if p == power) for power, _unit in held}
    person.__dict__["_held"] = Held(timezone.localdate(), powers, bool(held))
    for power in "abc":
        expected = climbs_to(parents, asked, {unit for p, unit in held if p == power})
        assert person.holds(power, Unit(path=paths[asked])) is expected
        assert person.holds(power) is (power in powers)


@pytest.mark.django_db
def test_an_account_is_an_actor():
    person = account()
    assert isinstance(person, Actor)
    assert person.label == f"account:{person.pk}"


HOME = {2: "city", 3: "district", 4: "street", 5: "community", 7: "grid"}
ABOVE = {"district": ["city"], "street": ["city", "district"], "community": ["city", "district", "street"]}
ABOVE["grid"] = [*ABOVE["community"], "community"]
BELOW = {
    "city": ["district", "street", "community", "compound", "grid", "cousin_community", "sibling_grid"],
    "district": ["street", "sibling_street", "community", "cousin_community", "grid"],
    "street": ["community", "sibling_community", "compound", "grid"],
    "community": ["compound", "grid", "sibling_grid"],
    "grid": [],
}
BESIDE = {
    "city": [],
    "district": ["sibling_district"],
    "street": ["sibling_street", "cousin_community", "sibling_district"],
    "community": ["sibling_community", "cousin_community", "sibling_street"],
    "grid": ["sibling_grid", "compound", "sibling_community"],
}


@pytest.mark.django_db
@pytest.mark.requirement("R005")
@pytest.mark.parametrize("code", ROLES)
def test_authority_runs_down_the_tree_only(code):
    place = town()
    for level in set(ROLES[code]["levels"]) & set(HOME):
        home = HOME[level]
        holder = official(code, getattr(place, home))
        for power in ROLES[code]["powers"]:
            given_on = [u for u in [home, *BELOW[home]] if holder.holds(power, getattr(place, u))]
            refused_on = [u for u in [*ABOVE.get(home, []), *BESIDE[home]] if holder.holds(power, getattr(place, u))]
            assert (given_on, refused_on) == ([home, *BELOW[home]], [])


@pytest.mark.django_db
@pytest.mark.requirement("R005")
@pytest.mark.parametrize(
    "levels", [("city", "district", "street", "community"), ("city", "district", "street", "community", "compound")]
)
def test_four_and_five_levels_are_governed_alike(levels):
    place = town()
    holder = official("city_admin", place.city)
    assert all(holder.holds("people.verify", getattr(place, level)) for level in levels)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ROLES)
def test_a_role_gives_its_powers_and_no_other(code):
    place = town()
    unit = getattr(place, HOME[ROLES[code]["levels"][-1] if ROLES[code]["levels"][-1] in HOME else 2])
    holder = official(code, unit)
    every = set(rights.actions()) | {power for role in ROLES.values() for power in role["powers"]}
    assert {power for power in every if holder.holds(power, unit)} == set(ROLES[code]["powers"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [(0, 0, True), (-1, 0, True), (0, 1, True), (-5, None, True), (0, None, True), (1, 2, False), (-2, -1, False)],
)
def test_the_first_and_the_last_day_count(start, end, holds):
    place, person, today = town(), account(), timezone.localdate()
    last = None if end is None else today + timedelta(days=end)
    mandate(person, "community_worker", place.community, start=today + timedelta(days=start), end=last)
    assert person.holds("people.verify", place.community) is holds


@pytest.mark.django_db
def test_a_mandate_ended_today_gives_nothing_from_that_moment():
    place = town()
    holder = official("community_worker", place.community)
    assert holder.holds("people.verify")
    services.end_mandate(holder.mandates.get().pk, by=SYSTEM, at=timezone.now())
    holder.forget_powers()
    assert not holder.holds("people.verify")


@pytest.mark.django_db
def test_a_mandate_given_notice_runs_to_its_last_day():
    place, today = town(), timezone.localdate()
    holder = official("community_worker", place.community)
    at, last = timezone.now() - timedelta(days=3), today
    services.end_mandate(holder.mandates.get().pk, by=SYSTEM, at=at, last_day=last)
    assert Account.objects.get(pk=holder.pk).holds("people.verify")


@pytest.mark.django_db
def test_a_mandate_ended_before_it_began_never_gives_anything():
    place, person, today = town(), account(), timezone.localdate()
    given = mandate(person, "community_worker", place.community, start=today)
    services.end_mandate(given.pk, by=SYSTEM, at=timezone.now() - timedelta(days=2))
    assert not person.holds("people.verify")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "closed", [{"is_active": False}, {"is_active": False, "erased_at": MOMENT, "username": "erased-x"}]
)
def test_a_closed_account_holds_nothing(closed):
    place = town()
    holder = official("city_admin", place.city)
    Account.objects.filter(pk=holder.pk).update(**closed)
    assert Account.objects.get(pk=holder.pk).powers() == frozenset()
    assert not Mandate.objects.active_on(timezone.localdate()).filter(account=holder).exists()


@pytest.mark.django_db
def test_all_questions_of_a_request_cost_one_query(django_assert_num_queries):
    place = town()
    holder = official("district_admin", place.district)
    with django_assert_num_queries(1):
        for unit in place.chain():
            holder.holds("people.verify", unit)
            holder.holds("people.grant", unit)
        assert holder.needs_second_factor
        assert holder.holds_office


def test_a_stranger_holds_nothing():
    assert not ANONYMOUS.holds("people.verify")


@pytest.mark.django_db
def test_an_account_that_was_never_stored_holds_nothing():
    assert Account(username="new").powers() == frozenset()


def test_no_role_holds_every_power():
    every = {power for role in ROLES.values() for power in role["powers"]}
    assert [code for code, role in ROLES.items() if set(role["powers"]) == every] == []


def test_no_set_of_roles_that_one_account_may_hold_gives_every_power():
    every = {power for role in ROLES.values() for power in role["powers"]}
    for side in Side.values:
        together = {p for role in ROLES.values() if role["side"] == side for p in role["powers"]}
        assert every - together


def test_what_only_the_system_does_is_in_no_role():
    assert {power for role in ROLES.values() for power in role["powers"]} & SYSTEM_ONLY == set()


@pytest.mark.django_db
def test_no_account_may_do_everything_whatever_it_was_given():
    place, person, today = town(), account(), timezone.localdate()
    for code, role in ROLES.items():
        unit = {2: place.city, 3: place.district, 4: place.street, 5: place.community, 7: place.grid}[
            max(role["levels"][0], 2)
        ]
        if role["side"] == "acts":
            raw_mandate(person, code, unit, today)
    unheld = {action for action in rights.actions() if not action.startswith("people.") or action in SYSTEM_ONLY}
    assert {action for action in SYSTEM_ONLY if can(person, action)} == set()
    assert {"audit.read", "people.review_access"} & person.powers() == set()
    assert unheld


@pytest.mark.django_db
def test_no_model_has_a_switch_that_opens_everything():
    names = {field.name for field in Account._meta.get_fields()}
    assert not names & {"is_superuser", "is_staff", "is_admin", "groups", "user_permissions", "email"}


@pytest.mark.django_db
def test_every_power_of_a_role_is_a_registered_action():
    roles()
    given = set(RolePower.objects.values_list("power", flat=True))
    assert given - set(rights.actions()) == set()


@pytest.mark.django_db
@pytest.mark.requirement("R367")
@pytest.mark.parametrize(
    ("role", "where", "sees"),
    [
        ("community_worker", "community", True),
        ("street_officer", "street", True),
        ("city_admin", "city", True),
        ("community_worker", "sibling_community", False),
        ("district_admin", "sibling_district", False),
        ("grid_worker", "grid", False),
        ("planner", "city", False),
        ("auditor", "city", False),
        ("data_protection_officer", "city", False),
        ("civil_affairs", "city", False),
    ],
)
def test_residents_are_seen_only_by_who_checks_residency_there(role, where, sees):
    place = town()
    person = resident(place.community)
    viewer = official(role, getattr(place, where))
    assert Account.objects.visible_to(viewer).filter(pk=person.pk).exists() is sees
    assert Residency.objects.visible_to(viewer).filter(account=person).exists() is sees


@pytest.mark.django_db
@pytest.mark.requirement("R367")
def test_whoever_moved_away_is_no_longer_seen():
    place = town()
    person, worker = resident(place.community), official("community_worker", place.community)
    services.end_residency(queries.my_residency(person).pk, by=person, at=timezone.now())
    assert not Account.objects.visible_to(worker).filter(pk=person.pk).exists()


@pytest.mark.django_db
def test_everybody_sees_oneself_and_a_stranger_nobody():
    person = resident(town().community)
    mine = (Account.objects, Residency.objects)
    assert [list(rows.visible_to(person).values_list("pk", flat=True)) for rows in mine] == [
        [person.pk],
        [person.residencies.get().pk],
    ]
    for rows in (*mine, Mandate.objects, Contact.objects, AccessEntry.objects):
        assert list(rows.visible_to(ANONYMOUS)) == []


@pytest.mark.django_db
def test_the_system_sees_all():
    person = resident(town().community)
    assert Residency.objects.visible_to(SYSTEM).filter(account=person).exists()
    assert Account.objects.visible_to(SYSTEM).filter(pk=person.pk).exists()


@pytest.mark.django_db
def test_every_role_is_described_in_both_languages(settings):
    roles()
    from django.utils import translation

    with translation.override("en"):
        english = {role.description for role in Role.objects.all()}
    with translation.override("zh-hans"):
        chinese = {role.description for role in Role.objects.all()}
    assert len(english | chinese) == 2 * len(ROLES)


def test_every_action_of_the_room_has_a_sentence():
    registered = {action for action in rights.actions() if action.startswith("people.")}
    assert set(queries.power_descriptions()) == registered


def test_the_days_of_a_mandate_read_as_days():
    held = Mandate(during=None)
    from django.db.backends.postgresql.psycopg_any import DateRange

    held.during = DateRange(date(2026, 1, 1), date(2026, 2, 1))
    assert (held.starts_on, held.ends_on) == (date(2026, 1, 1), date(2026, 1, 31))
    held.during = DateRange(date(2026, 1, 1), None)
    assert held.ends_on is None
