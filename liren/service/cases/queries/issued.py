"""What is issued to everybody and renewed while it holds: warnings and notices, with each word that was issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, CaseEvent, CaseQuerySet
from liren.service.cases.models.declared import KIND, by_versions
from liren.service.cases.queries.reading import PUBLIC, Answer, answers


@dataclass(frozen=True)
class Issued:
    """A case with what was issued of it, and the public answers of its form."""

    case: Case
    spec: CaseType
    said: dict[str, Answer]
    issued: list[CaseEvent]

    @property
    def last(self) -> CaseEvent:
        return self.issued[-1]

    def text(self, field: str) -> str:
        """An answer in words; "" where there is none."""
        return self.said[field].text if field in self.said else ""

    def code(self, field: str) -> str:
        """The code of an answer that was chosen."""
        return str(self.said[field].value) if field in self.said else ""


def public_cases(code: str) -> CaseQuerySet:
    """Cases of a type as everybody sees them."""
    rows: CaseQuerySet = Case.objects.visible_to(ANONYMOUS).filter(confidentiality="public", is_hidden=False)
    return rows.filter(type__kind=KIND, type__code=code).select_related("unit")


def told(cases: Sequence[Case]) -> list[Issued]:
    """The same cases, each with what was issued of it. One query for their story, besides versions not in force."""
    specs = by_versions({one.written_as_id for one in cases})
    issued: dict[int, list[CaseEvent]] = {one.pk: [] for one in cases}
    for event in CaseEvent.objects.filter(case_id__in=list(issued), move__gt="").order_by("pk"):
        issued[event.case_id].append(event)
    return [_issued(one, specs[one.written_as_id], issued[one.pk]) for one in cases]


def _issued(case: Case, spec: CaseType, events: list[CaseEvent]) -> Issued:
    publishes = {one.code for one in spec.moves if one.effect == "publish"}
    said: list[Any] = answers(spec, case.values, PUBLIC)
    return Issued(case, spec, {one.field.code: one for one in said}, [e for e in events if e.move in publishes])
