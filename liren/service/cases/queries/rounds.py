"""How often a case comes round in a unit, when the next is due, and what comes before and after one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from liren.foundation.kernel.engine.worktime import add_months
from liren.foundation.policy.queries import Answer, NotInPacks, parameter
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.spec import CaseType, Repeats
from liren.service.cases.models import Case, Repeat
from liren.service.cases.queries.limits import EVERYWHERE

#: So many units have their first one on the same night at most as make up this part of the period.
SPREAD = 4


@dataclass(frozen=True)
class Period:
    """A whole number of days or of months, and the number in the packs that says so."""

    days: int
    months: int
    said: Answer

    def after(self, day: date) -> date:
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True)
class Last:
    """The last one that counts in a unit, and when it ended."""

    pk: int
    closed_at: datetime


@dataclass(frozen=True)
class Round:
    """What comes before and after one case. ``every`` is None where an answer on the case says how often."""

    every: Period | None
    days: int | None
    before: Case | None
    after: Case | None
    due_on: date | None


def period(repeats: Repeats, unit: Unit, on: date) -> Period | None:
    """How often it comes round in a unit, by the number in force there on the day; None: no pack says it."""
    for where in (unit.code, EVERYWHERE):
        try:
            found = parameter(repeats.parameter, where, on=on)
        except NotInPacks:
            continue
        length = found.quantity
        days = int(length.value) if length.unit.code == "day" else 0
        months = int(length.to("month").value) if length.unit.dimension == "month" else 0
        return Period(days, months, found) if days + months > 0 else None
    return None


def due_on(every: Period, unit: Unit, last: Last | None) -> date:
    """When the next one is due in a unit: a period after the last one ended.

    The first is due a period after the number came to hold there, was loaded here or the unit came to be, whichever is
    the latest. These are spread over a quarter of the period, so that a city's are not opened in one night.
    """
    if last is not None:
        return every.after(timezone.localdate(last.closed_at))
    row = every.said.parameter
    begun = max(unit.opened_on, timezone.localdate(row.loaded_at), row.during.lower or unit.opened_on)
    first = every.after(begun)
    return first + timedelta(days=unit.pk % max((first - begun).days // SPREAD, 1))


def last_in_units(type_id: int, repeats: Repeats) -> dict[int, Last]:
    """The last one that counts in each unit: ended as it should, or opened by the calendar and ended in any way. One
    statement over the cases of this type, by their index."""
    opened = Exists(Repeat.objects.filter(case_id=OuterRef("pk")))
    rows = Case.objects.filter(Q(outcome=repeats.outcome) | opened, type_id=type_id, phase="closed")
    rows = rows.order_by("unit_id", "-closed_at", "-pk").distinct("unit_id")
    found = rows.values_list("unit_id", "pk", "closed_at")
    return {unit: Last(pk, closed) for unit, pk, closed in found if closed is not None}


def open_in_units(type_id: int) -> set[int]:
    """Units in which a case of this type is open."""
    rows = Case.objects.filter(type_id=type_id).exclude(phase="closed")
    return set(rows.order_by().values_list("unit_id", flat=True).distinct())


def round_of(case: Case, spec: CaseType, on: date) -> Round | None:
    """What comes before and after a case; None where cases of its type don't come round. One query."""
    repeats = spec.repeats
    if repeats is None:
        return None
    rows = list(Repeat.objects.filter(Q(case=case) | Q(before=case)).select_related("before", "case"))
    mine = next((one for one in rows if one.case_id == case.pk), None)
    next_one = next((one for one in rows if one.before_id == case.pk), None)
    every = period(repeats, case.unit, on) if repeats.parameter else None
    days = case.values.get(repeats.every_field) if repeats.every_field else None
    due = next_one.due_on if next_one else None
    counts = case.outcome == repeats.outcome or mine is not None
    if due is None and every is not None and case.closed_at is not None and counts:
        due = due_on(every, case.unit, Last(case.pk, case.closed_at))
    before, after = mine.before if mine else None, next_one.case if next_one else None
    return Round(every, days, before, after, due) if every or days or rows else None
