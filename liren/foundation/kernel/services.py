"""Every write of the kernel's own tables: the notices of the work calendar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import queries
from liren.foundation.kernel.audit import record
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.models import CalendarDay, CalendarNotice
from liren.foundation.kernel.rights import Actor, require

PUBLISH = "calendar.publish"


@dataclass(frozen=True)
class DayRule:
    """What a notice says about a day."""

    works: bool
    zh: str = ""
    en: str = ""


@transaction.atomic
def publish_notice(
    jurisdiction: Any,
    year: int,
    days: Mapping[date, DayRule],
    *,
    title: str,
    by: Actor,
    at: datetime,
    document: str = "",
    issued_on: date | None = None,
    settles_year: bool = True,
) -> CalendarNotice:
    """Record a notice of holidays and make-up working days. A day named again by a later notice follows the later one.

    ``jurisdiction`` is the unit for which the notice holds, or, for the nation and for commands, a bare code.

    Raises:
        NotAllowed: the actor does not hold ``calendar.publish`` over that unit.
        BadInput: not a division code, an implausible year, or a day outside the year and its neighbours' edges.
        Conflict: ``at`` lies before a notice that is recorded already: what was known when would change.
    """
    is_code = isinstance(jurisdiction, str)
    require(by, PUBLISH, None if is_code else jurisdiction)
    jurisdiction = _place(jurisdiction if is_code else jurisdiction.code)
    _check(year, days, title)
    latest = (
        CalendarNotice.objects.select_for_update().filter(jurisdiction=jurisdiction).order_by("-recorded_at").first()
    )
    if latest and latest.recorded_at > at:
        raise Conflict(_("A later notice is recorded already for this place."))
    notice = CalendarNotice.objects.create(
        jurisdiction=jurisdiction,
        year=year,
        title=title,
        document=document,
        issued_on=issued_on,
        settles_year=settles_year,
        recorded_at=at,
        recorded_by=by.label,
    )
    _write_days(notice, days)
    record(PUBLISH, notice, by=by, at=at, jurisdiction=jurisdiction, year=year, days=len(days), document=document)
    return notice


def _place(code: str) -> str:
    try:
        return queries.place(code)
    except ValueError as error:
        raise BadInput(_("This is not the code of a place.")) from error


def _check(year: int, days: Mapping[date, DayRule], title: str) -> None:
    if not 1949 <= year <= 2200:
        raise BadInput(_("The year of a notice lies between 1949 and 2200."))
    if not title.strip():
        raise BadInput(_("A notice needs its title."))
    # New Year's holiday may begin or end across the edge of the year.
    if any(not date(year - 1, 12, 25) <= day <= date(year + 1, 1, 7) for day in days):
        raise BadInput(_("A notice names only days of its own year."))


def _write_days(notice: CalendarNotice, days: Mapping[date, DayRule]) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, day=day, is_working=rule.works, name_zh=rule.zh, name_en=rule.en)
        for day, rule in sorted(days.items())
    )


@transaction.atomic
def seed_calendar(*, by: Actor, at: datetime) -> list[int]:
    """Record the State Council's notices since 2004 as the package chinesecalendar holds them; returns the new years.

    A year that was seeded stays as it is: a second run changes nothing. The first year without a notice gets the
    statutory days alone (Regulation on Public Holidays, revised 2024) and stays provisional.
    """
    seeds = CalendarNotice.objects.filter(source=CalendarNotice.Source.SEED)
    have = set(seeds.values_list("year", "settles_year"))
    new = {(year, settles): days for year, settles, days in _known_years() if (year, settles) not in have}
    for (year, settles), days in new.items():
        notice = CalendarNotice.objects.create(
            jurisdiction=queries.NATION,
            year=year,
            source=CalendarNotice.Source.SEED,
            settles_year=settles,
            title=f"{year}年节假日安排" if settles else f"{year}年法定节假日",
            document=f"chinesecalendar {chinese_calendar.__version__}" if settles else "",
            recorded_at=at,
            recorded_by=by.label,
        )
        _write_days(notice, days)
    years = sorted(year for year, _settles in new)
    if years:
        record("calendar.seed", None, by=by, at=at, years=years, package=chinese_calendar.__version__)
    return years


# Days of rest by law for a year whose notice is not out: no bridges, no make-up days.
STATUTORY: dict[int, dict[date, str]] = {
    2027: {
        date(2027, 1, 1): "New Year's Day",
        **{date(2027, 2, day): "Spring Festival" for day in (5, 6, 7, 8)},
        date(2027, 4, 5): "Tomb-sweeping Day",
        date(2027, 5, 1): "Labour Day",
        date(2027, 5, 2): "Labour Day",
        date(2027, 6, 9): "Dragon Boat Festival",
        date(2027, 9, 15): "Mid-autumn Festival",
        **{date(2027, 10, day): "National Day" for day in (1, 2, 3)},
    }
}


def _known_years() -> Iterator[tuple[int, bool, dict[date, DayRule]]]:
    """Year, whether a notice settled it, and its days."""
    chinese = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    years: dict[int, dict[date, DayRule]] = {}
    for works, source in ((False, chinese_calendar.holidays), (True, chinese_calendar.workdays)):
        for day, english in source.items():
            years.setdefault(day.year, {})[day] = DayRule(works, chinese[english], english)
    for year, days in sorted(years.items()):
        yield year, True, days
    for year, names in STATUTORY.items():
        if year not in years:
            yield year, False, {day: DayRule(False, chinese[english], english) for day, english in names.items()}
