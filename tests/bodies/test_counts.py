"""Counts over a part of the tree: organisations by unit and per 10,000 residents, stages, new fields, same persons."""

from datetime import date
from decimal import Decimal

import pytest

from liren.foundation.bodies import queries, services
from liren.foundation.bodies.models import Body, OfficeHolding
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory import services as territory
from tests import make as makers
from tests.make import bodies as make
from tests.make import territory as places

TODAY = make.TODAY


@pytest.fixture
def organisations(here):
    """Two registered and one filed in 柳荫, one group in 石桥, one at the city, one that ended."""
    t = here.town
    return [
        make.body(t.willow, registration="registered", uscc=make.code()),
        make.body(t.compound, registration="registered"),
        make.body(t.willow, "community_social_organisation", registration="filed"),
        make.body(t.bridge, "community_social_organisation"),
        make.body(t.city, registration="registered"),
        make.body(t.willow, registration="registered", until=date(2021, 1, 1)),
        make.body(t.willow, "property_firm", registration="registered"),
    ]


@pytest.mark.requirement("R171", "R175")
def test_organisations_of_each_unit_below_registered_and_filed(here, organisations):
    found = [(c.unit, c.registered, c.filed, c.neither) for c in queries.organisation_counts(here.town.city, TODAY)]
    assert found == [(here.town.city, 1, 0, 0), (here.town.district, 2, 1, 1)]
    below = queries.organisation_counts(here.town.district, TODAY)
    assert [(c.unit, c.total) for c in below] == [(here.town.east, 3), (here.town.west, 1)]
    then = queries.organisation_counts(here.town.district, date(2020, 6, 1))
    assert [(c.unit, c.total) for c in then] == [(here.town.east, 4), (here.town.west, 1)]


@pytest.mark.requirement("R171")
def test_the_counts_are_those_of_counting_one_by_one(here, organisations):
    kinds = ("social_organisation", "community_social_organisation", "federation")
    for count in queries.organisation_counts(here.town.district, TODAY):
        slow = [
            b for b in Body.objects.select_related("unit") if b.kind in kinds and TODAY in b.during
            and b.unit.path.startswith(count.unit.path)
        ]  # fmt: skip
        assert count.registered == sum(b.registration == "registered" for b in slow)
        assert count.total == len(slow)


@pytest.mark.requirement("R184")
def test_urban_and_rural_apart(here, organisations):
    village = places.unit(5, here.town.west, kind="village", name_zh="石桥村")
    make.body(village, registration="filed")
    found = queries.organisations_by_form(here.town.city, TODAY)
    assert (found.all.total, found.urban.total, found.rural.total) == (6, 3, 1)
    assert (found.urban.registered, found.rural.filed) == (1, 1)


@pytest.mark.requirement("R171")
def test_registered_organisations_per_ten_thousand_residents(here, organisations):
    assert queries.per_10000_residents(here.town.city, TODAY).value is None
    places.population(here.town.city, 2025, residents=24_000)
    found = queries.per_10000_residents(here.town.city, TODAY)
    assert (found.registered, found.residents, found.value) == (3, 24_000, Decimal("1.25"))


@pytest.mark.requirement("R185")
def test_organisations_of_residents_by_stage(here, organisations):
    services.record_entry(
        organisations[0].pk, kind="contract", happened_on=date(2026, 1, 1), text_zh="居家养老", amount_fen=100,
        source="合同", **make.BY,
    )  # fmt: skip
    assert queries.stages(here.town.city, TODAY) == {"group": 1, "filed": 1, "registered": 2, "contracting": 1}
    assert queries.stages(here.town.bridge, TODAY)["group"] == 1


@pytest.mark.requirement("R010")
def test_party_organisations_are_counted_by_kind_of_place_and_have_no_members(here):
    for place in ("office_building", "office_building", "market"):
        make.body(here.town.willow, "party_organisation", name_zh=f"{place}党组织", place=place, telephone="028-1")
    found = queries.in_new_fields(here.town.city, TODAY)
    assert (found["office_building"], found["market"], found["internet_firm"]) == (2, 1, 0)
    assert sum(queries.in_new_fields(here.town.bridge, TODAY).values()) == 0
    with pytest.raises(Exception, match="can't be changed"):
        make.body(here.town.willow, "party_organisation", members=["甲"])


