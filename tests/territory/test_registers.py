"""Zones, grids, contacts, compounds, proposals and streets: what hangs on the tree (R027 to R035)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from liren.foundation.kernel.engine.states import check_table
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.territory import machine, queries, services
from liren.foundation.territory.models import FormationProposal, Kind, Level, ProposalState, ZoneUnit
from tests.make import territory as make

D2020, D2021 = date(2020, 1, 1), date(2021, 1, 1)
PAPERS = {"by": make.SYSTEM, "at": make.NOW}


def zone(slug="east", **changes):
    facts = {"kind": "industrial", "name_zh": "东部产业功能区", "managing_body": "东部管委会", "effective_on": D2020}
    return services.create_zone(slug=slug, **{**facts, **PAPERS, **changes})


@pytest.mark.requirement("R031")
def test_a_unit_lies_in_several_zones_over_time(town):
    first, second = zone(), zone("west", kind="business")
    services.put_in_zone(first.pk, town.willow.pk, effective_on=D2020, **PAPERS)
    services.put_in_zone(second.pk, town.willow.pk, whole=False, effective_on=D2021, **PAPERS)
    services.take_out_of_zone(first.pk, town.willow.pk, effective_on=date(2022, 1, 1), **PAPERS)

    def lying(day):
        return [(row.zone.slug, row.whole) for row in queries.zones_of([town.willow.pk], day)]

    assert lying(date(2019, 1, 1)) == []
    assert lying(D2020) == [("east", True)]
    assert lying(D2021) == [("east", True), ("west", False)]
    assert lying(date(2022, 1, 1)) == [("west", False)]
    assert [row.unit_id for row in queries.zone_units(second, D2021)] == [town.willow.pk]
    assert [z.slug for z in queries.zones_on(D2021)] == ["east", "west"]


@pytest.mark.requirement("R031")
def test_a_grid_lies_in_the_zones_of_the_units_above(town):
    services.put_in_zone(zone().pk, town.east.pk, effective_on=D2020, **PAPERS)
    above = [step.unit_id for step in queries.chain(town.grid)]
    assert [row.zone.managing_body for row in queries.zones_of(above, D2021)] == ["东部管委会"]


@pytest.mark.requirement("R024", "R031")
def test_a_merger_takes_the_zones_along(town):
    inside = zone()
    for unit in (town.willow, town.plum):
        services.put_in_zone(inside.pk, unit.pk, effective_on=D2020, **PAPERS)
    new = services.NewUnit(make.code(Level.COMMUNITY), "community", "柳梅社区")
    both = services.merge_units([town.willow.pk, town.plum.pk], into=new, **make.papers(D2021))
    assert [(row.zone_id, row.whole) for row in queries.zones_of([both.pk], D2021)] == [(inside.pk, True)]
    services.merge_units([both.pk], into=town.bridge.pk, **make.papers(date(2022, 1, 1)))
    assert [row.whole for row in queries.zones_of([town.bridge.pk], date(2022, 1, 1))] == [False]
    assert not ZoneUnit.objects.filter(unit=both, during__contains=date(2022, 1, 1)).exists()


def test_a_closed_zone_lets_its_units_go(town):
    closing = zone()
    services.put_in_zone(closing.pk, town.willow.pk, effective_on=D2020, **PAPERS)
    services.close_zone(closing.pk, effective_on=D2021, **PAPERS)
    assert queries.zones_of([town.willow.pk], D2021) == []
    with pytest.raises(Conflict):
        services.put_in_zone(closing.pk, town.plum.pk, effective_on=D2021, **PAPERS)


@pytest.mark.parametrize("wrong", [{"slug": "Ost"}, {"kind": "x"}, {"name_zh": ""}, {"managing_body": " "}])
def test_a_zone_needs_its_facts(db, wrong):
    with pytest.raises(BadInput):
        zone(**wrong)


def test_a_short_name_is_given_once(db):
    zone()
    with pytest.raises(Conflict):
        zone()


@pytest.mark.requirement("R028")
def test_a_grid_says_what_it_works_with_from_a_day_on(town):
    facts = {"rules": "网格化服务管理办法", "extent": "柳荫路以东", **PAPERS}
    services.describe_grid(town.grid.pk, systems=["网格通"], effective_on=D2020, **facts)
    services.describe_grid(town.grid.pk, systems=["网格通", "12345"], effective_on=D2021, **facts)
    make.population(town.grid, 2025, households=310)
    assert queries.grid_profile(town.grid, D2020).systems == ["网格通"]
    assert queries.grid_profile(town.grid, D2021).systems == ["网格通", "12345"]
    assert queries.denominator(town.grid, 2025, "households").value == 310
    with pytest.raises(BadInput):
        services.describe_grid(town.compound.pk, systems=[], effective_on=D2021, **facts)
    with pytest.raises(Conflict):
        services.describe_grid(town.grid.pk, systems=[], effective_on=D2021, **facts)


@pytest.mark.requirement("R029")
def test_coverage_counts_grids_buildings_and_organisations_with_a_contact(town):
    grid = make.unit(Level.GRID, town.plum)
    building, _ = (
        services.register_service_subject(
            town.willow.pk, kind="building", name_zh=name, effective_on=make.LONG_AGO, **PAPERS
        )
        for name in ("1 栋", "2 栋")
    )
    services.name_service_contact(unit_id=grid.pk, post="网格员", name="甲", effective_on=D2020, **PAPERS)
    services.name_service_contact(subject_id=building.pk, post="楼栋长", name="乙", effective_on=D2021, **PAPERS)

    def shares(root, day):
        return [(c.what, c.total, c.covered, c.percent) for c in queries.service_contact_coverage(root, day)]

    assert shares(town.city, date(2020, 6, 1)) == [
        ("grid", 2, 1, Decimal("50.0")),
        ("building", 2, 0, Decimal("0.0")),
        ("organisation", 0, 0, None),
    ]
    assert shares(town.willow, D2021)[1] == ("building", 2, 1, Decimal("50.0"))
    assert [c.name for c in queries.service_contacts(town.willow, D2021)] == ["乙"]


def test_a_new_contact_ends_the_one_before(town):
    for day, name in ((D2020, "甲"), (D2021, "乙")):
        services.name_service_contact(unit_id=town.grid.pk, post="网格员", name=name, effective_on=day, **PAPERS)
    assert [c.name for c in queries.service_contacts(town.grid, date(2020, 6, 1))] == ["甲"]
    assert [c.name for c in queries.service_contacts(town.grid, D2021)] == ["乙"]
    with pytest.raises(BadInput):
        services.name_service_contact(post="x", name="y", effective_on=D2021, **PAPERS)


@pytest.mark.requirement("R032")
@pytest.mark.parametrize(
    "kind", ["estate", "old_courtyard", "rural_cluster", "rural_scattered", "shanty", "urban_village"]
)
def test_compounds_are_registered_with_type_households_and_management(town, kind):
    compound = make.unit(Level.COMPOUND, town.plum, kind=kind)
    services.record_management(compound.pk, form="none", source="台账", effective_on=D2020, **PAPERS)
    services.record_management(
        compound.pk, form="trust", manager="信义物业", source="业主大会决议", effective_on=D2021, **PAPERS
    )
    make.population(compound, 2025, households=420)
    assert compound.kind == Kind(kind)
    assert [queries.management(compound, day).form for day in (D2020, D2021)] == ["none", "trust"]
    assert queries.denominator(compound, 2025, "households").value == 420
    with pytest.raises(BadInput):
        services.record_management(compound.pk, form="firm", source="合同", effective_on=make.TODAY, **PAPERS)


def lived_in(town, occupied, planned=100, on=make.TODAY, **changes):
    facts = {"measured_on": on, "homes_planned": planned, "homes_occupied": occupied, "source": "台账", **PAPERS}
    return services.record_occupancy(town.compound.pk, **{**facts, **changes})


@pytest.fixture
def threshold(town):
    services.set_size_band(
        town.city.pk, measure="occupancy_percent", low=60, effective_on=make.LONG_AGO, source="规划", **PAPERS
    )


@pytest.mark.requirement("R027")
@pytest.mark.parametrize(("occupied", "planned", "raised"), [(59, 100, False), (60, 100, True), (599, 1000, False)])
def test_a_proposal_is_raised_when_the_rate_is_reached(town, threshold, occupied, planned, raised):
    lived_in(town, occupied, planned)
    assert FormationProposal.objects.filter(compound=town.compound).exists() is raised
    if raised:
        proposal = queries.proposals(town.city)[0]
        assert (proposal.state, proposal.threshold_percent) == ("raised", 60)
        assert timezone.localdate(proposal.due_at) > make.TODAY + timedelta(days=40)
        assert proposal.events.get().actor == "system:occupancy-threshold"


@pytest.mark.requirement("R027")
def test_a_configured_rate_nearer_to_the_compound_counts(town, threshold):
    services.set_size_band(
        town.east.pk, measure="occupancy_percent", low=80, effective_on=make.LONG_AGO, source="细则", **PAPERS
    )
    lived_in(town, 79)
    assert queries.proposals() == []
    with pytest.raises(Conflict):
        services.raise_formation_proposal(town.compound.pk, **PAPERS)
    lived_in(town, 80)
    assert len(queries.proposals(only_open=True)) == 1


def test_without_a_configured_rate_nothing_is_proposed(town):
    lived_in(town, 100)
    with pytest.raises(Conflict):
        services.raise_formation_proposal(town.compound.pk, **PAPERS)


def test_the_table_of_proposals_is_sound():
    assert check_table(machine.FORMATION) == []
    assert {s.code for s in machine.FORMATION.states} == set(ProposalState.values)


@pytest.mark.requirement("R027")
def test_a_proposal_runs_to_the_founding_of_a_community(town, threshold):
    lived_in(town, 70)
    proposal = FormationProposal.objects.get()
    services.accept_proposal(proposal.pk, **PAPERS)
    founded = make.unit(Level.COMMUNITY, town.east, on=make.TODAY)
    done = services.complete_proposal(proposal.pk, founded.pk, **PAPERS)
    assert (done.state, done.new_unit_id) == ("formed", founded.pk)
    assert [e.to_state for e in proposal.events.order_by("id")] == ["raised", "accepted", "formed"]


MOVES = {
    "accept": lambda pk: services.accept_proposal(pk, **PAPERS),
    "decline": lambda pk: services.decline_proposal(pk, note="过早", **PAPERS),
    "withdraw": lambda pk: services.withdraw_proposal(pk, note="有误", **PAPERS),
}


@pytest.mark.parametrize("state", ProposalState.values)
@pytest.mark.parametrize("move", MOVES)
def test_a_proposal_moves_just_where_the_table_says(town, threshold, state, move):
    lived_in(town, 70)
    proposal = FormationProposal.objects.get()
    FormationProposal.objects.update(state=state, new_unit=town.willow if state == "formed" else None)
    if move in {m.code for m in machine.FORMATION.open_moves(state)}:
        assert MOVES[move](proposal.pk).state == next(m.target for m in machine.FORMATION.moves if m.code == move)
    else:
        with pytest.raises(Conflict):
            MOVES[move](proposal.pk)


def test_declining_needs_a_reason_and_the_power(town, threshold):
    lived_in(town, 70)
    proposal = FormationProposal.objects.get()
    with pytest.raises(BadInput):
        services.decline_proposal(proposal.pk, note=" ", **PAPERS)
    beside = make.holder("territory.decide_proposal", town.west)
    with pytest.raises(NotAllowed):
        services.decline_proposal(proposal.pk, note="否", by=beside, at=make.NOW)
    above = make.holder("territory.decide_proposal", town.east)
    assert queries.open_proposal_moves(above, proposal) == ["accept", "decline"]
    assert services.decline_proposal(proposal.pk, note="否", by=above, at=make.NOW).state == "declined"


def test_only_one_proposal_of_a_compound_is_under_way(town, threshold):
    lived_in(town, 70)
    lived_in(town, 75)
    with pytest.raises(Conflict):
        services.raise_formation_proposal(town.compound.pk, **PAPERS)
    assert FormationProposal.objects.count() == 1


@pytest.mark.requirement("R034")
def test_streets_are_published_with_their_chief(town):
    street = services.register_street(
        town.willow.pk, name_zh="柳荫路", start="江边", end="东门", length_m=1200, opened_on=make.LONG_AGO, **PAPERS
    )
    chief = {"post": "街道办副主任", "telephone": "028-12345", "duties": "市容、秩序、服务", "sign_place": "路口"}
    for day, name in ((D2020, "甲"), (D2021, "乙")):
        services.appoint_street_chief(street.pk, name=name, effective_on=day, **chief, **PAPERS)
    [entry] = queries.streets_of(town.willow, D2020)
    assert (entry.street.length_m, entry.chief.name, entry.chief.sign_place) == (1200, "甲", "路口")
    assert [e.chief.name for e in queries.streets_of(town.city, make.TODAY, below=True)] == ["乙"]
    services.close_street(street.pk, effective_on=make.TODAY, **PAPERS)
    assert queries.streets_of(town.willow, make.TODAY) == []
    assert len(queries.streets_of(town.willow, D2021)) == 1


def test_a_street_is_registered_once_in_its_unit(town):
    facts = {"name_zh": "柳巷", "length_m": 10, "opened_on": D2020, **PAPERS}
    services.register_street(town.willow.pk, **facts)
    with pytest.raises(Conflict):
        services.register_street(town.willow.pk, **facts)
    with pytest.raises(BadInput):
        services.register_street(town.plum.pk, **{**facts, "length_m": 0})
    with pytest.raises(NotAllowed):
        services.register_street(town.plum.pk, **{**facts, "by": make.holder("territory.street", town.willow)})


@pytest.mark.parametrize("n", [1, 3])
def test_lists_cost_the_same_whatever_their_length(n, town, django_assert_num_queries):
    for number in range(n):
        street = services.register_street(town.willow.pk, name_zh=f"{number}巷", length_m=10, opened_on=D2020, **PAPERS)
        services.appoint_street_chief(
            street.pk, post="街长", name="甲", telephone="1", duties="巡", effective_on=D2020, **PAPERS
        )
        services.put_in_zone(zone(f"z{number}").pk, town.willow.pk, effective_on=D2020, **PAPERS)
    with django_assert_num_queries(2):
        assert len(queries.streets_of(town.willow, D2021)) == n
    with django_assert_num_queries(1):
        assert len(queries.zones_of([town.willow.pk], D2021)) == n
    with django_assert_num_queries(1):
        queries.service_contact_coverage(town.city, D2021)
    with django_assert_num_queries(1):
        queries.changes_page(limit=n)


def test_the_list_of_changes_comes_page_by_page_newest_first(town):
    for year in (2010, 2012, 2011):
        services.rename_unit(town.plum.pk, name_zh=f"梅{year}", **make.papers(date(year, 1, 1)))
    seen, after = [], None
    while page := queries.changes_page(root=town.plum, after=after, limit=2):
        seen += [change.effective_on.year for change in page]
        after = (page[-1].effective_on, page[-1].pk)
    assert seen == [2012, 2011, 2010, 2000]


def test_every_register_keeps_an_audit_entry(town):
    before = AuditEntry.objects.count()
    zone()
    make.population(town.willow)
    lived_in(town, 1)
    assert AuditEntry.objects.count() == before + 3
