"""Denominators, comparable series, published counts, size bands and what changed between two days."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Boundary, Level, Population
from liren.foundation.territory.queries.series import Step, weights_back
from liren.foundation.territory.services import NewUnit, Part
from tests.make import territory as make

database = pytest.mark.django_db
D2020, D2021 = date(2020, 1, 1), date(2021, 1, 1)
PAPERS = {"by": make.SYSTEM, "at": make.NOW}


@database
@pytest.mark.requirement("R033")
def test_a_figure_carries_its_source_and_a_later_word_is_a_revision(town):
    make.population(town.willow, 2024, households=100, residents=300, urban_residents=250)
    make.population(town.willow, 2024, households=110)
    found = queries.denominator(town.willow, 2024, "households")
    assert (found.value, found.sources, found.is_sum) == (110, ("2025 年统计公报",), False)
    assert queries.denominator(town.willow, 2024, "residents").value == 300, "a revision that is silent changes nothing"
    assert [(p.revision, p.households) for p in queries.populations(town.willow)] == [(2, 110), (1, 100)]


@database
@pytest.mark.requirement("R033")
def test_a_missing_figure_is_the_sum_of_the_communities_or_nothing(town):
    make.population(town.willow, 2024, households=100)
    make.population(town.plum, 2024, households=50)
    make.population(town.compound, 2024, households=7)
    street = queries.denominator(town.east, 2024, "households")
    assert (street.value, street.is_sum, street.missing, street.of) == (150, True, 0, 2)
    whole = queries.denominator(town.city, 2024, "households")
    assert (whole.value, whole.missing, whole.of) == (None, 1, 3)
    assert queries.denominator(town.plum, 2023, "households").value is None


@database
def test_the_sum_is_over_the_communities_of_that_year(town):
    for unit, count in ((town.willow, 100), (town.plum, 50), (town.bridge, 30)):
        make.population(unit, 2019, households=count)
        make.population(unit, 2020, households=count)
    services.move_unit(town.plum.pk, parent_id=town.west.pk, **make.papers(date(2020, 6, 1)))
    assert queries.denominator(town.east, 2019, "households").value == 150
    assert queries.denominator(town.east, 2020, "households").value == 100
    assert queries.denominator(town.west, 2020, "households").value == 80


@database
@pytest.mark.parametrize(
    "wrong",
    [
        {"households": -1},
        {"households": 3_000_000_000},
        {"residents": 5, "urban_residents": 6},
        {"households": None},
        {"households": 1, "source": " "},
        {"households": 1, "published_on": date(2030, 1, 1)},
    ],
)
def test_implausible_figures_are_refused(town, wrong):
    with pytest.raises(BadInput):
        make.population(town.willow, 2024, **wrong)
    with pytest.raises(BadInput):
        make.population(town.willow, 2027, households=1)


@database
def test_figures_are_recorded_by_whoever_holds_the_power_there(town):
    make.population(town.willow, 2024, households=1, by=make.holder("territory.population", town.east))
    with pytest.raises(NotAllowed):
        make.population(town.bridge, 2024, households=1, by=make.holder("territory.population", town.east))


def values(points):
    return {p.year: (p.value, p.estimated, p.restated) for p in points}


@database
@pytest.mark.requirement("R024", "R033")
def test_a_series_over_a_merger_is_exact(town):
    for year in (2018, 2019):
        make.population(town.willow, year, households=100)
        make.population(town.plum, year, households=50)
    services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers(D2020))
    make.population(town.willow, 2020, households=155)
    after = queries.series(town.willow, "households", on_boundaries_of=D2021)
    assert values(after) == {2018: (150, False, True), 2019: (150, False, True), 2020: (155, False, False)}
    before = queries.series(town.willow, "households", on_boundaries_of=date(2019, 6, 1))
    assert values(before) == {2018: (100, False, False), 2019: (100, False, False), 2020: (None, False, False)}


@database
@pytest.mark.requirement("R024", "R033")
def test_a_series_over_a_split_is_an_estimate_and_says_so(town):
    make.population(town.plum, 2019, households=1000)
    new = NewUnit(make.code(Level.COMMUNITY), "community", "梅南社区")
    parts = [Part(town.plum.pk, Decimal("0.7")), Part(new, Decimal("0.3"))]
    _, south = services.split_unit(town.plum.pk, parts=parts, **make.papers(D2020))
    make.population(south, 2020, households=310)
    assert values(queries.series(south, "households", on_boundaries_of=D2021)) == {
        2019: (300, True, True),
        2020: (310, False, False),
    }
    services.merge_units([south.pk], into=town.plum.pk, **make.papers(D2021))
    again = queries.series(town.plum, "households", on_boundaries_of=date(2022, 1, 1))
    assert values(again)[2019] == (1000, False, False), "what was divided and joined again is exact"


@database
def test_the_series_of_a_street_follows_its_communities(town):
    for unit, count in ((town.willow, 100), (town.plum, 50), (town.bridge, 30)):
        make.population(unit, 2019, households=count)
    services.move_unit(town.plum.pk, parent_id=town.west.pk, **make.papers(D2020))
    assert values(queries.series(town.west, "households", on_boundaries_of=D2021))[2019] == (80, False, False)
    make.population(town.west, 2018, households=25)
    assert values(queries.series(town.west, "households", on_boundaries_of=D2021))[2018][0] is None
    assert values(queries.series(town.west, "households", on_boundaries_of=date(2019, 1, 1)))[2018][0] == 25


shares = st.lists(st.integers(1, 9), min_size=1, max_size=3)


@given(st.lists(st.tuples(st.integers(0, 5), shares), max_size=8))
def test_nobody_is_lost_or_counted_twice_however_often_units_are_divided(rounds):
    """People followed forwards, unit by unit, end up where the weights looked for them backwards."""
    alive, steps, following = {0, 1, 2}, [], 3
    people = {unit: {unit: Decimal(1)} for unit in alive}  # where the people of each first unit are now
    for number, (pick, parts) in enumerate(rounds):
        source = sorted(alive)[pick % len(alive)]
        targets = list(range(following, following + len(parts) - 1)) + [min(alive - {source}, default=following + 9)]
        following += len(parts) + 10
        for target, part in zip(targets, parts, strict=True):
            share = Decimal(part) / sum(parts)
            steps.append(Step(number, date(2020, 1, 1 + number), source, target, share))
        for places in people.values():
            there = places.pop(source, Decimal(0))
            for step in steps[-len(parts) :]:
                places[step.target] = places.get(step.target, Decimal(0)) + there * step.share
        alive = (alive - {source}) | set(targets)
    for unit in alive:
        opened = {pk: date(2019 if pk < 3 else 2020, 6, 1) for pk in range(following + 10)}
        back = weights_back([unit], steps, date(2019, 12, 31), date(2020, 12, 31), opened)
        assert back.keys() <= {0, 1, 2}
        for first in (0, 1, 2):
            expected = people[first].get(unit, Decimal(0))
            assert abs(back.get(first, Decimal(0)) - expected) < Decimal("1e-20")


@database
@pytest.mark.requirement("R378")
def test_small_counts_are_not_published_nor_given_away_by_the_total(town):
    make.population(town.willow, 2024, households=3)
    make.population(town.plum, 2024, households=200)
    rows = {row.unit_id: row for row in queries.published_children(town.east, 2024, "households")}
    assert rows[town.willow.pk].value is None
    assert rows[town.willow.pk].hidden
    assert rows[town.plum.pk].value is None, "the street's total minus 200 would have given the 3 away"
    assert queries.published_count(4) is None
    assert [queries.published_count(n) for n in (0, 5, None)] == [0, 5, None]


@database
@pytest.mark.requirement("R025")
def test_reduction_and_growth_between_two_days(town):
    for _ in range(2):
        make.unit(Level.COMMUNITY, town.east, kind="village")
    services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers(D2020))
    before, after = date(2019, 12, 31), D2020
    counted = queries.counts_between(town.city, Level.COMMUNITY, before, after)
    assert (counted.before, counted.after, counted.change, counted.percent) == (5, 4, -1, Decimal("-20.00"))
    villages = queries.counts_between(town.city, Level.COMMUNITY, before, after, kinds=["village"])
    assert (villages.before, villages.after, villages.percent) == (2, 2, Decimal("0.00"))
    assert queries.counts_between(town.city, Level.STREET, date(1990, 1, 1), after).percent is None


@database
@pytest.mark.requirement("R024", "R033")
def test_a_series_over_a_merger_into_a_new_unit_is_exact(town):
    for unit, count in ((town.willow, 100), (town.plum, 50)):
        make.population(unit, 2019, households=count)
    new = NewUnit(make.code(Level.COMMUNITY), "community", "柳梅社区")
    target = services.merge_units([town.willow.pk, town.plum.pk], into=new, **make.papers(D2020))
    assert values(queries.series(target, "households", on_boundaries_of=D2021)) == {2019: (150, False, True)}


def outline(unit, area_m2):
    return Boundary.objects.create(
        unit=unit, during=unit.spans.get().during, wkb=b"\x01", area_m2=area_m2, west=1, south=1, east=2, north=2,
        source="测绘", source_crs="wgs84", recorded_by="system:test", recorded_at=make.NOW,
    )  # fmt: skip


@database
@pytest.mark.requirement("R026")
def test_communities_outside_their_band_are_flagged(town):
    on = {"effective_on": make.LONG_AGO, "source": "规模标准", **PAPERS}
    services.set_size_band(town.city.pk, measure="households", low=1000, high=3000, **on)
    services.set_size_band(town.west.pk, measure="households", low=300, **on)
    services.set_size_band(town.city.pk, measure="area_m2", high=1_000_000, **on)
    make.population(town.willow, 2025, households=999)
    make.population(town.bridge, 2025, households=300)
    outline(town.willow, 1_000_001)
    found = queries.size_flags(town.city, make.TODAY).flags
    assert {(f.span.name_zh, f.measure.value): (f.verdict, f.value) for f in found} == {
        ("柳荫社区", "households"): ("small", 999),
        ("梅园社区", "households"): ("unknown", None),
        ("石桥社区", "households"): ("fits", 300),
        ("柳荫社区", "area_m2"): ("large", 1_000_001),
        ("梅园社区", "area_m2"): ("unknown", None),
        ("石桥社区", "area_m2"): ("unknown", None),
    }
    assert "fits" not in {f.verdict for f in queries.size_flags(town.city, make.TODAY, only_wrong=True).flags}


@database
@pytest.mark.requirement("R026", "R030")
def test_the_band_that_says_most_about_a_community_counts(town):
    on = {"effective_on": make.LONG_AGO, "source": "规模标准", **PAPERS}
    services.set_size_band(town.city.pk, measure="households", low=1000, **on)
    services.set_size_band(town.city.pk, measure="households", low=100, character="park", **on)
    services.convert_unit(town.willow.pk, character="park", **make.papers(D2020))
    make.population(town.willow, 2018, households=500)
    verdicts = {
        day: next(f.verdict for f in queries.size_flags(town.city, day).flags if f.span.unit_id == town.willow.pk)
        for day in (date(2019, 12, 31), D2020)
    }
    assert verdicts == {date(2019, 12, 31): "small", D2020: "fits"}


@database
@pytest.mark.requirement("R026")
def test_a_new_band_ends_the_one_before(town):
    facts = {"measure": "households", "source": "规模标准", **PAPERS}
    old = services.set_size_band(town.city.pk, low=1, effective_on=make.LONG_AGO, **facts)
    services.set_size_band(town.city.pk, low=2, effective_on=D2020, **facts)
    old.refresh_from_db()
    assert old.during.upper == D2020
    with pytest.raises(BadInput):
        services.set_size_band(town.city.pk, low=5, high=4, effective_on=D2021, **facts)
    by = make.holder("territory.size_bands", town.east)
    with pytest.raises(NotAllowed):
        services.set_size_band(town.city.pk, low=3, effective_on=D2021, **{**facts, "by": by})


@database
@pytest.mark.parametrize("number", [1, 3])
def test_reading_costs_the_same_whatever_the_number(number, town, django_assert_num_queries):
    for _ in range(number):
        made = make.unit(Level.COMMUNITY, town.east)
        make.population(made, 2025, households=50)
        make.unit(Level.GRID, made)
    services.set_size_band(
        town.city.pk, measure="households", low=1, effective_on=make.LONG_AGO, source="标准", **PAPERS
    )
    with django_assert_num_queries(7):
        queries.size_flags(town.city, make.TODAY)
    with django_assert_num_queries(2):
        queries.chains([town.east.pk], D2020)
    with django_assert_num_queries(3):
        queries.denominator(town.east, 2025, "households")
    with django_assert_num_queries(5):
        queries.series(town.east, "households", on_boundaries_of=make.TODAY)
    with django_assert_num_queries(2):
        queries.published_children(town.east, 2025, "households")
    with django_assert_num_queries(1):
        queries.children(town.east, D2020)
    with django_assert_num_queries(1):
        queries.counts_below(town.city, D2020)


@database
def test_children_come_page_by_page_in_the_order_of_their_codes(town):
    for name in ("丁社区", "甲社区", "乙社区", "丙社区"):
        make.unit(Level.COMMUNITY, town.west, name_zh=name)
    for on in (None, make.TODAY):
        seen, after = [], None
        while page := queries.children(town.west, on, after=after, limit=2):
            seen += [row.name_zh for row in page]
            after = queries.child_key(page[-1])
        assert seen == ["石桥社区", "丁社区", "甲社区", "乙社区", "丙社区"]


@database
def test_units_come_page_by_page(town):
    seen, after = [], None
    while page := queries.unit_page(root=town.district, after=after, limit=3):
        seen += [row.pk for row in page]
        after = queries.key_of(page[-1])
    assert sorted(seen) == sorted(unit.pk for unit in town.all[2:])
    assert [u.pk for u in queries.unit_page(Level.STREET)] == [town.east.pk, town.west.pk]
    assert queries.counts_below(town.city, D2020) == {
        Level.DISTRICT: 1,
        Level.STREET: 2,
        Level.COMMUNITY: 3,
        Level.COMPOUND: 1,
        Level.GRID: 1,
    }


@database
def test_populations_are_shown_newest_first(town):
    for year in (2021, 2023, 2022):
        make.population(town.willow, year)
    assert [p.year for p in queries.populations(town.willow, limit=2)] == [2023, 2022]
    assert Population.objects.count() == 3
