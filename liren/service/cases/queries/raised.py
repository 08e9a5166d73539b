"""What was raised with an entry of a register by those it names: how many matters, and how soon they were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Case, DeclaredType, types
from liren.service.cases.queries.figures import sees_all

#: Looked back so far, and at so many cases of a type at most, the newest first.
YEAR, MOST = timedelta(days=365), 5000


@dataclass(frozen=True)
class Raised:
    """Matters of one type that name an entry: ``answered`` of them, the half within ``hours``; ``waiting`` are open."""

    type: DeclaredType
    matters: int
    answered: int
    waiting: int
    hours: float | None


def raised(register: Register, number: int, unit: Unit, actor: Actor, *, at: datetime) -> list[Raised]:
    """For types of contact that ask for an entry of this register: the matters of the last year that name this one.

    Only for those whose work the entry's unit is; for others nothing. One query for each such type.
    """
    if not sees_all(unit, actor):
        return []
    asking = [
        (kind, field.code)
        for kind in types()
        if kind.spec.group == "contact" and kind.spec.confidentiality != "sealed"
        for field in kind.spec.intake_fields
        if field.kind == "entry" and field.register == register.code
    ]
    return [_raised(kind, code, number, actor, at) for kind, code in asking]


def _raised(kind: DeclaredType, code: str, number: int, actor: Actor, at: datetime) -> Raised:
    of_type = Case.objects.worked_by(actor).filter(type_id=kind.pk, received_at__gt=at - YEAR)
    newest = of_type.order_by("-received_at", "-id").values("pk")[:MOST]
    rows = Case.objects.worked_by(actor).filter(pk__in=newest, **{f"values__{code}": number})
    mine = list(rows.values_list("received_at", "first_answer_at", "phase"))
    times = [(answer - start).total_seconds() / 3600 for start, answer, _phase in mine if answer]
    waiting = sum(phase == "open" for *_times, phase in mine)
    return Raised(kind, len(mine), len(times), waiting, round(median(times), 1) if times else None)
