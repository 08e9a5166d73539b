"""Working days, service hours and deadlines, by prefix sums: every question is answered in O(log days).

The counting rules are those of the Civil Code of the People's Republic of China (2020), in working time:

* Art. 201 (1): a period in days, months or years does not count the day it begins; it runs from the next day.
  Art. 201 (2): a period in hours runs from the moment it begins.
* Art. 202: a period in months ends on the same day of the last month, or on that month's last day.
* Art. 203 (1): where the last day is a day of rest, the period ends on the next day that is none.
  Art. 203 (2): the last day ends at 24:00, or, where there are business hours, when business stops.
* Where a law counts in working days (Administrative Licensing Law art. 82), only working days are counted.

Years without a State Council notice follow the plain week and are provisional: so is every result that touches them.
Local times are wall-clock times of one zone; Asia/Shanghai has had no summer time since 1991.
"""

import calendar as months
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from liren.foundation.kernel.engine.hours import (
    DAY,
    DEFAULT_HOURS,
    Hours,
    ServiceHours,
    earliest,
    latest,
    total,
    worked,
)

MICRO = timedelta(microseconds=1)
FIRST, LAST = date.min.toordinal(), date.max.toordinal()


class OutOfRange(ValueError):
    """A result before year 1 or after year 9999."""


@dataclass(frozen=True)
class Day:
    day: date
    provisional: bool


@dataclass(frozen=True)
class Days:
    days: int
    provisional: bool


@dataclass(frozen=True)
class Moment:
    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Worked:
    time: timedelta
    provisional: bool


@dataclass(frozen=True)
class Deadline:
    """The moment a period ends and its last day (24:00 of a day is 00:00 of the next). None while it is suspended."""

    at: datetime | None
    day: date | None
    provisional: bool


