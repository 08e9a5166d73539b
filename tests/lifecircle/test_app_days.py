"""A run for a day in the past stands on the tree of that day, and pages call units as they were called then."""

import copy
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import CircleRow
from liren.development.lifecircle.queries.seeing import hidden_among
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.registers import services as registers
from liren.foundation.registers.models import ChangeKind, Entry, EntryChange
from liren.foundation.territory import services as territory
from liren.foundation.territory.models import Level
from liren.front.kit import circles
from tests import make
from tests.make import holder
from tests.make import lifecircle as build
from tests.make import registers as books

AFTER = date(2026, 7, 1)
AT = datetime(2026, 7, 2, 4, tzinfo=timezone.get_default_timezone())


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker, tmp_path_factory):
    """The second street goes into the first, whose name changes; a run for the day before and one for the day after."""

    def scene():
        quarter = build.quarter()
        one, other = quarter.communities[0].parent, quarter.communities[2].parent
        territory.merge_units([other.pk], into=one.pk, **make.papers(AFTER))
        territory.rename_unit(one.pk, name_zh="江北街道", name_en="", **make.papers(AFTER))
        table = build.table(tmp_path_factory.mktemp("places") / "places.csv", build.TOWN_PLACES)
        places = services.import_places(table, city=quarter.city, by=build.SYSTEM, at=build.NOW).table
        asked = {"places": places, "by": build.SYSTEM, "at": build.NOW}
        runs = [
            services.perform(services.ask_run(quarter.city, day=day, **asked).pk, by=build.SYSTEM)
            for day in (build.DAY, AFTER)
        ]
        return quarter, one, other, *runs

    with make.standing(django_db_blocker, scene) as made:
        yield made


@pytest.fixture
def merged(standing, db):
    return copy.deepcopy(standing)


def people(run, level):
    return dict(CircleRow.objects.filter(run=run, level=level).values_list("unit", "people"))


def test_people_are_rolled_up_by_the_tree_of_the_day(merged):
    quarter, one, other, before, after = merged
    assert people(before, Level.STREET) == {one.pk: 1350, other.pk: 3}
    assert people(after, Level.STREET) == {one.pk: 1353}
    assert people(before, Level.DISTRICT) == people(after, Level.DISTRICT) == {quarter.district.pk: 1353}


def test_pages_show_the_units_and_the_names_of_the_day(merged):
    quarter, one, other, before, after = merged
    planner = holder("lifecircle.run", quarter.city)
    was, now = (queries.below(run, quarter.district, actor=planner)[0] for run in (before, after))
    assert {row.unit.name_zh: row.people for row in was} == {one.name_zh: 1350, other.name_zh: 3}
    assert {row.unit.name_zh: row.people for row in now} == {"江北街道": 1353}
    assert queries.seen(before, one, actor=planner).unit.name_zh == one.name_zh
    assert queries.seen(after, one, actor=planner).unit.name_zh == "江北街道"
    assert queries.seen(after, other, actor=planner) is None
    streets = queries.unit_features(before, "shop", Level.COMMUNITY, actor=planner)
    assert streets["features"] == []  # communities of this town have no outline


def test_a_part_of_the_city_is_the_part_of_the_day(merged):
    quarter, one, other, before, after = merged
    village = quarter.compounds[3]
    planner = holder("lifecircle.run", quarter.city)

    def compounds(run, unit):
        return [gap.unit.pk for gap in queries.gaps(run, actor=planner, unit=unit).rows]

    assert set(compounds(before, other)) == {village.pk}
    assert village.pk not in compounds(before, one)
    assert village.pk in compounds(after, one)
    assert [home.unit.pk for home in circles.compounds(before, other, actor=planner)] == [village.pk]
    assert sum(row.compounds for row in queries.by_category(before, actor=planner, unit=other)) == 2


def test_small_numbers_are_hidden_beside_the_neighbours_of_the_day(merged):
    quarter, one, other, before, _after = merged
    assert [row.people for row in queries.below(before, quarter.district)[0]] == [None, None]  # 1350 would tell the 3
    assert hidden_among(before, [other]) == {one.pk, other.pk}


def test_a_day_before_the_city_was_known_has_nothing_to_work_out(merged):
    quarter = merged[0]
    run = services.ask_run(quarter.city, day=date(1950, 1, 1), by=build.SYSTEM, at=build.NOW)
    assert services.perform(run.pk, by=build.SYSTEM).fault_code == "no_compounds"


def test_what_opened_after_the_day_is_not_there_on_it(quarter):
    """Entries are read where they hang today; but nothing stands before it opened."""
    books.declared()
    market, shop, park = build.STANDARD["categories"]
    build.declared(categories=[market, {**shop, "sources": [{"register": "reading_room"}]}, park])
    lon, lat = build.spot(3, 1)
    books.room(quarter.communities[0], lon=lon, lat=lat, opened_on=date(2026, 5, 20))
    books.room(quarter.communities[0], lon=lon, lat=lat, name="老书屋")
    asked = {"by": build.SYSTEM, "at": build.NOW}
    before, after = (
        services.perform(services.ask_run(quarter.city, day=day, **asked).pk, by=build.SYSTEM)
        for day in (date(2026, 5, 1), build.DAY)
    )
    assert [run.report["counts"]["facilities"] for run in (before, after)] == [1, 2]
    assert [run.looks_back for run in (before, after)] == [True, False]


def test_what_a_merged_unit_gave_to_its_successor_hangs_on_it_the_day_before(quarter, monkeypatch):
    """Entries follow their units; a day of the past finds them where they hung then, by their own history."""
    books.declared()
    monkeypatch.setattr("liren.development.lifecircle.queries.covering.REGISTER", "reading_room")
    monkeypatch.setattr("liren.development.lifecircle.queries.covering.FLOOR", "area")
    into, gone, village = quarter.communities
    away = build.unit(Level.CITY, name_zh="邻市")
    books.room(gone, area="300")
    moved = books.room(village, area="70")
    territory.merge_units([gone.pk], into=into.pk, **make.papers(AFTER))
    assert registers.follow_units(by=SystemActor("succession"), at=AT) == 1
    old = {"unit_id": away.pk, "written_as_id": moved.written_as_id, "name_zh": "x", "reviewed_on": AFTER}
    EntryChange.objects.create(entry=moved, at=AT, actor="x", kind=ChangeKind.CHANGED, **old)
    Entry.objects.filter(pk=moved.pk).update(unit=away)

    def floors(day):
        return {row.unit.pk: int(row.area_m2) for row in queries.spaces(quarter.city, day=day)[0]}

    assert floors(build.DAY) == {into.pk: 0, gone.pk: 300, village.pk: 70}
    assert floors(AFTER) == {into.pk: 0, village.pk: 70}  # carried over on the day after
    assert floors(AFTER + timedelta(days=1)) == floors(timezone.localdate()) == {into.pk: 300, village.pk: 0}
