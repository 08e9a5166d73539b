"""What is late goes one level up, by itself: whatever nobody took first, in order, once, and none is passed over.

A portion of cases is one transaction that holds their locks, so that a worker that dies leaves nothing half done, and a
second one takes what is left. What can't be carried up is tried alone, is written in the log, and stops nobody else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import Call, Case, Dispute
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import SYSTEM
from liren.service.cases.services import clocks
from liren.service.cases.services.moves import move
from liren.service.cases.services.rungs import MOST_STEPS, WORKER, climbed_together, climbing, standing_of, written
from liren.service.cases.services.silence import Asked, above, gone_up
from liren.service.cases.services.story import changed, noted, wrote

log = logging.getLogger(__name__)
#: The moment and the id behind which the next row is looked for.
Place: TypeAlias = tuple[datetime, int]
Act: TypeAlias = Callable[[Sequence[Any], datetime], int]
#: So many rows are held and carried up together: a fraction of a second, which others who want one of them wait.
PORTION = 50


def escalate_due(at: datetime, limit: int = 200) -> int:
    """Carry up everything whose moment is over, at most ``limit`` rows; returns how many.

    Cases that nobody has taken come first, then the others, then calls and disputes, each the longest overdue first. A
    row that was carried up is not due any more, so calling again goes on with the rest: nothing starves. Rows that
    another worker holds are left to it.
    """
    waiting = Case.objects.filter(escalate_at__isnull=False).select_related("unit")
    done = 0
    for rows, act in (
        (waiting.filter(handler=None), _cases),
        (waiting.exclude(handler=None), _cases),
        (Call.objects.filter(state="open", case__phase="open").select_related("case__unit"), _asked),
        (Dispute.objects.filter(state="open", case__phase="open").select_related("case__unit"), _asked),
    ):
        done += _carried(rows, act, at, limit - done)
    return done


def _carried(rows: QuerySet[Any], act: Act, at: datetime, limit: int) -> int:
    """Go through what is due once, in order; returns how many were carried up."""
    done, behind = 0, None
    while done < limit:
        behind, some = _portion(rows, act, at, behind, min(PORTION, limit - done))
        if behind is None:
            break
        done += some
    return done


def _portion(rows: QuerySet[Any], act: Act, at: datetime, behind: Place | None, most: int) -> tuple[Place | None, int]:
    """The next rows in a transaction of their own: where the last one stood, and how many were carried up."""
    with transaction.atomic():
        found = _next(rows, at, behind, most)
        if not found:
            return None, 0
        place = (found[-1].escalate_at, found[-1].pk)
        return place, act(found, at)


def _next(rows: QuerySet[Any], at: datetime, behind: Place | None, most: int) -> list[Any]:
    """The longest overdue rows behind a place that nobody else holds; calls and disputes with their case."""
    due = rows.filter(escalate_at__lt=at)
    if behind is not None:
        moment, pk = behind
        due = due.filter(Q(escalate_at__gt=moment) | Q(escalate_at=moment, pk__gt=pk), escalate_at__gte=moment)
    of = ("self",) if rows.model is Case else ("self", "case")
    return list(due.order_by("escalate_at", "pk").select_for_update(skip_locked=True, of=of, no_key=True)[:most])


def _alone(row: Any, act: Callable[[Any, datetime], bool], at: datetime) -> bool:
    """One row, undone again if anything goes wrong with it; whether it was carried up."""
    try:
        with transaction.atomic():
            return act(row, at)
    except (InterfaceError, OperationalError):
        raise  # the database itself: another run will find everything as it was
    except Exception:  # whatever is wrong with one case must not hold up the others
        log.exception("%s %s can't be carried up", row._meta.model_name, row.pk)
        return False


# --- cases ---


def _cases(found: Sequence[Case], at: datetime) -> int:
    """Rungs together, and then each of those that want more than that."""
    try:
        with transaction.atomic():
            done, alone = climbed_together(found, at)
    except (InterfaceError, OperationalError):
        raise
    except Exception:  # one of them spoils all: each shows by itself which
        log.exception("%s cases can't be carried up together", len(found))
        rows = Case.objects.filter(pk__in=[one.pk for one in found]).select_related("unit")
        done, alone = 0, list(rows.order_by("escalate_at", "pk"))
    return done + sum(_alone(one, _climb, at) for one in alone)


def _climb(case: Case, at: datetime) -> bool:
    """All steps of one case that are due, the earliest first: rungs, and moves that the system makes.

    Whether anything was done: a whole that is over waits for its parts, and is asked again once they are closed.
    """
    for step in range(MOST_STEPS):
        spec = by_version(case.written_as_id)
        (standing,) = standing_of([case], at)
        rungs, lapsed = climbing(standing, at)
        written(rungs, at)
        waits = lapsed is not None and _waits(case, spec, lapsed)
        if rungs or not waits:
            clocks.face(case, spec, standing.running, standing.calendar, standing.stops)
            changed(case, *clocks.FACE, at=at)
        if lapsed is None or waits:
            return bool(step or rungs) or not waits
        case = move(case.pk, lapsed.code, by=WORKER, at=at)
        if case.escalate_at is None or case.escalate_at >= at:
            break
    return True


def _waits(case: Case, spec: CaseType, lapsed: MoveSpec) -> bool:
    return spec.state(lapsed.target).final and case.children.exclude(phase="closed").exists()


# --- calls and disputes ---


def _asked(found: Sequence[Asked], at: datetime) -> int:
    return sum(_alone(one, _silent, at) for one in found)


def _silent(asked: Asked, at: datetime) -> bool:
    case = asked.case
    word = "call" if isinstance(asked, Call) else "dispute"
    for level in gone_up(asked, case, at):
        facts = {word: asked.pk, "body": asked.body_id, "level": level, "unit": above(case.unit, level)}
        wrote(case, "escalated", by=WORKER, at=at, role=SYSTEM, facts=facts)
        noted("escalated", case, by=WORKER, at=at, role=SYSTEM, **facts)
    changed(case, at=at)
    return True
