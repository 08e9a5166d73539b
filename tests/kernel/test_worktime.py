"""The work calendar against a slow obvious oracle, against chinesecalendar, and against cases a clerk can read."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.foundation.kernel.engine.deadlines import (
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
    deadline,
)
from liren.foundation.kernel.engine.hours import MINUTE, ServiceHours, earliest, hours, latest
from liren.foundation.kernel.engine.worktime import Calendar, OutOfRange, Suspension, add_months, merged

CHINA = ZoneInfo("Asia/Shanghai")
YEARS = frozenset(range(2004, 2027))
KNOWN = {day: False for day in chinese_calendar.holidays} | {day: True for day in chinese_calendar.workdays}
CN = Calendar(days=KNOWN, settled=YEARS)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


# --- oracles: walk day by day, minute by minute -----------------------------------------------------------------


def slow_add(calendar: Calendar, day: date, number: int) -> date:
    step = timedelta(1 if number > 0 else -1)
    while number:
        day += step
        number -= step.days * calendar.is_working(day)
    return day


def slow_worked(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Minutes of service, one by one."""
    minutes = 0
    while start < end:
        time = (start.hour * 60 + start.minute) * MINUTE
        minutes += any(a <= time < b for a, b in calendar.service(start.date()))
        start += timedelta(minutes=1)
    return minutes


def slow_deadline_in_days(
    calendar: Calendar, start: datetime, number: int, stops: list[Suspension], working: bool
) -> date:
    def stands(day: date) -> bool:
        return any(s.start < calendar.close(day) < s.end for s in stops if s.end)

    day = start.date()
    while number:
        day += timedelta(1)
        number -= (calendar.is_working(day) or not working) and not stands(day)
    while not working and (stands(day) or not calendar.is_working(day)):
        day += timedelta(1)
    return day


def slow_deadline_in_minutes(calendar: Calendar, start: datetime, minutes: int, stops: list[Suspension]) -> datetime:
    while minutes:
        time = (start.hour * 60 + start.minute) * MINUTE
        runs = not any(s.start <= start < s.end for s in stops if s.end)
        minutes -= runs and any(a <= time < b for a, b in calendar.service(start.date()))
        start += timedelta(minutes=1)
    return start


# --- strategies --------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2023, 12, 1), date(2024, 3, 31))
EXCEPTIONS = st.dictionaries(DAYS, st.booleans(), max_size=25)
MINUTES = st.integers(0, 60 * 24 * 60).map(lambda m: datetime(2024, 1, 1, tzinfo=CHINA) + timedelta(minutes=m))
WEEKS = st.sampled_from(
    [
        ServiceHours(week=(hours("09:00-12:00", "13:00-17:00"),) * 5 + ((),) * 2, makeup=hours("09:00-12:00")),
        ServiceHours(week=(hours("08:30-17:30"),) * 5 + (hours("10:00-12:00"), ()), makeup=hours("08:00-24:00")),
        ServiceHours(week=(hours("00:00-24:00"),) * 7, makeup=()),
        ServiceHours(
            week=(hours("20:00-24:00"), (), hours("00:00-04:00"), (), (), (), ()), makeup=hours("12:00-13:00")
        ),
    ]
)
CALENDARS = st.builds(Calendar, days=EXCEPTIONS, settled=st.just(YEARS), hours=WEEKS)
STOPS = st.lists(
    st.tuples(MINUTES, st.integers(0, 20_000)).map(lambda p: Suspension(p[0], p[0] + timedelta(minutes=p[1]))),
    max_size=4,
)


# --- the calendar ------------------------------------------------------------------------------------------------


def test_every_day_from_2004_to_2026_agrees_with_chinesecalendar() -> None:
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    wrong = []
    while day <= last:
        if CN.is_working(day) != chinese_calendar.is_workday(day):
            wrong.append(day)
        day += timedelta(1)
    assert wrong == []


