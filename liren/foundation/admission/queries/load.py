"""What communities have in hand in a month, beside what they can carry: for whoever is about to send them more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Sum

from liren.foundation.admission.models import Assignment, Origin, Reach, RowState
from liren.foundation.admission.queries.burden import next_month
from liren.foundation.admission.queries.checks import EVERYWHERE
from liren.foundation.admission.queries.staff import Staff, staff_of
from liren.foundation.kernel import queries as kernel
from liren.foundation.policy.queries import NotInPacks, parameter
from liren.foundation.territory.models import Unit

HOURS_A_DAY = "community_hours_a_day"
#: Digits of a code that name the district: places of one district keep one calendar and go by one number.
DISTRICT = 6


@dataclass(frozen=True, slots=True)
class InHand:
    """A community in a month.

    Attributes:
        pieces: work of offices that is not done and begins by the end of the month.
        admitted: matters that hold in the month.
        hours: hours a month that those matters were admitted for.
        staff: who works there, None where no figure is recorded.
        hours_there: their working time in the month, in hours; None without staff or without a number in the packs.
    """

    pieces: int
    admitted: int
    hours: float
    staff: Staff | None
    hours_there: float | None

    @property
    def percent(self) -> int | None:
        """How much of the working time admitted matters take, in whole per cent; None where that is not known."""
        return round(100 * self.hours / self.hours_there) if self.hours_there else None


def in_hand(communities: Iterable[Unit], on: date) -> dict[int, InHand]:
    """What each community has in hand in the month of a day, by id (R234, R364). Three statements for all of them, and
    calendar and number of the packs once for each district."""
    there = {one.pk: one for one in communities}
    first = on.replace(day=1)
    end = next_month(first)
    rows = Assignment.objects.filter(community_id__in=there, origin=Origin.OFFICE, given_on__lt=end)
    rows = rows.filter(state__in=[RowState.ASKED, RowState.ACCEPTED]).order_by()
    pieces = dict(rows.values_list("community_id").annotate(n=Count("pk")))
    matters = _matters(there, first, end)
    staff = staff_of(there, on)
    known = _hours_a_worker(there.values(), first, end)
    found = {}
    for pk in there:
        number, minutes = matters.get(pk, (0, 0))
        workers, hours = staff.get(pk), known[pk]
        full = round(workers.number * hours, 1) if workers and workers.number and hours is not None else None
        found[pk] = InHand(pieces.get(pk, 0), number, round(minutes / 60, 1), workers, full)
    return found


def _matters(there: Mapping[int, Unit], first: date, end: date) -> dict[int, tuple[int, int]]:
    """Admitted matters of each community in the month, and the minutes that they take."""
    rows = Reach.objects.filter(
        community_id__in=there, during__overlap=DateRange(first, end), admission__is_active=True
    ).order_by()
    sums = rows.values_list("community_id").annotate(n=Count("pk"), minutes=Sum("admission__minutes_a_month"))
    return {pk: (number, minutes or 0) for pk, number, minutes in sums}


def _hours_a_worker(communities: Iterable[Unit], first: date, end: date) -> dict[int, float | None]:
    """Working hours of one worker in the month by community; None where the packs set no hours of a day."""
    known: dict[str, float | None] = {}
    found: dict[int, float | None] = {}
    for one in communities:
        district = one.code[:DISTRICT]
        if district not in known:
            hours = _hours_a_day(one, first)
            days = kernel.calendar(one.code).count_days(first - timedelta(days=1), end - timedelta(days=1))
            known[district] = None if hours is None else float(hours * days)
        found[one.pk] = known[district]
    return found


def _hours_a_day(unit: Unit, on: date) -> Decimal | None:
    for where in (unit.code, EVERYWHERE):
        try:
            answer: Any = parameter(HOURS_A_DAY, where, on=on)
        except NotInPacks:
            continue
        return Decimal(str(answer.quantity.value))
    return None
