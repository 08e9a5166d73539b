"""Answers that nobody types: how many parts were split off a case, how many of them ended well, and who has it."""

from __future__ import annotations

from liren.service.cases.engine.spec import CaseType, Field
from liren.service.cases.models import Case

#: Ends of a part by which what was found is put right.
PUT_RIGHT = frozenset({"solved", "done"})


def filled(case: Case, spec: CaseType) -> dict[str, int]:
    """Answers of a case that fill themselves, as it stands now. One query, and none where no part is counted."""
    wanted = {one.code: one.filled for one in spec.fields if one.filled}
    found: dict[str, int | None] = {"body": case.body_id}
    if wanted and set(wanted.values()) != {"body"}:
        ends = list(case.children.values_list("outcome", flat=True))
        found |= {"parts": len(ends), "parts_put_right": sum(one in PUT_RIGHT for one in ends)}
    sums = {one.code: _sum(one, case) for one in spec.fields if one.sums}
    found |= sums
    wanted |= {code: code for code in sums}
    return {code: number for code, what in wanted.items() if (number := found[what]) is not None}


def _sum(field: Field, case: Case) -> int | None:
    """Whole numbers added up; None where none of them is answered."""
    told = [case.values[code] for code in field.sums if isinstance(case.values.get(code), int)]
    return sum(told) if told else None
