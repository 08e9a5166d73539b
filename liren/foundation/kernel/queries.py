"""Reads of the kernel: the work calendar of a jurisdiction, as it is or as it was known at some moment."""

from datetime import date, datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from liren.foundation.kernel.engine.hours import DEFAULT_HOURS, ServiceHours
from liren.foundation.kernel.engine.worktime import Calendar
from liren.foundation.kernel.models import AuditSeal, CalendarDay, CalendarNotice

NATION = "cn"
STEPS = (2, 4, 6, 9, 12)
#: Which ``notices`` are known: asked for every deadline, and so not built anew by the ORM each time.
KNOWN = f"""SELECT id FROM {CalendarNotice._meta.db_table}
    WHERE jurisdiction = ANY(%s) AND recorded_at <= coalesce(%s::timestamptz, 'infinity') ORDER BY id"""  # noqa: S608  names of our own tables and columns


def place(code: str) -> str:
    """The shortest form of a division code: "620200" and "620200000000" are "6202"; a grid's is its community's.

    Raises:
        ValueError: not a division code.
    """
    digits = code.partition("-")[0]
    if digits == NATION:
        return NATION
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in STEPS or not int(digits):
        raise ValueError(f"{code!r} is not a division code.")
    return next(digits[:n] for n in STEPS if not int(digits[n:] or 0))


def jurisdictions(code: str) -> list[str]:
    """The places whose notices apply, from the nation down: "620200" gives cn, 62 and 6202."""
    shortest = place(code)
    return [NATION, *(shortest[:n] for n in STEPS if n <= len(shortest) and shortest != NATION)]


def notices(jurisdiction: str, as_of: datetime | None = None) -> QuerySet[CalendarNotice]:
    """The notices that make the calendar of a jurisdiction, those recorded by ``as_of``; newest first."""
    found = CalendarNotice.objects.filter(jurisdiction__in=jurisdictions(jurisdiction))
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return found.order_by("-recorded_at", "-pk")


def calendar(jurisdiction: str, as_of: datetime | None = None, hours: ServiceHours = DEFAULT_HOURS) -> Calendar:
    """The work calendar of a jurisdiction; with ``as_of``, as it was known at that moment.

    Narrower places win over wider ones; in one place our own notices win over the seed, and later ones over earlier.
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [jurisdictions(jurisdiction), as_of])
        known = tuple(pk for (pk,) in cursor.fetchall())
    return _calendar(known, hours)


@lru_cache(maxsize=64)
def _calendar(known: tuple[int, ...], hours: ServiceHours) -> Calendar:
    """Built once per set of notices, which are only ever appended: thousands of communities share their city's."""
    if not known:
        return Calendar(hours=hours)
    found = sorted(
        CalendarNotice.objects.filter(pk__in=known),
        key=lambda n: (_width(n.jurisdiction), n.source != CalendarNotice.Source.SEED, n.recorded_at, n.pk),
    )
    said: dict[int, dict[date, bool]] = {notice.pk: {} for notice in found}
    for notice_id, day, works in CalendarDay.objects.filter(notice__in=said).values_list(
        "notice_id", "day", "is_working"
    ):
        said[notice_id][day] = works
    days = {day: works for notice in found for day, works in said[notice.pk].items()}
    return Calendar(days=days, settled=frozenset(n.year for n in found if n.settles_year), hours=hours)


def _width(jurisdiction: str) -> int:
    """Places from the nation down: wide ones speak first, so that narrow ones have the last word."""
    return 0 if jurisdiction == NATION else len(jurisdiction)


def named_days(jurisdiction: str, year: int) -> QuerySet[CalendarDay]:
    """What the notices say about the days of one year, for the calendar page."""
    found = CalendarDay.objects.filter(notice__in=notices(jurisdiction), day__year=year)
    return found.select_related("notice").order_by("day", "notice__recorded_at", "notice_id")


def audit_head() -> tuple[int, str]:
    """The position and hash of the last entry in the audit chain; (0, "") where there is none."""
    last = AuditSeal.objects.order_by("-position").first()
    return (0, "") if last is None else (last.position, bytes(last.hash).hex())
