"""Whether a case type can be right: each state is reached and reaches an end, somebody must act in it, a clock runs.

Every check tells its faults at the table they stand in. ``check_clocks`` holds what is about time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from liren.foundation.kernel.engine.declared import Table, nearest, one_of
from liren.service.cases.engine.check_clocks import CLOCK_CHECKS
from liren.service.cases.engine.check_hands import HAND_CHECKS
from liren.service.cases.engine.check_repeats import check_repeats
from liren.service.cases.engine.needed import check_needed
from liren.service.cases.engine.proposed import answers_of
from liren.service.cases.engine.spec import ACTORS, OUTCOMES, PROVIDER, CaseType, Fit, MoveSpec, StateSpec

#: How a text speaks to its reader.
YOU, YOUR = "您", re.compile(r"\byours?\b|\byou\b", re.IGNORECASE)
#: Ends of which a resident is told the reason.
NEED_A_REASON = frozenset({"refused", "out_of_remit"})


def check_type(spec: CaseType, table: Table) -> None:
    """Everything that only shows when states, moves, clocks and parts are seen together."""
    for check in CHECKS:
        check(spec, table)


def inner(table: Table, what: str, found: Sequence[object], one: object) -> Table:
    """The table of one state, move, clock or part."""
    place = next(number for number, other in enumerate(found) if other is one)
    return Table({}, (what, place), f"{what} {place + 1} ({one.code})", table.faults)  # type: ignore[attr-defined]


def hands(spec: CaseType) -> tuple[str, ...]:
    """Whoever can make a move or own a state of this type."""
    return (*ACTORS, *(f"part:{part.code}" for part in spec.parts))


def unknown(table: Table, word: str, known: Iterable[str], what: str, at: str) -> None:
    known = list(known)
    close = nearest(word, known)
    mend = f"“{close}”?" if close else one_of(known) if known else "declare it first, or leave it out"
    table.fault(f"“{word[:45]}” is no {what} of this type", mend, at=at)


def _states(spec: CaseType, table: Table) -> None:
    if spec.states[0].phase != "open":
        inner(table, "states", spec.states, spec.states[0]).fault(
            "a case begins open, and this is the first state", "let the first state be the one of receipt", at="phase"
        )
    for state in spec.states:
        one = inner(table, "states", spec.states, state)
        if state.final:
            _closed(state, one)
        else:
            _alive(spec, state, one)


def _closed(state: StateSpec, table: Table) -> None:
    if not state.outcome:
        table.fault("a closed state says how the case ended", one_of(OUTCOMES), at="outcome")
    if state.owner:
        table.fault("a closed state is nobody's task", "leave it out", at="owner")


def _alive(spec: CaseType, state: StateSpec, table: Table) -> None:
    if state.outcome:
        table.fault("only a closed state has an outcome", 'leave it out, or write phase = "closed"', at="outcome")
    if not state.owner:
        table.fault(f"in “{state.code}” it is nobody's turn", one_of(hands(spec)), at="owner")
    elif state.owner not in hands(spec):
        unknown(table, state.owner, hands(spec), "actor or part", "owner")
    elif not any(state.code in move.sources and state.owner in move.by for move in spec.moves):
        mend = f"name “{state.owner}” in by of a move from “{state.code}”"
        table.fault(f"it is the turn of “{state.owner}”, who has no move from here", mend, at="owner")


def _moves(spec: CaseType, table: Table) -> None:
    known = {state.code: state for state in spec.states}
    for move in spec.moves:
        one = inner(table, "moves", spec.moves, move)
        for code in sorted(move.sources):
            if code not in known:
                unknown(one, code, known, "state", "from")
            elif known[code].final:
                one.fault(f"leaves the closed state “{code}”", "take it out of from", at="from")
        if move.target not in known:
            unknown(one, move.target, known, "state", "to")
        for actor in move.by:
            if actor not in hands(spec):
                unknown(one, actor, hands(spec), "actor or part", "by")
        _asked(spec, move, one)


def _asked(spec: CaseType, move: MoveSpec, table: Table) -> None:
    fields = [field.code for field in spec.fields]
    for code in move.asks:
        if code not in fields:
            unknown(table, code, fields, "field", "asks")
        elif spec.fields[fields.index(code)].kind == "entry":
            table.fault(f"“{code}” is chosen from a register", "ask it where the case is taken in", at="asks")
        for other in spec.moves:
            written_down = move.evidence and "reporter" not in move.by  # from a paper on which they answered
            if code in other.asks and ("reporter" in other.by) > ("reporter" in move.by) and not written_down:
                says = f"“{code}” is asked here of “{move.by[0]}”, and in “{other.code}” of “{other.by[0]}”"
                table.fault(says, "one question, one side: declare a field for each", at="asks")
    consenting = [part.code for part in spec.parts if part.consent]
    for code in move.consents:
        if code not in consenting:
            unknown(table, code, consenting, "part that consents", "consents")


def _entries(spec: CaseType, table: Table) -> None:
    """What an entry gives is asked of nobody, and a clock takes its days from a number."""
    kinds = {one.code: one.kind for one in spec.fields}
    asked = {code for move in spec.moves for code in move.asks}
    for field in spec.fields:
        one = inner(table, "fields", spec.fields, field)
        for code in field.gives:
            if code not in kinds or kinds[code] == "entry":
                unknown(one, code, [other for other in kinds if other != field.code], "field", "gives")
            elif code in asked:
                one.fault(f"“{code}” is given by an entry, and asked by a move", "one or the other", at="gives")
    numbers = [code for code, kind in kinds.items() if kind == "number"]
    for clock in spec.clocks:
        if clock.days_in and clock.days_in not in numbers:
            unknown(inner(table, "clocks", spec.clocks, clock), clock.days_in, numbers, "number", "days_in")


def _reached(spec: CaseType, table: Table) -> None:
    """Every state is reached from the first, and every state reaches an end."""
    born, ends = {spec.start}, {state.code for state in spec.states if state.final}
    for _round in spec.states:
        born |= {move.target for move in spec.moves if move.sources & born}
        ends |= {code for move in spec.moves if move.target in ends for code in move.sources}
    for state in spec.states:
        one = inner(table, "states", spec.states, state)
        if state.code not in born:
            mend = "add a move that leads to it, or leave it out"
            one.fault(f"the state “{state.code}” is never reached", mend)
        if state.code not in ends:
            one.fault(f"the state “{state.code}” reaches no end", "add a move from it that leads to a closed state")


def _effects(spec: CaseType, table: Table) -> None:
    """What a move does fits the states it leads between."""
    phases = {state.code: state.phase for state in spec.states}
    outcomes = {state.code: state.outcome for state in spec.states}
    for move in spec.moves:
        one = inner(table, "moves", spec.moves, move)
        before, after = {phases.get(code) for code in move.sources}, phases.get(move.target)
        if move.effect == "answer" and after != "answered":
            one.fault("an answer leads to a state that is not answered", "to = a state of the phase answered", at="to")
        if after == "answered" and before != {"answered"} and move.effect != "answer":
            one.fault("leads to an answered state without an answer", 'write effect = "answer"', at="effect")
        if move.effect in {"verdict", "reopen"} and before != {"answered"}:
            one.fault(f"a {move.effect} comes only after an answer", "from = states of the phase answered", at="from")
        if move.effect == "reopen" and after != "open":
            one.fault("reopening leads to a state that is not open", "to = a state of the phase open", at="to")
        if move.effect == "withdraw" and outcomes.get(move.target) != "withdrawn":
            one.fault("withdrawing leads elsewhere", "to = the closed state whose outcome is withdrawn", at="to")
        told_before = before == {"answered"}  # the reason came with the answer
        refuses = outcomes.get(move.target) in NEED_A_REASON and not told_before
        if (move.effect == "remit" or refuses) and not move.note:
            one.fault("a refusal without a reason", "write note = true", at="note")
        if move.effect == "publish" and spec.confidentiality != "public":
            one.fault("what is not public is published", "leave effect out", at="effect")


def _verdict(spec: CaseType, table: Table) -> None:
    """After an answer the resident has the word, within a window that closes by itself."""
    answered = [state for state in spec.states if state.phase == "answered"]
    if spec.rating and not answered:
        mend = 'give one state phase = "answered", or leave rating out'
        table.fault("asks for a verdict, and no state is answered", mend, at="rating")
    if bool(spec.reopen_days) != any(move.effect == "reopen" for move in spec.moves):
        mend = 'write reopen_days = 15 and a move with effect = "reopen"'
        table.fault("the days for reopening and the move that reopens go together", mend, at="reopen_days")
    for state in answered:
        one = inner(table, "states", spec.states, state)
        leaving = [move for move in spec.moves if state.code in move.sources]
        if spec.rating and not any(move.effect in {"verdict", "reopen"} for move in leaving):
            one.fault("the resident has no word here", 'add a move with effect = "verdict" or "reopen"', at="phase")
        if not any("system" in move.by for move in leaving):
            one.fault("stays answered for ever when nobody speaks", 'add a move by = ["system"]', at="phase")


def _secrecy(spec: CaseType, table: Table) -> None:
    sealed = spec.confidentiality == "sealed"
    if sealed and not spec.sealed_to:
        mend = one_of(("mediation", "support", "refuge", "supervision"))
        table.fault("a sealed case says who opens it", mend, at="sealed_to")
    if spec.sealed_to and not sealed:
        table.fault("only a sealed case is sealed to somebody", "leave it out", at="sealed_to")
    if sealed and "open311" in spec.channels:
        table.fault("a sealed case comes in over a public interface", "take open311 out", at="channels")
    if sealed and spec.joinable:
        table.fault("others can't join a sealed case", "joinable = false", at="joinable")
    if spec.confidentiality == "public" and spec.about_body:
        mend = 'confidentiality = "limited" or "sealed"'
        table.fault("a complaint about a body is not public", mend, at="about_body")
    for field in spec.fields:
        if field.public and spec.confidentiality != "public":
            one = inner(table, "fields", spec.fields, field)
            one.fault("a case that is not public has no public face", "leave it out", at="public")


def _booked(spec: CaseType, table: Table) -> None:
    """Only the provider on a sealed case reads a part of it; and what that is are questions of this type."""
    fields = [field.code for field in spec.fields]
    for part in [one for one in spec.parts if one.reads]:
        one = inner(table, "parts", spec.parts, part)
        if (part.code, part.kind, spec.confidentiality) != (PROVIDER, "body", "sealed"):
            one.fault("only the provider on a sealed case reads a part of it", "leave reads out", at="reads")
        for code in part.reads:
            if code not in fields:
                unknown(one, code, fields, "field", "reads")


def _spoken(spec: CaseType, table: Table) -> None:
    """What everybody reads speaks to nobody; what the reporter reads is written in words of its own."""
    for state, raw in zip(spec.states, table.content.get("states", ()), strict=True):
        one, words = inner(table, "states", spec.states, state), raw.get("public") or {}
        if YOU in words.get("zh", "") or YOUR.search(words.get("en", "")):
            one.fault(
                "public words speak to the reporter alone", "write these as told, and others as public", at="public"
            )


def _places(spec: CaseType, table: Table) -> None:
    """Where a place is published exactly, it is asked for, and the case is public."""
    for category in spec.categories:
        one = inner(table, "categories", spec.categories, category)
        if category.exact and (spec.confidentiality != "public" or spec.place_of(category.code) == "none"):
            one.fault("a place that is not published is published exactly", "leave it out", at="exact")


def _patrolled(spec: CaseType, table: Table) -> None:
    """A patrol looks at places: it says where, complains of nobody, and nobody is named on it as a person."""
    if spec.mechanism != "patrol":
        return
    if spec.place == "none":
        table.fault("a patrol that looks at no place", 'place = "required" or "optional"', at="place")
    if spec.about_body:
        table.fault("a patrol looks at places, and at nobody", "leave it out", at="about_body")
    for part in spec.parts:
        if part.kind != "body":
            inner(table, "parts", spec.parts, part).fault(
                "a patrol looks at places, and at nobody", 'kind = "body"', at="kind"
            )


def _joined(spec: CaseType, table: Table) -> None:
    """Two cases become one only where the type has a state for it."""
    joined = [state.code for state in spec.states if state.outcome == "joined"]
    by_desk = [move for move in spec.moves if move.target in joined and "desk" in move.by]
    if spec.joinable and (len(joined) != 1 or not by_desk):
        mend = 'one closed state with outcome = "joined", and a move to it by = ["desk"]'
        table.fault("joinable, and no state for what was joined", mend, at="joinable")
    if joined and not spec.joinable:
        table.fault("has a state for what was joined, and is not joinable", "joinable = true", at="joinable")


def _filled(spec: CaseType, table: Table) -> None:
    """What fills itself is asked of nobody: numbers of parts, or a body."""
    asked = {code for move in spec.moves for code in move.asks}
    numbers = {one.code for one in spec.fields if one.kind == "number"}
    for field in [one for one in spec.fields if one.filled or one.sums]:
        one = inner(table, "fields", spec.fields, field)
        kind = "body" if field.filled == "body" else "number"
        if field.kind != kind or field.required or field.code in asked:
            one.fault("fills itself, and is asked for as well", f'write kind = "{kind}"', at="filled")
        for code in field.sums:
            if code not in numbers - {field.code}:
                unknown(one, code, sorted(numbers - {field.code}), "field", "sums")


def _journeyed(spec: CaseType, table: Table) -> None:
    """What belongs to a journey is done by nobody else: no clock, no callback, no joining gets round it."""
    for move in spec.moves:
        one = inner(table, "moves", spec.moves, move)
        if move.journey and move.journey != spec.journey:
            says = f"belongs to the journey “{move.journey}”, which does not take these cases in"
            one.fault(says, f'write journey = "{move.journey}" for the whole type as well', at="journey")
        if move.journey and ("system" in move.by or move.effect in {"verdict", "reopen", "dispatch"}):
            says = "what the clock, a verdict or a dispatch does belongs to no journey"
            one.fault(says, "leave it out", at="journey")
    if spec.journey and spec.joinable:
        table.fault("a case of a journey can't become one with another", "joinable = false", at="joinable")


def _proposed(spec: CaseType, table: Table) -> None:
    """Proposals go by what the case says, in words that it knows; they are persons, named on the case."""
    for part in spec.parts:
        for place, one in enumerate(part.proposed):
            where = inner(table, "parts", spec.parts, part)
            where = Table({}, (*where.key, "proposed", place), f"{where.name}, proposed {place + 1}", table.faults)
            if part.kind == "body":
                where.fault("only a part for a person has proposals", 'kind = "account", or leave it out')
            for number, fit in enumerate(one.fits):
                _fitting(spec, fit, Table({}, (*where.key, "fits", number), f"{where.name}, fits", table.faults))


def _fitting(spec: CaseType, fit: Fit, table: Table) -> None:
    known = answers_of(spec)
    if fit.of not in known:
        unknown(table, fit.of, known, "choice field or category", "of")
        return
    for answer in fit.codes:
        if answer not in known[fit.of]:
            unknown(table, answer, known[fit.of], f"answer to “{fit.of}”", "codes")


CHECKS: tuple[Callable[[CaseType, Table], None], ...] = (
    _states,
    _moves,
    _entries,
    _reached,
    _effects,
    _verdict,
    _secrecy,
    _booked,
    _spoken,
    _places,
    _patrolled,
    _joined,
    _journeyed,
    _proposed,
    check_needed,
    _filled,
    *CLOCK_CHECKS,
    check_repeats,
    *HAND_CHECKS,
)