@dataclass(frozen=True)
class Suspension:
    """The clock stands still from ``start`` until ``end``; without an end it still stands."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Calendar:
    """The working days of one jurisdiction.

    Args:
        days: days that differ from the plain week (or confirm it): True works, False rests.
        settled: years for which a notice was published.
        hours: when service is given.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    settled: frozenset[int] = frozenset()
    hours: ServiceHours = DEFAULT_HOURS
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _at: list[int] = field(init=False, repr=False, compare=False)
    _more_days: list[int] = field(init=False, repr=False, compare=False)
    _more_time: list[int] = field(init=False, repr=False, compare=False)
    _week: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        at = sorted(day.toordinal() for day in self.days)
        plans = [self._exception(ordinal) for ordinal in at]
        plain = [total(self.hours.week[(o - 1) % 7]) for o in range(1, 8)]
        more_days = [int(works) - int((o - 1) % 7 < 5) for o, (works, _) in zip(at, plans, strict=True)]
        more_time = [total(plan) - plain[(o - 1) % 7] for o, (_, plan) in zip(at, plans, strict=True)]
        for name, value in {
            "_zone": ZoneInfo(self.hours.zone),
            "_at": at,
            "_more_days": [0, *accumulate(more_days)],
            "_more_time": [0, *accumulate(more_time)],
            "_week": [0, *accumulate(plain)],
        }.items():
            object.__setattr__(self, name, value)

    # --- one day ---

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day."""
        return self.days.get(day, day.weekday() < 5)

    def service(self, day: date) -> Hours:
        """The service hours of the day, in microseconds from midnight; none on a day of rest."""
        if day in self.days:
            return self._exception(day.toordinal())[1]
        return self.hours.week[day.weekday()]

    def is_provisional(self, *days: date) -> bool:
        """Whether the span of these days touches a year without a notice."""
        years = [day.year for day in days]
        return any(year not in self.settled for year in range(min(years), max(years) + 1))

    def close(self, day: date) -> datetime:
        """When the day ends for a period: the end of service, or 24:00 where none is given (art. 203 (2))."""
        hours = self.service(day)
        return self._instant(day.toordinal(), hours[-1][1] if hours else DAY)

    # --- working days ---

    def working_days_between(self, start: date, end: date) -> Days:
        """Working days after ``start`` up to and with ``end``; negative where ``end`` is earlier."""
        count = self._count(end.toordinal()) - self._count(start.toordinal())
        return Days(count, self.is_provisional(start, end))

    def count_days(self, start: date, end: date) -> int:
        """``working_days_between`` as a bare number."""
        return self.working_days_between(start, end).days

    def add_working_days(self, day: date, number: int) -> Day:
        """The ``number``-th working day after ``day`` (before it, if negative); 0 is the day itself.

        Raises:
            OutOfRange: the result lies outside years 1 to 9999.
        """
        ordinal = day.toordinal()
        if number > 0:
            ordinal = _first(self._count, self._count(ordinal) + number)
        elif number < 0:
            ordinal = _first(self._count, self._count(ordinal - 1) + number + 1)
        result = date.fromordinal(ordinal)
        return Day(result, self.is_provisional(day, result))

    def on_or_after(self, day: date) -> Day:
        """The first working day from ``day`` on (art. 203 (1))."""
        result = date.fromordinal(_first(self._count, self._count(day.toordinal() - 1) + 1))
        return Day(result, self.is_provisional(day, result))

    # --- service time ---

    def worked_between(self, start: datetime, end: datetime) -> Worked:
        """Service time from ``start`` to ``end`` (aware instants); negative where ``end`` is earlier."""
        time_between = (self._position(end) - self._position(start)) * MICRO
        return Worked(time_between, self.is_provisional(self.local(start).date(), self.local(end).date()))

    def add_service_time(self, start: datetime, amount: timedelta) -> Moment:
        """The instant at which ``amount`` of service time has passed since ``start``.

        The earliest such instant (17:00, not 09:00 of the next day); for a negative amount the latest one, so that
        what is due so long before ``start`` may be done as late as that.

        Raises:
            OutOfRange: no service hours lie ahead, or the result is outside years 1 to 9999.
        """
        micros = amount // MICRO
        if micros == 0:
            return Moment(start, self.is_provisional(self.local(start).date()))
        goal = self._position(start) + micros
        at = self._earliest(goal) if micros > 0 else self._latest(goal)
        return Moment(at, self.is_provisional(self.local(start).date(), self.local(at).date()))

    # --- inside ---

    def _exception(self, ordinal: int) -> tuple[bool, Hours]:
        works, weekday = self.days[date.fromordinal(ordinal)], (ordinal - 1) % 7
        if not works:
            return False, ()
        return True, self.hours.week[weekday] if weekday < 5 else self.hours.makeup

    def _count(self, ordinal: int) -> int:
        """Working days from the first day of year 1 up to and with ``ordinal``; that first day was a Monday."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * 5 + min(rest, 5) + self._more_days[bisect_right(self._at, ordinal)]

    def _total(self, ordinal: int) -> int:
        """Microseconds of service from the first day of year 1 up to and with ``ordinal``."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * self._week[7] + self._week[rest] + self._more_time[bisect_right(self._at, ordinal)]

    def local(self, instant: datetime) -> datetime:
        """The instant in the calendar's zone."""
        if instant.tzinfo is None:
            raise ValueError("An instant needs its time zone.")
        return instant.astimezone(self._zone)

    def _position(self, instant: datetime) -> int:
        local = self.local(instant)
        since_midnight = timedelta(
            hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return self._total(local.toordinal() - 1) + worked(self.service(local.date()), since_midnight // MICRO)

    def _earliest(self, position: int) -> datetime:
        ordinal = _first(self._total, position)
        left = position - self._total(ordinal - 1)
        return self._instant(ordinal, earliest(self.service(date.fromordinal(ordinal)), left))

    def _latest(self, position: int) -> datetime:
        ordinal = _first(self._total, position + 1)
        left = position - self._total(ordinal - 1)
        return self._instant(ordinal, latest(self.service(date.fromordinal(ordinal)), left))

    def _instant(self, ordinal: int, micros: int) -> datetime:
        try:
            midnight = datetime.combine(date.fromordinal(ordinal), time(0), self._zone)
            return midnight + micros * MICRO
        except (OverflowError, ValueError) as error:
            raise OutOfRange("The result is after year 9999.") from error


def _first(prefix: Callable[[int], int], goal: int) -> int:
    """The first ordinal whose prefix sum reaches ``goal``."""
    low, high = FIRST, LAST
    if goal < 1 or prefix(high) < goal:
        raise OutOfRange("The result is outside years 1 to 9999.")
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if prefix(middle) >= goal else (middle + 1, high)
    return low


def add_months(day: date, number: int) -> date:
    """The same day ``number`` months later, or the last day of that month (art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    if not 1 <= year <= 9999:
        raise OutOfRange("The result is outside years 1 to 9999.")
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def merged(suspensions: Iterable[Suspension]) -> list[Suspension]:
    """The same standstill as intervals in order that neither overlap nor touch.

    Raises:
        ValueError: one ends before it starts.
    """
    result: list[Suspension] = []
    for one in sorted(suspensions, key=lambda s: s.start):
        if one.end is not None and one.end < one.start:
            raise ValueError("A suspension ends before it starts.")
        before = result[-1] if result else None
        if before is None or (before.end is not None and before.end < one.start):
            result.append(one)
        elif before.end is not None:
            end = None if one.end is None else max(before.end, one.end)
            result[-1] = Suspension(before.start, end)
    return result
