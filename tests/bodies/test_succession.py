"""What merely acts in a unit goes on in the unit that it became; what the unit had set up waits for a decision."""

from datetime import date

import pytest

from liren.foundation.bodies import jobs, queries, services
from liren.foundation.bodies.models import FOLLOWING, Body
from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.territory import services as territory
from tests import make as makers
from tests.make import bodies as make
from tests.make.territory import papers

pytestmark = pytest.mark.requirement("R024")
DAY = date(2026, 6, 1)


def merge(here):
    territory.merge_units([here.town.willow.pk], into=here.town.plum.pk, **papers(DAY))


def follow():
    return services.follow_units(by=make.SYSTEM, at=make.NOW)


def unit_of(body):
    return Body.objects.get(pk=body.pk).unit


@pytest.mark.parametrize("kind", FOLLOWING)
def test_what_acts_in_a_unit_goes_on_where_the_unit_went(here, kind):
    body = make.body(here.town.willow, kind, name_zh="柳荫服务社")
    merge(here)
    assert follow() == 1
    assert follow() == 0
    change = body.changes.last()
    assert unit_of(body) == here.town.plum
    assert (change.kind, change.effective_on, change.actor) == ("changed", DAY, make.SYSTEM.label)
    assert change.after["unit_id"] == here.town.plum.pk
    assert change.instrument == papers(DAY)["instrument"]
    entry = AuditEntry.objects.get(action="bodies.follow")
    assert (entry.unit_id, entry.facts["source"], entry.facts["bodies"]) == (
        here.town.plum.pk, here.town.willow.pk, 1
    )  # fmt: skip


def test_what_the_unit_had_set_up_waits_for_whoever_keeps_it(here):
    team = make.body(here.town.willow, "volunteer_team")
    merge(here)
    assert follow() == 1
    waiting = {here.party, here.council, here.committee, here.supervision}
    officer = makers.official("street_officer", here.town.east)
    worker = makers.official("community_worker", here.town.plum)
    assert set(queries.left_behind(officer)) == waiting
    assert set(queries.bodies(officer, kept_by=officer, is_left=True)) == waiting
    assert not queries.left_behind(worker).exists()
    assert unit_of(team) == here.town.plum


def test_nothing_moves_from_under_a_body_that_stays_and_a_sub_committee_follows_its_committee(here):
    sub = make.body(here.town.willow, "sub_committee", parent_id=here.committee.pk)
    group = make.body(here.town.willow, "community_social_organisation", parent_id=here.committee.pk)
    below = make.body(here.town.willow, "volunteer_team", parent_id=group.pk)
    firm = make.body(here.town.willow, "property_firm")
    its_team = make.body(here.town.willow, "volunteer_team", parent_id=firm.pk)
    merge(here)
    assert follow() == 2
    assert {unit_of(firm), unit_of(its_team)} == {here.town.plum}
    assert {unit_of(sub), unit_of(group), unit_of(below)} == {here.town.willow}
    services.change_body(
        here.committee.pk, unit_id=here.town.plum.pk, effective_on=DAY, instrument="关于居委会设置的批复", **make.BY
    )
    assert follow() == 3
    assert {unit_of(sub), unit_of(group), unit_of(below)} == {here.town.plum}


def test_a_party_organisation_of_a_market_goes_along_and_that_of_the_community_does_not(here):
    market = make.body(here.town.willow, "party_organisation", place="market")
    merge(here)
    assert follow() == 1
    assert (unit_of(market), unit_of(here.party)) == (here.town.plum, here.town.willow)


def test_a_body_that_was_over_before_stays_where_it_was(here):
    body = make.body(here.town.willow, "volunteer_team", until=date(2024, 1, 1))
    merge(here)
    assert follow() == 0
    assert unit_of(body) == here.town.willow


def test_where_a_unit_was_abolished_nobody_guesses(here):
    body = make.body(here.town.willow, "volunteer_team")
    for unit in (here.town.grid, here.town.compound, here.town.willow):
        territory.abolish_unit(unit.pk, **papers(DAY))
    assert follow() == 0
    assert body in queries.left_behind(makers.official("street_officer", here.town.east))


def test_a_merger_of_a_merger_is_followed_to_its_end(here):
    body = make.body(here.town.willow, "volunteer_team")
    merge(here)
    territory.merge_units([here.town.plum.pk], into=here.town.bridge.pk, **papers(DAY))
    assert follow() == 1
    assert unit_of(body) == here.town.bridge


def test_the_job_runs_and_nobody_else_may(here):
    body = make.body(here.town.willow, "volunteer_team")
    merge(here)
    jobs.follow_units.func(timestamp=int(make.NOW.timestamp()))
    assert unit_of(body) == here.town.plum
    with pytest.raises(NotAllowed):
        services.follow_units(by=makers.official("city_admin", here.town.city), at=make.NOW)
