"""A deadline is its amount, start, calendar and standstills: held against one that is counted day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from liren.foundation.kernel.engine.deadlines import (
    Amount,
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
)
from liren.foundation.kernel.engine.worktime import Calendar, Suspension
from liren.service.cases.engine import clocks
from liren.service.cases.engine.spec import Step
from tests.cases.oracle import CHINA, Slow

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=CHINA)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def moments(days: int = 90) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


AMOUNTS: st.SearchStrategy[Amount] = st.one_of(
    st.integers(1, 15).map(WorkingDays),
    st.integers(1, 20).map(CalendarDays),
    st.integers(1, 2).map(CalendarMonths),
    st.integers(1, 20).map(lambda n: ServiceTime(n * HOUR)),
    st.integers(1, 3 * 24 * 60).map(lambda n: PlainTime(timedelta(minutes=n))),
)
NAMED = st.dictionaries(st.integers(0, 150).map(lambda n: date(2026, 6, 1) + n * DAY), st.booleans(), max_size=25)


@st.composite
def standstills(draw: st.DrawFn) -> list[Suspension]:
    """At most three, the last perhaps without an end."""
    found = [Suspension(*sorted(draw(st.tuples(moments(), moments())))) for _ in range(draw(st.integers(0, 2)))]
    return [*found, Suspension(draw(moments()))] if draw(st.booleans()) else found


@settings(max_examples=200)
@given(NAMED, moments(40), st.lists(AMOUNTS, min_size=1, max_size=2), standstills())
def test_every_deadline_is_the_one_that_is_counted_day_by_day(
    days: dict[date, bool], start: datetime, amounts: list[Amount], stops: list[Suspension]
) -> None:
    assert clocks.due(Calendar(days=days), start, amounts, stops).at == Slow(days, stops).due(start, amounts)


@settings(max_examples=100)
@given(NAMED, moments(40), st.lists(AMOUNTS, min_size=1, max_size=2), standstills())
def test_more_standstill_never_makes_a_deadline_earlier(
    days: dict[date, bool], start: datetime, amounts: list[Amount], stops: list[Suspension]
) -> None:
    assume(stops)
    calendar = Calendar(days=days)
    without, with_them = (clocks.due(calendar, start, amounts, some).at for some in (stops[1:], stops))
    assert with_them is None or (without is not None and without <= with_them)


@given(NAMED, moments(40), st.integers(1, 10), st.integers(1, 10), standstills())
def test_five_days_extended_by_three_are_eight(
    days: dict[date, bool], start: datetime, five: int, three: int, stops: list[Suspension]
) -> None:
    calendar = Calendar(days=days)
    for kind in (WorkingDays, lambda n: ServiceTime(n * HOUR), lambda n: PlainTime(n * HOUR)):
        extended = clocks.due(calendar, start, [kind(five), kind(three)], stops)
        assert extended.at == clocks.due(calendar, start, [kind(five + three)], stops).at


@given(st.lists(AMOUNTS, min_size=1, max_size=4))
def test_extensions_are_written_down_and_read_again(amounts: list[Amount]) -> None:
    more = ""
    for one in amounts:
        more = clocks.more_text(more, one)
    limit, *read = clocks.amounts_of("1 hour", more)
    assert limit == PlainTime(HOUR)
    assert [type(one) for one in read] == [kind for kind, _same in groupby(type(one) for one in amounts)]
    assert sum(_size(one) for one in read) == sum(_size(one) for one in amounts)


def _size(amount: Amount) -> float:
    time = getattr(amount, "time", None)
    return time / timedelta(minutes=1) if time is not None else amount.number  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("first", "then", "text"),
    [
        ("3 working days", "2 working days", "5 working days"),
        ("3 working days", "1 day", "3 working days + 1 day"),
        ("3 working days + 1 day", "2 days", "3 working days + 3 days"),
        ("", "90 minutes", "90 minutes"),
        ("90 minutes", "30 minutes", "2 hours"),
        ("1 month", "1 month", "2 months"),
        ("1 service hour", "2 service hours", "3 service hours"),
    ],
)
def test_extensions_of_one_kind_are_added_up(first: str, then: str, text: str) -> None:
    assert clocks.more_text(first, clocks.read_amount(then)) == text


def test_a_ladder_counts_each_rung_from_the_due_moment() -> None:
    ladder = [Step(PlainTime(0 * HOUR)), Step(WorkingDays(1)), Step(WorkingDays(3))]
    friday = datetime(2026, 6, 5, 17, 0, tzinfo=CHINA)
    found = [clocks.rung(Calendar(), friday, ladder, level) for level in range(4)]
    assert found == [friday, friday + 3 * DAY, friday + 5 * DAY, None]


def test_a_clock_that_stands_still_climbs_nothing() -> None:
    ladder = [Step(PlainTime(0 * HOUR)), Step(WorkingDays(1))]
    assert clocks.rung(Calendar(), None, ladder, 0) is None
    assert clocks.rung(Calendar(), MONDAY, ladder, 1, [Suspension(MONDAY + HOUR)]) is None


def test_a_standstill_counts_for_a_clock_until_that_stops() -> None:
    stops = [Suspension(MONDAY, MONDAY + DAY), Suspension(MONDAY + 2 * DAY), Suspension(MONDAY + 9 * DAY)]
    cut = clocks.until(stops, MONDAY + 3 * DAY)
    assert cut == [stops[0], Suspension(MONDAY + 2 * DAY, MONDAY + 3 * DAY)]
    assert clocks.until(stops, None) == stops
