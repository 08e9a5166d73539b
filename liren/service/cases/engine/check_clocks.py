"""Whether the clocks of a case type can be right: one runs in each living state, silence goes up, the law is kept."""

from __future__ import annotations

from collections.abc import Callable

from liren.foundation.kernel.engine.declared import Table, nearest, one_of
from liren.service.cases.engine.amounts import in_days, measured_like, text_of
from liren.service.cases.engine.spec import SET_LOCALLY, SEVERITIES, Amount, CaseType, Clock

#: Kinds of fields that say when something ends: at that moment, or with that day.
ENDING = ("moment", "date")
#: Ends that a case is for; to withdraw or to be refused is no way of being served in time.
SERVED = frozenset({"solved", "unsolved", "done"})


def _inner(table: Table, what: str, place: int, code: str) -> Table:
    return Table({}, (what, place), f"{what} {place + 1} ({code})", table.faults)


def _coverage(spec: CaseType, table: Table) -> None:
    """A clock runs in every state but the closed ones."""
    known = {state.code: state for state in spec.states}
    for place, clock in enumerate(spec.clocks):
        one = _inner(table, "clocks", place, clock.code)
        for code in sorted(clock.runs_in):
            if code not in known:
                close = nearest(code, known)
                one.fault(f"“{code[:45]}” is no state of this type", f"“{close}”?" if close else one_of(known),
                          at="runs_in")  # fmt: skip
            elif known[code].final:
                one.fault(f"runs in the closed state “{code}”", "take it out of runs_in", at="runs_in")
    for place, state in enumerate(spec.states):
        if not state.final and not _running(spec, state.code):
            mend = f"name “{state.code}” in runs_in of a clock"
            _inner(table, "states", place, state.code).fault(f"no clock runs in “{state.code}”", mend)


def _starts(spec: CaseType, table: Table) -> None:
    for place, clock in enumerate(spec.clocks):
        one = _inner(table, "clocks", place, clock.code)
        if clock.starts == "received" and spec.start not in clock.runs_in:
            mend = f'add “{spec.start}” to runs_in, or write starts = "entered"'
            one.fault("starts when the case is received, and does not run then", mend, at="starts")
        if clock.starts == "dispatched" and not any(move.effect == "dispatch" for move in spec.moves):
            mend = 'add a move with effect = "dispatch", or write starts = "received"'
            one.fault("starts when the case is dispatched, and nothing dispatches it", mend, at="starts")


def _ladders(spec: CaseType, table: Table) -> None:
    """Rungs go up; where somebody in office must act, silence is told one level up, if nothing follows from it."""
    alone = {code for move in spec.moves if "system" in move.by for code in move.sources}
    waiting = {state.code for state in spec.states if state.phase == "open" and state.owner != "reporter"} - alone
    for place, clock in enumerate(spec.clocks):
        one = _inner(table, "clocks", place, clock.code)
        rungs = [in_days(step.after) for step in clock.ladder]
        if rungs != sorted(set(rungs)):
            one.fault("the rungs of the ladder do not go up", "put the shorter amount first", at="ladder")
        if not rungs and clock.runs_in & waiting:
            mend = 'add [[clocks.ladder]] with after = "0 hours"'
            one.fault("silence goes nowhere", mend, at="ladder")


def _severities(spec: CaseType, table: Table) -> None:
    for place, clock in enumerate(spec.clocks):
        days = [in_days(clock.limits[one]) for one in SEVERITIES]
        if days != sorted(days):
            mend = "critical before urgent before normal"
            _inner(table, "clocks", place, clock.code).fault("what is more urgent has more time", mend, at="limits")


def _windows(spec: CaseType, table: Table) -> None:
    """A state that is left by itself has one clock that starts with it; a verdict window is long enough."""
    states = {state.code: state for state in spec.states}
    for place, move in enumerate(spec.moves):
        if "system" not in move.by:
            continue
        for code in sorted(move.sources & set(states)):
            own = [one for one in _running(spec, code) if one.starts == "entered"]
            if len(own) != 1:
                mend = f'one clock with starts = "entered" in “{code}”'
                _inner(table, "moves", place, move.code).fault(
                    f"made by the clock of “{code}”, which is not one of its own", mend, at="by"
                )
            elif own[0].ladder and states[code].phase == "open":
                says = f"made by the clock of “{code}”, which climbs its ladder instead"
                _inner(table, "moves", place, move.code).fault(says, f"no ladder for the clock of “{code}”", at="by")
    for place, clock in enumerate(spec.clocks):
        answered = any(states[code].phase == "answered" for code in clock.runs_in if code in states)
        if answered and in_days(clock.limits["normal"]) < spec.reopen_days:
            says = f"ends before the {spec.reopen_days} days for reopening are over"
            _inner(table, "clocks", place, clock.code).fault(says, "a longer limit, or fewer reopen_days", at="limits")


