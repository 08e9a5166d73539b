"""What is late goes one level up, by itself: whatever nobody took first, in order, once, and none is passed over.

Each case is one small transaction that holds its lock, so that a worker that dies leaves nothing half done, and a
second one takes what is left. What can't be carried up is written in the log and stops nobody else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases.engine import clocks as engine
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import Call, Case, CaseClock, Dispute, Escalation
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import SYSTEM
from liren.service.cases.services import clocks
from liren.service.cases.services.moves import move
from liren.service.cases.services.silence import Asked, above, gone_up
from liren.service.cases.services.story import changed, noted, wrote

log = logging.getLogger(__name__)
WORKER = SystemActor("escalation")
#: The moment and the id behind which the next row is looked for.
Place: TypeAlias = tuple[datetime, int]
#: More rungs and lapses than any case has; whoever needs more waits for the next minute.
MOST_STEPS = 50


def escalate_due(at: datetime, limit: int = 200) -> int:
    """Carry up everything whose moment is over, at most ``limit`` rows; returns how many.

    Cases that nobody has taken come first, then the others, then calls and disputes, each the longest overdue first. A
    row that was carried up is not due any more, so calling again goes on with the rest: nothing starves. Rows that
    another worker holds are left to it.
    """
    waiting = Case.objects.filter(escalate_at__isnull=False).select_related("unit")
    done = 0
    for rows, act in (
        (waiting.filter(handler=None), _climb),
        (waiting.exclude(handler=None), _climb),
        (Call.objects.filter(state="open", case__phase="open").select_related("case__unit"), _silent),
        (Dispute.objects.filter(state="open", case__phase="open").select_related("case__unit"), _silent),
    ):
        done += _carried(rows, act, at, limit - done)
    return done


def _carried(rows: QuerySet[Any], act: Callable[[Any, datetime], bool], at: datetime, limit: int) -> int:
    """Go through what is due once, in order; returns how many were carried up."""
    done, behind = 0, None
    while done < limit:
        behind, is_done = _one(rows, act, at, behind)
        if behind is None:
            break
        done += is_done
    return done


def _one(
    rows: QuerySet[Any], act: Callable[[Any, datetime], bool], at: datetime, behind: Place | None
) -> tuple[Place | None, bool]:
    """The next row in a transaction of its own: where it stood, and whether it was carried up."""
    with transaction.atomic():
        row = _next(rows, at, behind)
        if row is None:
            return None, False
        place = (row.escalate_at, row.pk)
        try:
            with transaction.atomic():
                is_done = act(row, at)
        except (InterfaceError, OperationalError):
            raise  # the database itself: another run will find everything as it was
        except Exception:  # whatever is wrong with one case must not hold up the others
            log.exception("%s %s can't be carried up", row._meta.model_name, row.pk)
            return place, False
    return place, is_done


def _next(rows: QuerySet[Any], at: datetime, behind: Place | None) -> Any:
    """The longest overdue row behind a place that nobody else holds; for calls and disputes with their case."""
    due = rows.filter(escalate_at__lt=at)
    if behind is not None:
        moment, pk = behind
        due = due.filter(Q(escalate_at__gt=moment) | Q(escalate_at=moment, pk__gt=pk), escalate_at__gte=moment)
    of = ("self",) if rows.model is Case else ("self", "case")
    return due.order_by("escalate_at", "pk").select_for_update(skip_locked=True, of=of, no_key=True).first()


# --- cases ---


def _climb(case: Case, at: datetime) -> bool:
    """All steps of one case that are due, the earliest first: rungs, and moves that the system makes.

    Whether anything was done: a whole that is over waits for its parts, and is asked again once they are closed.
    """
    for step in range(MOST_STEPS):
        spec = by_version(case.written_as_id)
        climbed, lapsed = _rungs(case, spec, at)
        waits = lapsed is not None and _waits(case, spec, lapsed)
        if climbed or not waits:
            clocks.due_of(case, spec, at)
            changed(case, *clocks.FACE, at=at)
        if lapsed is None or waits:
            return bool(step or climbed) or not waits
        case = move(case.pk, lapsed.code, by=WORKER, at=at)
        if case.escalate_at is None or case.escalate_at >= at:
            break
    return True


def _waits(case: Case, spec: CaseType, lapsed: MoveSpec) -> bool:
    return spec.state(lapsed.target).final and case.children.exclude(phase="closed").exists()


def _rungs(case: Case, spec: CaseType, at: datetime) -> tuple[int, MoveSpec | None]:
    """Climb until nothing is due by ``at``; how many rungs, and the move that comes first, where the system has one."""
    running = list(CaseClock.objects.filter(case=case, stopped_at=None))
    calendar, stops = kernel.calendar(case.unit.code, as_of=at), clocks.standstills(case)
    for climbed in range(MOST_STEPS):
        steps = [
            (moment, one.pk, one)
            for one in running
            if (moment := engine.next_step(calendar, spec, case.state, one.code, one.due_at, one.level, stops))
            and moment < at
        ]
        if not steps:
            return climbed, None
        moment, _pk, clock = min(steps)
        lapse = engine.lapse(spec, case.state, spec.clock(clock.code))
        if lapse is not None:
            return climbed, lapse
        _rung(case, clock, moment, at)
    return MOST_STEPS, None


def _rung(case: Case, clock: CaseClock, moment: datetime, at: datetime) -> None:
    """One rung: written once for this clock and level, whatever happens to who writes it."""
    clock.level += 1
    to_unit = above(case.unit, clock.level)
    Escalation.objects.create(clock=clock, level=clock.level, due_at=moment, at=at, to_unit_id=to_unit)
    clock.save(update_fields=["level"])
    facts = {"clock": clock.code, "level": clock.level, "due": moment.isoformat(), "unit": to_unit}
    wrote(case, "escalated", by=WORKER, at=at, role=SYSTEM, facts=facts)
    noted("escalated", case, by=WORKER, at=at, role=SYSTEM, **facts)


# --- calls and disputes ---


def _silent(asked: Asked, at: datetime) -> bool:
    case = asked.case
    word = "call" if isinstance(asked, Call) else "dispute"
    for level in gone_up(asked, case, at):
        facts = {word: asked.pk, "body": asked.body_id, "level": level, "unit": above(case.unit, level)}
        wrote(case, "escalated", by=WORKER, at=at, role=SYSTEM, facts=facts)
        noted("escalated", case, by=WORKER, at=at, role=SYSTEM, **facts)
    changed(case, at=at)
    return True
