"""What came up to somebody because nobody did anything: late cases, calls without an answer, disputes without a ruling.

One list, the longest overdue first. A line stays as long as its clock runs, its call is open, its dispute not ruled on,
also when silence has gone further up meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Length, Replace

from liren.foundation.bodies.models import Body
from liren.foundation.people.models.reach import paths_of
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Call, Case, Dispute, Escalation

#: The moment in microseconds since 1970, the kind, the id.
Key = tuple[int, str, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A key from outside may name any number; no moment of ours is beyond the year 9000.
LAST, MOST = 220_000_000_000_000_000, 200


@dataclass(frozen=True)
class CameUp:
    """One matter that nobody answered in time. ``level``: how many units up it came to ``to_unit``; ``clock``: code of
    the clock that ran out."""

    kind: str
    pk: int
    case: Case
    body: Body | None
    level: int
    to_unit: Unit
    due_at: datetime
    clock: str = ""

    @property
    def key(self) -> Key:
        return (self.due_at - EPOCH) // timedelta(microseconds=1), self.kind, self.pk


def escalated_to(actor: Any) -> QuerySet[Escalation]:
    """Silence that came up to the very units over which the actor looks, while its clock runs on."""
    rows = Escalation.objects.filter(to_unit__path__in=list(paths_of(actor, "cases.supervise")))
    rows = rows.filter(clock__stopped_at=None, clock__case__in=Case.objects.worked_by(actor))
    return rows.select_related("to_unit", "clock__case__unit", "clock__case__body")


def calls_up(actor: Any) -> QuerySet[Call]:
    """Open calls that no body answered in time and that came up to the actor."""
    rows = Call.objects.filter(state="open", level__gt=0, case__in=Case.objects.worked_by(actor))
    return _came_to(rows, paths_of(actor, "cases.supervise")).select_related("case__unit", "body")


def disputes_up(actor: Any) -> QuerySet[Dispute]:
    """The same for disputes on which nobody ruled in time."""
    rows = Dispute.objects.filter(state="open", level__gt=0, case__in=Case.objects.worked_by(actor))
    return _came_to(rows, paths_of(actor, "cases.supervise")).select_related("case__unit", "body")


def _came_to(rows: QuerySet[Any], paths: Iterable[str]) -> QuerySet[Any]:
    """Rows whose silence has climbed from the unit of their case at least to one of these paths, from below it."""
    depth = Length("case__unit__path") - Length(Replace("case__unit__path", Value("/"), Value("")))
    rows, here = rows.alias(rungs=depth - F("level")), Q(pk__in=[])
    for path in paths:
        if path.count("/") > 1:
            here |= Q(case__unit__path__startswith=path, rungs__lte=path.count("/")) & ~Q(case__unit__path=path)
    return rows.filter(here)


def came_up(actor: Any, *, after: Key | None = None, limit: int = 50) -> list[CameUp]:
    """What came up to the actor behind ``after``, the longest overdue first. Four queries, whatever the number."""
    limit, held = min(max(limit, 1), MOST), set(paths_of(actor, "cases.supervise"))
    clocks = _behind(escalated_to(actor), "clock", after, limit)
    calls, disputes = (
        _behind(calls_up(actor), "call", after, limit),
        _behind(disputes_up(actor), "dispute", after, limit),
    )
    over = {one.path: one for one in Unit.objects.filter(path__in=held)} if calls or disputes else {}
    found = [_late(one) for one in clocks]
    found += [_silent("call", one, over) for one in calls] + [_silent("dispute", one, over) for one in disputes]
    return sorted(found, key=lambda one: one.key)[:limit]


def _behind(rows: QuerySet[Any], kind: str, after: Key | None, limit: int) -> list[Any]:
    if after is not None:
        moment, its_kind, pk = EPOCH + timedelta(microseconds=min(after[0], LAST)), after[1], after[2]
        same = Q(pk__gt=pk) if kind == its_kind else Q() if kind > its_kind else Q(pk__in=[])
        rows = rows.filter(Q(due_at__gt=moment) | Q(due_at=moment) & same)
    return list(rows.order_by("due_at", "pk")[:limit])


def _late(one: Escalation) -> CameUp:
    case = one.clock.case
    return CameUp("clock", one.pk, case, case.body, one.level, one.to_unit, one.due_at, one.clock.code)


def _silent(kind: str, one: Call | Dispute, over: Mapping[str, Unit]) -> CameUp:
    """The nearest unit of the actor above the case: to that one it came first."""
    path = one.case.unit.path
    unit = max((own for own in over.values() if path.startswith(own.path) and own.path != path), key=lambda u: u.level)
    return CameUp(kind, one.pk, one.case, one.body, path.count("/") - unit.path.count("/"), unit, one.due_at)
