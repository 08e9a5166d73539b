"""Roles that a law says how to fill: appointed by whose duty it is, who opens nothing of theirs; never by oneself."""

import tomllib
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import can
from liren.foundation.people import queries, services
from liren.foundation.people.models import Account, Mandate, Role
from liren.foundation.people.services.roles import FILE, BadRoles, read_roles
from liren.foundation.policy.engine.packs import read_packs
from tests.conftest import ROOT
from tests.make.people import SYSTEM, account, mandate, official, town

pytestmark = pytest.mark.requirement("R005")
#: Role, who appoints where, in which unit, how, and what the role opens.
APPOINTED = [
    ("mediator", "street_officer", "street", "community", "elected", "cases.sealed.mediation"),
    ("mediator", "district_admin", "district", "district", "engaged", "cases.sealed.mediation"),
    ("support_worker", "street_officer", "street", "street", "engaged", "cases.sealed.support"),
    ("refuge_worker", "civil_affairs", "district", "district", "assigned", "cases.sealed.refuge"),
    ("supervision_officer", "auditor", "city", "district", "assigned", "cases.sealed.supervision"),
]
ROLES = {role: power for role, *_rest, power in APPOINTED}


def give(by: Any, holder: Account, role: str, unit: Any, **changes: Any) -> Mandate:
    facts = {"start": date(2026, 1, 1), "by": by, "at": timezone.now(), "instrument": "居民会议纪要〔2026〕3号"}
    return services.grant_mandate(holder.pk, role=role, unit_id=unit.pk, **{**facts, **changes})


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "granter", "at_unit", "unit", "way", "power"), APPOINTED)
def test_whose_duty_it_is_appoints_and_ends_and_opens_nothing(role, granter, at_unit, unit, way, power):
    place = town()
    by, holder = official(granter, getattr(place, at_unit)), account()
    assert role in {one.code for one in queries.roles_to_give(by)}
    made = give(by, holder, role, getattr(place, unit), way=way)
    assert (made.granted_by, made.way, made.instrument) == (by.label, way, "居民会议纪要〔2026〕3号")
    entry = AuditEntry.objects.get(action="people.grant", actor=by.label)
    assert (entry.facts["role"], entry.facts["way"], "instrument" in entry.facts) == (role, way, False)
    assert Account.objects.get(pk=holder.pk).holds(power, made.unit)
    assert not by.holds(power)
    assert can(by, "people.end_mandate", made)
    services.end_mandate(made.pk, by=by, at=timezone.now(), reason="任期届满")
    assert not Account.objects.get(pk=holder.pk).holds(power)


@pytest.mark.django_db
@pytest.mark.parametrize("granter", ["city_admin", "civil_affairs", "auditor", "data_protection_officer"])
def test_whose_duty_it_is_not_appoints_nobody(granter):
    place = town()
    by = official(granter, place.city)
    offered = {one.code for one in queries.roles_to_give(by)}
    ours = {role for role, who, *_rest in APPOINTED if who == granter}
    ours |= {"mediator", "support_worker"} if granter == "city_admin" else set()
    assert offered & set(ROLES) == ours
    for role in set(ROLES) - ours:
        with pytest.raises(NotAllowed):
            give(by, account(), role, place.district, way="assigned")
    assert Mandate.objects.filter(role__code__in=ROLES).count() == 0


@pytest.mark.django_db
def test_nobody_appoints_oneself_nor_outside_of_the_own_unit():
    place = town()
    for role, granter, at_unit, unit, way, _power in APPOINTED:
        by = official(granter, getattr(place, at_unit))
        with pytest.raises(NotAllowed):
            give(by, by, role, getattr(place, unit), way=way)
    officer = official("street_officer", place.street)
    with pytest.raises(NotAllowed):
        give(officer, account(), "mediator", place.sibling_street, way="elected")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"way": ""}, {"way": "assigned"}, {"way": "x"}, {"instrument": "  "}, {"instrument": "长" * 201}],
)
def test_an_appointment_says_how_and_by_which_decision(wrong):
    place = town()
    by = official("street_officer", place.street)
    with pytest.raises(BadInput):
        give(by, account(), "mediator", place.community, **{"way": "elected", **wrong})
    with pytest.raises(BadInput):
        give(by, account(), "community_worker", place.community, way="elected")


@pytest.mark.django_db
def test_the_decision_goes_with_the_account_and_the_fact_stays():
    place = town()
    holder = account()
    made = give(official("street_officer", place.street), holder, "mediator", place.community, way="elected")
    services.end_mandate(made.pk, by=SYSTEM, at=timezone.now())
    services.erase_account(holder.pk, by=holder, at=timezone.now())
    made.refresh_from_db()
    assert (made.way, made.instrument) == ("elected", "")


@pytest.mark.django_db
def test_the_database_refuses_a_decision_without_a_way_and_a_duty_without_its_ground():
    place = town()
    held = mandate(account(), "mediator", place.community)
    with pytest.raises(IntegrityError, match="people_mandate_instrument_says_how"), transaction.atomic():
        Mandate.objects.filter(pk=held.pk).update(instrument="聘书")
    with pytest.raises(IntegrityError, match="people_role_appointed_names_its_ground"), transaction.atomic():
        Role.objects.filter(code="mediator").update(ground_zh="")


def test_every_role_that_opens_what_is_sealed_has_somebody_whose_duty_the_appointing_is():
    roles = read_roles()
    sealed = {code for code, one in roles.items() if any(power.startswith("cases.sealed.") for power in one["powers"])}
    assert sealed == set(ROLES)
    for code in sealed:
        duty = roles[code]["appointed_by"]
        holders = [one for one in roles.values() if duty in one["powers"]]
        assert holders
        assert all("people.grant" in one["powers"] for one in holders)
        assert not any(power.startswith("cases.sealed.") for one in holders for power in one["powers"])


@pytest.mark.parametrize(
    "wrong", [('appointed_how = ["elected", "engaged"]', ""), ('["elected", "engaged"]', '["inherited"]')]
)
def test_a_file_that_says_half_of_it_is_refused(tmp_path, wrong):
    path = tmp_path / "roles.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(*wrong), encoding="utf-8")
    with pytest.raises(BadRoles, match="mediator"):
        read_roles(path)


def test_a_ground_is_an_article_of_the_packs_or_says_that_nobody_looked_it_up():
    """From memory is unverified: it may stand, where it says so in both languages."""
    provisions = read_packs(ROOT / "packs").packs.provisions
    roles = [one for one in tomllib.loads(FILE.read_text(encoding="utf-8")).values() if "ground_zh" in one]
    assert len(roles) >= 4
    for role in roles:
        zh, en = role["ground_zh"], role["ground_en"]
        if "凭记忆，待核" in zh:
            assert "from memory, to be checked" in en
        else:
            assert any(one.place in zh and one.document == "cn/residents-law-2025" for one in provisions), zh
