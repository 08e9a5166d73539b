"""Clocks of a case as rows: they start, stop and go on with its state, and are worked out from the same few facts.

The caller holds the lock on the case and saves it. When it is due next, when silence goes up and how high it has gone
stand on the case itself, so that queues and jobs need one index; these are set here, not saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from django.utils import timezone

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.engine.worktime import Calendar, Deadline
from liren.foundation.kernel.engine.worktime import Suspension as Standstill
from liren.service.cases.engine import clocks as engine
from liren.service.cases.engine.amounts import text_of
from liren.service.cases.engine.answers import AnswerFault, gettext_noop
from liren.service.cases.engine.needed import begins, holds
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, CaseClock, Suspension
from liren.service.cases.services.endings import left_open

#: A clock with its date before and after, as the story keeps it.
Moved: TypeAlias = dict[str, str | None]
#: What of a case its clocks set.
FACE = ("due_at", "escalate_at", "level")


def planned(case: Case, spec: CaseType, at: datetime) -> list[CaseClock]:
    """Clocks of a case that has just come in; sets the case's own dates. One statement (the calendar) at most.

    Call it before the case is saved, and insert the clocks afterwards in one statement, with the case's id.
    """
    begun = engine.change(spec, case.state, case.severity, _moments(case, at), values=case.values).start
    calendar = kernel.calendar(case.unit.code, as_of=at) if begun else Calendar()
    clocks = [_begun(case, spec, one, calendar, [], at) for one in begun]
    face(case, spec, clocks, calendar, [])
    return clocks


def started(case: Case, spec: CaseType, at: datetime) -> list[CaseClock]:
    """``planned`` and written, for a case that is stored already: two statements."""
    return CaseClock.objects.bulk_create(planned(case, spec, at))


def entered(case: Case, spec: CaseType, old: str, new: str, at: datetime) -> list[Moved]:
    """The case has come from state ``old`` to ``new``: clocks stop, go on or begin. At most seven statements.

    Call it when ``state``, ``phase``, ``rounds`` and ``dispatched_at`` of the case are as they shall be. Asked again it
    changes nothing. Returns the clocks that run on with another date, because their end was said anew. Where the case
    is no longer open, its standstill is over, and what it waited for from others is withdrawn (``is_called``,
    ``is_disputed``).

    Raises:
        Conflict: the case closes while a part that was split off is still open.
    """
    if old != new and spec.state(new).phase != "open":
        left_open(case, spec, new, at)
    known = _known(case)
    by_run = {(one.code, one.round, one.run): one for one in known}
    runs = [engine.Run(one.code, one.round, one.run, one.stopped_at is None) for one in known]
    change = engine.change(spec, new, case.severity, _moments(case, at), runs, case.values)
    stops = standstills(case) if known or change.start else []
    _stop([by_run[run.code, run.round, run.run] for run in change.stop], stops, at)
    again = [by_run[run.code, run.round, run.run] for run in change.go_on]
    running = [one for one in known if one.stopped_at is None and one not in again]
    due_before = {one.code: one.due_at for one in running}
    calendar = kernel.calendar(case.unit.code, as_of=at) if running or again or change.start else Calendar()
    said_anew = [one for one in running if _says_its_end(one, spec, calendar)]
    _go_on(again, spec, calendar, stops, at)
    _set_anew(said_anew, calendar, stops, at)
    begun = [_begun(case, spec, one, calendar, stops, at) for one in change.start]
    if begun:
        CaseClock.objects.bulk_create(begun)
    face(case, spec, [*running, *again, *begun], calendar, stops)
    return [both for one in said_anew if (both := dates(one.code, due_before[one.code], one.due_at))]


def dates(code: str, before: datetime | None, after: datetime | None) -> Moved | None:
    """What the story keeps of a clock that moved: both dates. None: it did not."""
    if before == after:
        return None
    return {"clock": code, "before": written(before), "after": written(after)}


def written(moment: datetime | None) -> str | None:
    """A moment as a line of the story keeps it."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def over_already(spec: CaseType, answers: Mapping[str, Any], at: datetime) -> list[AnswerFault]:
    """What is wrong with answers that would end a clock before they were given, and with days to come that are past."""
    said = [one for one in spec.fields if one.code in answers]
    over = [one for one in said if one.code in spec.ending_fields and _aware(str(answers[one.code])) <= at]
    today = timezone.localdate(at).isoformat()
    to_come = [one for one in said if one.code in spec.beginning_fields and holds(one, answers)]
    return [
        AnswerFault(one.code, gettext_noop("%(field)s: this is over already."), {"field": one.name})
        for one in (*over, *(one for one in to_come if str(answers[one.code])[:10] < today))
    ]


def window_from(case: Case, spec: CaseType) -> datetime | None:
    """From when the resident's word counts: the answer, or the day to which that put the matter off. None: no answer
    stands."""
    answered = {one.code for one in spec.states if one.phase == "answered"}
    said = begins(
        spec, [code for one in spec.clocks if one.runs_in & answered for code in one.starts_with], case.values
    )
    if case.answered_at is None or said is None:
        return case.answered_at
    return max(case.answered_at, _beginning(said))


def due_of(case: Case, spec: CaseType, at: datetime) -> None:
    """Set when the case is due, when silence goes up, and how high it has gone, out of its running clocks."""
    running = [one for one in _known(case) if one.stopped_at is None]
    calendar = kernel.calendar(case.unit.code, as_of=at) if running else Calendar()
    face(case, spec, running, calendar, standstills(case) if running else [])


