"""Answers that nobody types: how many parts were split off a case, how many of them ended well, and who has it."""

from __future__ import annotations

from liren.service.cases.engine.spec import CaseType
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
    return {code: number for code, what in wanted.items() if (number := found[what]) is not None}