def test_working_days_of_each_year_agree_with_chinesecalendar() -> None:
    for year in YEARS:
        first, last = date(year, 1, 1), date(year, 12, 31)
        counted = CN.working_days_between(first - timedelta(1), last).days
        assert counted == len(chinese_calendar.get_workdays(first, last)), year


@settings(max_examples=300)
@given(CALENDARS, DAYS, st.integers(-40, 40))
def test_adding_working_days_is_walking(calendar: Calendar, day: date, number: int) -> None:
    assert calendar.add_working_days(day, number).day == slow_add(calendar, day, number)


@settings(max_examples=300)
@given(CALENDARS, DAYS, DAYS)
def test_counting_working_days_is_walking(calendar: Calendar, start: date, end: date) -> None:
    low, high = sorted([start, end])
    walked = sum(calendar.is_working(low + timedelta(n)) for n in range(1, (high - low).days + 1))
    assert calendar.working_days_between(start, end).days == (walked if start <= end else -walked)


@settings(max_examples=40, deadline=None)
@given(CALENDARS, MINUTES, st.integers(-4000, 4000))
def test_time_between_is_counting_minutes(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    low, high = sorted([start, end])
    expected = slow_worked(calendar, low, high) * (1 if start <= end else -1)
    assert calendar.worked_between(start, end).time == timedelta(minutes=expected)


@settings(max_examples=300)
@given(CALENDARS, MINUTES, st.integers(1, 3000))
def test_adding_service_time_gives_the_earliest_instant_and_taking_off_the_latest(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    amount, tick = timedelta(minutes=minutes), timedelta(microseconds=1)
    after = calendar.add_service_time(start, amount).at
    assert calendar.worked_between(start, after).time == amount
    assert calendar.worked_between(start, after - tick).time < amount
    before = calendar.add_service_time(start, -amount).at
    assert calendar.worked_between(before, start).time == amount
    assert calendar.worked_between(before + tick, start).time < amount


# --- deadlines ---------------------------------------------------------------------------------------------------


@settings(max_examples=400)
@given(CALENDARS, MINUTES, st.integers(0, 15), STOPS, st.booleans())
def test_a_deadline_in_days_is_walking_over_days_whose_clock_runs(
    calendar: Calendar, start: datetime, number: int, stops: list[Suspension], working: bool
) -> None:
    stops = [Suspension(max(s.start, start), s.end) for s in stops if s.end > start]
    amount = WorkingDays(number) if working else CalendarDays(number)
    assert deadline(calendar, start, amount, stops).day == slow_deadline_in_days(
        calendar, start, number, stops, working
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(CALENDARS, MINUTES, st.integers(0, 1200), STOPS)
def test_a_deadline_in_service_time_is_counting_minutes_while_the_clock_runs(
    calendar: Calendar, start: datetime, minutes: int, stops: list[Suspension]
) -> None:
    found = deadline(calendar, start, ServiceTime(timedelta(minutes=minutes)), stops).at
    assert found == slow_deadline_in_minutes(calendar, start, minutes, stops)


@settings(max_examples=200)
@given(CALENDARS, MINUTES, st.integers(0, 2000), STOPS)
def test_a_suspension_never_brings_a_deadline_forward(
    calendar: Calendar, start: datetime, minutes: int, stops: list[Suspension]
) -> None:
    for amount in (
        ServiceTime(timedelta(minutes=minutes)),
        PlainTime(timedelta(minutes=minutes)),
        WorkingDays(minutes % 9),
    ):
        assert deadline(calendar, start, amount, stops).at >= deadline(calendar, start, amount).at


CASES = [
    # event, amount, when it ends: Spring Festival 2026 (rest 15-23 February, work on the 14th and 28th)
    ("2026-02-10 16:00", WorkingDays(1), "2026-02-11 17:00"),
    ("2026-02-13 16:00", WorkingDays(1), "2026-02-14 17:00"),
    ("2026-02-14 10:00", WorkingDays(1), "2026-02-24 17:00"),
    ("2026-02-14 10:00", WorkingDays(5), "2026-02-28 17:00"),
    ("2026-02-10 16:00", CalendarDays(7), "2026-02-24 17:00"),
    ("2026-01-31 09:00", CalendarMonths(1), "2026-02-28 17:00"),
    ("2025-11-14 09:00", CalendarMonths(3), "2026-02-14 17:00"),
    ("2025-12-10 09:00", CalendarMonths(1), "2026-01-12 17:00"),
    ("2026-02-14 16:00", ServiceTime(2 * HOUR), "2026-02-24 10:00"),
    ("2026-02-10 16:00", ServiceTime(1 * HOUR), "2026-02-10 17:00"),
    ("2026-02-10 11:30", ServiceTime(1 * HOUR), "2026-02-10 13:30"),
    ("2026-02-15 03:00", ServiceTime(7 * HOUR), "2026-02-24 17:00"),
    ("2026-02-14 16:00", PlainTime(24 * HOUR), "2026-02-15 16:00"),
]


@pytest.mark.parametrize(("event", "amount", "end"), CASES)
def test_the_counting_rules_of_the_civil_code(event: str, amount: object, end: str) -> None:
    found = deadline(CN, at(event), amount)
    assert (found.at, found.provisional) == (at(end), False)


def test_where_no_service_is_given_the_last_day_ends_at_24_00() -> None:
    silent = Calendar(hours=ServiceHours(week=((),) * 7, makeup=()))
    assert deadline(silent, at("2026-03-02 09:00"), WorkingDays(1)).at == at("2026-03-04 00:00")


def test_a_suspension_moves_the_end_by_the_time_worked_meanwhile() -> None:
    stop = Suspension(at("2026-03-03 10:00"), at("2026-03-04 11:00"))
    plain, moved = (deadline(CN, at("2026-03-02 16:00"), ServiceTime(10 * HOUR), stops) for stops in ([], [stop]))
    assert (plain.at, moved.at) == (at("2026-03-04 11:00"), at("2026-03-05 12:00"))
    assert CN.worked_between(plain.at, moved.at).time == CN.worked_between(stop.start, stop.end).time == 8 * HOUR


def test_a_day_whose_clock_was_stopped_before_its_close_does_not_count() -> None:
    stop = Suspension(at("2026-03-03 10:00"), at("2026-03-05 09:00"))
    assert deadline(CN, at("2026-03-02 16:00"), WorkingDays(1), [stop]).at == at("2026-03-05 17:00")


@pytest.mark.parametrize("amount", [WorkingDays(5), CalendarDays(5), ServiceTime(20 * HOUR), PlainTime(99 * HOUR)])
def test_a_clock_that_still_stands_has_no_deadline(amount: object) -> None:
    found = deadline(CN, at("2026-03-02 16:00"), amount, [Suspension(at("2026-03-03 10:00"))])
    assert (found.at, found.day) == (None, None)


@pytest.mark.parametrize("amount", [WorkingDays(1), ServiceTime(2 * HOUR), PlainTime(2 * HOUR)])
def test_a_clock_that_stops_after_the_end_changes_nothing(amount: object) -> None:
    start, late = at("2026-03-02 10:00"), Suspension(at("2026-03-09 10:00"))
    assert deadline(CN, start, amount, [late]) == deadline(CN, start, amount)


def test_the_instant_may_come_in_any_zone() -> None:
    start = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 07:30 of 3 March in China
    assert deadline(CN, start, WorkingDays(1)).day == date(2026, 3, 4)
    assert deadline(CN, start, ServiceTime(HOUR)).at == at("2026-03-03 10:00")


# --- provisional years -------------------------------------------------------------------------------------------


def test_a_result_that_touches_a_year_without_a_notice_is_provisional() -> None:
    december = date(2026, 12, 30)
    assert CN.add_working_days(december, 1).provisional is False
    assert CN.add_working_days(december, 10).provisional is True
    assert CN.working_days_between(date(2003, 12, 31), december).provisional is True
    assert CN.working_days_between(date(2004, 1, 1), december).provisional is False
    assert CN.worked_between(at("2026-12-31 09:00"), at("2027-01-04 09:00")).provisional is True
    assert CN.add_service_time(at("2026-12-31 16:00"), 9 * HOUR).provisional is True
    assert CN.on_or_after(date(2026, 12, 31)).provisional is False
    assert deadline(CN, at("2026-12-30 09:00"), WorkingDays(9)).provisional is True
    assert (
        deadline(CN, at("2026-12-30 09:00"), WorkingDays(9), [Suspension(at("2027-01-05 09:00"))]).provisional is True
    )


# --- input that can't be -----------------------------------------------------------------------------------------


def test_what_lies_outside_the_calendar_is_said_and_not_looped_for() -> None:
    with pytest.raises(OutOfRange):
        CN.add_working_days(date(2026, 1, 1), 10**9)
    with pytest.raises(OutOfRange):
        CN.add_working_days(date(2026, 1, 1), -(10**9))
    with pytest.raises(OutOfRange):
        Calendar(hours=ServiceHours(week=((),) * 7, makeup=())).add_service_time(at("2026-01-01 00:00"), HOUR)
    with pytest.raises(OutOfRange):
        deadline(CN, at("2026-01-01 00:00"), CalendarDays(10**9))
    with pytest.raises(OutOfRange):
        deadline(CN, at("2026-01-01 00:00"), PlainTime(timedelta(days=999_999)))
    with pytest.raises(OutOfRange):
        add_months(date(2026, 1, 1), 12 * 9000)
    with pytest.raises(OutOfRange):
        Calendar(days={date.max: False}).close(date.max)


@pytest.mark.parametrize("amount", [WorkingDays(-1), ServiceTime(-HOUR), PlainTime(-HOUR), CalendarMonths(-1)])
def test_a_negative_period_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match=r"negative|200 years"):
        deadline(CN, at("2026-01-01 00:00"), amount)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CN.worked_between(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001  # the fault under test


def test_a_suspension_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        merged([Suspension(at("2026-01-02 00:00"), at("2026-01-01 00:00"))])


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 6,
        (hours("12:00-09:00"),) * 7,
        (hours("09:00-12:00", "11:00-13:00"),) * 7,
        (hours("09:00-25:00"),) * 7,
        (hours("09:00-09:00"),) * 7,
    ],
)
def test_service_hours_that_can_not_be_are_refused(week: tuple) -> None:
    with pytest.raises(ValueError, match="hours"):
        ServiceHours(week=week, makeup=())


def test_a_day_is_not_asked_for_more_service_than_it_has() -> None:
    office = hours("09:00-12:00")
    assert (earliest(office, 60 * MINUTE), latest(office, 60 * MINUTE)) == (600 * MINUTE, 600 * MINUTE)
    for ask, amount in ((earliest, 181 * MINUTE), (latest, 180 * MINUTE)):
        with pytest.raises(ValueError, match="service time"):
            ask(office, amount)


def test_where_the_next_working_day_is_suspended_too_the_period_waits() -> None:
    """The tenth day is a Saturday; on Monday the clock stands, and in the second case for good."""
    start, monday = at("2026-03-04 09:00"), at("2026-03-16 09:00")
    ends = [
        deadline(CN, start, CalendarDays(10), [Suspension(monday, end)]).day for end in (at("2026-03-18 09:00"), None)
    ]
    assert ends == [date(2026, 3, 18), None]


def test_overlapping_suspensions_count_once() -> None:
    one = Suspension(at("2026-01-01 00:00"), at("2026-01-05 00:00"))
    two = Suspension(at("2026-01-03 00:00"), at("2026-01-04 00:00"))
    three = Suspension(at("2026-01-05 00:00"))
    assert merged([three, two, one]) == [Suspension(at("2026-01-01 00:00"))]


def test_a_long_span_costs_no_more_than_a_short_one() -> None:
    assert CN.working_days_between(date.min, date.max).days > 2_600_000
    assert CN.add_working_days(date(1, 1, 2), 2_000_000).day.year > 7000
