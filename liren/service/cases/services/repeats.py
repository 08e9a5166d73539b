"""Cases that come round again are opened by the calendar, each once, through the one door by which cases come in.

What is opened, which row says so and what both stories tell is one transaction for each case: whatever ends the night's
work, the next one goes on, and two at once open nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.rights import Actor, SystemActor, require
from liren.foundation.policy.queries import pinned
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.spec import LEVELS, Repeats
from liren.service.cases.models import MOST_TEXT, Case, DeclaredType, NoType, Repeat, type_of, types
from liren.service.cases.queries.acting import SYSTEM
from liren.service.cases.queries.rounds import Last, Period, due_on, last_in_units, open_in_units, period
from liren.service.cases.services.faults import BadReport
from liren.service.cases.services.intake import report
from liren.service.cases.services.story import changed, noted, wrote

CALENDAR = SystemActor("repeats")
AT_ONCE = 500
ONCE = ("repeat_follows_a_case_once", "repeat_begins_once_in_a_unit")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due in a unit, behind which one, and since when."""

    kind: DeclaredType
    unit: Unit
    every: Period
    last: Last | None
    due_on: date


@pinned()
def open_repeats(*, at: datetime, by: Actor = CALENDAR) -> int:
    """Open every case that has come round by this day; how many. Asked again, it opens none.

    A unit that has one open, that has ended, or where no pack says how often, gets none; after an outage it gets one,
    however many periods went by.
    """
    require(by, "cases.report")
    known = [kind for kind in types() if kind.spec.repeats and kind.spec.repeats.parameter]
    return sum(_in_units(kind, by, at) for kind in known) + _after_cases(by, at)


def _once(what: str, opening: Callable[..., bool], *facts: Any) -> bool:
    """Do it in one transaction; whether a case was opened. One that another run opened meanwhile is left at that."""
    try:
        with transaction.atomic():
            return opening(*facts)
    except IntegrityError as error:
        if not any(name in str(error) for name in ONCE):
            raise
    except (BadReport, Conflict) as refused:  # the unit has ended, the type takes no such place any more
        logger.warning("%s did not come round: %s", what, refused)
    return False


# --- by a number of the packs, in each unit ---


def _in_units(kind: DeclaredType, by: Actor, at: datetime) -> int:
    repeats, today, opened = kind.spec.repeats, timezone.localdate(at), 0
    if repeats is None:
        return 0
    last, busy = last_in_units(kind.pk, repeats), open_in_units(kind.pk)
    for unit in _units(LEVELS[kind.spec.level], today):
        every = None if unit.pk in busy else period(repeats, unit, today)
        if every is None or (due := due_on(every, unit, last.get(unit.pk))) > today:
            continue
        due_now = Due(kind, unit, every, last.get(unit.pk), due)
        opened += _once(f"{kind.code} in {unit.code}", _came_round, due_now, by, at)
    return opened


def _units(level: int, today: date) -> Iterator[Unit]:
    """Units of a level that exist, some hundreds in a statement."""
    after = 0
    while found := list(Unit.objects.existing_on(today).filter(level=level, pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield from found
        after = found[-1].pk


def _came_round(one: Due, by: Actor, at: datetime) -> bool:
    """Open the one that is due in a unit, behind the last one there."""
    before = Case.objects.select_for_update().get(pk=one.last.pk) if one.last else None
    key = f"{one.kind.code}/{one.unit.pk}/{before.pk if before else 'first'}"
    repeats = one.kind.spec.repeats
    if repeats is None:
        return False
    case = _taken(one.kind, repeats.text.zh, key, by, at, unit=one.unit, category=repeats.category)
    if case is None:
        return False
    Repeat.objects.create(type_id=one.kind.pk, unit=one.unit, before=before, case=case, due_on=one.due_on)
    said, document = one.every.said, one.every.said.parameter.document
    facts = {
        "every": {language: said.quantity.text(language) for language in ("zh", "en")},
        "basis": {"zh": document.title_zh, "en": document.title_en or document.title_zh},
        "parameter": said.code,
    }
    _told(case, before, facts, by, at)
    return True


# --- by an answer, after each case ---


def _after_cases(by: Actor, at: datetime) -> int:
    today, opened = timezone.localdate(at), 0
    last: tuple[date, int] = (date.min, 0)
    while found := _waiting(today, last):
        for _due_on, pk in found:
            opened += _once(f"Repeat {pk}", _followed, pk, by, at)
        last = found[-1]
    return opened


def _waiting(today: date, after: tuple[date, int]) -> list[tuple[date, int]]:
    """What is due and not opened, some hundreds in a statement, by its index."""
    beyond = Q(due_on__gt=after[0]) | Q(due_on=after[0], pk__gt=after[1])
    rows = Repeat.objects.filter(beyond, case=None, due_on__lte=today).order_by("due_on", "pk")
    return list(rows.values_list("due_on", "pk")[:AT_ONCE])


def _followed(pk: int, by: Actor, at: datetime) -> bool:
    """The case that follows the one of this row, at its place and in its category. Nothing is wrong there as yet: it is
    as urgent as the type is, and not as what was found there before."""
    held = Repeat.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, case=None)
    row = held.select_related("type").first()
    if row is None or row.before_id is None:
        return False
    before = Case.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.before_id)
    try:
        kind = type_of(row.type.code)
    except NoType:
        return False
    repeats = kind.spec.repeats
    if repeats is None or repeats.every_field not in before.values:
        return False
    place = {"lon": before.lon, "lat": before.lat, "address": before.address, "unit": before.unit}
    category = before.category if kind.spec.category(before.category) else repeats.category
    key = f"{kind.code}/after/{before.pk}"
    case = _taken(kind, _again(repeats, before), key, by, at, **place, category=category, severity=kind.spec.severity)
    if case is None:
        return False
    row.case = case
    row.save(update_fields=["case"])
    days = before.values[repeats.every_field]
    case.values = {**case.values, repeats.every_field: days}  # it goes on so until somebody says otherwise
    changed(case, "values", at=at)
    _told(case, before, {"days": days, "body": before.body_id}, by, at)
    return True


def _again(repeats: Repeats, before: Case) -> str:
    """What the new case says: what it is for, the number of the one before, and the matter as it was first written."""
    matter = before.text
    if Repeat.objects.filter(case=before).exists():
        matter = matter.partition("\n")[2] or matter
    return f"{repeats.text.zh}（上次编号 {before.number}）\n{matter}"[:MOST_TEXT]


# --- both ---


def _taken(kind: DeclaredType, text: str, key: str, by: Actor, at: datetime, **more: Any) -> Case | None:
    """The case as it was taken in; None: it was before."""
    name = uuid5(NAMESPACE_URL, f"liren:repeats/{key}")
    if Case.objects.filter(client_key=name).exists():
        return None
    taken = report(kind.code, text=text, channel="system", client_key=name, by=by, at=at, **more)
    return None if taken.repeated else taken.case


def _told(case: Case, before: Case | None, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Both stories say which one came before and which after."""
    wrote(case, "repeated", by=by, at=at, role=SYSTEM, facts={**facts, "before": before.number if before else None})
    noted("repeated", case, by=by, at=at, role=SYSTEM, before=before.pk if before else None)
    if before is not None:
        changed(before, at=at)
        wrote(before, "repeated", by=by, at=at, role=SYSTEM, facts={"after": case.number})
