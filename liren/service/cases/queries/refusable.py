"""Which case is an office's work that waits for a community, and what of the negative list its words betray."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from liren.foundation.admission.models import ListItem
from liren.foundation.admission.queries import looks_like, negative_list
from liren.foundation.people.models.reach import inside
from liren.foundation.territory.models import Level, Unit
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case

#: Whose the case is, in the words of its type, while it waits for the body that it was sent to.
BODY = "body"


def came_from(spec: CaseType, case: Case) -> str:
    """The state of the desk out of which such a case was sent where it lies, also where it was taken up there; "" where
    it does not wait for a body any more."""
    if not case.work or case.body_id is None or case.admission_id is None or spec.state(case.state).owner != BODY:
        return ""
    sources = {state for one in spec.moves if one.effect == "dispatch" for state in one.sources}
    return next((one.code for one in spec.states if one.code in sources and one.owner != BODY), "")


def community_of(case: Case) -> Unit | None:
    """The community whose body has the case; None where a department or an office above has it."""
    if case.body is None or case.body.unit.level < Level.COMMUNITY:
        return None
    return Unit.objects.filter(pk__in=case.body.unit.path_ids, level=Level.COMMUNITY).first()


def asked_by_cases(paths: tuple[str, ...], actor: Any) -> QuerySet[Case]:
    """Cases of offices that lie with bodies of communities below these paths, the newest first."""
    found: QuerySet[Case] = Case.objects.worked_by(actor).filter(inside(paths, "body__unit__path"), phase="open")
    rows = found.exclude(work="").exclude(admission=None)
    return rows.select_related("body__unit", "admission__sender").order_by("-pk")


def betrayed(cases: Iterable[Case], on: date) -> dict[int, ListItem]:
    """By case the matter of a negative list that its words betray, where they do. One query, for all of them."""
    places = [(one, one.body.unit) for one in cases if one.body is not None]
    items, found = negative_list([unit for _one, unit in places], on), {}
    for one, unit in places:
        here = [item for item in items if item.unit_id in unit.path_ids]
        hit = next(iter(looks_like(one.text, one.work, here)), None)
        if hit is not None:
            found[one.pk] = hit
    return found
