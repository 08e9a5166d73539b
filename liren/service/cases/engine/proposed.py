"""Whom a register can propose for a part of a case: how it is declared, and what only shows beside the registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liren.foundation.kernel.engine.declared import DeclarationFault, Key, Table, nearest, one_of
from liren.service.cases.engine.spec import CaseType, Fit, Proposed, Words

MOST_REGISTERS, MOST_FITS, MOST_SHOWN = 4, 6, 6
LONGEST_CODE, LONGEST_SAYING = 40, 40
#: The word by which a declaration means what the case is about, beside the codes of its fields.
CATEGORY = "category"
WHAT = "{what}"
#: Kinds of answers in a register that a case can take over.
GIVEN = ("text", "long_text", "number", "date", "yes_no", "time")


def read_proposed(part: Table) -> tuple[Proposed, ...]:
    """The tables ``[[parts.proposed]]``; none in most, and in all older declarations."""
    tables = part.tables("proposed")
    if len(tables) > MOST_REGISTERS:
        part.fault(f"{len(tables)} proposed are too few or too many", f"from 0 to {MOST_REGISTERS}", at="proposed")
    return tuple(_proposed(one) for one in tables)


def _proposed(table: Table) -> Proposed:
    fits = table.tables("fits")
    if len(fits) > MOST_FITS:
        table.fault(f"{len(fits)} fits are too few or too many", f"from 0 to {MOST_FITS}", at="fits")
    found = Proposed(
        table.text("register", longest=LONGEST_CODE),
        tuple(_fit(one) for one in fits),
        table.text("valid_until", needed=False, longest=LONGEST_CODE),
        table.texts("shows")[:MOST_SHOWN],
    )
    table.done()
    return found


def _fit(table: Table) -> Fit:
    says = Words(*table.words("says", needed=False, longest=LONGEST_SAYING))
    if table.has("says") and not (WHAT in says.zh and WHAT in says.en):
        table.fault("leaves no room for what fits", f"write {WHAT} where it stands", at="says")
    field, of = table.text("field", longest=LONGEST_CODE), table.text("of", longest=LONGEST_CODE)
    found = Fit(field, of, _codes(table), says)
    table.done()
    return found


def _codes(table: Table) -> dict[str, tuple[str, ...]]:
    """Answer of the case -> words of the register. An empty list: nothing of the register is asked for."""
    if not table.has("codes"):
        return {}
    given = table.inner("codes", '{ answer = ["word"] }')
    if given is None:
        return {}
    found = {str(answer): given.texts(str(answer)) for answer in given.content}
    given.done()
    return found


def answers_of(spec: CaseType) -> dict[str, list[str]]:
    """What a case can say that a register can be compared with: its category, and its fields of choice."""
    known = {one.code: [choice.code for choice in one.choices] for one in spec.fields if one.kind == "choice"}
    if spec.categories:
        known[CATEGORY] = [one.code for one in spec.categories]
    return known


# --- beside the registers, which are declarations of another room: read as they stand in the packs ---


def beside_registers(spec: CaseType, registers: Mapping[str, Any]) -> Iterator[DeclarationFault]:
    """A register, field or word that is not there; ``registers``: contents of declarations by code."""
    for number, part in enumerate(spec.parts):
        for place, one in enumerate(part.proposed):
            key: Key = ("parts", number, "proposed", place)
            where = f"parts {number + 1} ({part.code}), proposed {place + 1}"
            content = registers.get(one.register)
            if content is None:
                says = f"there is no register “{one.register}”"
                yield DeclarationFault((*key, "register"), where, says, _near(one.register, registers))
            elif content.get("visible") == "sealed":
                says = "nobody is proposed out of a sealed register"
                yield DeclarationFault((*key, "register"), where, says, "leave it out")
            else:
                yield from _fields(spec, one, content, key, where)


def entries_beside(spec: CaseType, registers: Mapping[str, Any]) -> Iterator[DeclarationFault]:
    """Questions answered by an entry: the register is there and for everybody, and so are the fields it is read by."""
    for number, one in enumerate(spec.fields):
        if one.kind != "entry":
            continue
        key: Key = ("fields", number)
        where = f"fields {number + 1} ({one.code})"
        content = registers.get(one.register)
        if content is None or content.get("visible") != "public":
            public = [code for code, other in registers.items() if other.get("visible") == "public"]
            says = f"there is no register “{one.register}” for everybody"
            yield DeclarationFault((*key, "register"), where, says, _near(one.register, public))
            continue
        fields = _by_code(content)
        if one.sends_to:
            yield from _unknown(one.sends_to, _open(fields, "body"), (*key, "sends_to"), where)
        for code, theirs in one.gives.items():
            yield from _unknown(theirs, _open(fields, *GIVEN), (*key, "gives", code), where)


def _by_code(content: Any) -> dict[str, Any]:
    """Fields of a register as it is declared."""
    return {
        field["code"]: field
        for field in content.get("fields") or ()
        if isinstance(field, Mapping) and isinstance(field.get("code"), str)
    }


def _fields(spec: CaseType, one: Proposed, content: Any, key: Key, where: str) -> Iterator[DeclarationFault]:
    fields = _by_code(content)
    for number, fit in enumerate(one.fits):
        spot: Key = (*key, "fits", number)
        yield from _unknown(fit.field, _open(fields, "choice", "choices"), (*spot, "field"), where)
        yield from _words(spec, fit, fields.get(fit.field, {}), spot, where)
    if one.valid_until:
        yield from _unknown(one.valid_until, _open(fields, "date"), (*key, "valid_until"), where)
    for place, code in enumerate(one.shows):
        yield from _unknown(code, list(fields), (*key, "shows", place), where)


def _open(fields: Mapping[str, Any], *kinds: str) -> list[str]:
    """Fields that everybody reads: what somebody is chosen by is no secret."""
    seen = {code: one for code, one in fields.items() if one.get("visible", "public") == "public"}
    return [code for code, one in seen.items() if one.get("kind") in kinds]


def _unknown(code: str, known: list[str], key: Key, where: str) -> Iterator[DeclarationFault]:
    if code not in known:
        yield DeclarationFault(key, where, f"the register has no such field “{code}” for everybody", _near(code, known))


def _words(spec: CaseType, fit: Fit, field: Any, key: Key, where: str) -> Iterator[DeclarationFault]:
    """Every answer that a case can give leads to words of the register."""
    known = [one.get("code") for one in field.get("choices") or () if isinstance(one, Mapping)]
    stopped = {one.code for one in spec.categories if one.stops} if fit.of == CATEGORY else set()
    for answer in answers_of(spec).get(fit.of, ()):
        for word in fit.wanted(answer) if known and answer not in stopped else ():
            if word not in known:
                says = f"“{word}” is no choice of “{fit.field}”"
                spot: Key = (*key, "codes") if answer in fit.codes else (*key, "of")
                yield DeclarationFault(spot, where, says, _near(word, known))


def _near(word: str, known: Any) -> str:
    close = nearest(word, known)
    return f"“{close}”?" if close else one_of(sorted(known)) if known else "leave it out"
