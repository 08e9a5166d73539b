"""Silence on a call or a dispute: once its time is over it goes one level up, and again after each such time."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from django.utils import timezone

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.engine.deadlines import deadline
from liren.foundation.kernel.errors import Conflict
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Call, Case, Dispute
from liren.service.cases.queries.limits import CALL, RULING, allowed

Asked: TypeAlias = Call | Dispute


def due_after(code: str, unit: Unit, start: datetime, *, known_at: datetime) -> datetime:
    """When a time that the packs set for this is over, from ``start``, by the calendar as of ``known_at``.

    Raises:
        Conflict: no pack sets it.
    """
    amount = allowed(code, unit, timezone.localdate(start))
    end = deadline(kernel.calendar(unit.code, as_of=known_at), start, amount).at
    return end or start


def top_of(unit: Unit) -> int:
    """How many levels there are above a unit."""
    return len(unit.path_ids) - 1


def above(unit: Unit, level: int) -> int:
    """The id of the unit so many levels further up; at the top there is no further."""
    path = unit.path_ids
    return path[max(0, len(path) - 1 - level)]


def gone_up(asked: Asked, case: Case, at: datetime) -> list[int]:
    """Carry silence up, as often as its time is over by ``at``; the levels that it reached, the nearest first.

    The locks on the row and its case are held; the row is stored here.
    """
    reached: list[int] = []
    while asked.escalate_at is not None and asked.escalate_at < at:
        asked.level += 1
        reached.append(asked.level)
        asked.escalate_at = _next(asked, case.unit, asked.escalate_at, at)
    asked.save(update_fields=["level", "escalate_at"])
    return reached


def _next(asked: Asked, unit: Unit, start: datetime, at: datetime) -> datetime | None:
    """After one more such time; None at the top, or where the packs say nothing any more."""
    if asked.level >= top_of(unit):
        return None
    code = CALL if isinstance(asked, Call) else RULING
    try:
        return due_after(code, unit, start, known_at=at)
    except Conflict:
        return None
