"""Mandates go downwards, never grow, are never given to oneself, and end without being erased."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people import queries, services
from liren.foundation.people.models import Account, Mandate, Role, RoleLevel, RolePower
from liren.foundation.people.services.roles import FILE, BadRoles, read_roles
from liren.foundation.territory.services import abolish_unit
from tests.make.people import MOMENT, SYSTEM, account, mandate, official, resident, roles, town
from tests.make.territory import papers
from tests.make.territory import unit as make_unit

TODAY = timezone.localdate
NOW = timezone.now


def give(by, holder, role, unit, **changes):
    facts = {"start": date(2026, 1, 1), "by": by, "at": NOW(), **changes}
    return services.grant_mandate(holder.pk, role=role, unit_id=unit.pk, **facts)


@pytest.mark.django_db
@pytest.mark.requirement("R005")
@pytest.mark.parametrize(
    ("granter", "at_unit", "role", "unit"),
    [
        ("city_admin", "city", "district_admin", "district"),
        ("city_admin", "city", "community_worker", "community"),
        ("city_admin", "city", "planner", "district"),
        ("district_admin", "district", "street_officer", "street"),
        ("street_officer", "street", "community_worker", "community"),
        ("auditor", "city", "auditor", "district"),
        ("data_protection_officer", "city", "data_protection_officer", "district"),
        ("civil_affairs", "city", "civil_affairs", "district"),
    ],
)
def test_a_mandate_is_granted_downwards(granter, at_unit, role, unit):
    place = town()
    by, holder = official(granter, getattr(place, at_unit)), account()
    made = give(by, holder, role, getattr(place, unit))
    assert (made.granted_by, made.account_id, made.role.code) == (by.label, holder.pk, role)
    entry = AuditEntry.objects.filter(action="people.grant", actor=by.label).get()
    assert (entry.unit_id, entry.facts["role"]) == (getattr(place, unit).pk, role)


@pytest.mark.django_db
@pytest.mark.requirement("R005")
@pytest.mark.parametrize(
    ("granter", "at_unit", "role", "unit"),
    [
        ("district_admin", "district", "city_admin", "city"),
        ("district_admin", "district", "district_admin", "sibling_district"),
        ("street_officer", "street", "community_worker", "cousin_community"),
        ("street_officer", "street", "planner", "street"),
        ("city_admin", "city", "civil_affairs", "district"),
        ("city_admin", "city", "auditor", "city"),
        ("city_admin", "city", "data_protection_officer", "city"),
        ("auditor", "city", "city_admin", "city"),
        ("auditor", "city", "grid_worker", "sibling_community"),
        ("civil_affairs", "city", "community_worker", "community"),
        ("data_protection_officer", "city", "auditor", "district"),
        ("community_worker", "community", "grid_worker", "grid"),
        ("planner", "city", "planner", "district"),
    ],
)
def test_no_power_grows_on_its_way(granter, at_unit, role, unit):
    place = town()
    by, holder = official(granter, getattr(place, at_unit)), account()
    with pytest.raises((NotAllowed, BadInput)):
        give(by, holder, role, getattr(place, unit))
    assert not holder.mandates.exists()


@pytest.mark.django_db
def test_nobody_grants_to_themselves():
    place = town()
    admin = official("city_admin", place.city)
    with pytest.raises(NotAllowed):
        give(admin, admin, "district_admin", place.district)


@pytest.mark.django_db
def test_a_resident_grants_nothing():
    place = town()
    with pytest.raises(NotAllowed):
        give(resident(place.community), account(), "community_worker", place.community)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "where", "changes"),
    [
        ("city_admin", "district", {}),
        ("emperor", "city", {}),
        ("community_worker", "grid", {}),
        ("street_officer", "street", {"end": date(2025, 12, 31)}),
        ("street_officer", "street", {"duties": "长" * 401}),
        ("street_officer", "street", {"weekly_minutes": 10081}),
        ("street_officer", "street", {"weekly_minutes": -5}),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(role, where, changes):
    place = town()
    roles()
    with pytest.raises(BadInput):
        give(SYSTEM, account(), role, getattr(place, where), **changes)


@pytest.mark.django_db
@pytest.mark.requirement("R035")
@pytest.mark.parametrize(
    "changes", [{}, {"duties": "看护"}, {"weekly_minutes": 60}, {"duties": " ", "weekly_minutes": 60}]
)
def test_a_grid_worker_without_duties_and_hours_is_refused(changes):
    roles()
    with pytest.raises(BadInput):
        give(SYSTEM, account(), "grid_worker", town().grid, **changes)


@pytest.mark.django_db
def test_a_closed_account_and_an_abolished_unit_take_no_mandate():
    roles()
    gone = account(is_active=False)
    with pytest.raises(BadInput):
        give(SYSTEM, gone, "community_worker", town().community)
    unit = make_unit()
    abolish_unit(unit.pk, **papers())
    with pytest.raises(BadInput):
        give(SYSTEM, account(), "community_worker", unit)


@pytest.mark.django_db
def test_the_same_role_twice_and_both_sides_at_once_are_conflicts():
    place, holder = town(), account()
    mandate(holder, "district_admin", place.district)
    for role, unit in (("district_admin", place.district), ("auditor", place.sibling_district)):
        with pytest.raises(Conflict):
            give(SYSTEM, holder, role, unit)
    assert holder.mandates.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_grants_at_once_never_let_one_account_act_and_check():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    roles()
    place, holder = town(), account()

    def grant(role):
        try:
            give(SYSTEM, holder, role, place.district)
            return "granted"
        except Conflict:
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(grant, ["district_admin", "auditor"])) == ["conflict", "granted"]


@pytest.mark.django_db
def test_a_mandate_is_ended_by_its_holder_or_by_who_could_have_granted_it():
    place = town()
    holders = [official("community_worker", place.community) for _ in range(2)]
    held = [holder.mandates.get() for holder in holders]
    done = services.end_mandate(held[0].pk, by=holders[0], at=NOW(), reason="辞职")
    assert (done.ended_by, done.ends_on) == (holders[0].label, TODAY())
    assert services.end_mandate(held[1].pk, by=official("street_officer", place.street), at=NOW()).ended_at
    with pytest.raises(Conflict):
        services.end_mandate(held[1].pk, by=SYSTEM, at=NOW())


@pytest.mark.django_db
def test_words_about_a_person_stay_out_of_the_log_that_keeps_all_and_go_with_the_account():
    place = town()
    holder = official("community_worker", place.community)
    services.end_mandate(holder.mandates.get().pk, by=SYSTEM, at=NOW(), reason="因病辞职")
    assert holder.mandates.get().end_reason == "因病辞职"
    assert "因病" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))
    services.erase_account(holder.pk, by=holder, at=NOW())
    assert holder.mandates.get().end_reason == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("street_officer", "sibling_street"),
        ("auditor", "city"),
        ("data_protection_officer", "city"),
        ("civil_affairs", "city"),
        ("community_worker", "community"),
    ],
)
def test_a_mandate_is_not_ended_from_the_side_or_from_below(role, where):
    place = town()
    held = mandate(account(), "street_officer", place.street)
    with pytest.raises(NotAllowed):
        services.end_mandate(held.pk, by=official(role, getattr(place, where)), at=NOW())


@pytest.mark.django_db
def test_a_mandate_ended_earlier_keeps_its_last_day_and_its_row():
    place, holder = town(), account()
    held = mandate(holder, "street_officer", place.street, start=TODAY() - timedelta(days=10))
    last = TODAY() - timedelta(days=3)
    assert services.end_mandate(held.pk, by=SYSTEM, at=NOW(), last_day=last).ends_on == last
    assert Mandate.objects.get(pk=held.pk).starts_on == TODAY() - timedelta(days=10)
    again = mandate(holder, "street_officer", place.street, start=last + timedelta(days=1))
    assert again.pk != held.pk


@pytest.mark.django_db
def test_an_end_never_makes_a_mandate_longer():
    held = mandate(account(), "street_officer", town().street, end=TODAY() + timedelta(days=5))
    done = services.end_mandate(held.pk, by=SYSTEM, at=NOW(), last_day=TODAY() + timedelta(days=50))
    assert done.ends_on == TODAY() + timedelta(days=5)


@pytest.mark.django_db
def test_lists_show_what_the_actor_may_see_page_by_page():
    place = town()
    held = [mandate(account(), "community_worker", u) for u in (place.community, place.sibling_community)]
    mandate(account(), "community_worker", place.cousin_community)
    officer = official("street_officer", place.street)
    own = officer.mandates.get()
    assert [m.pk for m in queries.mandates_in(place.city, officer)] == [held[0].pk, held[1].pk, own.pk]
    assert [m.pk for m in queries.mandates_in(place.city, officer, after=held[0].pk, count=1)] == [held[1].pk]
    services.end_mandate(held[0].pk, by=SYSTEM, at=NOW())
    assert [m.pk for m in queries.mandates_in(place.street, officer, on=TODAY())] == [held[1].pk, own.pk]
    assert [m.pk for m in queries.my_mandates(officer, TODAY())] == [own.pk]
    assert queries.mandates_in(place.city, resident(place.community)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "at_unit", "unit", "codes"),
    [
        ("city_admin", "city", "district", {"district_admin", "planner", "department_clerk", "phone_agent"}),
        ("street_officer", "street", "community", {"community_worker"}),
        ("street_officer", "street", "grid", {"grid_worker"}),
        ("street_officer", "street", "cousin_community", set()),
        ("planner", "city", "district", set()),
        ("auditor", "city", "district", {"auditor"}),
    ],
)
def test_the_form_offers_exactly_what_the_service_accepts(role, at_unit, unit, codes):
    place = town()
    by, target = official(role, getattr(place, at_unit)), getattr(place, unit)
    assert {offered.code for offered in queries.grantable_roles(by, target)} == codes
    for code in codes:
        needs = {"duties": "看护", "weekly_minutes": 60} if code == "grid_worker" else {}
        assert give(by, account(), code, target, **needs).pk


@pytest.mark.django_db
@pytest.mark.requirement("R035")
def test_grid_workers_are_never_counted_as_community_workers():
    place = town()
    both, grid_only, community_only = account(), account(), account()
    for holder in (both, grid_only):
        mandate(holder, "grid_worker", place.grid)
    for holder in (both, community_only):
        mandate(holder, "community_worker", place.community)
    mandate(grid_only, "grid_worker", place.sibling_grid)
    assert queries.workers(place.street, TODAY()) == {"community": 1, "grid": 2}
    assert queries.workers(place.sibling_street, TODAY()) == {"community": 0, "grid": 0}


@pytest.mark.django_db
@pytest.mark.requirement("R035")
def test_a_grid_shows_its_team_with_duties_and_hours():
    place = town()
    mandate(account(display_name="网格员甲"), "grid_worker", place.grid, duties="巡查消防通道", weekly_minutes=1200)
    mandate(account(), "community_worker", place.community)
    team = [(m.account.display_name, m.duties, m.weekly_minutes) for m in queries.grid_team(place.community, TODAY())]
    assert team == [("网格员甲", "巡查消防通道", 1200)]
    assert queries.grid_team(place.grid, date(2019, 12, 31)) == []


# --- Roles from their file


@pytest.mark.django_db
def test_loading_roles_twice_changes_nothing():
    assert services.load_roles(by=SYSTEM, at=MOMENT) == list(read_roles())
    assert services.load_roles(by=SYSTEM, at=MOMENT) == []
    assert AuditEntry.objects.filter(action="people.load_roles").count() == 1
    assert [role.code for role in queries.roles()] == list(read_roles())


@pytest.mark.django_db
def test_nobody_but_the_system_loads_roles():
    with pytest.raises(NotAllowed):
        services.load_roles(by=official("city_admin", town().city), at=MOMENT)


@pytest.mark.django_db
def test_a_role_that_left_the_file_gives_no_power_any_more(tmp_path):
    place = town()
    holder = official("planner", place.city)
    text = FILE.read_text()
    start = text.index("[planner]")
    shorter = tmp_path / "roles.toml"
    shorter.write_text(text[:start] + text[text.index("[civil_affairs]") :])
    changed = services.load_roles(by=SYSTEM, at=MOMENT, path=shorter)
    assert changed == [*list(read_roles())[list(read_roles()).index("planner") + 1 :], "planner"]
    holder = Account.objects.get(pk=holder.pk)
    assert holder.powers() == frozenset()
    assert holder.mandates.get().role.is_retired
    services.load_roles(by=SYSTEM, at=MOMENT)
    assert Account.objects.get(pk=holder.pk).holds("territory.zone", place.grid)


@pytest.mark.django_db
def test_a_changed_power_reaches_the_holders(tmp_path):
    holder = official("planner", town().city)
    changed = tmp_path / "roles.toml"
    last = '"territory.zone",\n    "lifecircle.import"'
    changed.write_text(FILE.read_text().replace(last, last.replace("territory.zone", "calendar.publish")))
    assert services.load_roles(by=SYSTEM, at=MOMENT, path=changed) == ["planner"]
    holder.forget_powers()
    assert holder.holds("calendar.publish")
    assert not holder.holds("territory.zone")
    assert RolePower.objects.filter(role__code="planner").count() == 6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[x]\nname_zh = '甲'\n", "name_en is missing"),
        ("[x]\nboss = true\n", "unknown field 'boss'"),
        ("[x]\nname_zh='a'\nname_en='a'\ndescription_zh='a'\ndescription_en='a'\nlevels=[]\n", "levels"),
        ("[x]\nname_zh='a'\nname_en='a'\ndescription_zh='a'\ndescription_en='a'\nlevels=[9]\n", "levels"),
        ("[x]\nname_zh='a'\nname_en='a'\ndescription_zh='a'\ndescription_en='a'\nlevels=[2]\nside='god'\n", "side"),
    ],
)
def test_a_wrong_file_of_roles_is_refused_by_role_and_field(tmp_path, text, fault):
    file = tmp_path / "roles.toml"
    file.write_text(text)
    with pytest.raises(BadRoles, match=f"x: .*{fault}"):
        read_roles(file)


@pytest.mark.django_db
def test_a_level_in_use_can_not_be_taken_from_a_role():
    from django.db import IntegrityError, transaction

    official("planner", town().city)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleLevel.objects.filter(role=Role.objects.get(code="planner"), level=2).delete()
