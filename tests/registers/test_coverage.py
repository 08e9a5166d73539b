"""Coverage from entries to figures: at every level, by kind of community, with targets and over days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.policy import queries as policy
from liren.foundation.registers import jobs, queries, services
from liren.foundation.registers.models import Book, Coverage, Entry
from liren.foundation.territory.queries import denominator, denominators_on
from tests import make
from tests.make import registers as build

LATER = build.NOW + timedelta(days=1)


def count(at=build.NOW, register=None):
    return services.recompute_coverage(register, by=build.SYSTEM, at=at)


def value(rooms, unit, code, who=build.SYSTEM, on=None):
    found = next(one for one in queries.coverage(rooms, unit, who, on=on) if one.measure.code == code)
    return None if found.figure is None or found.figure.value is None else Decimal(found.figure.value)


def measures(*given):
    return [{"name": {"zh": one["code"], "en": one["code"]}, **one} for one in given]


@pytest.mark.requirement("R088")
def test_shares_roll_up_from_communities_to_the_city(town, rooms):
    build.room(town.willow, open_daily="是")
    build.room(town.willow, open_daily="是")
    build.room(town.plum, open_daily="否")
    count()
    found = {
        unit.name_zh: value(rooms, unit, "rooms_covered")
        for unit in (town.willow, town.plum, town.east, town.west, town.city)
    }
    assert found == {
        "柳荫社区": 100, "梅园社区": 0, "东街街道": 50, "西街街道": 0, "里仁市": Decimal("33.3333"),
    }  # fmt: skip
    assert [unit.name_zh for unit in queries.uncovered(rooms, rooms.spec.measures[0], town.city, ANONYMOUS)] == [
        "梅园社区",
        "石桥社区",
    ]


def test_urban_and_rural_communities_are_told_apart(town):
    bridge = make.unit(5, town.west, kind="village", name_zh="石桥村")
    rooms = build.declared(coverage=measures(
        {"code": "urban_share", "measure": "units", "level": "community", "of": "urban"},
        {"code": "rural_share", "measure": "units", "level": "community", "of": "rural"},
        {"code": "rural_count", "measure": "count", "of": "rural", "unit": "piece"},
    ))  # fmt: skip
    build.room(town.willow)
    build.room(bridge)
    build.room(bridge)
    count()
    assert value(rooms, town.city, "urban_share") == Decimal("33.3333")
    assert value(rooms, town.city, "rural_share") == 100
    assert value(rooms, town.city, "rural_count") == 2
    assert value(rooms, town.east, "rural_share") is None


def test_every_kind_of_condition_matches_what_it_says(town):
    fields = [
        {"code": "area", "name": {"zh": "面积", "en": "Area"}, "kind": "number", "unit": "m2"},
        {"code": "used", "name": {"zh": "已用", "en": "Used"}, "kind": "number", "unit": "m2"},
        {"code": "flag", "name": {"zh": "有无", "en": "Flag"}, "kind": "yes_no"},
        {"code": "one", "name": {"zh": "单选", "en": "One"}, "kind": "choice", "choices": [{"code": c, "zh": c,
         "en": c} for c in "abc"]},
        {"code": "many", "name": {"zh": "多选", "en": "Many"}, "kind": "choices", "choices": [{"code": c, "zh": c,
         "en": c} for c in "abc"]},
        {"code": "day", "name": {"zh": "日", "en": "Day"}, "kind": "date"},
    ]  # fmt: skip
    conditions = {
        "is_true": {"field": "flag", "is": True}, "is_false": {"field": "flag", "is": False},
        "is_b": {"field": "one", "is": "b"}, "one_of": {"field": "one", "one_of": ["a", "b"]},
        "many_of": {"field": "many", "one_of": ["a", "c"]},
        "at_least": {"field": "area", "at_least": "99.5"}, "at_most": {"field": "area", "at_most": 99.5},
        "exactly": {"field": "area", "is": 100},
        "since": {"field": "day", "at_least": "2024-01-01"}, "filled": {"field": "day", "filled": True},
        "empty": {"field": "day", "filled": False},
        "ratio": {"field": "used", "over": "area", "at_least": "0.5"},
    }  # fmt: skip
    rooms = build.declared(
        fields=fields,
        coverage=measures(
            *({"code": code, "measure": "count", "unit": "piece", "where": [one]} for code, one in conditions.items())
        ),
    )
    build.room(town.willow, area="100", used="50", flag="是", one="a", many="a、b", day="2024-06-01")
    build.room(town.willow, area="99.4", used="49", flag="否", one="b", many="b", day="2023-06-01")
    build.room(town.willow, area="0", used="0", one="c", many="c")
    build.room(town.willow)
    count()
    assert {code: int(value(rooms, town.city, code)) for code in conditions} == {
        "is_true": 1, "is_false": 1, "is_b": 1, "one_of": 2, "many_of": 2, "at_least": 1, "at_most": 2, "exactly": 1,
        "since": 1, "filled": 2, "empty": 2, "ratio": 1,
    }  # fmt: skip


def test_rates_divide_by_the_counts_of_territory_and_by_nothing_else(town, rooms):
    build.room(town.willow, area="60")
    build.room(town.plum, area="30")
    make.population(town.willow, households=300)
    count()
    assert value(rooms, town.willow, "area_per_household") == 20
    assert value(rooms, town.plum, "area_per_household") is None
    assert value(rooms, town.city, "area_per_household") is None
    for unit in (town.plum, town.bridge):
        make.population(unit, households=100)
    count(LATER)
    assert value(rooms, town.city, "area_per_household") == 18
    assert value(rooms, town.east, "area_per_household") == Decimal("22.5")
    assert value(rooms, town.west, "area_per_household") == 0


def test_denominators_of_all_units_are_those_of_each(town):
    for unit, households in ((town.willow, 300), (town.plum, 100), (town.bridge, 50)):
        make.population(unit, households=households)
    make.population(town.bridge, 2024, households=40, residents=90)
    make.population(town.west, 2024, residents=95)
    for which in ("households", "residents"):
        found = denominators_on(date(2026, 6, 1), which)
        for unit in town.all:
            years = [one for year in (2025, 2024) if (one := denominator(unit, year, which)).value is not None]
            assert found.get(unit.pk) == (years[0] if years else None), (unit, which)


@pytest.mark.requirement("R239")
def test_targets_come_from_the_documents_with_the_gap(town, rooms):
    build.parameter("reading_room_coverage", "0.8", "one")
    build.room(town.willow, open_daily="是")
    count()
    city = queries.coverage(rooms, town.city, ANONYMOUS)[0]
    assert (city.figure.target, city.figure.operator, city.figure.met, city.gap) == (80, ">=", False, "46.6667%")
    willow = queries.coverage(rooms, town.willow, ANONYMOUS)[0]
    assert (willow.figure.met, willow.figure.gap, willow.gap) == (True, 0, "")
    assert [one.measure.code for one in queries.missed(ANONYMOUS, town.city)] == ["rooms_covered"]
    assert queries.coverage(rooms, town.city, ANONYMOUS)[1].figure.target is None
    with pytest.raises(policy.NoParameter):
        policy.parameter("nothing", town.city, on=date(2026, 6, 1))


def test_a_figure_that_stays_is_said_once_and_one_that_changes_keeps_its_past(town, rooms):
    build.room(town.willow, open_daily="是")
    assert count()["reading_room"] > 0
    assert count() == count(LATER) == {"reading_room": 0}
    build.room(town.plum, open_daily="是", at=LATER)
    assert count(LATER)["reading_room"] > 0
    days = [row.on_day for row in queries.series(rooms, rooms.spec.measures[0], town.plum, ANONYMOUS)]
    assert days == [date(2026, 6, 1), date(2026, 6, 2)]
    assert value(rooms, town.plum, "rooms_covered", on=date(2026, 6, 1)) == 0
    assert value(rooms, town.plum, "rooms_covered", on=date(2026, 6, 2)) == 100
    assert value(rooms, town.plum, "rooms_covered", on=date(2026, 5, 1)) is None
    services.close_entry("reading_room", 2, reason="停办", by=build.SYSTEM, at=LATER)
    count(LATER)
    assert value(rooms, town.plum, "rooms_covered", on=date(2026, 6, 2)) == 0
    assert Book.objects.get().counted_at == LATER


def test_only_what_is_in_force_counts(town, rooms):
    build.room(town.willow, open_daily="是", opened_on="2027-01-01")
    build.room(town.plum, open_daily="是", opened_on="2020-01-01", closed_on="2021-01-01")
    count()
    assert value(rooms, town.city, "rooms_covered") == 0


def test_what_an_older_version_wrote_is_read_as_far_as_it_can_be(town):
    note = {"code": "area", "name": {"zh": "面积", "en": "Area"}, "kind": "text"}
    build.declared(fields=[note], coverage=None)
    build.room(town.willow, area="很大")
    build.room(town.willow, area="120")
    rooms = build.declared(at=LATER)
    count(LATER)
    found = next(
        one for one in queries.coverage(rooms, town.city, ANONYMOUS) if one.measure.code == "area_per_household"
    )
    assert found.figure.numerator == 120


def test_numbers_are_added_however_they_are_kept(town, rooms):
    """Whole ones as numbers, decimals as text; what an older version kept in their place is none."""
    kept = [120, "12.345678", "-0.5", 1.25, "很大", "1e3", "", True, None, {"zh": "12"}, [7], 10**20]
    for place, area in enumerate(kept):
        entry = build.room((town.willow, town.plum)[place % 2])
        Entry.objects.filter(pk=entry.pk).update(values={"area": area})
    count()
    numerators = {
        unit: queries.coverage(rooms, unit, build.SYSTEM)[1].figure.numerator
        for unit in (town.willow, town.plum, town.city)
    }
    assert numerators == {
        town.willow: Decimal("119.5"),
        town.plum: 10**20 + Decimal("13.595678"),
        town.city: 10**20 + Decimal("133.095678"),
    }


def test_what_is_counted_leaves_the_planner_as_it_was(town, rooms):
    count()
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_indexscan")
        assert cursor.fetchone() == ("on",)


def test_an_interruption_between_two_registers_leaves_nothing(town, rooms):
    """The next one is being read meanwhile, on the same connection."""
    for code in ("second_room", "third_room"):
        build.declared(code=code)
        build.room(town.willow, of=code, area="7")

    def stop(_what, place, _of):
        if place == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW, progress=stop)
    assert not Coverage.objects.exists()
    assert [one > 0 for one in count().values()] == [True, True, True]


@pytest.mark.requirement("R378")
def test_sums_that_would_give_a_small_number_away_are_withheld(town, rooms):
    build.room(town.willow, readers="3")
    build.room(town.willow, readers="20")
    build.room(town.bridge, readers="9")
    count()
    worker = make.official("city_admin", town.city)
    shown = {
        who: [value(rooms, unit, "readers_total", who) for unit in (town.willow, town.east, town.city, town.west)]
        for who in (worker, ANONYMOUS)
    }
    assert shown == {worker: [23, 23, 32, 9], ANONYMOUS: [None, None, None, 9]}
    build.room(town.plum, readers="2", at=LATER)
    count(LATER)
    assert [
        value(rooms, unit, "readers_total", ANONYMOUS) for unit in (town.willow, town.plum, town.east, town.city)
    ] == [None, None, 25, 34]


@pytest.mark.requirement("R378")
def test_small_numbers_of_people_are_in_nothing_that_is_public(town, rooms, tmp_path):
    build.room(town.willow, name="柳荫书屋", readers="4", lon=104, lat=30)
    build.room(town.willow, name="梅园书屋", readers="0")
    services.change_entry("reading_room", 1, values={"readers": "3"}, by=build.SYSTEM, at=LATER)
    table = "".join(queries.csv_export(rooms, ANONYMOUS))
    assert "少于5" in table
    assert ",3," not in table
    assert ",0," in table
    assert '"readers":null' in "".join(queries.geojson_export(rooms, ANONYMOUS))
    queries.xlsx_export(rooms, ANONYMOUS, tmp_path / "a.xlsx")
    import openpyxl

    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True) for cell in row
    ]
    assert 3 not in cells
    assert "少于5" in cells
    assert [one.text for one in queries.detail(rooms, 1, ANONYMOUS).fields] == ["少于5"]
    assert [(d.before, d.after) for d in queries.history(rooms, 1, ANONYMOUS)[0].differences] == [("少于5", "少于5")]
    worker = make.official("community_worker", town.willow)
    assert [one.text for one in queries.detail(rooms, 1, worker).fields] == ["3 人"]


def test_a_register_for_workers_has_figures_for_workers(town):
    fields = [{"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"}]
    rooms = build.declared(
        visible="workers", fields=fields, coverage=measures({"code": "how_many", "measure": "count", "unit": "piece"})
    )
    build.room(town.willow)
    count()
    assert value(rooms, town.willow, "how_many", make.official("community_worker", town.willow)) == 1
    assert value(rooms, town.willow, "how_many", ANONYMOUS) is None


def test_an_overview_of_the_city_is_read_from_what_was_counted(town, rooms, django_assert_num_queries):
    build.room(town.willow)
    count()
    build.room(town.plum)
    asked = ((None, 1, 4), (town.city, 1, 3), (town.district, 1, 3), (town.east, 2, 5), (town.plum, 1, 5))
    for unit, many, cost in asked:
        with django_assert_num_queries(cost):
            assert [one.entries for one in queries.overview(ANONYMOUS, unit=unit)] == [many]


def test_what_waits_in_a_city_is_what_waits_in_its_streets(town, rooms):
    """As it was last counted: entries that nobody has reviewed in time, communities without an entry."""
    due = timezone.localdate() - timedelta(days=rooms.spec.review_days)
    for unit, day in ((town.willow, due - timedelta(days=1)), (town.willow, due), (town.plum, date(2020, 1, 1))):
        Entry.objects.filter(pk=build.room(unit).pk).update(reviewed_on=day)
    before = queries.overview(ANONYMOUS, unit=town.city)[0]
    assert (before.entries, before.stale, before.missing) == (0, None, None)  # never counted
    count(at=timezone.now())
    for unit, stale, missing in ((town.city, 2, 1), (None, 2, 1), (town.east, 2, 0), (town.west, 0, 1)):
        found = queries.overview(ANONYMOUS, unit=unit)[0]
        assert (found.stale, found.missing) == (stale, missing)


def test_where_no_unit_needs_an_entry_none_is_missing(town):
    rooms = build.declared(coverage=measures({"code": "how_many", "measure": "count", "unit": "piece"}))
    build.room(town.willow)
    count()
    for unit in (town.city, town.east):
        assert [one.missing for one in queries.overview(ANONYMOUS, unit=unit)] == [None]
    assert rooms.spec.expected is None


def test_what_is_counted_for_overviews_is_no_measure_of_the_register(town, rooms):
    build.room(town.willow)
    count()
    assert {one.measure.code for one in queries.coverage(rooms, town.city, ANONYMOUS)} == {
        one.code for one in rooms.spec.measures
    }


def test_figures_of_many_units_cost_two_queries(town, rooms, django_assert_num_queries):
    build.room(town.willow, open_daily="是")
    count()
    with django_assert_num_queries(2):
        found = queries.coverage_below(rooms, rooms.spec.measures[0], [town.willow, town.plum, town.bridge], ANONYMOUS)
    assert [one.value for one in found] == ["100%", "0%", "0%"]


def test_the_nightly_job_counts_and_an_import_counts_its_own_register(town, rooms, tmp_path):
    jobs.count.func(timestamp=int(build.NOW.timestamp()))
    assert Coverage.objects.filter(measure="rooms_covered", unit=town.city).get().value == 0
    path = build.csv_file(tmp_path / "a.csv", "名称,单元代码,每天开放", f"柳荫书屋,{town.willow.code},是")
    services.import_entries("reading_room", path, by=SystemActor("test"), at=LATER)
    assert value(rooms, town.willow, "rooms_covered", on=date(2026, 6, 2)) == 100
    jobs.follow_units.func(timestamp=int(build.NOW.timestamp()))
