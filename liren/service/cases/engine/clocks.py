"""Which clocks of a case start, stop and go on, and when they are due. Facts in, facts out.

A deadline is its amount, its start, the calendar and the standstills; nothing that is said on a case moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from types import MappingProxyType
from typing import Any

from liren.foundation.kernel.engine.deadlines import (
    Amount,
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
    deadline,
)
from liren.foundation.kernel.engine.worktime import Calendar, Deadline, Suspension
from liren.service.cases.engine.amounts import in_working_days, measured_like, read_amount, text_of
from liren.service.cases.engine.spec import CaseType, Clock, MoveSpec, Step

#: Between the amounts of a clock that was extended: "3 working days + 5 days".
PLUS = " + "


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock as it was written down."""

    code: str
    round: int
    run: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Moments:
    """What clocks start from: when the case came in, its first dispatch, its round, and the present moment; and when
    somebody who works on it first wrote to the reporter."""

    received_at: datetime
    dispatched_at: datetime | None
    round: int
    at: datetime
    first_word_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A run that begins: its number within the round, and the moment from which it counts."""

    clock: Clock
    round: int
    run: int
    started_at: datetime
    amount: Amount


@dataclass(frozen=True, slots=True)
class Change:
    """What a state asks of the clocks: which runs stop, which stopped ones go on, and which begin."""

    stop: tuple[Run, ...] = ()
    go_on: tuple[Run, ...] = ()
    start: tuple[Start, ...] = ()


def change(
    spec: CaseType,
    state: str,
    severity: str,
    moments: Moments,
    runs: Iterable[Run] = (),
    values: Mapping[str, Any] = MappingProxyType({}),
) -> Change:
    """What must happen to the runs of a case that is now in ``state``. Asked twice, the second answer is empty.

    A clock that counts from reception or dispatch is one and the same throughout a round: back in one of its states it
    goes on from its old start. One that counts from entering a state begins anew each time.
    """
    by_code = {code: list(found) for code, found in groupby(sorted(runs, key=_order), key=lambda run: run.code)}
    stop: list[Run] = []
    go_on: list[Run] = []
    start: list[Start] = []
    for clock in spec.clocks:
        known = by_code.get(clock.code, [])
        mine = [run for run in known if run.round == moments.round]
        amount = limit(clock, severity, values)
        wanted = state in clock.runs_in and amount is not None and _may_start(clock, moments)
        stop += [run for run in known if run.is_running and not (wanted and run in mine)]
        if not wanted or amount is None or any(run.is_running for run in mine):
            continue
        if mine and clock.starts != "entered":
            go_on.append(mine[-1])
        else:
            start.append(Start(clock, moments.round, len(mine) + 1, _begin(clock, moments), amount))
    return Change(tuple(stop), tuple(go_on), tuple(start))


def _order(run: Run) -> tuple[str, int, int]:
    return run.code, run.round, run.run


def _may_start(clock: Clock, moments: Moments) -> bool:
    if clock.until and moments.first_word_at is not None:
        return False
    return clock.starts != "dispatched" or moments.dispatched_at is not None


def _begin(clock: Clock, moments: Moments) -> datetime:
    """From reception or first dispatch in the first round; a round that was opened again counts from then."""
    if moments.round > 1 or clock.starts == "entered":
        return moments.at
    return moments.received_at if clock.starts == "received" else moments.dispatched_at or moments.at


def limit(clock: Clock, severity: str, values: Mapping[str, Any] = MappingProxyType({})) -> Amount | None:
    """How long the clock runs for this severity; what is not said of it is as for a normal one. What was promised
    counts where it is less: 0 days, on the spot, is within a working day."""
    declared = clock.limits.get(severity, clock.limits.get("normal"))
    days = values.get(clock.days_in) if clock.days_in else None
    if declared is None or not isinstance(days, int) or days < 0:
        return declared
    promised = WorkingDays(max(days, 1))
    return promised if in_working_days(promised) < measured_like(declared, promised) else declared


def due(
    calendar: Calendar, started_at: datetime, amounts: Sequence[Amount], stops: Iterable[Suspension] = ()
) -> Deadline:
    """When the amounts, one after the other, are over: the limit, and whatever it was extended by.

    ``Deadline.at`` is None while a standstill without an end stands in between.
    """
    stops, at, provisional, end = list(stops), started_at, False, Deadline(started_at, None, False)
    for amount in amounts:
        end = deadline(calendar, at, amount, stops)
        provisional = provisional or end.provisional
        if end.at is None:
            break
        at = end.at
    return Deadline(end.at, end.day, provisional)


def bounded(found: Deadline, calendar: Calendar, no_later_than: datetime | None) -> Deadline:
    """A deadline, or the moment that was said to be the last one, whichever comes first.

    Such a moment is a fact and not a period: no calendar and no standstill moves it, not even one without an end.
    """
    if no_later_than is None or (found.at is not None and found.at <= no_later_than):
        return found
    return Deadline(no_later_than, calendar.local(no_later_than).date(), found.provisional)


def rung(
    calendar: Calendar, due_at: datetime | None, ladder: Sequence[Step], level: int, stops: Iterable[Suspension] = ()
) -> datetime | None:
    """When a clock that has climbed ``level`` rungs climbs the next; None at the top, or while it stands still."""
    if due_at is None or level >= len(ladder):
        return None
    return deadline(calendar, due_at, ladder[level].after, stops).at


def lapse(spec: CaseType, state: str, clock: Clock) -> MoveSpec | None:
    """The move that the system makes when the clock is over in this state: a clock without a ladder ends something,
    and so does the window in which the resident may speak."""
    if clock.ladder and spec.state(state).phase != "answered":
        return None
    return next((move for move in spec.moves if state in move.sources and "system" in move.by), None)


def next_step(
    calendar: Calendar,
    spec: CaseType,
    state: str,
    code: str,
    due_at: datetime | None,
    level: int,
    stops: Iterable[Suspension] = (),
) -> datetime | None:
    """When something happens by itself to a running clock: it climbs a rung, or the system moves the case on."""
    clock = spec.clock(code)
    if lapse(spec, state, clock) is not None:
        return due_at
    return rung(calendar, due_at, clock.ladder, level, stops)


def last_moment(clock: Clock, values: Mapping[str, Any]) -> str | None:
    """What the answers give for the end of a clock, by the clock of the city: "2024-03-01T14:30", or "2024-03-01"."""
    return next((str(values[code]) for code in clock.ends_with if values.get(code)), None)


def moment_of(text: str) -> datetime:
    """A moment as answers keep it, by the clock of the city. A date stands for the last moment of its day."""
    found = datetime.fromisoformat(text)
    return datetime.combine(found, time.max) if len(text) == len("2024-03-01") else found


def is_kept(due_at: datetime | None, at: datetime) -> bool:
    """Whether a clock that stops at ``at`` was kept; one that stands still is."""
    return due_at is None or at <= due_at


def until(stops: Iterable[Suspension], moment: datetime | None) -> list[Suspension]:
    """The standstills of a clock that stopped at ``moment``: what came after does not count; None leaves all."""
    if moment is None:
        return list(stops)
    return [Suspension(one.start, min(one.end or moment, moment)) for one in stops if one.start < moment]


# --- what is written down ---


def amounts_of(amount: str, more: str = "") -> list[Amount]:
    """The limit of a run and what it was extended by, as they were written.

    Raises:
        ValueError: a text that is no amount.
    """
    return [read_amount(text) for text in (amount, *(more.split(PLUS) if more else ()))]


def more_text(more: str, another: Amount) -> str:
    """What a run was extended by, with another extension: 3 working days and 2 working days are 5."""
    known = amounts_of(*more.split(PLUS, 1)) if more else []
    if known and type(known[-1]) is type(another):
        known[-1] = _sum(known[-1], another)
    else:
        known.append(another)
    return PLUS.join(text_of(one) for one in known)


def _sum(one: Amount, other: Amount) -> Amount:
    match one, other:
        case (WorkingDays(a), WorkingDays(b)):
            return WorkingDays(a + b)
        case (CalendarDays(a), CalendarDays(b)):
            return CalendarDays(a + b)
        case (CalendarMonths(a), CalendarMonths(b)):
            return CalendarMonths(a + b)
        case (ServiceTime(x), ServiceTime(y)):
            return ServiceTime(x + y)
        case (PlainTime(x), PlainTime(y)):
            return PlainTime(x + y)
    raise ValueError("Only amounts of one kind make a sum.")
