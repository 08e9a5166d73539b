"""The rungs that cases climb: worked out of their clocks, and written for many cases in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.engine.worktime import Calendar
from liren.foundation.kernel.engine.worktime import Suspension as Standstill
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases.engine import clocks as engine
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import Case, CaseClock, CaseEvent, Escalation, Suspension
from liren.service.cases.models.declared import by_versions
from liren.service.cases.queries.acting import SYSTEM
from liren.service.cases.services import clocks
from liren.service.cases.services.silence import above
from liren.service.cases.services.story import line, noted_of_many

WORKER = SystemActor("escalation")
#: More rungs and lapses than any case has; whoever needs more waits for the next minute.
MOST_STEPS = 50


@dataclass
class Standing:
    """One case as its clocks stand."""

    case: Case
    spec: CaseType
    running: list[CaseClock]
    calendar: Calendar
    stops: list[Standstill] = field(default_factory=list)


@dataclass(frozen=True)
class Rung:
    """One rung of one clock, and the moment at which it was due."""

    clock: CaseClock
    level: int
    moment: datetime


def climbing(of: Standing, at: datetime) -> tuple[list[Rung], MoveSpec | None]:
    """The rungs that are due by ``at``, in order, and the move that comes first where the system has one. Writes
    nothing and changes no row."""
    found: list[Rung] = []
    levels = {one.pk: one.level for one in of.running}
    while len(found) < MOST_STEPS:
        steps = [
            (moment, one.pk, one) for one in of.running if (moment := _next(of, one, levels[one.pk])) and moment < at
        ]
        if not steps:
            break
        moment, _pk, clock = min(steps)
        lapse = engine.lapse(of.spec, of.case.state, of.spec.clock(clock.code))
        if lapse is not None:
            return found, lapse
        levels[clock.pk] += 1
        found.append(Rung(clock, levels[clock.pk], moment))
    return found, None


def _next(of: Standing, clock: CaseClock, level: int) -> datetime | None:
    return engine.next_step(of.calendar, of.spec, of.case.state, clock.code, clock.due_at, level, of.stops)


def standing_of(cases: Sequence[Case], at: datetime) -> list[Standing]:
    """How the clocks of these cases stand: two statements, and one for each calendar."""
    specs = by_versions({one.written_as_id for one in cases})
    calendars = {code: kernel.calendar(code, as_of=at) for code in {one.unit.code for one in cases}}
    found = {one.pk: Standing(one, specs[one.written_as_id], [], calendars[one.unit.code]) for one in cases}
    for clock in CaseClock.objects.filter(case__in=list(found), stopped_at=None).order_by("pk"):
        clock.case = found[clock.case_id].case
        found[clock.case_id].running.append(clock)
    approved = Suspension.objects.filter(case__in=list(found), state="approved").order_by("starts_at")
    for case_id, start, end in approved.values_list("case_id", "starts_at", "ends_at"):
        found[case_id].stops.append(Standstill(start, end))
    return list(found.values())


def climbed_together(cases: Sequence[Case], at: datetime) -> tuple[int, list[Case]]:
    """Carry up those of these cases that only climb rungs; how many, and those that want to be looked at alone: the
    system moves them on, or something is wrong with them. The locks on all of them are held."""
    plain: list[tuple[Standing, list[Rung]]] = []
    alone: list[Case] = []
    for one in standing_of(cases, at):
        try:
            rungs, lapse = climbing(one, at)
        except Exception:  # it says what is wrong when it is tried alone
            alone.append(one.case)
            continue
        if lapse is None:
            plain.append((one, rungs))
        else:
            alone.append(one.case)
    written([rung for _one, rungs in plain for rung in rungs], at)
    for one, _rungs in plain:
        clocks.face(one.case, one.spec, one.running, one.calendar, one.stops)
        one.case.revision, one.case.changed_at = one.case.revision + 1, at
    Case.objects.bulk_update([one.case for one, _ in plain], [*clocks.FACE, "revision", "changed_at"])
    return len(plain), alone


def written(rungs: Sequence[Rung], at: datetime) -> None:
    """Each rung once for its clock and level, with its line in the story and in the audit log; the level of each clock.
    Six statements at most, whatever their number. A rung that was written before is refused, with all of these."""
    if not rungs:
        return
    told: list[tuple[Case, dict[str, Any]]] = []
    for one in rungs:
        one.clock.level = one.level
        case = one.clock.case
        facts = {"clock": one.clock.code, "level": one.level, "due": one.moment.isoformat()}
        told.append((case, {**facts, "unit": above(case.unit, one.level)}))
    Escalation.objects.bulk_create(
        Escalation(clock=one.clock, level=one.level, due_at=one.moment, at=at, to_unit_id=facts["unit"])
        for one, (_case, facts) in zip(rungs, told, strict=True)
    )
    CaseClock.objects.bulk_update({one.clock.pk: one.clock for one in rungs}.values(), ["level"])
    CaseEvent.objects.bulk_create(
        line(case, "escalated", by=WORKER, at=at, role=SYSTEM, facts=facts) for case, facts in told
    )
    noted_of_many("escalated", told, by=WORKER, at=at, role=SYSTEM)
