"""Deadlines counted slowly: day by day, minute by minute, with nothing but the words of the rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from liren.foundation.kernel.engine.deadlines import (
    Amount,
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
)
from liren.foundation.kernel.engine.worktime import Suspension, add_months

CHINA = ZoneInfo("Asia/Shanghai")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OPEN = ((9, 12), (13, 17))


class Slow:
    """A calendar as a clerk has it on the wall: days that differ from the plain week, office hours 9–12 and 13–17."""

    def __init__(self, days: dict[date, bool], stops: Sequence[Suspension] = ()) -> None:
        self.days, self.stops = days, stops

    def works(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def close(self, day: date) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
        return midnight + (timedelta(hours=17) if self.works(day) else DAY)

    def stands(self, moment: datetime, start: datetime) -> bool:
        """Whether the clock that began at ``start`` stands still at the moment."""
        return any(max(s.start, start) <= moment and (s.end is None or moment < s.end) for s in self.stops)

    def stands_over_close(self, day: date, start: datetime) -> bool:
        close = self.close(day)
        return any(max(s.start, start) < close and (s.end is None or close < s.end) for s in self.stops)

    def _for_good(self, moment: datetime, start: datetime) -> bool:
        """Whether the clock stands still before the moment and never runs again."""
        return any(s.end is None and max(s.start, start) < moment for s in self.stops)

    def serves(self, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        return self.works(local.date()) and any(first <= local.hour < last for first, last in OPEN)

    def due(self, start: datetime, amounts: Sequence[Amount]) -> datetime | None:
        at: datetime | None = start
        for amount in amounts:
            at = None if at is None else self._after(at, amount)
        return at

    def _after(self, start: datetime, amount: Amount) -> datetime | None:
        match amount:
            case WorkingDays(number):
                return self._days(start, number, working=True)
            case CalendarDays(number):
                return self._days(start, number, working=False)
            case CalendarMonths(number):
                first = start.astimezone(CHINA).date()
                return self._days(start, (add_months(first, number) - first).days, working=False)
            case ServiceTime(time):
                return self._minutes(start, time, served=True)
            case PlainTime(time):
                return self._minutes(start, time, served=False)

    def _days(self, start: datetime, number: int, *, working: bool) -> datetime | None:
        day, left = start.astimezone(CHINA).date(), number
        while left:
            day += DAY
            if self._for_good(self.close(day), start):
                return None
            left -= (self.works(day) or not working) and not self.stands_over_close(day, start)
        while not working and (not self.works(day) or self.stands_over_close(day, start)):
            if self._for_good(self.close(day), start):
                return None
            day += DAY
        return self.close(day)

    def _minutes(self, start: datetime, time: timedelta, *, served: bool) -> datetime | None:
        at, left = start, time // MINUTE
        while left:
            if self._for_good(at + MINUTE, start):
                return None
            left -= (self.serves(at) or not served) and not self.stands(at, start)
            at += MINUTE
        return at