def rederive(clock: CaseClock) -> Deadline:
    """When the clock is due, worked out anew from its rule, its calendar as of then, its start and the standstills."""
    calendar = kernel.calendar(clock.case.unit.code, as_of=clock.calendar_at)
    stops = engine.until(standstills(clock.case), clock.stopped_at)
    found = engine.due(calendar, _counted_from(clock), _amounts(clock), stops)
    return engine.bounded(found, calendar, clock.no_later_than)


def _counted_from(clock: CaseClock) -> datetime:
    return max(clock.started_at, clock.not_before or clock.started_at)


def standstills(case: Case) -> list[Standstill]:
    """When the clocks of the case stand still, as far as somebody approved it."""
    approved = Suspension.objects.filter(case=case, state="approved").order_by("starts_at")
    return [Standstill(start, end) for start, end in approved.values_list("starts_at", "ends_at")]


def reckon(clock: CaseClock, calendar: Calendar, stops: Iterable[Standstill], at: datetime) -> bool:
    """Set the dates of a running clock by this calendar, as known at ``at``; whether any of them is another now."""
    stops, was = list(stops), (clock.due_at, clock.plain_due_at, clock.is_provisional)
    bound = clock.no_later_than
    start = _counted_from(clock)
    found = engine.bounded(engine.due(calendar, start, _amounts(clock), stops), calendar, bound)
    plain = engine.due(calendar, start, engine.amounts_of(clock.amount))
    plain = engine.bounded(plain, calendar, bound)
    clock.due_at, clock.plain_due_at = found.at, plain.at or clock.plain_due_at
    clock.is_provisional, clock.calendar_at = found.provisional, at
    return was != (clock.due_at, clock.plain_due_at, clock.is_provisional)


DATES = ("due_at", "plain_due_at", "is_provisional", "calendar_at")


def _last_moment(case: Case, clock: engine.Clock, calendar: Calendar) -> datetime | None:
    """What was said, and the time that is left after it to say what came of it."""
    said = engine.last_moment(clock, case.values)
    if said is None or clock.grace is None:
        return None if said is None else _aware(said)
    return engine.due(calendar, _aware(said), [clock.grace]).at


def _aware(text: str) -> datetime:
    """A moment or a date as forms keep it: by the clock of the city."""
    return timezone.make_aware(engine.moment_of(text), timezone.get_default_timezone())


def _beginning(text: str) -> datetime:
    """The same, of a date the first moment of its day."""
    return timezone.make_aware(datetime.fromisoformat(text), timezone.get_default_timezone())


def _says_its_end(row: CaseClock, spec: CaseType, calendar: Calendar) -> bool:
    """Take over what the answers of the case now say of the end of a clock; whether that is another moment."""
    was, row.no_later_than = row.no_later_than, _last_moment(row.case, spec.clock(row.code), calendar)
    return was != row.no_later_than


def _known(case: Case) -> list[CaseClock]:
    """All runs of the case's clocks; each knows the case that is at hand, not one read again."""
    found = list(CaseClock.objects.filter(case=case))
    for one in found:
        one.case = case
    return found


def _moments(case: Case, at: datetime) -> engine.Moments:
    return engine.Moments(case.received_at, case.dispatched_at, case.rounds, at, case.first_word_at)


def _amounts(clock: CaseClock) -> list[engine.Amount]:
    return engine.amounts_of(clock.amount, clock.more)


def _begun(
    case: Case, spec: CaseType, start: engine.Start, calendar: Calendar, stops: Sequence[Standstill], at: datetime
) -> CaseClock:
    first = begins(spec, start.clock.starts_with, case.values)
    clock = CaseClock(
        case=case,
        code=start.clock.code,
        round=start.round,
        run=start.run,
        amount=text_of(start.amount),
        started_at=start.started_at,
        no_later_than=_last_moment(case, start.clock, calendar),
        not_before=_beginning(first) if first else None,
    )
    reckon(clock, calendar, stops, at)
    return clock


def _stop(clocks: list[CaseClock], stops: Sequence[Standstill], at: datetime) -> None:
    """A standstill ends for a clock when it stops: its date is known then, by the calendar it was reckoned with."""
    for one in clocks:
        if stops:
            calendar = kernel.calendar(one.case.unit.code, as_of=one.calendar_at)
            reckon(one, calendar, engine.until(stops, at), one.calendar_at)
        one.stopped_at, one.kept = at, engine.is_kept(one.due_at, at)
    if clocks:
        CaseClock.objects.bulk_update(clocks, ["stopped_at", "kept", *DATES])


def _go_on(
    clocks: list[CaseClock], spec: CaseType, calendar: Calendar, stops: Sequence[Standstill], at: datetime
) -> None:
    """A clock that comes back is the same one: it is judged when it stops for good."""
    for one in clocks:
        _says_its_end(one, spec, calendar)
        one.stopped_at, one.kept = None, None
        reckon(one, calendar, stops, at)
    if clocks:
        CaseClock.objects.bulk_update(clocks, ["stopped_at", "kept", "no_later_than", *DATES])


def _set_anew(clocks: list[CaseClock], calendar: Calendar, stops: Sequence[Standstill], at: datetime) -> None:
    """A clock that runs on, and whose end was said anew."""
    for one in clocks:
        reckon(one, calendar, stops, at)
    if clocks:
        CaseClock.objects.bulk_update(clocks, ["no_later_than", *DATES])


def face(case: Case, spec: CaseType, running: list[CaseClock], calendar: Calendar, stops: Sequence[Standstill]) -> None:
    """Set what of the case its clocks set; nothing is read and nothing stored."""
    steps = (engine.next_step(calendar, spec, case.state, one.code, one.due_at, one.level, stops) for one in running)
    case.due_at = min((one.due_at for one in running if one.due_at), default=None)
    case.escalate_at = min((moment for moment in steps if moment), default=None)
    case.level = max((one.level for one in running), default=0)
