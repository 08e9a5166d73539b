"""When a period ends: an amount of working days, service time, calendar days, months or plain time, with standstills.

The counting rules and their sources stand at the head of ``worktime``. Where the clock was suspended:

* time (service or plain): what passes during a suspension does not count, so the end moves by just that much;
* days (working or calendar): a day counts unless the clock stopped before its close and stood beyond it. So the days
  suspended are those from the day the clock stopped up to the day before it ran again, and no period ends meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from liren.foundation.kernel.engine.worktime import Calendar, Deadline, OutOfRange, Suspension, add_months, merged

LONGEST_DAYS = 366 * 200


@dataclass(frozen=True)
class WorkingDays:
    """So many working days, not counting the day of the event."""

    number: int


@dataclass(frozen=True)
class CalendarDays:
    """So many days; where the last is a day of rest, the period ends on the next working day."""

    number: int


@dataclass(frozen=True)
class CalendarMonths:
    """So many months (a year is twelve)."""

    number: int


@dataclass(frozen=True)
class ServiceTime:
    """So much time within service hours, from the moment of the event."""

    time: timedelta


@dataclass(frozen=True)
class PlainTime:
    """So much time by the clock, nights and holidays included, from the moment of the event."""

    time: timedelta


Amount = WorkingDays | CalendarDays | CalendarMonths | ServiceTime | PlainTime


def deadline(calendar: Calendar, start: datetime, amount: Amount, suspensions: Iterable[Suspension] = ()) -> Deadline:
    """When a period of ``amount`` that begins at ``start`` (an aware instant) ends.

    Raises:
        ValueError: a negative amount, or a suspension that ends before it starts.
        OutOfRange: an amount of more than 200 years.
    """
    stops = [_clipped(s, start) for s in merged(suspensions) if s.end is None or s.end > start]
    if isinstance(amount, ServiceTime | PlainTime):
        return _by_time(calendar, start, amount, stops)
    return _by_days(calendar, start, amount, stops)


def _clipped(stop: Suspension, start: datetime) -> Suspension:
    return Suspension(max(stop.start, start), stop.end)


# --- time ---


def _by_time(calendar: Calendar, start: datetime, amount: ServiceTime | PlainTime, stops: list[Suspension]) -> Deadline:
    passed, after = (_served, _serve) if isinstance(amount, ServiceTime) else (_elapsed, _elapse)
    at, left = start, _checked(amount.time)
    for stop in stops:
        ran = passed(calendar, at, stop.start)
        if ran >= left:
            break
        if stop.end is None:
            return Deadline(None, None, calendar.is_provisional(_day(calendar, start), _day(calendar, stop.start)))
        left, at = left - ran, stop.end
    return _ended(calendar, start, after(calendar, at, left))


def _served(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    return calendar.worked_between(start, end).time


def _serve(calendar: Calendar, start: datetime, time: timedelta) -> datetime:
    return calendar.add_service_time(start, time).at


def _elapsed(_: Calendar, start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)


def _elapse(calendar: Calendar, start: datetime, time: timedelta) -> datetime:
    return calendar.local(start.astimezone(UTC) + time)


def _ended(calendar: Calendar, start: datetime, at: datetime) -> Deadline:
    day = _day(calendar, at)
    return Deadline(at, day, calendar.is_provisional(_day(calendar, start), day))


def _checked(time: timedelta) -> timedelta:
    if time < timedelta(0):
        raise ValueError("A period can't be negative.")
    if time > timedelta(days=LONGEST_DAYS):
        raise OutOfRange("A period is at most 200 years.")
    return time


def _day(calendar: Calendar, instant: datetime) -> date:
    return calendar.local(instant).date()


# --- days ---


def _by_days(
    calendar: Calendar, start: datetime, amount: WorkingDays | CalendarDays | CalendarMonths, stops: list[Suspension]
) -> Deadline:
    first = _day(calendar, start)
    number = _number(first, amount)
    standing = _standing_days(calendar, stops)
    if isinstance(amount, WorkingDays):
        last = _count_on(first, number, standing, lambda d, n: calendar.add_working_days(d, n).day, calendar.count_days)
    else:
        last = _count_on(first, number, standing, lambda d, n: d + timedelta(n), lambda a, b: (b - a).days)
        last = None if last is None else _rolled(calendar, last, standing)
    if last is None:
        return Deadline(None, None, calendar.is_provisional(first, standing[-1][0]))
    return Deadline(calendar.close(last), last, calendar.is_provisional(first, last))


def _number(first: date, amount: WorkingDays | CalendarDays | CalendarMonths) -> int:
    number = amount.number
    if number < 0:
        raise ValueError("A period can't be negative.")
    if number > LONGEST_DAYS:
        raise OutOfRange("A period is at most 200 years.")
    if isinstance(amount, CalendarMonths):
        return (add_months(first, number) - first).days
    return number


Standing = list[tuple[date, date | None]]


def _closing_from(calendar: Calendar, instant: datetime) -> date:
    """The first day that closes at or after ``instant``."""
    day = _day(calendar, instant)
    return day + timedelta(calendar.close(day) < instant)


def _standing_days(calendar: Calendar, stops: list[Suspension]) -> Standing:
    """Suspensions as days [from, to) at whose close the clock stands."""
    found: Standing = []
    for stop in stops:
        begin = _day(calendar, stop.start)
        begin += timedelta(calendar.close(begin) <= stop.start)
        end = None if stop.end is None else _closing_from(calendar, stop.end)
        if end is None or begin < end:
            found.append((begin, end))
    return found


def _count_on(
    first: date,
    number: int,
    standing: Standing,
    after: Callable[[date, int], date],
    between: Callable[[date, date], int],
) -> date | None:
    """The day on which ``number`` counted days are reached; None if the clock stands before that and still does."""
    at, left = first, number
    for begin, end in standing:
        ran = max(0, between(at, begin - timedelta(1)))
        if ran >= left:
            break
        if end is None:
            return None
        left, at = left - ran, max(at, end - timedelta(1))
    return after(at, left)


def _rolled(calendar: Calendar, last: date, standing: Standing) -> date | None:
    """The next working day at whose close the clock runs (art. 203 (1))."""
    day = calendar.on_or_after(last).day
    for begin, end in standing:
        if begin <= day:
            if end is None:
                return None
            if day < end:
                day = calendar.on_or_after(end).day
    return day
