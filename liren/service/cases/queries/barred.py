"""Four eyes: who took a step of a case can't be the one who looks at it, where the type says so (``not_by``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liren.service.cases.engine.spec import RECEIVED, MoveSpec
from liren.service.cases.models import Case, CaseEvent


def barred(case: Case, actor: Any, moves: Iterable[MoveSpec]) -> frozenset[str]:
    """Which of these moves the actor can't make because of a step of their own. One query where one of them has
    ``not_by``, none otherwise. The latest time counts at which each of the steps was taken: whoever had a hand in it
    before somebody else did it anew is free again. A reopening wipes nothing out, since a review looks at just that.
    """
    watched = [one for one in moves if one.not_by]
    if not watched or actor.pk is None:
        return frozenset()
    last = _last_hands(case, {code for one in watched for code in one.not_by})
    own = {code for code, label in last.items() if label == actor.label}
    if case.taken_by == actor.label and case.channel != "web":
        own.add(RECEIVED)
    return frozenset(one.code for one in watched if own & set(one.not_by))


def _last_hands(case: Case, codes: Iterable[str]) -> dict[str, str]:
    known: dict[str, str] | None = case.__dict__.get("_last_hands")
    if known is not None:
        return known
    return last_hands([case.pk], codes).get(case.pk, {})


def last_hands(cases: Iterable[int], codes: Iterable[str]) -> dict[int, dict[str, str]]:
    """Who made each of these moves last, by case: one query."""
    rows = CaseEvent.objects.filter(case_id__in=list(cases), move__in=list(codes))
    rows = rows.order_by("case_id", "move", "-id").distinct("case_id", "move")
    found: dict[int, dict[str, str]] = {}
    for case_id, move, label in rows.values_list("case_id", "move", "actor"):
        found.setdefault(case_id, {})[move] = label
    return found
