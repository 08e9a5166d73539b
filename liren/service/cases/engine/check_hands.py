"""Whether what a case type says of persons can be right: who may not follow whom, how many hold a part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from liren.foundation.kernel.engine.declared import Table, nearest, one_of
from liren.service.cases.engine.spec import RECEIVED, CaseType, Field


def _inner(table: Table, what: str, place: int, code: str) -> Table:
    return Table({}, (what, place), f"{what} {place + 1} ({code})", table.faults)


def _unknown(table: Table, word: str, known: list[str], what: str, at: str) -> None:
    close = nearest(word, known)
    mend = f"“{close}”?" if close else one_of(known) if known else "declare it first, or leave it out"
    table.fault(f"“{word[:45]}” is no {what} of this type", mend, at=at)


def _eyes(spec: CaseType, table: Table) -> None:
    """Who looks at a step is somebody else than whoever took it; the clock has no eyes."""
    known = [*(move.code for move in spec.moves), RECEIVED]
    for place, move in enumerate(spec.moves):
        one = _inner(table, "moves", place, move.code)
        for code in move.not_by:
            if code not in known:
                _unknown(one, code, known, "move", "not_by")
        if move.not_by and set(move.by) == {"system"}:
            one.fault("made by the clock, which took no step before", "leave it out", at="not_by")


def _parts(spec: CaseType, table: Table) -> None:
    for place, part in enumerate(spec.parts):
        one = _inner(table, "parts", place, part.code)
        if part.least > part.most:
            one.fault("has to be held by more than can hold it", "least is at most as much as most", at="least")
        if part.served and (part.consent or part.kind == "body"):
            one.fault("only a person who is not asked is served", "leave it out", at="served")
        if part.least and not part.consent:
            one.fault("so many have to agree, and nobody is asked", "write consent = true", at="least")


def answered_so(spec: CaseType, given: Mapping[str, str], known: Iterable[Field], table: Table, at: str) -> None:
    """Whether fields and choices that a condition names are there, and are asked together with what hangs on them."""
    fields = {one.code: one for one in known if one.kind == "choice"}
    for code, choice in given.items():
        if code not in fields:
            _unknown(table, code, list(fields), "field", at)
        elif choice not in [one.code for one in fields[code].choices]:
            words = [one.code for one in fields[code].choices]
            table.fault(f"“{choice}” is no choice of “{code}”", one_of(words), at=at)


def _given(spec: CaseType, table: Table) -> None:
    """A part is given by an answer of whoever reports; a move by which somebody agrees is made by whose part it is."""
    for place, part in enumerate(spec.parts):
        answered_so(spec, part.given_if, spec.intake_fields, _inner(table, "parts", place, part.code), "given_if")
    agreeing = {f"part:{one.code}" for one in spec.parts if one.consent}
    for place, move in enumerate(spec.moves):
        if move.effect == "consent" and not agreeing & set(move.by):
            one = _inner(table, "moves", place, move.code)
            one.fault("nobody who makes it has anything to agree to", "name a part with consent = true in by", at="by")


def _days(spec: CaseType, table: Table) -> None:
    """A part ends with a day that is asked for, and only a day or a moment lies ahead."""
    dates = [one.code for one in spec.fields if one.kind == "date"]
    for place, part in enumerate(spec.parts):
        if part.until and part.until not in dates:
            _unknown(_inner(table, "parts", place, part.code), part.until, dates, "date field", "until")
    for place, field in enumerate(spec.fields):
        if field.ahead and field.kind not in ("date", "moment"):
            one = _inner(table, "fields", place, field.code)
            one.fault("only a day or a moment can lie ahead", "leave it out", at="ahead")
        if field.link and field.kind != "text":
            one = _inner(table, "fields", place, field.code)
            one.fault("only a text of one line is an address", 'kind = "text", or leave it out', at="link")


HAND_CHECKS: tuple[Callable[[CaseType, Table], None], ...] = (_eyes, _parts, _given, _days)
