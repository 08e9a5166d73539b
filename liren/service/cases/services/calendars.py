"""A new notice of holidays changes deadlines that run: they are worked out anew, and each case tells both dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.models import CalendarNotice
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.models import Case, CaseClock
from liren.service.cases.services.suspensions import recomputed

PORTION = 500
#: A notice that was stored while clocks were set may have been missed by them: they are looked at once more.
MARGIN = timedelta(minutes=5)


def recompute_calendar(jurisdiction: str, *, by: Actor, at: datetime) -> int:
    """Work out anew every running clock in a place ("cn", "6202", a unit's code); returns how many cases changed.

    Each case is one transaction, so a large city is never locked, and an interrupted run is simply run again.

    Raises:
        NotAllowed: only the system does this. ValueError: not a division code.
    """
    require(by, "cases.escalate")
    place = kernel.place(jurisdiction)
    running = CaseClock.objects.filter(stopped_at=None, calendar_at__lt=at)
    return sum(_again(pk, by, at) for pk in _cases(running if place == kernel.NATION else _inside(running, place)))


def follow_notices(*, by: Actor, at: datetime) -> int:
    """Bring every running clock up to the notices that came after it was set; returns how many cases changed."""
    require(by, "cases.escalate")
    running = CaseClock.objects.filter(stopped_at=None)
    oldest = running.aggregate(oldest=Min("calendar_at"))["oldest"] or at
    changed = 0
    for notice in CalendarNotice.objects.filter(recorded_at__range=(oldest - MARGIN, at)).order_by("recorded_at", "pk"):
        behind = running.filter(calendar_at__lt=min(notice.recorded_at + MARGIN, at))
        place = notice.jurisdiction
        changed += sum(
            _again(pk, by, at) for pk in _cases(behind if place == kernel.NATION else _inside(behind, place))
        )
    return changed


def _inside(rows: QuerySet[CaseClock], place: str) -> QuerySet[CaseClock]:
    return rows.filter(case__unit__code__startswith=place)


def _cases(rows: QuerySet[CaseClock]) -> Iterator[int]:
    """Ids of cases with such clocks, portion by portion; each once."""
    after = 0
    while True:
        found = rows.filter(case_id__gt=after).order_by("case_id").values_list("case_id", flat=True).distinct()
        portion = list(found[:PORTION])
        yield from portion
        if len(portion) < PORTION:
            return
        after = portion[-1]


@transaction.atomic
def _again(case_id: int, by: Actor, at: datetime) -> bool:
    """One case by today's calendar; whether it has other dates now."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=case_id)
    return recomputed(case, by=by, at=at)
