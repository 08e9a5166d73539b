"""A case that ended and is followed by another one so many days later, as was said on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from liren.service.cases.engine.answers import AnswerFault, gettext_noop
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, Repeat

#: No month is shorter: a case is followed before its time of keeping is over.
SHORTEST_MONTH = 28


def no_period(spec: CaseType, answers: Mapping[str, Any]) -> list[AnswerFault]:
    """What is wrong with an answer that says after how many days a case is followed by another."""
    code = spec.repeats.every_field if spec.repeats else ""
    if code not in answers or _days(spec, answers) is not None:
        return []
    name = next(one.name for one in spec.fields if one.code == code)
    facts = {"field": name, "most": _most(spec)}
    return [AnswerFault(code, gettext_noop("%(field)s: a whole number of days from 1 to %(most)s."), facts)]


def follow_up(case: Case, spec: CaseType, *, at: datetime) -> None:
    """Write down when the next one is due, where the case ended in the way that counts and an answer says how often."""
    if spec.repeats is None or not spec.repeats.every_field or case.outcome != spec.repeats.outcome:
        return
    days = _days(spec, case.values)
    if days is not None:
        due_on = timezone.localdate(at) + timedelta(days=days)
        Repeat.objects.create(type_id=case.type_id, unit_id=case.unit_id, before=case, due_on=due_on)


def _days(spec: CaseType, answers: Mapping[str, Any]) -> int | None:
    value = answers.get(spec.repeats.every_field) if spec.repeats else None
    return value if isinstance(value, int) and 1 <= value <= _most(spec) else None


def _most(spec: CaseType) -> int:
    return spec.retention_months * SHORTEST_MONTH
