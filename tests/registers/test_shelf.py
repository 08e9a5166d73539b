"""Which registers a reader may know of, how full they are, and pages that cost the same however far in they lie."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy import queries as policy
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Coverage, Entry, NoRegister
from liren.foundation.registers.queries import lists, shelf
from liren.foundation.registers.queries.hidden import hidden_figures
from tests import make
from tests.make import registers as build


class Holder:
    """An actor who holds one power at one unit and below it."""

    pk, is_authenticated, label = 1, True, "account:1"

    def __init__(self, power: str, unit: Any) -> None:
        self.power, self.unit = power, unit

    def holds(self, power: str, unit: Any = None) -> bool:
        return power == self.power and (unit is None or unit.path.startswith(self.unit.path))

    def paths_with(self, power: str) -> tuple[str, ...]:
        return (self.unit.path,) if power == self.power else ()


def codes(actor: Any) -> list[str]:
    return [one.code for one in shelf.readable(actor)]


@pytest.fixture
def three(town: make.Town) -> None:
    """One register for each reach."""
    build.declared()
    build.declared(code="risk_place", visible="workers", fields=[], coverage=[])
    build.declared(code="reserve", visible="sealed", fields=[], coverage=[])


def test_a_register_is_known_to_whoever_may_read_some_of_it(town: make.Town, three: None) -> None:
    assert codes(ANONYMOUS) == ["reading_room"]
    assert codes(Holder("registers.read", town.willow)) == ["reading_room", "risk_place"]
    assert codes(Holder("registers.unseal", town.willow)) == ["reading_room", "reserve"]
    assert codes(build.SYSTEM) == ["reading_room", "reserve", "risk_place"]


@pytest.mark.parametrize("code", ["risk_place", "reserve", "nothing"])
def test_what_is_not_to_be_known_of_is_as_if_it_were_not_declared(three: None, code: str) -> None:
    with pytest.raises(NoRegister, match=code):
        shelf.readable_register(code, ANONYMOUS)


def test_declarations_are_told_without_registers_that_are_not_for_the_reader(three: None) -> None:
    found = policy.declared("register")
    assert [one.declaration.code for one in shelf.known_to(found, ANONYMOUS)] == ["reading_room"]
    assert shelf.known_to([], ANONYMOUS) == []


class TestSizes:
    def test_of_everything_are_numbers_given_out_less_what_is_closed(self, town: make.Town, rooms: Any) -> None:
        for unit in (town.willow, town.plum, town.bridge):
            build.room(unit)
        services.close_entry("reading_room", 2, reason="拆迁", by=build.SYSTEM, at=build.NOW)
        assert shelf.sizes([rooms], ANONYMOUS) == {rooms.pk: shelf.Size(2, date(2026, 6, 1))}

    def test_what_closes_later_still_counts(self, town: make.Town, rooms: Any) -> None:
        build.room(town.willow)
        Entry.objects.update(closed_on=timezone.localdate() + timedelta(days=1))
        assert shelf.sizes([rooms], ANONYMOUS)[rooms.pk].entries == 1

    def test_of_a_part_are_counted_there(self, town: make.Town, rooms: Any) -> None:
        for unit in (town.willow, town.plum, town.bridge):
            build.room(unit)
        assert [shelf.sizes([rooms], ANONYMOUS, unit=one)[rooms.pk].entries for one in (town.city, town.east)] == [3, 2]
        assert shelf.sizes([rooms], ANONYMOUS, unit=town.grid) == {}

    def test_beyond_the_bound_they_say_at_least(self, town: make.Town, rooms: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr(shelf, "MOST_LOOKED_AT", 2)
        for _ in range(3):
            build.room(town.willow)
        assert shelf.sizes([rooms], ANONYMOUS, unit=town.willow)[rooms.pk] == shelf.Size(2, date(2026, 6, 1), True)

    def test_of_a_register_for_workers_are_those_of_their_own_places(self, town: make.Town) -> None:
        risks = build.declared(code="risk_place", visible="workers", fields=[], coverage=[])
        for unit in (town.willow, town.bridge):
            build.room(unit, of="risk_place")
        assert shelf.sizes([risks], Holder("registers.read", town.willow))[risks.pk].entries == 1
        assert shelf.sizes([risks], build.SYSTEM)[risks.pk].entries == 2
        assert shelf.sizes([risks], ANONYMOUS) == {}

    def test_of_a_large_part_are_those_of_the_last_count(self, town: make.Town, rooms: Any, monkeypatch: Any) -> None:
        """All of them, and of what is not for everybody only what lies where the actor reads it."""
        risks = build.declared(code="risk_place", visible="workers", fields=[], coverage=[])
        for unit in (town.willow, town.plum):
            build.room(unit)
            build.room(unit, of="risk_place")
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
        build.room(town.bridge)
        monkeypatch.setattr(shelf, "MOST_COUNTED_NOW", 1)
        both = [rooms, risks]
        assert shelf.sizes(both, ANONYMOUS, unit=town.city) == {rooms.pk: shelf.Size(2)}
        assert shelf.sizes([rooms], ANONYMOUS, unit=town.east)[rooms.pk].entries == 2  # a street is counted now
        found = shelf.sizes(both, Holder("registers.read", town.city), unit=town.district)
        assert found == {rooms.pk: shelf.Size(2), risks.pk: shelf.Size(2)}
        found = shelf.sizes(both, Holder("registers.read", town.willow), unit=town.district)
        assert {key: size.entries for key, size in found.items()} == {rooms.pk: 2, risks.pk: 1}
        monkeypatch.setattr(shelf, "MOST_COUNTED_NOW", 2)
        assert shelf.sizes([rooms], ANONYMOUS, unit=town.city)[rooms.pk].entries == 3  # few enough to be counted now

    @pytest.mark.parametrize("rows", [1, 20])
    def test_cost_the_same_whatever_there_is(
        self, town: make.Town, rooms: Any, rows: int, django_assert_num_queries: Any
    ) -> None:
        for _ in range(rows):
            build.room(town.willow)
        with django_assert_num_queries(3):
            shelf.sizes([rooms], ANONYMOUS)


@pytest.mark.requirement("R378")
def test_a_figure_that_gives_a_small_number_away_is_known_to_be_hidden_and_from_whom(
    town: make.Town, rooms: Any
) -> None:
    build.room(town.willow, readers="3")
    build.room(town.bridge, readers="30")
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    places = [town.willow, town.bridge]
    assert Coverage.objects.filter(withheld=True).exists()
    assert hidden_figures(rooms, places, ANONYMOUS) == {("readers_total", town.willow.pk)}
    assert hidden_figures(rooms, places, Holder("registers.read", town.willow)) == set()
    assert hidden_figures(rooms, places, Holder("registers.read", town.bridge)) == {("readers_total", town.willow.pk)}


def test_measures_at_many_units_come_unit_by_unit(town: make.Town, rooms: Any) -> None:
    build.room(town.willow, open_daily="是", area="120")
    services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
    found = queries.coverage_at(rooms, [town.willow, town.plum], ANONYMOUS)
    assert [(one.unit.name_zh, one.measure.code) for one in found[::3]] == [
        ("柳荫社区", "rooms_covered"),
        ("梅园社区", "rooms_covered"),
    ]


def test_entries_follow_each_other_by_the_number_of_the_last(town: make.Town, rooms: Any) -> None:
    names = ["乙书屋", "甲书屋", "丙书屋", "甲书屋"]
    for name in names:
        build.room(town.willow, name=name)
    rows, seen, after = lists.rows_of(rooms, ANONYMOUS), [], ""
    while found := list(shelf.following(rows, rooms, after)[:1]):
        seen.append(found[0].name_zh)
        after = str(found[0].number)
    assert seen == ["丙书屋", "甲书屋", "甲书屋", "乙书屋"]
    assert list(shelf.following(rows, rooms, "99")) == []


@pytest.mark.parametrize("what", ["list", "following"])
def test_a_page_far_in_begins_in_the_index_and_not_at_the_first_entry(town: make.Town, rooms: Any, what: str) -> None:
    for _ in range(3):
        build.room(town.willow)
    rows = lists.rows_of(rooms, ANONYMOUS)
    asked = {"list": lists.behind(rows, "b", 1), "following": shelf.following(rows, rooms, "2")}[what]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    plan = asked.order_by("pinyin", "id")[:30].explain()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line and "register_id" in line)
    assert "pinyin" in condition, plan
