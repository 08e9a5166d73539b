"""What is told of reports of communities: that a correction was ordered, that a day comes, that it is over (R353)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from liren.foundation.admission.models import UNDECIDED, Notice, OutsideReport, ReportState, Told
from liren.foundation.admission.queries import Due, correction_due
from liren.foundation.admission.services.gate import told_of
from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor, require

#: So many reports are held in one transaction.
BATCH = 100
#: By the state of a report: what is told before its day, and after it.
WORDS = {
    ReportState.REPORTED: (Told.DECISION_DUE, Told.DECISION_LATE),
    ReportState.ORDERED: (Told.CORRECTION_DUE, Told.CORRECTION_LATE),
}


def remind(*, by: Actor, at: datetime) -> int:
    """Tell, of every report that waits, what its day asks for; how many were told of. Each thing is told once, however
    often this runs. The days are worked out anew, so that a calendar notice recorded meanwhile counts.

    Raises:
        NotAllowed: anybody but the clock.
    """
    require(by, "admission.remind")
    told, after = 0, 0
    while found := _batch(after, by=by, at=at):
        told += sum(found.values())
        after = max(found)
    return told


@transaction.atomic
def _batch(after: int, *, by: Actor, at: datetime) -> dict[int, bool]:
    """The next reports that wait, by id, with whether something was told of them now."""
    rows = OutsideReport.objects.select_for_update(of=("self",), no_key=True).select_related(
        "community", "sender__unit"
    )
    waiting = rows.filter(state__in=UNDECIDED, pk__gt=after).order_by("pk")[:BATCH]
    return {one.pk: _reminded(one, by=by, at=at) for one in waiting}


def _reminded(report: OutsideReport, *, by: Actor, at: datetime) -> bool:
    due, today = correction_due(report), timezone.localdate(at)
    day = due.day if due else None
    if report.due_on != day:
        report.due_on = day
        report.save(update_fields=["due_on"])
    word = word_of(report.state, due, today)
    return bool(word) and tell(report, str(word), by=by, at=at)


def word_of(state: str, due: Due | None, today: date) -> str:
    """What is to be told on a day; "" for nothing."""
    if due is None or today < due.soon:
        return ""
    before, after = WORDS[ReportState(state)]
    return after if today > due.day else before


def tell(report: OutsideReport, word: str, *, by: Actor, at: datetime) -> bool:
    """Append what is told of a report, which the caller holds; False where it was told already."""
    if Notice.objects.filter(report=report, word=word).exists():
        return False
    whom = _whom(report, word, timezone.localdate(at))
    Notice.objects.bulk_create(
        Notice(report=report, word=word, body_id=body_id, unit_id=unit_id, at=at) for body_id, unit_id in whom
    )
    facts = {"word": word, "told": len(whom), "sender": report.sender_id}
    audit.record("admission.outside_told", report, by=by, at=at, unit_id=report.community_id, **facts)
    return True


def _whom(report: OutsideReport, word: str, on: date) -> Sequence[tuple[int | None, int]]:
    """Whoever decides over the community; when a day is over, the government above as well. The body reported learns
    of it once a correction is ordered, and not before."""
    deciding: tuple[int | None, int] = (None, report.community_id)
    concerned = told_of(report.sender, report.community_id, on)
    if word == Told.DECISION_DUE:
        return [deciding]
    if word == Told.DECISION_LATE:
        return [deciding, *(one for one in concerned if one[0] != report.sender_id)]
    if word == Told.CORRECTION_DUE:
        return [one for one in concerned if one[0] == report.sender_id]
    return concerned if word == Told.ORDERED else [deciding, *concerned]
