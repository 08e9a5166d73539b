"""What the roles of the house open at the gate: nothing that no rule lets them use, and nobody speaks from above."""

import tomllib
from datetime import date

import pytest

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import can, givable, given_by, may_give
from liren.foundation.people import queries, services
from liren.foundation.people.services.roles import FILE
from tests import make as makers
from tests.make import admission as make
from tests.make import bodies

pytestmark = pytest.mark.django_db
LEVEL = {2: "city", 3: "district", 4: "street", 5: "community"}
HELD = [
    (role, level, power)
    for role, entry in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
    for level in entry["levels"]
    for power in entry["powers"]
    if power.startswith("admission.") and level in LEVEL
]


@pytest.fixture(scope="module")
def built_town(django_db_setup, django_db_blocker):
    def build():
        makers.roles()
        return makers.town()

    with makers.standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def town(built_town, db):
    return built_town


def test_every_power_at_the_gate_that_a_role_holds_is_one_that_it_can_use(town):
    held = {}
    for role, level, power in HELD:
        unit = getattr(town, LEVEL[level])
        if (role, level) not in held:
            held[role, level] = makers.official(role, unit)
            body = bodies.body(unit, "department")
            bodies.holding(bodies.post(body), account_id=held[role, level].pk)
            held[role, level].body = body
        actor = held[role, level]
        thing = actor.body if power == "admission.apply" else unit
        assert can(actor, power, thing), (role, level, power)
    assert len(HELD) > 15


def test_nobody_speaks_for_a_community_but_who_is_appointed_in_it(town):
    above = [makers.official(role, getattr(town, place)) for role, place in
             (("city_admin", "city"), ("district_admin", "district"), ("street_officer", "street"))]  # fmt: skip
    own, beside = (makers.official("community_worker", place) for place in (town.community, town.sibling_community))
    answers = {one: can(one, "admission.answer", town.community) for one in (*above, own, beside)}
    assert answers == dict.fromkeys((*above, beside), False) | {own: True}
    assert not any(one.holds("admission.answer") for one in above)


def test_who_appoints_gives_the_voice_on_without_having_it(town):
    street, stranger = makers.official("street_officer", town.street), makers.official("planner", town.street)
    assert "community_worker" in {one.code for one in queries.roles_to_give(street)}
    assert "community_worker" not in {one.code for one in queries.roles_to_give(stranger)}
    facts = {"role": "community_worker", "unit_id": town.community.pk, "start": date(2026, 1, 1)}
    made = services.grant_mandate(makers.account().pk, **facts, by=street, at=make.NOW)
    for actor in (stranger, makers.official("street_officer", town.sibling_street)):
        with pytest.raises(NotAllowed):
            services.grant_mandate(makers.account().pk, **facts, by=actor, at=make.NOW)
        assert not can(actor, "people.end_mandate", made)
    assert can(street, "people.end_mandate", made)
    with pytest.raises(NotAllowed):
        services.grant_mandate(street.pk, **facts, by=street, at=make.NOW)
    assert may_give(street, "admission.answer", town.community)
    assert not may_give(street, "admission.answer", town.cousin_community)
    assert not may_give(street, "admission.decide", town.community)
    assert givable(frozenset({"admission.appoint"})) == {"admission.appoint", "admission.answer"}
    with pytest.raises(ValueError, match="by a duty already"):
        given_by("admission.answer", "admission.decide")