def _ends(spec: CaseType, table: Table) -> None:
    """What ends a clock is a moment or a date that this type asks for; and it is the last word."""
    kinds = {field.code: field.kind for field in spec.fields}
    moments = [code for code, kind in kinds.items() if kind in ENDING]
    for place, clock in enumerate(spec.clocks):
        one = _inner(table, "clocks", place, clock.code)
        for code in clock.ends_with:
            if code not in kinds:
                close = nearest(code, moments)
                mend = (
                    f"“{close}”?" if close else one_of(moments) if moments else 'declare a field with kind = "moment"'
                )
                one.fault(f"“{code[:45]}” is no field of this type", mend, at="ends_with")
            elif kinds[code] not in ENDING:
                says = f"“{code}” is a {kinds[code]}, and neither a moment nor a date"
                one.fault(says, 'kind = "moment" or "date" for that field', at="ends_with")
        if clock.ends_with and clock.extendable:
            one.fault("ends at a moment that was said, and can be extended", "leave extendable out", at="ends_with")
        if clock.grace is not None and not clock.ends_with:
            one.fault("has time left after nothing", "name the fields in ends_with, or leave it out", at="grace")


def _beginnings(spec: CaseType, table: Table) -> None:
    """What a clock waits for is a day or a moment that this type asks for; it counts from entering a state."""
    kinds = {field.code: field.kind for field in spec.fields}
    for place, clock in enumerate(spec.clocks):
        one = _inner(table, "clocks", place, clock.code)
        for code in clock.starts_with:
            if kinds.get(code) not in ("date", "moment"):
                mend = 'declare a field with kind = "date"'
                one.fault(f"“{code[:45]}” is neither a day nor a moment", mend, at="starts_with")
        if clock.starts_with and clock.starts != "entered":
            one.fault("waits for a day that was said, and counts from before", 'starts = "entered"', at="starts_with")


def _lawful(spec: CaseType, table: Table) -> None:
    """The answer, or the end that the case is for, can be reached within the time that the law gives."""
    if bool(spec.lawful_by) != (spec.lawful is not None):
        mend = f'lawful_by = "{SET_LOCALLY}", or the code of the number in the packs'
        table.fault("the whole time and who set it go together", mend, at="lawful_by")
    if spec.lawful is None:
        return
    needed = soonest(spec, spec.lawful)
    allowed = measured_like(spec.lawful, spec.lawful)
    if needed is not None and needed > allowed + 1e-9:
        says = f"the limits on the shortest way to an answer or an end come to more than {text_of(spec.lawful)}"
        table.fault(says, "shorten the limits of the clocks on the way", at="lawful")


def soonest(spec: CaseType, like: Amount) -> float | None:
    """The time by which an answer or a real end is due on the shortest way, each clock in its normal limit.

    A clock that starts with the receipt ends at its limit, however late its state is entered; others are added up.
    In working days where ``like`` is counted in them, else in days. None: there is no such way.
    """
    due: dict[tuple[str, str], float] = {}
    for clock in _running(spec, spec.start):
        due[spec.start, clock.code] = measured_like(clock.limits["normal"], like)
    before: dict[tuple[str, str], float] = {}
    while before != due:
        before = dict(due)
        for (code, running), so_far in before.items():
            for move in spec.moves:
                if code in move.sources:
                    _follow(spec, move.target, running, so_far, like, due)
    return min((time for (code, _running), time in due.items() if _is_goal(spec, code)), default=None)


def _follow(
    spec: CaseType, target: str, running: str, so_far: float, like: Amount, due: dict[tuple[str, str], float]
) -> None:
    """What is due in the next state: nothing more while the same clock runs, else the limit of another one."""
    if _is_goal(spec, target):
        due[target, ""] = min(due.get((target, ""), so_far), so_far)
        return
    for clock in _running(spec, target):
        limit = measured_like(clock.limits["normal"], like)
        time = so_far if clock.code == running else limit if clock.starts == "received" else so_far + limit
        key = (target, clock.code)
        due[key] = min(due.get(key, time), time)


def _is_goal(spec: CaseType, code: str) -> bool:
    state = next((one for one in spec.states if one.code == code), None)
    return state is not None and (state.outcome in SERVED or (state.phase == "answered" and _serves(spec, code)))


def _serves(spec: CaseType, code: str) -> bool:
    """Whether an answered state is one of being served: what was told there may also be that it is nobody's task."""
    ends = {move.target for move in spec.moves if code in move.sources}
    return any(one.outcome in SERVED for one in spec.states if one.code in ends)


def _running(spec: CaseType, state: str) -> list[Clock]:
    """Clocks that run as long as the state lasts; one that a first answer ends leaves it without a clock."""
    return [one for one in spec.clocks if state in one.runs_in and not one.until]


CLOCK_CHECKS: tuple[Callable[[CaseType, Table], None], ...] = (
    _coverage,
    _starts,
    _ladders,
    _severities,
    _windows,
    _ends,
    _beginnings,
    _lawful,
)
