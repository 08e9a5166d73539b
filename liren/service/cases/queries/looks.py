"""Looks at sealed cases for whoever reviews them: whether the person worked on the case, and nothing of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from liren.service.cases.models import CaseEvent, CaseLook


@dataclass(frozen=True)
class Looked:
    """A line of the review. ``acted``: the person has written in the story of the case. ``reasons``: why the telephone
    number was opened on that day, as whoever opened it wrote."""

    look: CaseLook
    acted: bool = False
    reasons: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.look.pk


def looked(looks: Sequence[CaseLook]) -> list[Looked]:
    """These looks with what explains them. One query for all."""
    actors = {one.account.label for one in looks}
    rows = CaseEvent.objects.filter(case__in={one.case_id for one in looks}, actor__in=actors).order_by("pk")
    lines = list(rows.only("case_id", "actor", "at", "note", "facts"))
    return [_looked(one, [line for line in lines if _is_of(line, one)]) for one in looks]


def _is_of(line: CaseEvent, look: CaseLook) -> bool:
    return (line.case_id, line.actor) == (look.case_id, look.account.label)


def _looked(look: CaseLook, lines: list[CaseEvent]) -> Looked:
    opened = [one for one in lines if one.facts.get("contact") and timezone.localdate(one.at) == look.day]
    return Looked(look, bool(lines), [one.note for one in opened])