@pytest.mark.requirement("R022")
def test_one_overview_at_each_level_out_of_the_same_records(here):
    services.publish_duty(here.committee.pk, text_zh="甲", effective_on=make.SINCE, **make.BY)
    services.publish_duty(here.committee.pk, text_zh="乙", effective_on=make.SINCE, **make.BY)
    city = {row.kind: (row.count, row.with_duties) for row in queries.overview(here.town.city, TODAY)}
    assert city == {
        "coordinating": (1, 0), "department": (1, 0), "committee": (3, 1), "party_organisation": (1, 0),
    }  # fmt: skip
    assert {row.kind: row.count for row in queries.overview(here.town.willow, TODAY)} == {
        "committee": 3, "party_organisation": 1,
    }  # fmt: skip
    assert queries.overview(here.town.plum, TODAY) == []


# --- One person, two posts: reported, never kept


@pytest.mark.requirement("R014")
def test_one_person_in_both_leading_posts_is_counted_after_the_election(here):
    assert queries.same_person(here.town.city, TODAY).percent is None
    make.holding(here.secretary, name="甲某")
    make.holding(here.director, name="甲某", until=date(2024, 1, 1))
    make.holding(here.director, name="乙某", effective_on=date(2024, 1, 1))
    before, now = (queries.same_person(here.town.city, day) for day in (date(2023, 1, 1), TODAY))
    assert (before.communities, before.both_filled, before.one_person, before.percent) == (3, 1, 1, Decimal(100))
    assert (now.both_filled, now.one_person, now.sharing_members) == (1, 0, 0)


@pytest.mark.requirement("R014")
def test_the_same_account_is_one_person_and_the_same_name_elsewhere_is_not(here):
    person = makers.account()
    make.holding(here.secretary, name="甲某", account_id=person.pk)
    make.holding(here.director, name="甲 某", account_id=person.pk)
    plum = make.body(here.town.plum, "committee", name_zh="梅园居委会", part="carries_out")
    make.holding(make.post(plum, is_head=True), name="甲某")
    found = queries.same_person(here.town.city, TODAY)
    assert (found.both_filled, found.one_person) == (1, 1)


@pytest.mark.requirement("R014")
def test_committees_that_share_members_are_counted(here):
    seats = [make.post(body, name_zh="委员", seats=5) for body in (here.party, here.committee)]
    for seat in seats:
        make.holding(seat, name="丁某")
    found = queries.same_person(here.town.city, TODAY)
    assert (found.sharing_members, found.both_filled) == (1, 0)
    columns = {f.name for f in OfficeHolding._meta.get_fields()}
    assert columns & {"same_person", "one_person", "is_both"} == set()


# --- Lists


def test_each_body_stands_on_one_page(here):
    made = {make.body(here.town.willow, "other", name_zh=f"甲{n}").pk for n in range(7)}
    seen, after = [], None
    while page := queries.bodies(ANONYMOUS, unit=here.town.willow, kind="other", after=after, limit=3):
        seen += [body.pk for body in page]
        after = queries.key_of(page[-1])
    assert sorted(seen) == sorted(made)
    assert len(seen) == 7


def test_lists_by_unit_kind_registration_and_day(here, organisations):
    def found(**asked):
        return {body.pk for body in queries.bodies(ANONYMOUS, limit=100, **asked)}

    assert organisations[1].pk in found(unit=here.town.willow)
    assert organisations[1].pk not in found(unit=here.town.willow, below=False)
    assert organisations[5].pk not in found(unit=here.town.willow, on=TODAY)
    assert found(registration="filed", unit=here.town.city) == {organisations[2].pk}
    assert found(kind="coordinating", unit=here.town.city) == {here.commission.pk}
    assert queries.known_kind("sect") == queries.known_registration("secret") == ""


@pytest.mark.parametrize("q", ["", "   ", "\x00", "\ud800", "'", "a & | ! <-> ':*", "%_\\", "长" * 5000, "9" * 18])
def test_whatever_is_typed_finds_something_or_nothing(here, q):
    assert isinstance(queries.bodies(ANONYMOUS, q=q), list)


@pytest.mark.parametrize("n", [1, 3])
def test_offices_cost_the_same_whatever_their_number(here, n, django_assert_num_queries):
    made = make.body(here.town.willow)
    for _ in range(n):
        make.holding(make.post(made))
        make.holding(make.post(made), by_post_id=here.director.pk)
    with django_assert_num_queries(3):
        assert len(queries.offices(made, ANONYMOUS, TODAY)) == 2 * n


def test_bodies_stay_with_their_unit_when_it_is_renamed(here):
    territory.rename_unit(here.town.willow.pk, name_zh="新柳社区", **places.papers())
    assert here.committee in queries.bodies(ANONYMOUS, unit=here.town.willow)
